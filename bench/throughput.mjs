// How fast the widget is beside a bare loop that does the same requests in as many lines of
// JavaScript as it takes: same server, browser, page, concurrency and order of chunks. The two take
// turns, so that what else the machine does meets both.
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ended, stage } from "./stage.mjs";

const MIB = 1 << 20;
/** Odd, so that the median is a run. */
const RUNS = 5;
const CHUNK = 20_000_000;
const PARALLEL = 3;

/** Runs in the page: all files by fetch, so many at once, each in chunks where it is large. */
async function bare({ chunk, parallel }) {
  const files = Array.from(document.querySelector("#bare").files);
  const url = `${location.origin}/v1_1/demo/auto/upload`;
  const send = async (file, id, start, end) => {
    const form = new FormData();
    form.append("upload_preset", "unsigned");
    const whole = start === 0 && end === file.size;
    form.append("file", whole ? file : file.slice(start, end), file.name);
    const headers = { "X-Unique-Upload-Id": id };
    if (!whole) headers["Content-Range"] = `bytes ${start}-${end - 1}/${file.size}`;
    const answer = await fetch(url, { method: "POST", body: form, headers });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const each = async (items, work) => {
    const rest = items.values();
    const worker = async () => {
      for (const item of rest) await work(item);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  };
  const start = performance.now();
  await each(files, async (file) => {
    const id = crypto.randomUUID();
    const parts = [];
    for (let at = 0; at < file.size; at += chunk) {
      parts.push([at, Math.min(at + chunk, file.size)]);
    }
    const last = parts.pop();
    // The wire's order: the first alone, the last after all others.
    if (parts.length) await send(file, id, ...parts.shift());
    await each(parts, (part) => send(file, id, ...part));
    await send(file, id, ...last);
  });
  return performance.now() - start;
}

async function bareRun({ page }, paths) {
  await page.evaluate(() => {
    document.body.insertAdjacentHTML("beforeend", '<input type="file" id="bare" multiple>');
  });
  await page.locator("#bare").setInputFiles(paths);
  return page.evaluate(bare, { chunk: CHUNK, parallel: PARALLEL });
}

async function widgetRun({ page, widget }, paths) {
  await page.evaluate(() => {
    window.times = [];
    window.hear = (_error, { event }) => window.times.push([event, performance.now()]);
  });
  await widget.choose(...paths);
  const done = await ended(page, paths.length);
  if (done !== paths.length) throw new Error(`${paths.length - done} uploads failed`);
  // From the moment the widget had the files, as the loop's time begins.
  return page.evaluate(() => {
    const of = (name) => window.times.filter(([event]) => event === name).map(([, time]) => time);
    return Math.max(...of("success")) - Math.min(...of("upload-added"));
  });
}

async function compare(bounds, sizes) {
  const bytes = sizes.reduce((sum, size) => sum + size);
  const speeds = { widget: [], bare: [] };
  const parallel = { maxParallelChunks: PARALLEL, maxParallelUploads: PARALLEL };
  const options = { maxChunkSize: CHUNK, ...parallel };
  // One more at first, which nobody counts: caches are cold.
  for (let run = 0; run <= RUNS; run++) {
    for (const [name, go] of Object.entries({ widget: widgetRun, bare: bareRun })) {
      const ms = await stage(options, async (on) => go(on, await make(on.folder, sizes)));
      if (run > 0) speeds[name].push(bytes / 1e6 / (ms / 1000));
    }
  }
  const [widget, loop] = [spread(speeds.widget), spread(speeds.bare)];
  const line = ({ least, most }) => `MB/s (${Math.round(least)} to ${Math.round(most)})`;
  return [
    { what: "widget", value: widget.median, unit: line(widget) },
    { what: "bare loop", value: loop.median, unit: line(loop) },
    {
      what: "widget / bare loop",
      value: widget.median / loop.median,
      least: bounds.throughput,
      unit: "",
    },
  ];
}

async function make(folder, sizes) {
  const paths = sizes.map((_, at) => join(folder, `${at}.bin`));
  for (const [at, path] of paths.entries()) {
    if (sizes[at] < MIB) {
      await writeFile(path, Buffer.alloc(sizes[at], `file ${at} `));
      continue;
    }
    const file = await open(path, "w");
    await file.truncate(sizes[at]);
    await file.close();
  }
  return paths;
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const median = sorted[(sorted.length - 1) / 2];
  return { median, least: sorted[0], most: sorted.at(-1) };
}

/** 1 GiB in chunks. */
export const chunks = (bounds) => compare(bounds, [1024 * MIB]);

/** 300 files of 200 KB. */
export const files = (bounds) => compare(bounds, Array.from({ length: 300 }, () => 200_000));
