// Small texts for the demo page: sizes, times, and what a callback's payload says in one line.
// Pure functions; no DOM.

/** A size as the widget writes it: decimal units, one decimal below 10, rounded down. */
export function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1e3) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const [unit, factor] = bytes < 1e6 ? ["KB", 1e3] : bytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  const tenths = Math.floor(bytes / (factor / 10));
  return `${tenths < 100 ? tenths / 10 : Math.floor(tenths / 10)} ${unit}`;
}

/** The local time with milliseconds, because events come in bursts. */
export function time(date) {
  const two = (value) => String(value).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** The extension that a file came with; the server tells it where the format does not. */
export const extension = (info) => info.original_extension || info.format || "";

/** The name that a person knows a file by. */
export function fileName(info) {
  const name = info.original_filename || info.public_id || "file";
  const ending = extension(info) && `.${extension(info)}`;
  return name.toLowerCase().endsWith(ending) ? name : name + ending;
}

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** Assets in words, for the gallery's heading. */
export const assets = (count) => plural(count, "asset", "assets");

/** How each event's payload reads in one line; events without a row have none. */
const SHORT = {
  "upload-added": ({ file }) => `${file?.name ?? ""}, ${size(file?.size)}`,
  success: (info) => info.public_id,
  "queues-end": ({ files = [] }) => {
    const done = files.filter((file) => file.uploadInfo).length;
    const lost = files.length - done;
    return `${plural(done, "file", "files")} stored${lost ? `, ${lost} not` : ""}`;
  },
  "display-changed": (info) => info,
  abort: ({ ids, all }) => (all ? "all" : ids?.join(", ")),
  retry: ({ ids, all }) => (all ? "all" : ids?.join(", ")),
  "batch-cancelled": ({ reason }) => reason,
  close: ({ message }) => message,
};

/** A callback's payload in one short line, perhaps empty. */
export function short(event, info) {
  if (info === null || info === undefined) return "";
  return String(SHORT[event]?.(info) ?? "");
}

/** A callback's payload in full, as indented JSON; a `File` as its name, size and type. */
export function full(payload) {
  const plain = (_key, value) =>
    value instanceof File ? { name: value.name, size: value.size, type: value.type } : value;
  return JSON.stringify(payload, plain, 2) ?? "";
}
