// Whose code Plimsoll is made with: which licences it has, where it comes from, and what is known
// of holes in it. `node xtask/supply.mjs check` judges all of it and rewrites THIRD-PARTY.md where
// that is stale; `texts FILE widget|all` writes the licences of what ships in full. Reads the lock
// files and what cargo and npm have downloaded already; only `advisories` asks the network, and
// says so where it can't.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Licences that ask for no more than being named along with the program. */
const ALLOWED = new Set([
  "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause",
  "BSL-1.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "Unicode-3.0", "Unlicense", "Zlib",
  // Lists of certificates, by whoever collected them.
  "CDLA-Permissive-2.0",
]);
/** Tools that are run and never shipped may also share changes of their own files. */
const ALLOWED_TOOLS = new Set([...ALLOWED, "MPL-2.0", "BlueOak-1.0.0", "CC-BY-4.0", "Python-2.0"]);
/** What is not to come in by the back door, and why. */
const BANNED = {
  "openssl-sys": "TLS is rustls, so that the server needs no library of the system",
  "native-tls": "TLS is rustls, so that the server needs no library of the system",
  "aws-lc-sys": "cryptography is ring, which builds without CMake",
};
const CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index";
const MANY = { maxBuffer: 64 * 1024 * 1024, cwd: root };
const CARGO = process.env.CARGO ?? "cargo";
/** How long an answer about holes is good for, and how long it may take. */
const AUDIT_MS = 24 * 60 * 60 * 1000;
const PATIENCE_MS = 60_000;

/** What ships: a title, and how cargo is asked for its crates. */
const SHIPPED = [
  ["The widget", ["-p", "plimsoll", "--features", "embed", "--target", "wasm32-unknown-unknown"]],
  ["The server, on any system", ["-p", "plimsoll-server", "--target", "all"]],
];

/** Whether a licence is one of these; SPDX, with the slash that older crates write for "or". */
export function satisfied(expression, allowed) {
  const tokens = expression.replaceAll("/", " OR ").match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const single = () => {
    if (tokens[at] === "(") {
      at += 1;
      const inside = any();
      if (tokens[at] !== ")") return false;
      at += 1;
      return inside;
    }
    let name = tokens[at++];
    if (tokens[at] === "WITH") {
      name += ` WITH ${tokens[at + 1]}`;
      at += 2;
    }
    return allowed.has(name);
  };
  const joined = (word, next, join) => {
    let holds = next();
    while (tokens[at] === word) {
      at += 1;
      const other = next();
      holds = join(holds, other);
    }
    return holds;
  };
  const all = () => joined("AND", single, (one, other) => one && other);
  const any = () => joined("OR", all, (one, other) => one || other);
  return any() && at === tokens.length;
}

async function metadata() {
  const args = ["metadata", "--format-version=1", "--locked", "--offline"];
  const { stdout } = await run(CARGO, args, MANY);
  return JSON.parse(stdout).packages;
}

/** The crates of a program, without what only builds it, as `name version`. */
async function shipped(args) {
  const tree = ["tree", "--locked", "--offline", "--prefix=none", "--format={p}"];
  const { stdout } = await run(CARGO, [...tree, "--edges=normal,no-proc-macro", ...args], MANY);
  const names = stdout.split("\n").filter((line) => line && !line.includes(root));
  return [...new Set(names.map((line) => line.split(" ").slice(0, 2).join(" ")))].sort();
}

const idOf = (crate) => `${crate.name} v${crate.version}`;

function judgeCrates(crates) {
  const wrong = [];
  for (const crate of crates.filter((crate) => crate.source !== null)) {
    const id = idOf(crate);
    if (crate.source !== CRATES_IO) wrong.push(`${id} comes from ${crate.source}`);
    const licence = crate.license ?? "";
    if (!satisfied(licence, ALLOWED)) {
      wrong.push(`${id} has the licence ${JSON.stringify(licence)}, not one of the list`);
    }
    if (BANNED[crate.name]) wrong.push(`${id} is banned: ${BANNED[crate.name]}`);
  }
  for (const crate of crates.filter((crate) => crate.source === null)) {
    for (const need of crate.dependencies) {
      if (need.req === "*" && !need.path) wrong.push(`${crate.name} takes any ${need.name}`);
    }
  }
  return wrong;
}

/** Each crate of the registry has a checksum, which cargo compares. */
function judgeLock(text) {
  const packages = text.split("[[package]]").slice(1);
  const field = (piece, name) => piece.match(new RegExp(`^${name} = "(.*)"$`, "m"))?.[1];
  const without = packages.filter((piece) => field(piece, "source") && !field(piece, "checksum"));
  return without.map((piece) => `${field(piece, "name")} has no checksum in Cargo.lock`);
}

