// Types of plimsoll/engine: the engine without a screen.
import type { Callback, ErrorCode, EventMap, Listener, WidgetOptions } from "./index.js";

/** What there is of a file. Plain data, made anew at each reading. */
export interface UploadItem {
  /** As `id` of the events' results. */
  id: string;
  name: string;
  size: number;
  status:
    | "waiting"
    | "preparing"
    | "asking"
    | "elsewhere"
    | "reviewing"
    | "paused"
    | "uploading"
    | "processing"
    | "resting"
    | "done"
    | "failed"
    | "cancelled"
    | "refused";
  /** In percent, to a tenth, and never falling while it uploads; absent while nobody can know. */
  progress?: number;
  /** Why it was refused, or what went wrong last. */
  error?: ErrorCode;
  secondsLeft?: number;
  /** Where what is stored is delivered. */
  url?: string;
}

export interface Uploader {
  /** Files, blobs, and addresses that the server is to fetch. Uploads begin at once. */
  add(what: Blob | string | Iterable<Blob | string> | ArrayLike<Blob | string>): Uploader;
  /** All files in order. */
  readonly items: UploadItem[];
  /** Calls `subscriber` after changes, at most once per frame. Gives what takes it off again. */
  subscribe(subscriber: (uploader: Uploader) => void): () => void;
  /** One by its id, or all. */
  cancel(id?: string): Uploader;
  retry(id?: string): Uploader;
  pause(id?: string): Uploader;
  resume(id?: string): Uploader;
  /** Takes one out of the list. */
  remove(id: string): Uploader;
  /** Before all that wait. */
  prefer(id: string): Uploader;
  /** Uploads a file that is `asking`, because the same one is there already. */
  allow(id: string): Uploader;
  /** With the option `review`: what was added so far may go. */
  send(): Uploader;
  on<Name extends keyof EventMap>(event: Name, listener: Listener<Name>): () => unknown;
  off<Name extends keyof EventMap>(event: Name, listener?: Listener<Name>): unknown;
  /** For files that are added from then on. */
  update(options: WidgetOptions): Uploader;
  isDestroyed(): boolean;
  /** With the option `flightRecorder`: what happened, a JSON object a line. */
  trace(): string;
  destroy(): Promise<void>;
}

/** Makes an engine. Fetches nothing before the first file. */
export declare function createUploader(
  options?: WidgetOptions | null,
  callback?: Callback | null,
): Uploader;
