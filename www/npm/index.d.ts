// The types of Plimsoll's JavaScript: the global `plimsoll`, the widgets that it makes, and what
// they tell. Options and parameters are in files of their own, made from the engine's tables.
import type { Options } from "./options.js";
import type { Parameters } from "./parameters.js";

export type { Options, Parameters };

/** What pages call: `window.plimsoll`. */
export interface Plimsoll {
  /** Makes a widget. Shows nothing, and adds nothing to the page. */
  createUploadWidget(options?: WidgetOptions | null, callback?: Callback | null): UploadWidget;
  createUploadWidget(options: WidgetOptions, callback: CommunityCallback): UploadWidget;

  /** Makes a widget and opens it. */
  openUploadWidget(options?: WidgetOptions | null, callback?: Callback | null): UploadWidget;
  openUploadWidget(options: WidgetOptions, callback: CommunityCallback): UploadWidget;

  /** Turns an element into the upload button of a widget. */
  applyUploadWidget(
    element: Element | string | ArrayLike<Element> | null,
    options?: WidgetOptions | null,
    callback?: Callback | null,
  ): UploadWidget;
  applyUploadWidget(
    element: Element,
    options: WidgetOptions,
    callback: CommunityCallback,
  ): UploadWidget;

  /**
   * Opens a widget, and gives what was stored once it is closed, in shown order: an empty array
   * when that is nothing. Broken by `signal`, and when the widget could not be loaded.
   */
  upload(options?: WidgetOptions | null, callback?: Callback | null): Promise<UploadResult[]>;

  /** Makes a source of the page's own, shown where `sources` names its id. */
  registerSource(source: PageSource): void;

  /** The account of widgets that don't say theirs. */
  setCloudName(name: string): void;

  /** The API key of widgets that don't say theirs. */
  setAPIKey(key: string): void;
}

// What the npm package exports.
export declare const createUploadWidget: Plimsoll["createUploadWidget"];
export declare const openUploadWidget: Plimsoll["openUploadWidget"];
export declare const applyUploadWidget: Plimsoll["applyUploadWidget"];
export declare const upload: Plimsoll["upload"];
export declare const registerSource: Plimsoll["registerSource"];
export declare const setCloudName: Plimsoll["setCloudName"];
export declare const setAPIKey: Plimsoll["setAPIKey"];
/** Where the widget's files are served, if they were copied by hand: an address ending in `/`. */
export declare function setAssetBase(url: string | URL): void;

/** A source of files of the page's own. */
export interface PageSource {
  /** Its name in `sources`. */
  id: string;
  /** Its name for people. */
  label: string;
  /** Path data on a grid of 24 by 24, drawn with strokes. */
  icon?: string;
  /** Shows it. What it gives is called when the person goes elsewhere. */
  mount(
    container: HTMLElement,
    api: PageSourceApi,
  ): (() => void) | void | Promise<(() => void) | void>;
}

/** A source of another service, as `plimsoll/sources/*` has it. */
export interface ServiceSource extends PageSource {
  /** The options without which it isn't shown. */
  readonly needs: readonly (keyof SourceOptions)[];
}

/** What a source of the page's own can do. */
export interface PageSourceApi {
  /** Adds files, blobs, and addresses that the server is to fetch. */
  add(files: Blob | string | readonly (Blob | string)[]): void;
  /** Whether several files are welcome. */
  multiple: boolean;
  /** Aborted when the source is left. */
  signal: AbortSignal;
  /** A text of the widget's, in the dialog's language; `count` decides about its form. */
  text(key: string, facts?: Record<string, string | number>): string;
  /** The tag of that language. */
  language: string;
  /** What the page's options say that a source may want to know. */
  options: SourceOptions;
}

/** Options as a source is told them. */
export interface SourceOptions {
  clientAllowedFormats: string[];
  maxFileSize?: number;
  dropboxAppKey?: string;
  googleApiKey?: string;
  googleDriveClientId?: string;
  googleSearchEngineId?: string;
  unsplashAccessKey?: string;
  searchBySites: string[];
  searchByRights: boolean;
}