function judgeNpm(lock) {
  const wrong = [];
  for (const [path, entry] of Object.entries(lock.packages).filter(([path]) => path)) {
    const id = path.replace(/^.*node_modules\//, "");
    if (entry.link) continue;
    if (!entry.integrity?.startsWith("sha512-")) wrong.push(`${id} has no checksum`);
    // With `omit-lockfile-registry-resolved`, only what is not from a registry names an address.
    if (entry.resolved) wrong.push(`${id} comes from ${entry.resolved}`);
    if (!satisfied(entry.license ?? "", ALLOWED_TOOLS)) {
      wrong.push(`${id} has the licence ${JSON.stringify(entry.license)}, not one of the list`);
    }
  }
  return wrong;
}

function document(parts, crates) {
  const licences = new Map(crates.map((crate) => [idOf(crate), crate]));
  const lines = [
    "# What Plimsoll is made with",
    "",
    "Crates by others that are part of what ships, with their licences. Written by",
    "`cargo xtask test --only supply`, which also judges them; a release has the licences in full",
    "in `THIRD-PARTY.txt`. Plimsoll itself is MIT or Apache-2.0, at your choice.",
  ];
  for (const [title, ids] of parts) {
    lines.push("", `## ${title}`, "", "| Crate | Version | Licence |", "|---|---|---|");
    for (const id of ids) {
      const crate = licences.get(id);
      const link = crate.repository ? `[${crate.name}](${crate.repository})` : crate.name;
      lines.push(`| ${link} | ${crate.version} | ${crate.license} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

async function parts() {
  return Promise.all(SHIPPED.map(async ([title, args]) => [title, await shipped(args)]));
}

async function check() {
  const crates = await metadata();
  const npm = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  const wrong = [
    ...judgeCrates(crates),
    ...judgeLock(await readFile(join(root, "Cargo.lock"), "utf8")),
    ...judgeNpm(npm),
  ];
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  const text = document(await parts(), crates);
  const file = join(root, "THIRD-PARTY.md");
  if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    await writeFile(file, text);
    throw new Error("THIRD-PARTY.md was stale and is written anew. Commit it.");
  }
  const others = crates.filter((crate) => crate.source !== null).length;
  const tools = Object.keys(npm.packages).length - 1;
  console.log(`${others} crates and ${tools} npm packages: licences and sources are right`);
}

/** The licences of what ships, in full and each text once; of the widget alone, or of all. */
async function texts(file, which) {
  const crates = new Map((await metadata()).map((crate) => [idOf(crate), crate]));
  const wanted = which === "widget" ? (await parts()).slice(0, 1) : await parts();
  const ids = [...new Set(wanted.flatMap(([, ids]) => ids))].sort();
  const found = new Map();
  const bare = [];
  for (const id of ids) {
    const folder = dirname(crates.get(id).manifest_path);
    const all = await readdir(folder);
    const names = all.filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
    const files = await Promise.all(names.sort().map((name) =>
      readFile(join(folder, name), "utf8").catch(() => "")));
    const kept = files.filter((text) => text.trim());
    if (kept.length === 0) bare.push(`${id}: ${crates.get(id).license}`);
    for (const text of kept) {
      // The same words are the same text, however they are broken into lines.
      const key = text.replace(/\s+/g, " ").trim();
      const entry = found.get(key) ?? { text: text.replaceAll("\r\n", "\n").trim(), ids: [] };
      found.set(key, { ...entry, ids: [...entry.ids, id] });
    }
  }
  const rule = "=".repeat(80);
  const piece = (title, text) => `\n${rule}\n${title}\n${rule}\n\n${text}\n`;
  const pieces = [...found.values()].map(({ text, ids }) => piece(ids.join(", "), text));
  if (bare.length > 0) pieces.push(piece("Without a text of their own", bare.join("\n")));
  const head = "Plimsoll holds code by others, under these licences.\n";
  await writeFile(file, head + pieces.join(""));
}

/** What is known of holes, as far as it can be asked here. */
async function advisories() {
  const said = [await npmAudit(), await crateAdvisories()];
  console.log(said.join("; "));
}

async function npmAudit() {
  const lock = await readFile(join(root, "package-lock.json"));
  const key = createHash("sha256").update(lock).digest("hex");
  const cache = join(root, ".plimsoll", "npm-audit.json");
  const kept = await readFile(cache, "utf8").then(JSON.parse).catch(() => ({}));
  if (kept.key === key && Date.now() - kept.at < AUDIT_MS) return "npm audit: nothing, asked today";
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const how = { ...MANY, timeout: PATIENCE_MS, shell: npm !== "npm" };
  const asked = await run(npm, ["audit", "--json"], how).catch((error) => error);
  let answer = {};
  try {
    answer = JSON.parse(asked.stdout);
  } catch {
    // No answer at all is as little as one that tells of no vulnerabilities and none.
  }
  const counts = answer.metadata?.vulnerabilities;
  if (!counts) return "npm audit: NOT ASKED, the registry doesn't answer it from here";
  if (counts.total > 0) {
    const names = Object.keys(answer.vulnerabilities).join(", ");
    throw new Error(`npm audit finds ${counts.total}: ${names}. See \`npm audit\`.`);
  }
  await mkdir(dirname(cache), { recursive: true });
  await writeFile(cache, JSON.stringify({ key, at: Date.now() }));
  return "npm audit: nothing";
}

/** The RustSec database is a git repository that no registry has, so this needs cargo-deny. */
async function crateAdvisories() {
  const args = ["deny", "--format=json", "check", "--config", "deny.toml", "advisories"];
  const asked = await run(CARGO, args, { ...MANY, timeout: PATIENCE_MS }).catch((error) => error);
  if (!(asked instanceof Error)) return "RustSec: nothing";
  const lines = (asked.stderr ?? "").split("\n").filter((line) => line.startsWith("{"));
  const errors = lines.map((line) => JSON.parse(line)).filter((line) =>
    line.type === "diagnostic" && line.fields.severity === "error" && line.fields.advisory);
  if (errors.length > 0) {
    throw new Error(errors.map(({ fields }) =>
      `${fields.advisory.id} ${fields.advisory.package}: ${fields.advisory.title}`).join("\n"));
  }
  return "RustSec: NOT ASKED, needs cargo-deny and its database from GitHub";
}

const [command, ...words] = process.argv.slice(2);
const commands = { check, advisories, texts: () => texts(...words) };
if (command) {
  try {
    await (commands[command] ?? (() => { throw new Error(`there is no command ${command}`); }))();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
