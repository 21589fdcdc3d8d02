// What Trunk's build lacks, run by its post_build hook (Trunk.toml) in the staging folder: stable
// names, minified glue, wasm without dead exports, precompressed siblings for the server. It
// judges no sizes: that is `cargo xtask size`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform, build } from "esbuild";
import { compress } from "./compress.mjs";
import { withoutPlaces } from "./places.mjs";
import { split } from "./split.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stage = process.env.TRUNK_STAGING_DIR;
const release = process.env.TRUNK_PROFILE === "release";
if (!stage) throw new Error("This is Trunk's hook. Run `cargo xtask demo` instead.");

// Trunk names glue and module after the binary; `plimsoll.js` becomes the loader.
const rawGlueFile = join(stage, "plimsoll.js");
const loaderFile = rawGlueFile;
// The same under the name that pages of Cloudinary's widget load.
const dropInFile = join(stage, "all.js");
const rawWasmFile = join(stage, "plimsoll_bg.wasm");
const glueFile = join(stage, "plimsoll-widget.js");
const wasmFile = join(stage, "plimsoll-widget.wasm");

/** Scripts of www/script that the glue imports from Trunk's snippets: files of their own, loaded
 * when first used. All that they export is asynchronous, so nobody notices. */
const LAZY = [
  ...["memory", "digest", "dress", "media", "picture", "words", "page", "encrypt", "walk"],
  ...["services", "suggest", "clip"],
];
/** Sources of other services, each a file with all that it needs. */
const SOURCES = ["dropbox", "google_drive", "image_search", "unsplash"];
/** A page whose network hangs waits so long for one of them, and goes on without it. */
const LAZY_MS = 10_000;

/** The glue, with the module's name in it changed too. */
async function readGlue() {
  const glue = await readFile(rawGlueFile, "utf8");
  const renamed = glue.replaceAll("plimsoll_bg.wasm", "plimsoll-widget.wasm");
  if (renamed === glue) throw new Error("The glue doesn't name plimsoll_bg.wasm any more.");
  return renamed;
}

/** What stands for a lazy script: the same exports, which load it first. One that can't be loaded
 * answers nothing, which its callers take for an answer, and is asked for again the next time. */
async function standIn(name) {
  const source = await readFile(join(root, "www", "script", `${name}.js`), "utf8");
  const names = Array.from(source.matchAll(/^export const (\w+)/gm), ([, name]) => name);
  const calls = names.map(
    (name) => `export const ${name} = (...args) => load().then((it) => it.${name}?.(...args));`,
  );
  return `
    let loading;
    const load = () => (loading ??= Promise.race([
      import("./plimsoll-${name}.js"),
      new Promise((resolve) => setTimeout(resolve, ${LAZY_MS}, {})),
    ]).catch(() => ((loading = undefined), {})));
    ${calls.join("\n")}`;
}

/** An address beside a script, in words that bundlers understand: they copy the file and put its
 * new name in. */
const beside = (name) => `new URL("./${name}", import.meta.url)`;

/** What fetches the later parts. One of another build would have other functions under the same
 * short names, so each says of which build it is. */
const loadLate = ({ build, parts }) => `
  const PARTS = [${parts.map((name) => beside(`plimsoll-${name}.wasm`)).join()}];
  const loading = [];
  let told = false;
  const compile = async (url) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(url + " was answered with " + response.status);
    const module = await WebAssembly.compile(await response.arrayBuffer());
    const [id] = WebAssembly.Module.customSections(module, "build");
    if (!id || new TextDecoder().decode(id) !== "${build}") {
      throw new Error(url + " is of another build than the widget: copy all its files again.");
    }
    return module;
  };
  // A part uses what the earlier ones have.
  const begin = async (exports, at) => {
    const both = [at ? need(exports, at - 1) : exports, compile(PARTS[at])];
    const [before, module] = await Promise.all(both);
    const part = await WebAssembly.instantiate(module, { a: before });
    return { ...before, ...part.exports };
  };
  const need = (exports, at) =>
    (loading[at] ??= begin(exports, at).catch((problem) => {
      loading[at] = undefined;
      throw problem;
    }));
  export const load = (exports, part) =>
    need(exports, part - 1).then(() => true, (problem) => {
      if (!told) console.error("Plimsoll: a part of the widget could not be loaded.", problem);
      told = true;
      return false;
    });`;

