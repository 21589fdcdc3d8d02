// Large files go up in chunks, through the real server, and come out as they were.
import { join } from "node:path";
import { CHUNK, make, range } from "../support/bytes.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { UPLOADS, words } from "../support/widget.mjs";

const { statuses } = words.queue;

/** The ranges that a page sends, in order, with their upload IDs. */
function watch(page) {
  const sent = [];
  page.on("request", (request) => {
    if (request.method() !== "POST" || !request.url().includes("/v1_1/")) return;
    const headers = request.headers();
    sent.push({ range: headers["content-range"], id: headers["x-unique-upload-id"] });
  });
  return sent;
}

test("a large file goes up in chunks, the first alone and the last last", proves(
  "option:maxChunkSize option:maxParallelChunks option:maxParallelUploads",
), async ({
  widget,
  page,
  spare,
  folder,
}) => {
  const size = 7 * CHUNK + 12_345;
  const path = join(folder, "large.bin");
  const hash = await make(path, size);
  const sent = watch(page);
  await widget.open({ uploadPrefix: spare.origin, maxChunkSize: CHUNK });
  await widget.choose(path);
  const { info } = await widget.until("success");
  expect(info).toMatchObject({ bytes: size, resource_type: "raw" });
  const wanted = Array.from({ length: 8 }, (_, at) =>
    range(at * CHUNK, Math.min((at + 1) * CHUNK, size), size),
  );
  const ranges = sent.map((request) => request.range);
  expect(ranges.toSorted()).toEqual(wanted.toSorted());
  expect([ranges[0], ranges.at(-1)]).toEqual([wanted[0], wanted.at(-1)]);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
});

test("a chunk that is lost on its way goes again, and no other does", async ({
  widget,
  page,
  spare,
  folder,
  provoked,
}) => {
  provoked.push(/console.error: Failed to load resource/);
  const size = 4 * CHUNK;
  const path = join(folder, "bumpy.bin");
  const hash = await make(path, size);
  const sent = watch(page);
  let lost = 0;
  await page.route(UPLOADS, (route) => {
    const second = route.request().headers()["content-range"]?.startsWith(`bytes ${CHUNK}-`);
    if (second && lost++ === 0) route.abort("connectionreset");
    else route.continue();
  });
  await widget.open({ uploadPrefix: spare.origin, maxChunkSize: CHUNK });
  await widget.choose(path);
  await widget.until("success");
  const ranges = sent.map((request) => request.range);
  expect(ranges).toHaveLength(5);
  expect(ranges.filter((one) => one === range(CHUNK, 2 * CHUNK, size))).toHaveLength(2);
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
});

test("a cancelled upload goes on where it was when it is retried", async ({
  widget,
  page,
  spare,
  folder,
}) => {
  const size = 3 * CHUNK;
  const path = join(folder, "paused.bin");
  const hash = await make(path, size);
  const sent = watch(page);
  let held = true;
  await page.route(UPLOADS, (route) => {
    const first = route.request().headers()["content-range"]?.startsWith("bytes 0-");
    if (first || !held) route.continue();
  });
  await widget.open({ uploadPrefix: spare.origin, maxChunkSize: CHUNK });
  await widget.choose(path);
  await expect.poll(() => sent.length, { intervals: [20] }).toBe(2);
  await widget.action("cancel", "paused.bin").click();
  await expect(widget.row("paused.bin")).toContainText(statuses.aborted);
  held = false;
  await widget.action("retry", "paused.bin").click();
  await widget.until("success");
  expect(sent.filter((request) => request.range === range(0, CHUNK, size))).toHaveLength(1);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
});

test("chunks survive a restart of the server", async ({ widget, page, spare, folder }) => {
  const size = 4 * CHUNK + 1;
  const path = join(folder, "restart.bin");
  const hash = await make(path, size);
  const held = [];
  let open = false;
  await page.route(UPLOADS, (route) => {
    const last = route.request().headers()["content-range"]?.endsWith(`-${size - 1}/${size}`);
    if (last && !open) held.push(route);
    else route.continue();
  });
  await widget.open({ uploadPrefix: spare.origin, maxChunkSize: CHUNK });
  await widget.choose(path);
  await expect.poll(() => held.length, { intervals: [20] }).toBe(1);
  await spare.stop();
  await spare.start();
  open = true;
  await held[0].continue();
  await widget.until("success");
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([hash]);
});
