// The pages that are measured: one for each contender, bundled as a site's own build would, and
// compressed ahead as a CDN has it.
import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { dist } from "../../tests/e2e/support/environment.mjs";
import { scratch } from "../../tests/e2e/support/server.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** Bundled, with the name of the bundle. */
const BUNDLES = {
  uppy: [["uppy.js", "page"]],
  "uppy-lazy": [
    ["uppy-lazy.js", "page"],
    ["uppy.js", "later"],
  ],
  "uppy-tus": [["uppy-tus.js", "page"]],
  filepond: [["filepond.js", "page"]],
  dropzone: [["dropzone.js", "page"]],
};

/** Written into the page, as the few lines of a site that uses them would be. */
const SCRIPT = '<script src="../../plimsoll.js" defer></script>';
const INLINE = {
  bare: ["bare.js", ""],
  plimsoll: ["plimsoll.js", SCRIPT],
  // For pages where it is opened at once: the browser needn't hear of its files by the script.
  "plimsoll-preloaded": [
    "plimsoll.js",
    `<link rel="modulepreload" href="../../plimsoll-widget.js">
    <link rel="preload" href="../../plimsoll-widget.wasm" as="fetch" crossorigin>
    ${SCRIPT}`,
  ],
  "uppy-cdn": [
    "uppy-cdn.js",
    `<link rel="stylesheet" href="page.css">
    <script src="page.js" defer></script>`,
  ],
};
/** Copied as it is published. */
const COPIED = { "uppy-cdn": { "uppy.min.js": "page.js", "uppy.min.css": "page.css" } };

/** Where a page is to be open as soon as it can be. */
const START = 'if (new URLSearchParams(location.search).has("open")) window.contender.open();';

const html = (head, body) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>A page</title>
    <link rel="icon" href="data:,">
    ${head}
  </head>
  <body>
    <h1>A page</h1>
    <div id="place"></div>
    <script type="module">${body}${START}</script>
  </body>
</html>
`;

async function bundle(folder, [entry, name]) {
  await build({
    entryPoints: { [name]: join(here, "pages", entry) },
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: ["./later.js"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
    // Pictures of style sheets, which are small.
    loader: { ".svg": "dataurl", ".png": "dataurl" },
  });
}

async function compress(folder) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  for (const name of await readdir(folder)) {
    if (!/\.(js|css)$/.test(name)) continue;
    const path = join(folder, name);
    await writeFile(`${path}.br`, brotliCompressSync(await readFile(path), { params }));
  }
}

/** A new folder with the widget's build and all pages. */
export async function pages() {
  const www = await scratch("peers");
  await cp(dist, www, { recursive: true });
  for (const [name, [file, head]] of Object.entries(INLINE)) {
    const folder = join(www, "peers", name);
    await mkdir(folder, { recursive: true });
    const script = await readFile(join(here, "pages", file), "utf8");
    await writeFile(join(folder, "index.html"), html(head, script));
    for (const [from, to] of Object.entries(COPIED[name] ?? {})) {
      await cp(join(here, "../node_modules/uppy/dist", from), join(folder, to));
    }
    await compress(folder);
  }
  for (const [name, entries] of Object.entries(BUNDLES)) {
    const folder = join(www, "peers", name);
    await mkdir(folder, { recursive: true });
    for (const entry of entries) await bundle(folder, entry);
    const styled = (await readdir(folder)).includes("page.css");
    const style = styled ? '<link rel="stylesheet" href="page.css">' : "";
    const head = `${style}<script type="module" src="page.js"></script>`;
    await writeFile(join(folder, "index.html"), html(head, ""));
    await compress(folder);
  }
  return www;
}