/** Puts the lazy scripts beside the glue, under names that pages keep. */
async function placeLazy() {
  for (const name of LAZY) {
    const file = join(root, "www", "script", `${name}.js`);
    const source = name === "words" ? await wordsScript() : await readFile(file, "utf8");
    const options = { minify: true, target: "es2022", sourcemap: true, sourcefile: `${name}.js` };
    await writeWithMap(`plimsoll-${name}.js`, await transform(source, options));
  }
  await rm(join(stage, "snippets"), { recursive: true });
}

/** Writes a script and its map, which browsers fetch when somebody looks into it. */
async function writeWithMap(name, { code, map }) {
  await writeFile(join(stage, name), `${code}//# sourceMappingURL=${name}.map\n`);
  await writeFile(join(stage, `${name}.map`), map);
}

/** Puts the languages beside the glue, without spaces: English with what of it comes late. */
async function placeLanguages() {
  const folder = join(root, "www", "locales");
  const read = async (name) => JSON.parse(await readFile(join(folder, name), "utf8"));
  for (const name of await readdir(folder)) {
    if (name === "en.late.json") continue;
    const words = await read(name);
    const whole = name === "en.json" ? joined(words, await read("en.late.json")) : words;
    await writeFile(join(stage, `plimsoll-${name}`), JSON.stringify(whole));
  }
}

function joined(one, other) {
  const both = { ...one };
  for (const [key, value] of Object.entries(other)) {
    both[key] = typeof value === "object" && both[key] ? joined(both[key], value) : value;
  }
  return both;
}

/** The script that reads them, which has their place in it. */
async function wordsScript() {
  const source = await readFile(join(root, "www", "script", "words.js"), "utf8");
  const names = await readdir(join(root, "www", "locales"));
  const tags = names.map((name) => basename(name, ".json")).filter((tag) => tag !== "en.late");
  const files = tags.map((tag) => `"${tag}": () => ${beside(`plimsoll-${tag}.json`)}`);
  const line = /^const fileOf = .*$/m;
  if (!line.test(source)) throw new Error("words.js doesn't say where languages are any more.");
  return source.replace(line, `const fileOf = (tag) => ({${files.sort()}})[tag]();`);
}

/** Puts the sources of other services beside the glue. */
async function placeSources({ minify }) {
  for (const name of SOURCES) {
    const entry = join(root, "www", "script", `source-${name}.js`);
    const how = { ...MAPPED, bundle: true, format: "esm", target: "es2022", minify };
    const source = withMap(await build({ ...how, entryPoints: [entry] }));
    await writeWithMap(`plimsoll-source-${name}.js`, source);
  }
}

/** In the contributor's build: the loader wants words beside itself, and the glue its own; other
 * services' sources are beside both. */
async function placeWords() {
  await writeFile(join(stage, "plimsoll-words.js"), await wordsScript());
  const services = await readFile(join(root, "www", "script", "services.js"), "utf8");
  await writeFile(join(stage, "plimsoll-services.js"), services);
  const entries = await readdir(join(stage, "snippets"), { recursive: true });
  const own = entries.filter((name) => /^(words|services)\.js$/.test(basename(name)));
  for (const name of own) {
    const up = `${"../".repeat(name.split("/").length)}plimsoll-${basename(name)}`;
    await writeFile(join(stage, "snippets", name), `export * from "${up}";\n`);
  }
  for (const name of entries.filter((name) => basename(name) === "messages.js")) {
    const up = "../".repeat(name.split("/").length);
    const file = join(stage, "snippets", name);
    const source = await readFile(file, "utf8");
    await writeFile(file, source.replace("./plimsoll-messages", `${up}plimsoll-messages`));
  }
}

/** For bundles with a map; paths in it are those of this folder. */
const MAPPED = { write: false, sourcemap: "external", outfile: join(root, "dist", "script.js") };
const withMap = ({ outputFiles: [map, { text }] }) => ({ code: text, map: map.text });