/** One widget. After `destroy()` its methods do nothing, and nothing is called back. */
export interface UploadWidget {
  /**
   * Opens it, or shows it again where it was hidden or small. Anything but the name of a source is
   * ignored, so that it can be a click's listener. `files` are addresses and data URIs that the
   * server is to fetch.
   */
  open(source?: Source | null | object, how?: { files?: readonly string[] } | null): UploadWidget;
  /** Closes it; while uploads run the person is asked first, unless `quiet` is true. */
  close(how?: { quiet?: boolean | undefined } | null): UploadWidget;
  /** Takes it out of sight; uploads go on. */
  hide(): UploadWidget;
  /** Shows it as it was. */
  show(): UploadWidget;
  /** Makes it small, and leaves the page free. */
  minimize(): UploadWidget;
  /** Gives options in place of earlier ones. */
  update(options: WidgetOptions): UploadWidget;
  /** Whether some of it can be seen, small or not. */
  isShowing(): boolean;
  isMinimized(): boolean;
  isDestroyed(): boolean;
  /** With the option `flightRecorder`: what happened since the latest opening, as JSON Lines. */
  trace(): string;
  /** Calls `listener` at each such event. Gives what takes it off again. */
  on<Name extends keyof EventMap>(event: Name, listener: Listener<Name>): () => UploadWidget;
  /** Takes off one listener, or all of an event. */
  off<Name extends keyof EventMap>(event: Name, listener?: Listener<Name>): UploadWidget;
  /** Stops everything and removes it from the page. In any state, any number of times. */
  destroy(how?: { removeThumbnails?: boolean | undefined } | null): Promise<void>;
}

export type Listener<Name extends keyof EventMap> = (
  info: EventMap[Name],
  result: Name extends "error" ? ErrorResult : Result<Name>,
) => void;

/** What each event tells. */
export interface EventMap {
  "display-changed": "shown" | "hidden" | "minimized" | "expanded";
  "source-changed": { source: string };
  "upload-added": { file: File; publicId: string | null };
  "queues-start": undefined;
  success: UploadResult;
  "queues-end": { files: QueueItem[] };
  abort: { ids: string[]; all: boolean };
  retry: { ids: string[]; all: boolean };
  "batch-cancelled": { reason: "MAX_EXCEEDED" | "INVALID_PUBLIC_ID" | "PRE_BATCH" };
  "show-completed": { items: QueueItem[] };
  publicid: { id: string | null };
  tags: { tags: string[] };
  close: { message: string; assets: UploadResult[] };
  error: PlimsollError;
}

/** What the callback is told of one event. */
export interface Result<Name extends keyof EventMap> {
  event: Name;
  info: EventMap[Name];
  /** The same once more. */
  data: { event: Name; info: EventMap[Name] };
  uw_event: true;
}

/** What stands beside an error. */
export interface ErrorResult {
  event: null;
  info: { file?: File } | null | undefined;
  data: { event: null; info: { file?: File } | null | undefined };
  uw_event: true;
}

/** Any event, told apart by its `event`. */
export type WidgetResult =
  | { [Name in Exclude<keyof EventMap, "error">]: Result<Name> }[Exclude<keyof EventMap, "error">]
  | ErrorResult;

export type Callback = (error: PlimsollError | null, result: WidgetResult) => void;

/** How programs for the types of Cloudinary's widget write theirs. */
export type CommunityCallback = (error: string | null, result: any) => void;

export * from "./field.js";

