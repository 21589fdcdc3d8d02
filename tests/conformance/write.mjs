// Writes docs/conformance.md from the last run of the tests: for each row of the contract the test
// that proves it. A row without one is an error, unless contract.mjs says why it is different. A
// browser test proves rows by an annotation (`type: "proves"`), a native one by a line `/// Proves:
// …` above it.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { groups } from "./contract.mjs";
import { different, silent } from "./different.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const private_ = join(root, ".plimsoll");
const target = join(root, "docs", "conformance.md");

/** `option:maxFiles` and the like, from docs/options.md, which is made from the options' table. */
async function optionRows() {
  const text = await readFile(join(root, "docs", "options.md"), "utf8");
  const names = Array.from(text.matchAll(/^### `(\w+)`/gm), ([, name]) => name);
  const snake = (name) => name.replaceAll(/[A-Z]+/g, (part) => `_${part.toLowerCase()}`);
  const aliases = names.filter((name) => snake(name) !== name);
  return [
    {
      title: "Options",
      rows: names.map((name) => ({ id: `option:${name}`, promise: "as docs/options.md says" })),
    },
    {
      title: "Aliases of options",
      rows: aliases.map((name) => ({
        id: `alias:${snake(name)}`,
        promise: `the same as \`${name}\``,
      })),
    },
  ];
}

/** `text:queue.title` and the like: what the widget shows. */
async function textRows() {
  const rows = [];
  const walk = (tree, path) => {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === "string") {
        rows.push({ id: `text:${path}${key}`, promise: JSON.stringify(value) });
      } else {
        walk(value, `${path}${key}.`);
      }
    }
  };
  const folder = join(root, "www", "locales");
  for (const name of (await readdir(folder)).filter((name) => /^en\..*json$/.test(name)).sort()) {
    walk(JSON.parse(await readFile(join(folder, name), "utf8")), "");
  }
  return [{ title: "Texts", rows }];
}

/** Browser tests that passed, with what they prove. */
async function browserProofs() {
  const report = JSON.parse(await readFile(join(private_, "e2e.json"), "utf8"));
  const proofs = [];
  const walk = (suite) => {
    suite.suites?.forEach(walk);
    for (const spec of suite.specs ?? []) {
      const annotations = spec.tests.flatMap((test) => test.annotations ?? []);
      const ids = annotations
        .filter(({ type }) => type === "proves")
        .flatMap(({ description }) => description.split(/\s+/));
      const file = relative(root, join(report.config.rootDir, spec.file));
      if (spec.ok && ids.length > 0) proofs.push({ ids, test: `${file}: ${spec.title}` });
    }
  };
  report.suites.forEach(walk);
  return proofs;
}

/** Native tests that passed, with what they prove. */
async function nativeProofs() {
  const output = await readFile(join(private_, "native.txt"), "utf8");
  const lines = output.matchAll(/^test (\S+) \.\.\. ok$/gm);
  const passed = new Set(Array.from(lines, ([, name]) => name));
  const proofs = [];
  for (const folder of ["crates/core/src", "crates/core/tests", "crates/server/tests", "tests"]) {
    for (const entry of await readdir(join(root, folder), { recursive: true })) {
      if (!entry.endsWith(".rs")) continue;
      const text = await readFile(join(root, folder, entry), "utf8");
      const marked = /((?:^ *\/\/\/ Proves: .*\n)+)(?:^ *(?:#\[|\/\/\/).*\n)*^ *fn (\w+)/gm;
      for (const [, lines, name] of text.matchAll(marked)) {
        const words = lines.split(/\s+/);
        const ids = words.filter((word) => word.includes(":") && word !== "Proves:");
        const ran = [...passed].some((path) => path === name || path.endsWith(`::${name}`));
        if (ran) proofs.push({ ids, test: `${folder}/${entry}: ${name.replaceAll("_", " ")}` });
      }
    }
  }
  return proofs;
}

const matches = (pattern, id) =>
  pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : pattern === id;

const all = [...groups, ...(await optionRows()), ...(await textRows())];
const known = new Set(all.flatMap(({ rows }) => rows.map(({ id }) => id)));
const proofs = [...(await browserProofs()), ...(await nativeProofs())];
const isKnown = (id) => [...known].some((row) => matches(id, row));
const strangers = proofs.flatMap(({ ids, test }) =>
  ids.filter((id) => !isKnown(id)).map((id) => `${id} (${test})`),
);

const cell = (text) => text.replaceAll("|", "\\|");
const missing = [];
const counts = { proved: 0, different: 0 };
const parts = all.map(({ title, rows }) => {
  const lines = rows.map(({ id, promise }) => {
    const why = different[id];
    const found = proofs.find(({ ids }) => ids.some((pattern) => matches(pattern, id)));
    if (why) counts.different += 1;
    else if (found) counts.proved += 1;
    else missing.push(id);
    const proof = [why && `*Different:* ${why}`, found?.test].filter(Boolean).join(" ");
    const name = id.slice(id.indexOf(":") + 1);
    return `| \`${name}\` | ${cell(promise)} | ${cell(proof || "**none**")} |`;
  });
  return `## ${title}\n\n| | Promise | Proof |\n|---|---|---|\n${lines.join("\n")}\n`;
});
const unseen = silent.map(({ keys, why }) => `- \`${keys.join("`, `")}\`: ${why}`);
const text = `<!-- Written by \`cargo xtask test\` from what its tests proved. -->

# Conformance

What a page that was written for Cloudinary's Upload Widget may rely on, and what proves it:
${counts.proved} rows proved, ${counts.different} deliberately different.

${parts.join("\n")}
## Texts that nothing shows

Keys of the contract's \`text\` that are accepted and have no effect, because what they belong to
does not exist here:

${unseen.join("\n")}
`;

const before = await readFile(target, "utf8").catch(() => "");
if (before !== text) await writeFile(target, text);
const errors = [
  ...missing.map((id) => `no test proves ${id}`),
  ...strangers.map((id) => `nobody promised ${id}`),
  ...(before === text ? [] : ["docs/conformance.md was stale, and is written anew: commit it"]),
];
console.log(`${counts.proved} rows proved, ${counts.different} different, ${missing.length} open`);
errors.forEach((error) => console.log(error));
process.exit(errors.length > 0 ? 1 : 0);