/** Only what the loader uses: dependencies export classes of their own, which no page can reach. */
async function shrinkGlue(glue, built = { build: "", parts: [] }) {
  const contents = separable(glue);
  const options = { bundle: true, format: "esm", minify: true, treeShaking: true, ...MAPPED };
  const entry = 'export { Widget, default } from "./glue.js";';
  const plugin = {
    name: "glue",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /glue\.js$/ }, () => ({ path: "glue.js", namespace: "glue" }));
      onLoad({ filter: /.*/, namespace: "glue" }, () => ({ contents, loader: "js" }));
      onResolve({ filter: /\/snippets\// }, ({ path }) => {
        const name = basename(path, ".js");
        if (name === "messages") return { path: join(root, "www", "script", "messages.js") };
        if (name === "late") return { path: name, namespace: "late" };
        if (!LAZY.includes(name)) throw new Error(`The glue imports ${path}: is it to be lazy?`);
        return { path: name, namespace: "lazy" };
      });
      onLoad({ filter: /.*/, namespace: "lazy" }, async ({ path }) => ({
        contents: await standIn(path),
        loader: "js",
      }));
      onLoad({ filter: /.*/, namespace: "late" }, () => ({
        contents: loadLate(built),
        loader: "js",
      }));
      onResolve({ filter: /^\.\/plimsoll-\w+\.js$/ }, ({ path }) => ({ path, external: true }));
    },
  };
  const target = ["es2022"];
  const stdin = { contents: entry, resolveDir: root };
  return withMap(await build({ ...options, target, stdin, plugins: [plugin] }));
}

/** Lets esbuild drop the classes that nobody uses: what wasm-bindgen writes beside each (its
 * `Symbol.dispose`, its finalisation registry) looks like something that must run. Lines of
 * another shape stay as they are, and the classes with them. */
