// Made from crates/core/src/options/table by that crate's tests; change it there.
import type {
  GetTags,
  GetUploadPresets,
  MetadataField,
  PreBatch,
  PrepareUploadParams,
  Source,
  Styles,
  Transformation,
  UploadSignature,
  Validate,
  Words,
} from "./index.js";

/** What a widget can be told. `null` and `undefined` mean "not given". */
export interface Options {
  /** Required. The account (product environment) on the server. Letters, digits, `-` and `_`. */
  cloudName?: string | null | undefined;
  /**
   * The name of an upload preset, which holds the server's settings for uploads from pages.
   * Required unless uploads are signed; then it may be left out.
   */
  uploadPreset?: string | null | undefined;
  /**
   * The server's base address. Uploads go to
   * `{uploadPrefix}/v1_1/{cloudName}/{resourceType}/upload`. An address that starts with `/` is one
   * on the page's own server. Default: `"https://api.cloudinary.com"`.
   */
  uploadPrefix?: string | null | undefined;
  /**
   * Larger files go up in chunks of so many bytes, and a broken line costs no more than the chunks
   * that were on their way. Less than 5242880 (5 MiB) is raised to that, for the Upload API takes
   * no smaller chunks, unless the server tells another lowest size by `X-Upload-Chunk-Min`. Many
   * servers take no request above 100 MB. Default: `20000000`.
   */
  maxChunkSize?: number | null | undefined;
  /**
   * How many chunks of a file go up at once. The first one always goes alone, and the last one
   * after all others. With `1` they go in strict order, for servers that need it. Default: `3`.
   */
  maxParallelChunks?: number | null | undefined;
  /**
   * How many files go up at once. Unless a page names a number, these are 3, and up to 6 while all
   * that are under way are small (1,000,000 bytes at most). In all no more than 6 requests are
   * under way, and chunks of a large file never take a place that a waiting file could have.
   */
  maxParallelUploads?: number | null | undefined;
  /**
   * How requests go out. `auto` uses `fetch`, but `XMLHttpRequest` for a request that is expected
   * to last 2 seconds or more: only that tells how many bytes have left, so that progress is seen
   * and a dead connection is noticed within 30 seconds. Default: `"auto"`.
   */
  transport?: "auto" | "fetch" | "xhr" | null | undefined;
  /**
   * What the server's answer is checked against: with `size` the bytes that it says it stored, and
   * for files up to 4 MiB its MD5 as well, where that costs less than a twentieth of the upload;
   * with `hash` the MD5 of every file, which is read once more for that. Anything else is an error
   * (`answer.mismatch`), never a success. Set `none` where the upload preset changes files as they
   * arrive. Default: `"size"`.
   */
  verify?: "size" | "hash" | "none" | null | undefined;
  /**
   * Whether a file in chunks goes on where it was when the page was left and the same file is
   * chosen again within a day. What is needed for that is kept in this browser (IndexedDB, under
   * the page's origin): no names and no bytes of files. Default: `true`.
   */
  resume?: boolean | null | undefined;
  /**
   * Files up to this size are copied into this browser's storage until they are uploaded, so that
   * nothing must be chosen again: opening the widget goes on with them. Needs `resume`. Default:
   * `0`.
   */
  resumeKeepSize?: number | null | undefined;
  /**
   * Files are encrypted in the browser before they are sent, by AES-GCM, and stored as `raw`. `key`
   * and `iv` may be any texts; [api.md](api.md#encryption) says how to read such a file again.
   * Whoever can read the page can read both.
   */
  encryption?: { key: string; iv: string } | null | undefined;
  /** When it is aborted, uploads stop and the widget closes without a question. */
  signal?: AbortSignal | null | undefined;
  /**
   * The public key whose secret signs uploads. Required for signed uploads, unless the signing
   * server answers it. The secret stays on your server.
   */
  apiKey?: string | null | undefined;
  /**
   * Who signs each upload. A function `(callback, paramsToSign)` that calls back with the
   * signature, or returns it or a promise of it; the address of your server, which gets `POST
   * {"paramsToSign": {…}}` and answers `{"signature": "…"}`, and `timestamp` and `api_key` where it
   * uses its own; or a signature that is ready, together with `uploadSignatureTimestamp`. Given 15
   * seconds, asked again when a signature is 50 minutes old, at most 10 times at once.
   */
  uploadSignature?: string | UploadSignature | null | undefined;
  /** What a signature that is ready was made with. It holds for an hour. */
  uploadSignatureTimestamp?: number | null | undefined;
  /**
   * A function `(callback, params)` that is asked about each file before it is sent. It calls back
   * with the parameters to change (`{}` for none), with `signature`, `uploadSignatureTimestamp` and
   * `apiKey` to sign it, or with `{cancel: true}`. `uploadSignature` is not asked then.
   */
  prepareUploadParams?: PrepareUploadParams | null | undefined;
  /**
   * What the server is to take the files for; `auto` lets their content decide. Default: `"auto"`.
   */
  resourceType?: "auto" | "image" | "video" | "raw" | null | undefined;
  /**
   * The name to store under, at most 255 characters without `? & # \ % < > +`. With several files
   * the first gets it as it is, the next ones `avatar_2`, `avatar_3` and so on. Not given, the
   * server makes one up.
   */
  publicId?: string | null | undefined;
  /** The folder to store in. */
  folder?: string | null | undefined;
  /** The folder that the asset is shown in, where the account keeps folders apart from names. */
  assetFolder?: string | null | undefined;
  /** What the public ID begins with. */
  publicIdPrefix?: string | null | undefined;
  /** Whether the public ID begins with the asset's folder. Only with a signed upload. */
  useAssetFolderAsPublicIdPrefix?: boolean | null | undefined;
  /** Labels of the asset, added to those of the preset. One text with commas will do, too. */
  tags?: string[] | null | undefined;
  /** Names and values that are kept with the asset, added to those of the preset. */
  context?: Record<string, string | number | boolean> | null | undefined;
  /** Values of the account's structured metadata, by the fields' IDs. */
  metadata?: Record<string, string | number | string[]> | null | undefined;
  /**
   * Where files may come from, in the order shown: `local` (browse and drop), `url`, `camera`,
   * `screen`, `audio`, `dropbox`, `google_drive`, `image_search`, `unsplash`, and the ids of
   * sources that the page registered. Not given, or an empty list, means `local`, `url` and
   * `camera`. Sources of other services need the page's keys, and are left out without them. What
   * the browser can't do on this page is left out: a camera needs https, and a phone can't share
   * its screen.
   */
  sources?: Source[] | null | undefined;
  /** The source that is shown first; not given, the first of `sources`. */
  defaultSource?: Source | null | undefined;
  /**
   * Whether several files may be chosen. With `false` a new choice replaces a file whose upload has
   * ended. Default: `true`.
   */
  multiple?: boolean | null | undefined;
  /**
   * How many files a batch takes; those beyond are left out, and the callback gets
   * `batch-cancelled`. Never more than 10,000. Has no meaning with `multiple: false`.
   */
  maxFiles?: number | null | undefined;
  /** Larger files are refused before anything is sent. The server's own limit holds besides. */
  maxFileSize?: number | null | undefined;
  /** The same for pictures, beside `maxFileSize`. */
  maxImageFileSize?: number | null | undefined;
  /** The same for videos and sound. */
  maxVideoFileSize?: number | null | undefined;
  /** The same for all other files. */
  maxRawFileSize?: number | null | undefined;
  /** Smaller files are refused. */
  minFileSize?: number | null | undefined;
  /**
   * Extensions (`png`), or the groups `image`, `video` and `audio`; anything else is refused. Case
   * does not matter, `jpg` and `jpeg` are the same. A convenience for people, not a protection: the
   * server decides what it stores.
   */
  clientAllowedFormats?: string[] | null | undefined;
  /**
   * What becomes of a file that the list has already, byte for byte: it is uploaded as well, left
   * out with the reason, or the person is asked. Default: `"allow"`.
   */
  duplicates?: "allow" | "skip" | "ask" | null | undefined;
  /** Whether files without any bytes are taken. Most servers refuse them. Default: `false`. */
  allowEmptyFiles?: boolean | null | undefined;
  /**
   * A function `(file)` that is asked about each file that the widget would take. It returns
   * nothing, or a promise of nothing, for one that is good, and a text that says why not for one
   * that is refused.
   */
  validate?: Validate | null | undefined;
  /** Wider pictures are scaled down before they are sent; see `validateMaxWidthHeight`. */
  maxImageWidth?: number | null | undefined;
  /** Taller pictures are scaled down before they are sent. */
  maxImageHeight?: number | null | undefined;
  /**
   * Pictures beyond `maxImageWidth` and `maxImageHeight` are refused instead of scaled. Default:
   * `false`.
   */
  validateMaxWidthHeight?: boolean | null | undefined;
  /** Narrower pictures are refused. */
  minImageWidth?: number | null | undefined;
  /** Flatter pictures are refused. */
  minImageHeight?: number | null | undefined;
  /**
   * The quality of pictures that are encoded anew, because they were scaled or cut. Default: `85`.
   */
  imageQuality?: number | null | undefined;
  /**
   * Whether place, device, previews and comments are taken out of JPEG, PNG and WebP before they
   * are sent, without encoding them anew. How a picture is turned and what its colours mean stays.
   * Broken pictures and other formats are sent as they are. Not given, nothing is taken out; what
   * the widget's own camera takes has none of it.
   */
  stripMetadata?: boolean | null | undefined;
  /**
   * Whether pictures can be cropped before they are sent. Also with several files. Default:
   * `false`.
   */
  cropping?: boolean | "server" | null | undefined;
  /** Whether a picture may be left as it is. Default: `true`. */
  showSkipCropButton?: boolean | null | undefined;
  /** Width by height of the box. Not given, any. */
  croppingAspectRatio?: number | string | null | undefined;
  /** How much of the picture the first box covers. Default: `1.0`. */
  croppingDefaultSelectionRatio?: number | null | undefined;
  /** Whether the box shows its size in pixels. Default: `false`. */
  croppingShowDimensions?: boolean | null | undefined;
  /**
   * Which parameter gets the box: `custom_coordinates` or `face_coordinates`, as `x,y,width,height`
   * in the picture's own pixels. Default: `"custom"`.
   */
  croppingCoordinatesMode?: "custom" | "face" | null | undefined;
  /** Whether there is a way back to the sources from the cropping step. Default: `true`. */
  croppingShowBackButton?: boolean | null | undefined;
  /**
   * Whether the limits of width and height are those of the box, instead of the picture's. Default:
   * `false`.
   */
  croppingValidateDimensions?: boolean | null | undefined;
  /**
   * What cropping makes: the whole picture with the box beside it, or only what is in it. Default:
   * `"coordinates"`.
   */
  croppingOutput?: "coordinates" | "pixels" | null | undefined;
  /** The page's key at Dropbox, which the source `dropbox` needs. */
  dropboxAppKey?: string | null | undefined;
  /** The page's key at Google, which the sources `google_drive` and `image_search` need. */
  googleApiKey?: string | null | undefined;
  /**
   * The page's Programmable Search Engine at Google (`cx`), which the source `image_search` needs.
   */
  googleSearchEngineId?: string | null | undefined;
  /**
   * Where `image_search` may look: hosts, or `all`. Of several, people choose one. Default:
   * `["all"]`.
   */
  searchBySites?: string[] | null | undefined;
  /** Whether people may choose by licence in `image_search`. Default: `false`. */
  searchByRights?: boolean | null | undefined;
  /** The page's client ID at Google, which the source `google_drive` needs. */
  googleDriveClientId?: string | null | undefined;
  /** The page's access key at Unsplash, which the source `unsplash` needs. */
  unsplashAccessKey?: string | null | undefined;
  /**
   * The form that gets a hidden field for each uploaded file, whose value is
   * `resource_type/type/vVERSION/public_id.format#signature`. With `applyUploadWidget` the form
   * around the element.
   */
  form?: string | Element | null | undefined;
  /**
   * The name of the hidden fields. Not given, the name of the element that `applyUploadWidget` was
   * given, else `image`.
   */
  fieldName?: string | null | undefined;
  /**
   * What gets a list of thumbnails, with a link that deletes where the server gave a delete token.
   * With `applyUploadWidget` the form around the element.
   */
  thumbnails?: string | Element | null | undefined;
  /**
   * What thumbnails, and `thumbnail_url`, are made by. Not given, `{width: 90, height: 60, crop:
   * "limit"}`.
   */
  thumbnailTransformation?: string | Transformation | Transformation[] | null | undefined;
  /** What the widget is shown in, instead of above the page. */
  inlineContainer?: string | Element | null | undefined;
  /** The classes of the button that `applyUploadWidget` makes. Default: `"cloudinary-button"`. */
  buttonClass?: string | null | undefined;
  /** What that button says. Not given, `Upload image` in the widget's language. */
  buttonCaption?: string | null | undefined;
  /**
   * Whether the widget writes down what happens while it is open, for a report of a mistake: times,
   * sizes, types, states and answers, and nothing that says who, what or where. `widget.trace()`
   * gives the text. It holds from the next opening on. Default: `false`.
   */
  flightRecorder?: boolean | null | undefined;
  /** The colours; `auto` is light or dark as the person's system is. Default: `"auto"`. */
  theme?:
    | "auto" | "light" | "dark" | "default" | "white" | "minimal" | "purple"
    | null | undefined;
  /**
   * Colours (`palette`), the colour behind the widget (`frame.background`) and letters (`fonts`),
   * of any CSS form.
   */
  styles?: Styles | null | undefined;
  /** The widget's language, such as `fr` or `pt-BR`. Not given, English. */
  language?: string | null | undefined;
  /** Other words, by language. */
  text?: Record<string, Words> | null | undefined;
  /**
   * Whether chosen files wait until a person sends them. Meanwhile they can be put in order,
   * removed, cropped and described one by one: name (sent as `filename_override`), alternative text
   * and caption (`context`), tags, public ID, and what `metadataFields` ask. Results come in the
   * order that was given to the files. With a ready signature (a text), which holds for no other
   * parameters, what is written makes the server refuse the upload. Default: `false`.
   */
  review?: boolean | null | undefined;
  /**
   * What people are asked about each file before it is sent as `metadata`, with `review` or
   * without. Each has an `external_id` (or `id`), and may have a `label`, a `type` (`string`,
   * `integer`, `number`, `date`, `enum` or `set`), `mandatory`, a `default_value` (or `default`),
   * for `enum` and `set` their `values` (texts, or objects of `external_id` and `value`; also
   * within `datasource`), and a `validation`: `{min, max}`, of a string's letters or of a number or
   * date, and `{regex}` for the whole string; or as the Admin API has it (`strlen`, `greater_than`,
   * `less_than`, `and`). So a page can give the list that the Admin API gave to its server. What
   * can't be used is left out and told in the console.
   */
  metadataFields?: MetadataField[] | null | undefined;
  /** Whether the widget becomes a small bar when uploads begin. Default: `false`. */
  autoMinimize?: boolean | null | undefined;
  /** Where that bar is, along the lower edge. Default: `"right:35px"`. */
  queueViewPosition?: string | null | undefined;
  /**
   * With `multiple: false`, whether the widget closes when the file is uploaded. Default: `true`.
   */
  singleUploadAutoClose?: boolean | null | undefined;
  /** Whether more files may be added when all are done. Default: `true`. */
  showUploadMoreButton?: boolean | null | undefined;
  /**
   * Whether there is a button that gives the uploaded files to the page (`show-completed`).
   * Default: `false`.
   */
  showCompletedButton?: boolean | null | undefined;
  /**
   * Whether people may set public ID, tags and, with `getUploadPresets`, the upload preset of the
   * files that they choose from then on. Default: `false`.
   */
  showAdvancedOptions?: boolean | null | undefined;
  /**
   * A function `(callback, prefix)` that calls back with a list of tags to suggest while somebody
   * writes one. Needs `showAdvancedOptions` or `review`.
   */
  getTags?: GetTags | null | undefined;
  /**
   * A function `(callback)` that calls back with a list of upload presets to choose from. Needs
   * `showAdvancedOptions`.
   */
  getUploadPresets?: GetUploadPresets | null | undefined;
  /**
   * A function `(callback, {files})` that is asked about the files chosen together. It calls back
   * with nothing or `{}`, or with `{cancel: true}` to refuse them.
   */
  preBatch?: PreBatch | null | undefined;
  /** Accepted, and without effect: there is no need for it. */
  secure?: boolean | null | undefined;
  /** Accepted, and without effect: there is no need for it. */
  showPoweredBy?: boolean | null | undefined;
  /** Accepted, and without effect: there is no need for it. */
  cloudinaryAnalytics?: boolean | null | undefined;
  /** Accepted, and without effect: there is no need for it. */
  showInsecurePreview?: boolean | null | undefined;
  /** Accepted, and without effect: there is no need for it. */
  facebookAppId?: string | null | undefined;
  /** Accepted, and without effect: there is no need for it. */
  instagramClientId?: string | null | undefined;
  /** Accepted, and without effect: there is no need for it. */
  stylesheet?: string | null | undefined;
  /** Accepted, and without effect: there is no need for it. */
  keepWidgetOpen?: boolean | null | undefined;
}
