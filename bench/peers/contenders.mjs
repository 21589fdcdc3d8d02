// Who is measured, as what, and by which page.
import { readFileSync } from "node:fs";

const version = (name) => {
  const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url)));
  return lock.packages[`node_modules/${name}`].version;
};

export const VERSIONS = {
  "Uppy (core)": version("@uppy/core"),
  "Uppy Dashboard": version("@uppy/dashboard"),
  "Uppy XHRUpload": version("@uppy/xhr-upload"),
  "Uppy Tus": version("@uppy/tus"),
  "Uppy (prebuilt)": version("uppy"),
  "tus-node-server": version("@tus/server"),
  FilePond: version("filepond"),
  "FilePond image preview": version("filepond-plugin-image-preview"),
  Dropzone: version("dropzone"),
};

const one = (name, page, query = {}) => ({ name, page, query });

export const CONTENDERS = {
  bare: one("Bare browser", "bare"),
  bareOne: one("Bare browser, one request", "bare", { chunk: 4096, parallel: 1 }),
  bareThree: one("Bare browser, 3 at once", "bare", { parallel: 3 }),
  plimsoll: one("Plimsoll", "plimsoll"),
  plimsollPreloaded: one("Plimsoll, preloaded", "plimsoll-preloaded"),
  plimsollTuned: one("Plimsoll, 6 at once", "plimsoll", { tuned: 1 }),
  uppy: one("Uppy", "uppy"),
  uppyTuned: one("Uppy, tuned", "uppy", { tuned: 1 }),
  uppyLazy: one("Uppy, fetched on opening", "uppy-lazy"),
  uppyCdn: one("Uppy, from its CDN", "uppy-cdn"),
  uppyTus: one("Uppy Tus", "uppy-tus"),
  uppyTusTuned: one("Uppy Tus, tuned", "uppy-tus", { tuned: 1 }),
  filepond: one("FilePond", "filepond"),
  filepondTuned: one("FilePond, tuned", "filepond", { tuned: 1 }),
  dropzone: one("Dropzone", "dropzone"),
  dropzoneTuned: one("Dropzone, tuned", "dropzone", { tuned: 1 }),
};

/** The address of a contender's page. */
export function address({ page, query }, more = {}) {
  const search = new URLSearchParams({ ...query, ...more });
  return `/peers/${page}/index.html?${search}`;
}