function separable(glue) {
  const dispose = /^if \(Symbol\.dispose\) (\w+)\.prototype\[[^\n]*;$/gm;
  return glue
    .replaceAll(dispose, (line, name) => (name === "Widget" ? line : ""))
    .replaceAll(": new FinalizationRegistry(", ": /* @__PURE__ */ new FinalizationRegistry(");
}

/** Takes the exports from the module that the glue does not name, and what only they needed.
 * Gives the new names of what is left between the two. */
async function shrinkWasm(glue) {
  const module = await WebAssembly.compile(await readFile(rawWasmFile));
  const used = new Set(glue.match(/[\w$]+/g));
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  const keep = exports.filter((name) => used.has(name));
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-"));
  try {
    const graph = join(folder, "graph.json");
    const nodes = keep.map((name) => ({ name: `export ${name}`, export: name, root: true }));
    await writeFile(graph, JSON.stringify(nodes));
    const lean = join(folder, "lean.wasm");
    binaryen("wasm-metadce", [rawWasmFile, "--graph-file", graph, "-g", "-o", lean]);
    return await divide(folder, lean);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Splits the module, and makes all parts small, without what only panics would say. Gives the new
 * names between the first part and the glue, and what tells this build from others. */
async function divide(folder, lean) {
  const whole = join(folder, "whole.wat");
  await writeFile(lean, withoutPlaces(await readFile(lean)));
  binaryen("wasm-dis", [lean, "-o", whole]);
  const late = JSON.parse(await readFile(join(root, "xtask", "late.json"), "utf8"));
  const { parts, features } = split(await readFile(whole, "utf8"), late);
  const [first, ...later] = parts;
  // Only the features in use, which the text does not tell: naming more of them has produced
  // modules that Chromium refuses. Flat code finds more alike in it, which saves 0.9 KB; and
  // nothing of ours lies below the address 1024, where Rust puts the far end of the stack, which
  // saves 0.6 KB.
  const enable = features.map((feature) => `--enable-${feature}`);
  const shrink = [...enable, "--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused"];
  // The names between glue and module hold hashes, which don't compress: short ones save 4.6 KB.
  const short = "--minify-imports-and-exports-and-modules";
  const text = join(folder, "part.wat");
  await writeFile(text, first);
  const names = JSON.parse(binaryen("wasm-opt", [text, ...shrink, short, "-o", wasmFile]));
  const bytes = await readFile(wasmFile);
  await WebAssembly.compile(bytes);
  const build = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  for (const [at, name] of Object.keys(late).entries()) {
    const file = join(stage, `plimsoll-${name}.wasm`);
    await writeFile(text, later[at](new Map(names.exports)));
    binaryen("wasm-opt", [text, ...shrink, "-o", file]);
    await sign(file, build);
  }
  return { ...names, build, parts: Object.keys(late) };
}

/** Writes into a part which build it is of. */
async function sign(file, build) {
  const section = Buffer.concat([Buffer.from([5]), Buffer.from("build"), Buffer.from(build)]);
  const signed = [await readFile(file), Buffer.from([0, section.length]), section];
  await writeFile(file, Buffer.concat(signed));
  await WebAssembly.compile(await readFile(file));
}

/** The glue with the names that the module has now. */
function withShortNames(glue, { imports, exports }) {
  let text = glue;
  const rename = (from, to) => {
    if (!text.includes(from)) throw new Error(`The glue doesn't name ${from}, which is renamed.`);
    text = text.replaceAll(from, () => to);
  };
  for (const [, from, to] of imports) rename(from, to);
  // wasm-opt calls the module of all imports so.
  rename("./plimsoll_bg.js", "a");
  const short = new Map(exports.map(([from, to]) => [from, to]));
  return text.replaceAll(/\bwasm\.(\w+)/g, (whole, name) =>
    short.has(name) ? `wasm.${short.get(name)}` : whole,
  );
}

function binaryen(tool, args) {
  const script = join(root, "node_modules", "binaryen", "bin", tool);
  const stdio = ["ignore", "pipe", "inherit"];
  return execFileSync(process.execPath, [script, ...args], { stdio, encoding: "utf8" });
}

/** The page without Trunk's own link, which means nothing to a browser. In the contributor's build,
 * and only there, its policy lets Trunk's live reload through, which is an inline script. */
async function finishPage() {
  const path = join(stage, "index.html");
  const html = (await readFile(path, "utf8")).replace(/<link data-trunk rel="rust"[^>]*>\s*/, "");
  const policy = release ? "script-src 'self'" : "script-src 'self' 'unsafe-inline'";
  await writeFile(path, html.replace("script-src 'self'", policy));
}

/** The script of the form field, which the loader asks for. */
async function placeField() {
  const source = await readFile(join(root, "www", "script", "field.js"), "utf8");
  const how = { minify: release, target: "es2022", sourcemap: true, sourcefile: "field.js" };
  await writeWithMap("plimsoll-field.js", await transform(source, how));
}

/** The sentences for a page's developer, beside the module, without what only people need. */
async function placeMessages() {
  const text = await readFile(join(root, "www", "messages", "options.json"), "utf8");
  await writeFile(join(stage, "plimsoll-messages.json"), JSON.stringify(JSON.parse(text)));
}

/** The script that pages embed, in one file, under both of its names. */
async function placeLoader({ minify }) {
  const entryPoints = [join(root, "www", "script", "script.js")];
  const options = { bundle: true, format: "iife", target: "es2020", ...MAPPED };
  const script = withMap(await build({ ...options, entryPoints, minify }));
  await writeWithMap(basename(loaderFile), script);
  await writeWithMap(basename(dropInFile), script);
}

const glue = await readGlue();
await finishPage();
await placeMessages();
await placeField();
await placeSources({ minify: release });
if (release) {
  const names = await shrinkWasm((await shrinkGlue(glue)).code);
  const short = await shrinkGlue(withShortNames(glue, names), names);
  await writeWithMap("plimsoll-widget.js", short);
  await placeLoader({ minify: true });
  await rm(rawWasmFile);
  await placeLazy();
  await placeLanguages();
  await compress(stage);
} else {
  await writeFile(glueFile, glue);
  await placeLoader({ minify: false });
  await rename(rawWasmFile, wasmFile);
  await placeLanguages();
  await placeWords();
}
