//! The rows of what goes where, and how: the server, the transfer, signatures, and how files are
//! stored.

use super::super::{PARALLEL_MAX, ResourceType, Transport, Verify, checks};
use super::*;

const RESOURCE_TYPES: [ResourceType; 4] = [
    ResourceType::Auto,
    ResourceType::Image,
    ResourceType::Video,
    ResourceType::Raw,
];
const TRANSPORTS: [Transport; 3] = [Transport::Auto, Transport::Fetch, Transport::Xhr];
const VERIFIES: [Verify; 3] = [Verify::Size, Verify::Hash, Verify::Nothing];

/// In documented order.
pub(super) static ROWS: &[Row] = &[
    row!(SERVER, "cloudName", Slot::Text(|o| &mut o.cloud_name, checks::cloud_name),
        "text", "null", example: r#""demo""#,
        "Required. The account (product environment) on the server. "
        "Letters, digits, `-` and `_`."),
    row!(SERVER, "uploadPreset", Slot::Text(|o| &mut o.upload_preset, checks::anything),
        "text", "null", example: r#""unsigned""#,
        "The name of an upload preset, which holds the server's settings for uploads from pages. "
        "Required unless uploads are signed; then it may be left out."),
    row!(SERVER, "uploadPrefix", Slot::Prefix,
        "text", r#""https://api.cloudinary.com""#, example: r#""http://127.0.0.1:8787""#,
        "The server's base address. Uploads go to "
        "`{uploadPrefix}/v1_1/{cloudName}/{resourceType}/upload`. An address that starts with "
        "`/` is one on the page's own server."),
    row!(TRANSFER, "maxChunkSize",
        Slot::Within(|o| &mut o.max_chunk_size, 1, u64::MAX),
        "whole number of bytes", "20000000", example: "6000000",
        "Larger files go up in chunks of so many bytes, and a broken line costs no more than the "
        "chunks that were on their way. Less than 5242880 (5 MiB) is raised to that, for the "
        "Upload API takes no smaller chunks, unless the server tells another lowest size by "
        "`X-Upload-Chunk-Min`. Many servers take no request above 100 MB."),
    row!(TRANSFER, "maxParallelChunks",
        Slot::Within(|o| &mut o.max_parallel_chunks, 1, PARALLEL_MAX),
        "whole number from 1 to 6", "3", example: "1",
        "How many chunks of a file go up at once. The first one always goes alone, and the last "
        "one after all others. With `1` they go in strict order, for servers that need it."),
    row!(TRANSFER, "maxParallelUploads",
        Slot::Within(|o| &mut o.max_parallel_uploads, 1, PARALLEL_MAX),
        "whole number from 1 to 6", "null", example: "2",
        "How many files go up at once. Unless a page names a number, these are 3, and up to 6 "
        "while all that are under way are small (1,000,000 bytes at most). In all no more than 6 "
        "requests are under way, and chunks of a large file never take a place that a waiting "
        "file could have."),
    row!(TRANSFER, "transport",
        Slot::Word(&["auto", "fetch", "xhr"], |o, at| o.transport = TRANSPORTS[at]),
        "`auto`, `fetch` or `xhr`", r#""auto""#, example: r#""fetch""#,
        "How requests go out. `auto` uses `fetch`, but `XMLHttpRequest` for a request that is "
        "expected to last 2 seconds or more: only that tells how many bytes have left, so that "
        "progress is seen and a dead connection is noticed within 30 seconds."),
    row!(TRANSFER, "verify",
        Slot::Word(&["size", "hash", "none"], |o, at| o.verify = VERIFIES[at]),
        "`size`, `hash` or `none`", r#""size""#, example: r#""hash""#,
        "What the server's answer is checked against: with `size` the bytes that it says it "
        "stored, and for files up to 4 MiB its MD5 as well, where that costs less than a twentieth "
        "of the upload; with `hash` the MD5 of every file, which is read once more for that. "
        "Anything else is an error (`answer.mismatch`), never a "
        "success. Set `none` where the upload preset changes files as they arrive."),
    row!(TRANSFER, "resume", Slot::Flag(|o| &mut o.resume),
        "true or false", "true", example: "false",
        "Whether a file in chunks goes on where it was when the page was left and the same file is "
        "chosen again within a day. What is needed for that is kept in this browser (IndexedDB, "
        "under the page's origin): no names and no bytes of files."),
    row!(TRANSFER, "resumeKeepSize", Slot::Number(|o| &mut o.resume_keep_size),
        "whole number of bytes", "0", example: "200000000",
        "Files up to this size are copied into this browser's storage until they are "
        "uploaded, so that nothing must be chosen again: opening the widget goes on with them. "
        "Needs `resume`."),
    row!(TRANSFER, "encryption", Slot::Encryption,
        "object", "null", ts: "{ key: string; iv: string }",
        example: r#"{"key": "a long secret text", "iv": "another text"}"#,
        "Files are encrypted in the browser before they are sent, by AES-GCM, and stored as `raw`. "
        "`key` and `iv` may be any texts; [api.md](api.md#encryption) says how to read such a file "
        "again. Whoever can read the page can read both."),
    row!(TRANSFER, "signal", Slot::Object(|o| &mut o.page.signal),
        "AbortSignal", "null", ts: "AbortSignal", example: "null",
        "When it is aborted, uploads stop and the widget closes without a question."),
    row!(SIGNED, "apiKey", Slot::Text(|o| &mut o.api_key, checks::anything),
        "text", "null", example: r#""123456789012345""#,
        "The public key whose secret signs uploads. Required for signed uploads, unless the "
        "signing server answers it. The secret stays on your server."),
    row!(SIGNED, "uploadSignature", Slot::Signer,
        "function or text", "null", ts: "string | UploadSignature", example: r#""/sign""#,
        "Who signs each upload. A function `(callback, paramsToSign)` that calls back with the "
        "signature, or returns it or a promise of it; the address of your server, which gets "
        "`POST {\"paramsToSign\": {…}}` and answers `{\"signature\": \"…\"}`, and `timestamp` and "
        "`api_key` where it uses its own; or a signature that is ready, together with "
        "`uploadSignatureTimestamp`. Given 15 seconds, asked again when a signature is 50 minutes "
        "old, at most 10 times at once."),
    row!(SIGNED, "uploadSignatureTimestamp",
        Slot::Seconds(|o| &mut o.signature_timestamp),
        "whole number of seconds", "null", example: "1795500000",
        "What a signature that is ready was made with. It holds for an hour."),
    row!(SIGNED, "prepareUploadParams", Slot::Function(|o| &mut o.prepare),
        "function", "null", ts: "PrepareUploadParams", example: "null",
        "A function `(callback, params)` that is asked about each file before it is sent. It calls "
        "back with the parameters to change (`{}` for none), with `signature`, "
        "`uploadSignatureTimestamp` and `apiKey` to sign it, or with `{cancel: true}`. "
        "`uploadSignature` is not asked then."),
    row!(ASSET, "resourceType",
        Slot::Word(&["auto", "image", "video", "raw"], |o, at| {
            o.resource_type = RESOURCE_TYPES[at];
        }),
        "`auto`, `image`, `video` or `raw`", r#""auto""#, example: r#""image""#,
        "What the server is to take the files for; `auto` lets their content decide."),
    row!(ASSET, "publicId", Slot::Text(|o| &mut o.public_id, checks::public_id),
        "text", "null", example: r#""avatar""#,
        "The name to store under, at most 255 characters without `? & # \\ % < > +`. With several "
        "files the first gets it as it is, the next ones `avatar_2`, `avatar_3` and so on. Not "
        "given, the server makes one up."),
    row!(ASSET, "folder", Slot::Text(|o| &mut o.folder, checks::anything),
        "text", "null", example: r#""guests/2026""#,
        "The folder to store in."),
    row!(ASSET, "assetFolder", Slot::Parameter,
        "text", "null", ts: "string", example: r#""guests""#,
        "The folder that the asset is shown in, where the account keeps folders apart from names."),
    row!(ASSET, "publicIdPrefix", Slot::Parameter,
        "text", "null", ts: "string", example: r#""guest-""#,
        "What the public ID begins with."),
    row!(ASSET, "useAssetFolderAsPublicIdPrefix", Slot::Parameter,
        "true or false", "null", ts: "boolean", example: "true",
        "Whether the public ID begins with the asset's folder. Only with a signed upload."),
    row!(ASSET, "tags", Slot::Texts(|o| &mut o.tags),
        "list of texts", "null", example: r#"["party", "garden"]"#,
        "Labels of the asset, added to those of the preset. One text with commas will do, too."),
    row!(ASSET, "context", Slot::Pairs(|o| &mut o.context),
        "object", "null", example: r#"{"alt": "A dog", "caption": "Our dog"}"#,
        "Names and values that are kept with the asset, added to those of the preset."),
    row!(ASSET, "metadata", Slot::Parameter,
        "object", "null", ts: "Record<string, string | number | string[]>",
        example: r#"{"color": "red"}"#,
        "Values of the account's structured metadata, by the fields' IDs."),
];
