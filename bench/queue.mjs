// 10,000 small files at once: whether the page answers meanwhile, and whether all are stored. By
// the file chooser, beside a bare loop that reads the sizes of the same files; and as a folder that
// is dropped, whose files the browser finds one by one, beside a bare walk through it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { costs } from "./measure.mjs";
import { ended, stage } from "./stage.mjs";

const FILES = 10_000;
const MIB = 1 << 20;

/** Runs in the page before files come: when the widget got them, and when it told of each. */
function clock() {
  window.begun = undefined;
  window.told = [];
  const begin = () => (window.begun ??= performance.now());
  // Before the widget's own listeners, however deep they are.
  for (const name of ["change", "drop"]) window.addEventListener(name, begin, true);
  const { get } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "files");
  Object.defineProperty(HTMLInputElement.prototype, "files", {
    get() {
      begin();
      return get.call(this);
    },
  });
  window.hear = (_error, { event }) => {
    if (event === "upload-added") window.told.push(performance.now());
  };
}

/** Runs in the page: what any page would pay that looks at files as they are dropped or chosen. */
function bare() {
  window.bare = undefined;
  const sizes = (files) => files.reduce((sum, { size }) => sum + size, 0);
  const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
  input.id = "bare";
  input.addEventListener("change", () => {
    const start = performance.now();
    sizes(Array.from(input.files));
    window.bare = performance.now() - start;
  });
  document.body.append(input);
  const walk = async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.removeEventListener("drop", walk, true);
    const start = performance.now();
    const reader = event.dataTransfer.items[0].webkitGetAsEntry().createReader();
    const files = [];
    for (;;) {
      const page = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!page.length) break;
      for (const entry of page) {
        files.push(new Promise((done, failed) => entry.file(done, failed)));
      }
    }
    sizes(await Promise.all(files));
    window.bare = performance.now() - start;
  };
  window.dropBare = () => window.addEventListener("drop", walk, true);
}

const ms = async (page, read) => (await page.waitForFunction(read)).jsonValue();

async function run(bounds, { page, widget, server, folder }, dropped) {
  const many = join(folder, "many");
  await mkdir(many);
  const paths = Array.from({ length: FILES }, (_, at) => join(many, `${at}.txt`));
  for (const [at, path] of paths.entries()) await writeFile(path, `This is ${at}`);
  await page.evaluate(bare);
  if (dropped) {
    await page.evaluate(() => window.dropBare());
    await widget.drop(many);
  } else {
    await page.locator("#bare").setInputFiles(paths);
  }
  const loop = await ms(page, () => window.bare);
  await page.evaluate(clock);
  let listed = 0;
  const cost = await costs(page, async () => {
    await (dropped ? widget.drop(many) : widget.choose(...paths));
    await page.waitForFunction((files) => window.told.length === files, FILES);
    listed = await page.evaluate(() => window.told.at(-1) - window.begun);
    await ended(page, FILES);
  });
  // Taking in ten thousand files is the browser's own task, before anybody is told of them.
  const longest = await page.evaluate(() => {
    const ours = window.tasks.filter(({ startTime }) => startTime >= window.begun);
    return Math.max(0, ...ours.map(({ duration }) => duration));
  });
  const stored = new Set((await server.stored()).map(({ sha256 }) => sha256)).size;
  const rows = await widget.rows.count();
  return [
    { what: "files that are not stored", value: FILES - stored, most: 0, unit: "" },
    { what: "longest task", value: longest, most: bounds.taskMs, unit: "ms" },
    { what: "rows in the document", value: rows, most: bounds.rows, unit: "" },
    { what: "time until all are listed", value: listed / 1000, unit: "s" },
    { what: "of which a bare page takes", value: loop / 1000, unit: "s" },
    { what: "beyond that", value: (listed - loop) / 1000, most: bounds.listedS, unit: "s" },
    { what: "JavaScript heap, growth at its peak", value: cost.heapPeakBytes / MIB, unit: "MiB" },
    { what: "files per second", value: FILES / (cost.ms / 1000), unit: "/s" },
  ];
}

export const queue = (bounds) => stage({}, (on) => run(bounds, on, false));

export const folder = (bounds) => stage({}, (on) => run(bounds, on, true));