/** What went wrong. Its text is its `message`, which says what to do. */
export interface PlimsollError extends Error {
  /** A stable name. */
  code: ErrorCode;
  /** The HTTP status; 0 without an answer. */
  status: number;
  /** The same as `message`. */
  statusText: string;
  /** Of a wrong option: its name. */
  option?: string;
  /** Of a wrong option: a stable name for what is wrong with it. */
  reason?: string;
  /** Of a file: the server's name for the request. */
  requestId?: string | null;
  /** Of a file: how many requests were made for it. */
  attempts?: number;
  /** Of a file: what went wrong before. */
  history?: { code: ErrorCode; status: number; requestId: string | null }[];
  /** What to do. */
  remedy?: string;
}

export type ErrorCode =
  | "file.unreadable"
  | "file.too_large"
  | "file.too_small"
  | "file.empty"
  | "file.duplicate"
  | "file.picture_too_small"
  | "file.picture_too_large"
  | "file.disguised"
  | "file.format_not_allowed"
  | "file.refused_by_page"
  | "network.lost"
  | "network.timeout"
  | "server.busy"
  | "server.failed"
  | "server.refused"
  | "answer.unreadable"
  | "answer.mismatch"
  | "page.signature_failed"
  | "page.not_configured"
  | "page.open_failed"
  | "page.load_failed"
  | "option.invalid"
  | (string & {});

/** The Upload API's answer, with what the widget adds. */
export interface UploadResult {
  /** The item in the widget's list. */
  id: string;
  batchId: string;
  asset_id: string;
  public_id: string;
  version: number;
  signature: string;
  resource_type: "image" | "video" | "raw";
  type: string;
  format?: string;
  width?: number;
  height?: number;
  bytes: number;
  etag: string;
  created_at: string;
  url: string;
  secure_url: string;
  original_filename: string;
  tags: string[];
  folder?: string;
  asset_folder?: string;
  delete_token?: string;
  existing?: boolean;
  coordinates?: { custom?: number[][]; faces?: number[][] };
  /** `v<version>/<public_id>.<format>`. */
  path: string;
  /** Where the thumbnail is. */
  thumbnail_url?: string;
  // What presets and add-ons make the server answer besides.
  [name: string]: any;
}

/** A file of a batch that has ended. */
export interface QueueItem {
  id: string;
  batchId: string;
  name: string;
  size: number;
  type: string;
  status: "success" | "error" | "aborted" | (string & {});
  statusText: string;
  done: boolean;
  /** In percent. */
  progress: number;
  failed: boolean;
  aborted: boolean;
  paused: boolean;
  partOfBatch: boolean;
  publicId: string | null;
  publicIdCounter: number;
  tags?: string[];
  camera: boolean;
  file?: File;
  /** What is stored; absent where nothing is. */
  uploadInfo?: UploadResult;
  [name: string]: any;
}

/** Parameters of the Upload API, by their names there. */
export interface UploadParams {
  timestamp?: number;
  source?: string;
  public_id?: string;
  upload_preset?: string;
  [name: string]: any;
}

/** What `prepareUploadParams` calls back with. */
export interface PreparedParams {
  signature?: string;
  apiKey?: string;
  uploadSignatureTimestamp?: number;
  /** Leaves the file out. */
  cancel?: boolean;
  [name: string]: any;
}

// Methods, because their parameters may be declared otherwise by the page.
export type UploadSignature = {
  ask(
    callback: (signature: string | null, error?: unknown) => void,
    paramsToSign: UploadParams,
  ): void | string | Promise<string | void>;
}["ask"];
export type PrepareUploadParams = {
  ask(
    callback: (params: PreparedParams | PreparedParams[], error?: unknown) => void,
    params: UploadParams,
  ): void | PreparedParams | Promise<PreparedParams | void>;
}["ask"];
export type GetTags = {
  ask(callback: (tags: readonly string[]) => void, prefix: string): unknown;
}["ask"];
export type GetUploadPresets = {
  ask(callback: (presets: readonly string[]) => void): unknown;
}["ask"];
export type PreBatch = {
  ask(callback: (answer?: { cancel?: boolean }) => void, data: { files: File[] }): unknown;
}["ask"];
/** Nothing or `true` for a good file; why not, or `false`, for a bad one. */
export type Validate = (file: File) => Verdict | Promise<Verdict>;
export type Verdict = void | null | boolean | string;

