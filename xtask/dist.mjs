// What `cargo xtask dist` puts together of a build: the folder for a CDN, under stable names and
// under names that hold a hash of the content, and the npm package. Everything here is made of its
// inputs alone, so that two runs are alike byte by byte. It builds nothing.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compress } from "./compress.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [built, out, version, debug] = process.argv.slice(2);

/** All that pages may be given: the widget's files, and neither the demo page nor what is
 * compressed. */
const isOurs = (name) => /^(plimsoll|all\b)/.test(name) && /\.(js|json|wasm)$/.test(name);
/** Beside it for whoever looks into it; never fetched by a page. */
const isMap = (name) => /^(plimsoll|all\b).*\.map$/.test(name);

const inFolder = async (folder, wanted) => (await readdir(folder)).filter(wanted).sort();

/** Copies the files of a build. */
async function place(from, to) {
  await mkdir(to, { recursive: true });
  const names = await inFolder(from, (name) => isOurs(name) || isMap(name));
  for (const name of names) await copyFile(join(from, name), join(to, name));
  return names.filter(isOurs);
}

/** Files by name, as bytes. */
async function contents(folder, names) {
  const read = async (name) => [name, await readFile(join(folder, name))];
  return new Map(await Promise.all(names.map(read)));
}

/** A script that doesn't name its map: it isn't there, or its columns are others. */
const withoutMap = (script) => script.replace(/\/\/# sourceMappingURL=\S+\n?$/, "");

/** Writes each file under a name with a hash of its content, and in its text the new names of those
 * that it names: `plimsoll-widget.js` becomes `plimsoll-widget.<hash>.js`. */
async function placeHashed(files, folder) {
  const renamed = new Map();
  const hashed = (name, path = []) => {
    if (renamed.has(name)) return renamed.get(name);
    if (path.includes(name)) throw new Error(`${[...path, name].join(", ")} name each other.`);
    const bytes = withNewNames(name, (other) => hashed(other, [...path, name]));
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
    const end = extname(name);
    const entry = { name: `${basename(name, end)}.${hash}${end}`, bytes };
    renamed.set(name, entry);
    return entry;
  };
  /** Binary files and words of people name no others. */
  const withNewNames = (name, nameOf) => {
    const bytes = files.get(name);
    const text = bytes.toString("latin1");
    // The loader is the page's to name; what it is called in a sentence is no reference.
    const NAMES = /plimsoll-[\w-]+\.(js|json|wasm)\b/g;
    if (!name.endsWith(".js")) {
      // A module names files in sentences only: what it loads, its glue does.
      const isModule = name.endsWith(".wasm");
      const found = text.match(NAMES)?.find((other) => files.has(other) && !isModule);
      if (found) throw new Error(`${name} names ${found}, which only scripts may.`);
      return bytes;
    }
    const source = bytes.toString("utf8");
    const replaced = source.replaceAll(NAMES, (other) => {
      if (!files.has(other)) throw new Error(`${name} names ${other}, which isn't there.`);
      // A script that says its own name says it in a sentence.
      return other === name ? other : nameOf(other).name;
    });
    return Buffer.from(withoutMap(replaced));
  };
  for (const name of files.keys()) {
    const entry = hashed(name);
    await writeFile(join(folder, entry.name), entry.bytes);
  }
  return new Map([...renamed].map(([name, entry]) => [name, entry.name]));
}

/** What `integrity=` of a tag, or `integrity` of an import map, is to say of each file. */
async function placeIntegrity(folder, hashed) {
  const names = await inFolder(folder, isOurs);
  const files = {};
  for (const [name, bytes] of await contents(folder, names)) {
    files[name] = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  }
  const text = JSON.stringify({ version, files, hashed: Object.fromEntries(hashed) }, null, 2);
  await writeFile(join(out, "integrity.json"), `${text}\n`);
}

/** What each file weighs, in bytes, as it lies in the folder. */
async function placeSizes(folder, names, hashed) {
  const rows = [];
  for (const name of names) {
    const size = async (end) => (await readFile(join(folder, `${name}${end}`))).length;
    const sizes = await Promise.all(["", ".gz", ".br"].map(size));
    rows.push(`| \`${name}\` | \`${hashed.get(name)}\` | ${sizes.join(" | ")} |`);
  }
  const head = "| file | with a hash | bytes | gzip | brotli |\n|---|---|--:|--:|--:|";
  await writeFile(join(out, "sizes.md"), `# Plimsoll ${version}\n\n${head}\n${rows.join("\n")}\n`);
}

/** The npm package: the same files, the front door, the wrappers, and languages and sources as
 * modules. */
async function placePackage(names) {
  const folder = join(out, "npm", "package");
  await mkdir(join(folder, "locales"), { recursive: true });
  const own = join(root, "www", "npm");
  // The loader is for script tags, and as such in the package too: some sites serve it from there.
  for (const [name, bytes] of await contents(built, names)) {
    const isScript = name.endsWith(".js");
    await writeFile(join(folder, name), isScript ? withoutMap(bytes.toString("utf8")) : bytes);
  }
  for (const name of await inFolder(own, () => true)) {
    if (!/^(index|uploader)\.js$/.test(name)) await copyFile(join(own, name), join(folder, name));
  }
  await bundleFrontDoor(join(own, "index.js"), join(folder, "index.js"));
  for (const name of await inFolder(built, (name) => isLanguage(name))) {
    const words = await readFile(join(built, name), "utf8");
    const tag = basename(name, ".json").replace("plimsoll-", "");
    await writeFile(join(folder, "locales", `${tag}.js`), `export default ${words};\n`);
    await copyFile(join(own, "words.d.ts"), join(folder, "locales", `${tag}.d.ts`));
  }
  await rm(join(folder, "words.d.ts"));
  // The widget fetches these by itself; by these names a page bundles one with its own code.
  await mkdir(join(folder, "sources"));
  for (const file of await inFolder(built, (name) => /^plimsoll-source-\w+\.js$/.test(name))) {
    const name = basename(file, ".js").replace("plimsoll-source-", "");
    const source = `export { default } from "../${file}";\n`;
    await writeFile(join(folder, "sources", `${name}.js`), source);
    await copyFile(join(own, "source.d.ts"), join(folder, "sources", `${name}.d.ts`));
  }
  await rm(join(folder, "source.d.ts"));
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md"]) {
    await copyFile(join(root, name), join(folder, name));
  }
  await copyFile(join(root, "docs", "npm.md"), join(folder, "README.md"));
  placeLicences(join(folder, "THIRD-PARTY.txt"), "widget");
  await describe(join(folder, "package.json"));
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", join(out, "npm")];
  execFileSync(process.platform === "win32" ? "npm.cmd" : "npm", pack, { cwd: folder });
}

