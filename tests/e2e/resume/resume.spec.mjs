// A file in chunks goes on where it was when the page was left: after a reload, in another tab, and
// without being chosen again where the page wants that. Against the real server.
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { sha256 } from "../support/server.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { UPLOADS, Widget } from "../support/widget.mjs";

const MIB = 1 << 20;
/** The smallest that the Upload API takes. */
const CHUNK = 5 * MIB;
const PARTS = 4;
const CHUNKED = { maxChunkSize: CHUNK, maxParallelChunks: 1 };
/** A moment that files can be set to, so that only their content tells them apart. */
const THEN = new Date("2026-01-02T03:04:05Z");

async function make(path, bytes = randomBytes((PARTS - 1) * CHUNK + 7)) {
  await writeFile(path, bytes);
  await utimes(path, THEN, THEN);
  return sha256(bytes);
}

/** The chunks that pages send, as `[number, upload ID]`. */
function watch(context) {
  const sent = [];
  context.on("request", (request) => {
    if (request.method() !== "POST" || !request.url().includes("/v1_1/")) return;
    const headers = request.headers();
    const start = headers["content-range"]?.match(/\d+/)[0];
    sent.push([start / CHUNK, headers["x-unique-upload-id"]]);
  });
  return sent;
}

const numbers = (sent) => sent.map(([number]) => number);
const ids = (sent) => new Set(sent.map(([, id]) => id));

/** Lets so many chunks through; the rest never ends while this page lives. */
async function stall(page, through) {
  let passed = 0;
  await page.route(UPLOADS, (route) => {
    if (route.request().method() === "POST" && passed++ >= through) return;
    return route.continue();
  });
}

/** Uploads `through` chunks of a file, and leaves the page in the middle of the next one. */
async function leave(widget, path, through, options) {
  const { page } = widget;
  await stall(page, through);
  const next = page.waitForRequest((request) =>
    request.headers()["content-range"]?.startsWith(`bytes ${through * CHUNK}-`),
  );
  await widget.open(options);
  await widget.choose(path);
  await next;
  // What was acknowledged is kept in a moment; another page would see it there.
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const open = indexedDB.open("plimsoll");
        const base = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
        const all = base.transaction("uploads").objectStore("uploads").getAll();
        const entries = await new Promise((resolve) => (all.onsuccess = () => resolve(all.result)));
        base.close();
        return entries.length;
      }),
    )
    .toBe(1);
  await page.goto("about:blank");
  await page.unroute(UPLOADS);
}

test("after a reload the same file goes on where it was, and another one does not", proves(
  "option:resume",
), async ({
  widget,
  context,
  spare,
  folder,
}) => {
  const path = join(folder, "film.bin");
  const hash = await make(path);
  const sent = watch(context);
  const options = { ...CHUNKED, uploadPrefix: spare.origin };
  await leave(widget, path, 2, options);
  const before = sent.splice(0);
  await widget.open(options);
  await widget.choose(path);
  const { info } = await widget.until("success");
  expect(info.bytes).toBe((PARTS - 1) * CHUNK + 7);
  expect(numbers(before)).toEqual([0, 1, 2]);
  expect(numbers(sent), "what was acknowledged is not sent again").toEqual([2, 3]);
  expect(ids([...before, ...sent]).size).toBe(1);
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
});

test("a file of the same name, size and time with another content begins anew", async ({
  widget,
  context,
  spare,
  folder,
}) => {
  const path = join(folder, "film.bin");
  await make(path);
  const sent = watch(context);
  const options = { ...CHUNKED, uploadPrefix: spare.origin };
  await leave(widget, path, 2, options);
  const before = sent.splice(0);
  const hash = await make(path);
  await widget.open(options);
  await widget.choose(path);
  await widget.until("success");
  expect(numbers(sent)).toEqual([0, 1, 2, 3]);
  expect(ids([...before, ...sent]).size).toBe(2);
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
});

test("with resume off nothing is kept and nothing is looked for", async ({
  widget,
  context,
  page,
  spare,
  folder,
}) => {
  const path = join(folder, "film.bin");
  await make(path);
  const sent = watch(context);
  const options = { ...CHUNKED, uploadPrefix: spare.origin, resume: false };
  await widget.open(options);
  await widget.choose(path);
  await widget.until("success");
  expect(numbers(sent)).toEqual([0, 1, 2, 3]);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test("where storage is denied, a file in chunks goes up all the same", async ({
  widget,
  page,
  spare,
  folder,
}) => {
  await page.addInitScript("IDBFactory.prototype.open = () => { throw new Error('denied') }");
  const path = join(folder, "film.bin");
  const hash = await make(path);
  await widget.open({ ...CHUNKED, uploadPrefix: spare.origin });
  await widget.choose(path);
  await widget.until("success");
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
});

test("two tabs do not send the same file: the second goes on when the first is gone", proves(
  "text:queue.statuses.elsewhere",
), async ({
  widget,
  page,
  context,
  spare,
  folder,
}) => {
  const path = join(folder, "film.bin");
  const hash = await make(path);
  const sent = watch(context);
  const options = { ...CHUNKED, uploadPrefix: spare.origin };
  await stall(page, 2);
  await widget.open(options);
  await widget.choose(path);
  await expect.poll(() => numbers(sent)).toEqual([0, 1, 2]);
  const other = new Widget(await context.newPage());
  await other.open(options);
  await other.choose(path);
  await other.shows("elsewhere", "film.bin");
  expect(sent).toHaveLength(3);
  await page.close();
  await other.shows("done", "film.bin");
  // What was on its way as the first tab went may have arrived; then the server says so.
  expect(Array.from(new Set(numbers(sent)))).toEqual([0, 1, 2, 3]);
  expect(sent.length).toBeLessThanOrEqual(5);
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
});

test("a file that is kept whole goes on without being chosen again, and is dropped then", proves(
  "option:resumeKeepSize",
), async ({
  widget,
  context,
  spare,
  folder,
}) => {
  const path = join(folder, "film.bin");
  const hash = await make(path);
  const sent = watch(context);
  const options = { ...CHUNKED, uploadPrefix: spare.origin, resumeKeepSize: 100 * MIB };
  await leave(widget, path, 1, options);
  sent.length = 0;
  await widget.open(options);
  await widget.shows("done", "film.bin");
  expect(numbers(sent)).toEqual([1, 2, 3]);
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
  await widget.done.click();
  await widget.open(options);
  await expect(widget.rows).toHaveCount(0);
});
