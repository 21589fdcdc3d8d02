// The npm package's front door: what the script installs as `window.plimsoll`, to be imported. It
// may be imported on a server, where it does nothing. The addresses are written so that bundlers
// see them, copy the files and put their new names in.
import { plimsoll } from "../script/plimsoll.js";
import { uploaderOf } from "./uploader.js";

let base;

/** Where the widget's files are served, if they were copied by hand: an address ending in `/`. */
export const setAssetBase = (url) => {
  base = new URL(url, document.baseURI);
};

const api = plimsoll({
  module: () =>
    base
      ? `${base}plimsoll-widget.wasm`
      : new URL("./plimsoll-widget.wasm", import.meta.url).href,
  glue: () => `${base ?? "plimsoll/"}plimsoll-widget.js`,
  load: (again) =>
    base
      ? import(/* @vite-ignore */ /* webpackIgnore: true */ `${base}plimsoll-widget.js#${again}`)
      : import("./plimsoll-widget.js"),
  words: () =>
    base
      ? import(/* @vite-ignore */ /* webpackIgnore: true */ `${base}plimsoll-words.js`)
      : import("./plimsoll-words.js"),
  field: () =>
    base
      ? import(/* @vite-ignore */ /* webpackIgnore: true */ `${base}plimsoll-field.js`)
      : import("./plimsoll-field.js"),
  remedy:
    "Let the bundler copy what the package names by new URL(…, import.meta.url), or copy the " +
    "package's plimsoll-* files to the site and call setAssetBase",
});

export const { createUploadWidget, openUploadWidget, applyUploadWidget, upload } = api;
export const { registerSource, setCloudName, setAPIKey, defineField } = api;

/** For plimsoll/engine. */
export const createUploader = uploaderOf(api.makeWidget);
