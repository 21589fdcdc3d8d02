// Every option, as pages write it, and as they must not.
import type { Options, Source, WidgetOptions } from "../../www/npm/index.js";

/** Each of them, so that one that the table gets has to be used here. */
type Every = { [Name in keyof Options]-?: NonNullable<Options[Name]> };

const container = document.createElement("div");

export const every: Every = {
  cloudName: "demo",
  uploadPreset: "unsigned",
  uploadPrefix: "/api",
  maxChunkSize: 6_000_000,
  maxParallelChunks: 1,
  maxParallelUploads: 2,
  transport: "fetch",
  verify: "hash",
  resume: false,
  flightRecorder: true,
  resumeKeepSize: 200_000_000,
  encryption: { key: "a", iv: "b" },
  signal: new AbortController().signal,
  apiKey: "1234",
  uploadSignature: (callback, paramsToSign) => callback(`${paramsToSign.timestamp}`),
  uploadSignatureTimestamp: 1_795_500_000,
  prepareUploadParams: async (_callback, params) => ({ folder: params.folder, cancel: false }),
  resourceType: "image",
  publicId: "avatar",
  folder: "guests",
  assetFolder: "guests",
  publicIdPrefix: "guest-",
  useAssetFolderAsPublicIdPrefix: true,
  tags: ["party"],
  context: { alt: "A dog", year: 2026, public: true },
  metadata: { color: "red", sizes: ["s", "m"], year: 2026 },
  sources: ["local", "url", "camera", "my-files"],
  defaultSource: "camera",
  multiple: false,
  maxFiles: 10,
  maxFileSize: 5_000_000,
  maxImageFileSize: 5_000_000,
  maxVideoFileSize: 5_000_000,
  maxRawFileSize: 5_000_000,
  minFileSize: 10,
  clientAllowedFormats: ["image", "pdf"],
  duplicates: "ask",
  allowEmptyFiles: true,
  validate: async (file) => (file.size % 2 ? "Odd files are not taken." : true),
  maxImageWidth: 2000,
  maxImageHeight: 2000,
  validateMaxWidthHeight: true,
  minImageWidth: 200,
  minImageHeight: 200,
  imageQuality: 92,
  stripMetadata: true,
  cropping: "server",
  showSkipCropButton: false,
  croppingAspectRatio: "16:9",
  croppingDefaultSelectionRatio: 0.9,
  croppingShowDimensions: true,
  croppingCoordinatesMode: "face",
  croppingShowBackButton: false,
  croppingValidateDimensions: true,
  croppingOutput: "pixels",
  dropboxAppKey: "key",
  googleApiKey: "key",
  searchBySites: ["all", "example.com"],
  searchByRights: true,
  googleDriveClientId: "id",
  googleSearchEngineId: "engine",
  unsplashAccessKey: "key",
  form: "#order",
  fieldName: "photos[]",
  thumbnails: container,
  thumbnailTransformation: [{ width: 120, crop: "fill" }],
  inlineContainer: container,
  buttonClass: "button",
  buttonCaption: "Add photos",
  theme: "purple",
  styles: { palette: { action: "#0b7" }, frame: { background: "black" }, fonts: { default: null } },
  language: "de",
  text: { de: { local: { browse: "Fotos wählen" } } },
  review: true,
  metadataFields: [
    { id: "alt", label: "Description" },
    { external_id: "year", type: "integer", mandatory: true, validation: { min: 1900, max: 2100 } },
    { externalId: "kind", type: "set", values: ["a", { external_id: "b" }], default: ["a"] },
    { id: "n", type: "number", validation: { type: "greater_than", value: 0, equals: true } },
  ],
  autoMinimize: true,
  queueViewPosition: "left:20px",
  singleUploadAutoClose: false,
  showUploadMoreButton: false,
  showCompletedButton: true,
  showAdvancedOptions: true,
  getTags: (callback, prefix) => callback([prefix, "party"]),
  getUploadPresets: (callback) => callback(["unsigned"]),
  preBatch: (callback, { files }) => (files.length > 3 ? callback({ cancel: true }) : callback()),
  secure: true,
  showPoweredBy: false,
  cloudinaryAnalytics: false,
  showInsecurePreview: true,
  facebookAppId: "1",
  instagramClientId: "1",
  stylesheet: "/a.css",
  keepWidgetOpen: true,
};

/** All may be null or undefined, which wrappers write for "not given". */
type Absent = { [Name in keyof Options]-?: null };
export const absent: Absent & Options = Object.fromEntries(
  Object.keys(every).map((name) => [name, null]),
) as Absent;
const nothing = (): string | undefined => undefined;
export const undone: WidgetOptions = { publicId: nothing(), folder: null };

/** None takes just anything. */
type TakesAnything = {
  [Name in keyof Options]-?: symbol extends Options[Name] ? Name : never;
}[keyof Options];
export const strict: [TakesAnything] extends [never] ? true : TakesAnything = true;

// In snake_case, and together with parameters of the Upload API in either spelling.
export const snake: WidgetOptions = {
  cloud_name: "demo",
  max_files: 3,
  client_allowed_formats: ["png"],
  cropping_aspect_ratio: 1.5,
  use_filename: true,
  faceCoordinates: [[1, 2, 3, 4]],
  eager: ["w_100", "w_200"],
  on_success: "done()",
  return_delete_token: true,
};

// A list of sources of one's own stays one.
const own: Source[] = ["local", "my-files"];
export const sourced: WidgetOptions = { sources: own };

export const wrong: WidgetOptions[] = [
  // @ts-expect-error: a slip of the pen
  { maxFile: 3 },
  // @ts-expect-error: the same in the other spelling
  { max_file: 3 },
  // @ts-expect-error: a text
  { cloudName: 5 },
  // @ts-expect-error: a number
  { maxFileSize: "5MB" },
  // @ts-expect-error: true or false
  { multiple: "false" },
  // @ts-expect-error: one of three words
  { transport: "ftp" },
  // @ts-expect-error: one of seven
  { theme: "pink" },
  // @ts-expect-error: a list
  { sources: "local" },
  // @ts-expect-error: a list of texts
  { tags: [1] },
  // @ts-expect-error: a key and a starting value
  { encryption: { key: "a" } },
  // @ts-expect-error: it is the controller's signal that is wanted
  { signal: new AbortController() },
  // @ts-expect-error: a function
  { preBatch: true },
  // @ts-expect-error: the answer is no number
  { validate: () => 5 },
  // @ts-expect-error: no colour of the palette
  { styles: { palette: { button: "red" } } },
  // @ts-expect-error: a selector or an element
  { form: 5 },
  // @ts-expect-error: a list of fields
  { metadataFields: { id: "alt" } },
];