const isLanguage = (name) =>
  /^plimsoll-[a-z]{2}(-\w+)?\.json$/.test(name);

/** One file with what the script has, readable, and with the addresses as they are written. */
async function bundleFrontDoor(entry, outfile) {
  const external = ["./plimsoll-*"];
  const options = { bundle: true, format: "esm", target: "es2022", outfile, external };
  await build({ ...options, entryPoints: [entry] });
}

/** The template with the version, which Cargo.toml has. */
async function describe(file) {
  const description = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, `${JSON.stringify({ ...description, version }, null, 2)}\n`);
}

/** The licences of others' code, which ask to go wherever it goes. */
function placeLicences(file, which) {
  execFileSync(process.execPath, [join(root, "xtask", "supply.mjs"), "texts", file, which]);
}

const cdn = join(out, "cdn");
const names = await place(built, cdn);
const hashed = await placeHashed(await contents(cdn, names), cdn);
await compress(cdn);
await placeIntegrity(cdn, hashed);
await placeSizes(cdn, names, hashed);
placeLicences(join(cdn, "THIRD-PARTY.txt"), "widget");
placeLicences(join(out, "THIRD-PARTY.txt"), "all");
await placePackage(names);
if (debug) {
  const isDemo = (path) => /index\.html$|[/\\]site\b/.test(path.slice(debug.length));
  await cp(debug, join(out, "debug"), { recursive: true, filter: (path) => !isDemo(path) });
}
