// What Trunk's build lacks, run by its post_build hook (Trunk.toml) in the staging folder: stable
// names, minified glue, wasm without dead exports, precompressed siblings for the server. It
// judges no sizes: that is `cargo xtask size`.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { transform, build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stage = process.env.TRUNK_STAGING_DIR;
const release = process.env.TRUNK_PROFILE === "release";
if (!stage) throw new Error("This is Trunk's hook. Run `cargo xtask demo` instead.");

const glueFile = join(stage, "plimsoll-widget.js");
const wasmFile = join(stage, "plimsoll-widget.wasm");
// wasm-bindgen's name for the module; it stands in the glue as well.
const wasmFileBefore = join(stage, "plimsoll-widget_bg.wasm");

/** The glue with the module's stable name. */
async function readGlue() {
  const glue = await readFile(glueFile, "utf8");
  const renamed = glue.replaceAll("plimsoll-widget_bg.wasm", "plimsoll-widget.wasm");
  if (renamed === glue) throw new Error("The glue doesn't name plimsoll-widget_bg.wasm any more.");
  return renamed;
}

/** Only what the loader uses: dependencies export classes of their own, which no page can reach. */
async function shrinkGlue(glue) {
  const contents = withoutForeignClasses(glue);
  const options = { bundle: true, format: "esm", minify: true, treeShaking: true, write: false };
  const entry = 'export { Widget, default } from "./glue.js";';
  const plugin = {
    name: "glue",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /glue\.js$/ }, () => ({ path: "glue.js", namespace: "glue" }));
      onLoad({ filter: /.*/, namespace: "glue" }, () => ({ contents, loader: "js" }));
    },
  };
  const target = ["es2022"];
  const stdin = { contents: entry, resolveDir: root };
  const result = await build({ ...options, target, stdin, plugins: [plugin] });
  return result.outputFiles[0].text;
}

/** Takes `if (Symbol.dispose) Class.prototype[…] = …;` from classes that are not ours: the line is
 * a side effect, which keeps a class alive that nobody uses. A line of another shape stays, and
 * the class with it. */
function withoutForeignClasses(glue) {
  return glue.replaceAll(/^if \(Symbol\.dispose\) (\w+)\.prototype\[[^\n]*;$/gm, (line, name) =>
    name === "Widget" ? line : "",
  );
}

/** Takes the exports from the module that the glue does not name, and what only they needed. */
async function shrinkWasm(glue) {
  const module = await WebAssembly.compile(await readFile(wasmFileBefore));
  const used = new Set(glue.match(/[\w$]+/g));
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  const keep = exports.filter((name) => used.has(name));
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-"));
  try {
    const graph = join(folder, "graph.json");
    const nodes = keep.map((name) => ({ name: `export ${name}`, export: name, root: true }));
    await writeFile(graph, JSON.stringify(nodes));
    const lean = join(folder, "lean.wasm");
    binaryen("wasm-metadce", [wasmFileBefore, "--graph-file", graph, "-o", lean]);
    // No feature flags: wasm-opt reads the features in use from the module, and naming more of
    // them has produced modules that Chromium refuses.
    binaryen("wasm-opt", [lean, "-Oz", "-o", wasmFile]);
  } finally {
    await rm(folder, { recursive: true });
  }
  await WebAssembly.compile(await readFile(wasmFile));
}

function binaryen(tool, args) {
  const script = join(root, "node_modules", "binaryen", "bin", tool);
  execFileSync(process.execPath, [script, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

/** Writes `.br` and `.gz` beside each text and the module, so that a server need not compress. */
async function compress() {
  const entries = await readdir(stage, { recursive: true });
  for (const entry of entries.filter((name) => /\.(css|html|js|json|svg|wasm)$/.test(name))) {
    const path = join(stage, entry);
    const bytes = await readFile(path);
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }));
    await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Trunk's live reload is an inline script, which the page's policy forbids: in the contributor's
 * build, and only there, it is let through. */
async function allowLiveReload() {
  const path = join(stage, "index.html");
  const html = await readFile(path, "utf8");
  await writeFile(path, html.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"));
}

const glue = await readGlue();
const loader = await readFile(join(root, "www", "script", "plimsoll.js"), "utf8");
if (release) {
  const lean = await shrinkGlue(glue);
  await shrinkWasm(lean);
  await writeFile(glueFile, lean);
  const { code } = await transform(loader, { minify: true, target: "es2020" });
  await writeFile(join(stage, "plimsoll.js"), code);
  await rm(wasmFileBefore);
  await compress();
} else {
  await writeFile(glueFile, glue);
  await writeFile(join(stage, "plimsoll.js"), loader);
  await writeFile(wasmFile, await readFile(wasmFileBefore));
  await rm(wasmFileBefore);
  await allowLiveReload();
}
