// esbuild doesn't copy what `new URL(…, import.meta.url)` names, so the build does: the widget's
// files go beside the bundle, where it looks for them.
import { cp } from "node:fs/promises";
import { dirname, basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const options = { bundle: true, splitting: true, format: "esm", outdir: "bundle" };
await build({ ...options, entryPoints: ["main.js"] });

const plimsoll = dirname(fileURLToPath(import.meta.resolve("plimsoll")));
const isData = (path) => path === plimsoll || /^plimsoll-.*\.(wasm|json)$/.test(basename(path));
await cp(plimsoll, "bundle", { recursive: true, filter: isData });