/** Where files come from: those that there are, and the ids of those that the page registered. */
export type Source =
  | "local"
  | "url"
  | "camera"
  | "screen"
  | "audio"
  | "dropbox"
  | "google_drive"
  | "image_search"
  | "unsplash"
  | (string & {});

/** A step of a transformation, by the names of the Upload API. */
export interface Transformation {
  width?: number | string | undefined;
  height?: number | string | undefined;
  crop?: string | undefined;
  [name: string]: any;
}

/** Any CSS colour will do for a colour. */
export interface Styles {
  palette?: Partial<Record<PaletteKey, string>>;
  frame?: { background?: string };
  fonts?: Record<string, string | { url?: string; active?: boolean } | null>;
  [name: string]: any;
}

export type PaletteKey =
  | "window"
  | "windowBorder"
  | "tabIcon"
  | "menuIcons"
  | "textDark"
  | "textLight"
  | "link"
  | "action"
  | "inactiveTabIcon"
  | "error"
  | "inProgress"
  | "complete"
  | "sourceBg";

/** Words by their keys, as deep as those of www/locales/en.json. */
export interface Words {
  [key: string]: any;
}

/** Something that people are asked about each file. */
export type MetadataField = (
  | { id: string | number }
  | { external_id: string | number }
  | { externalId: string | number }
) & {
  /** What people read; the ID where it is not given. */
  label?: string | null | undefined;
  /** A string where it is not given. */
  type?: "string" | "integer" | "number" | "date" | "enum" | "set" | null | undefined;
  /** Whether a file can't be sent without an answer. */
  mandatory?: boolean | null | undefined;
  /** What is proposed; it is sent where nobody changes it. */
  default?: MetadataValue;
  default_value?: MetadataValue;
  defaultValue?: MetadataValue;
  /** What there is to choose from, of `enum` and `set`. */
  values?: readonly MetadataChoice[];
  datasource?: { values: readonly MetadataChoice[]; [name: string]: any } | null | undefined;
  validation?: MetadataRule | null | undefined;
  [name: string]: any;
};
export type MetadataValue = string | number | readonly (string | number)[] | null | undefined;
export type MetadataChoice =
  | string
  | number
  | { external_id?: string; value?: string | number; state?: string; [name: string]: any };
/** Limits in short, or as the Admin API has them. */
export type MetadataRule =
  | {
      min?: number | string;
      max?: number | string;
      minLength?: number;
      maxLength?: number;
      regex?: string;
    }
  | {
      type: "greater_than" | "less_than" | "strlen" | "regex" | "and";
      value?: number | string;
      equals?: boolean;
      min?: number;
      max?: number;
      rules?: readonly MetadataRule[];
    };

/** Options in either spelling. */
export type WidgetOptions = Options & SnakeCase<Options> & Parameters & SnakeCase<Parameters>;

type SnakeCase<Of> = { [Name in keyof Of as Snaked<Name & string>]: Of[Name] };
type Snaked<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${Snaked<Rest>}`
    : `_${Lowercase<First>}${Snaked<Rest>}`
  : Name;

/** What `plimsoll:<event>` has as its `detail`. */
export interface EventDetail<Name extends keyof EventMap> {
  widget: UploadWidget;
  event: Name;
  info: Name extends "error" ? ErrorResult["info"] : EventMap[Name];
  error: Name extends "error" ? PlimsollError : null;
}

type DomEvents = {
  [Name in keyof EventMap as `plimsoll:${Name}`]: CustomEvent<EventDetail<Name>>;
};

declare global {
  var plimsoll: Plimsoll;
  interface Window {
    plimsoll: Plimsoll;
  }
  interface DocumentEventMap extends DomEvents {}
  interface HTMLElementEventMap extends DomEvents {}
}
