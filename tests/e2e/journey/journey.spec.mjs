// The main job on real files: from the mouse to the disk and back, and what the page was told.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { file, windowed } from "../support/environment.mjs";
import { colours, distance, picture } from "../support/pictures.mjs";
import { md5, sha256 } from "../support/server.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { fill, words } from "../support/widget.mjs";

test.use({ launchOptions: windowed });

const PICKED = ["harbour.jpg", "evening.png", "crossing.mp4", "notes.txt"].map(file);
const NAMES = PICKED.map((path) => basename(path));
const SIZES = { "harbour.jpg": [1600, 1067], "evening.png": [640, 480] };
const KINDS = { jpg: "image", png: "image", mp4: "video", txt: "raw" };
/** Means of a small picture and of its thumbnail may differ by what scaling does to edges. */
const COLOUR_TOLERANCE = 20;

const ORDER = [
  "display-changed",
  ...NAMES.map(() => "upload-added"),
  "queues-start",
  ...NAMES.map(() => "success"),
  "queues-end",
];

/** What is delivered and what is on disk must be the picked bytes. */
async function isStored(server, infos) {
  const stored = (await server.stored()).map(({ sha256 }) => sha256);
  for (const path of PICKED) {
    const bytes = await readFile(path);
    const extension = basename(path).split(".")[1];
    const info = infos.find(({ secure_url }) => secure_url.endsWith(`.${extension}`));
    const response = await fetch(info.secure_url);
    expect(response.status).toBe(200);
    const delivered = Buffer.from(await response.arrayBuffer());
    expect(sha256(delivered), path).toBe(sha256(bytes));
    expect(stored, path).toContain(sha256(bytes));
    expect(info.etag).toBe(md5(bytes));
    expect(info.bytes).toBe(bytes.length);
  }
}

/** Opens the widget, uploads by `choose`, and gives the payloads of `success`. */
async function upload(widget, choose) {
  await widget.open();
  await choose();
  await widget.until("queues-end");
  await widget.shows("done", ...NAMES);
  const calls = await widget.told();
  return calls.filter(({ event }) => event === "success").map(({ info }) => info);
}

for (const [how, choose] of [
  ["dropped", (widget) => widget.drop(...PICKED)],
  ["chosen by the button", (widget) => widget.choose(...PICKED)],
]) {
  test(`files that are ${how} are stored, and still delivered after a restart`, async ({
    widget,
    page,
    server,
  }) => {
    const infos = await upload(widget, () => choose(widget));
    expect(infos).toHaveLength(NAMES.length);
    if (how === "dropped") expect(await page.evaluate(() => window.drops)).toEqual([true]);
    await isStored(server, infos);
    await server.stop();
    await server.start();
    await isStored(server, infos);
  });
}

test("the callback hears of everything once and in order", proves(
  "callback:result event:order event:queues-start event:success event:close",
  "event:display-changed event:upload-added event-field:upload-added.file",
  "event-field:upload-added.publicId event-field:close.message",
), async ({ widget, page }) => {
  await upload(widget, () => widget.drop(...PICKED));
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
  const calls = await widget.told();
  expect(calls.map(({ event }) => event)).toEqual([...ORDER, "display-changed", "close"]);
  for (const call of calls) {
    expect(call).toMatchObject({ error: null, mirrored: true, uw_event: true });
  }
  expect(calls[0].info).toBe("shown");
  expect(calls.at(-2).info).toBe("hidden");
  expect(typeof calls.at(-1).info.message).toBe("string");
  const added = calls.filter(({ event }) => event === "upload-added").map(({ info }) => info);
  expect(added.map((info) => info.file.name)).toEqual(NAMES);
  for (const [at, path] of PICKED.entries()) {
    const { length } = await readFile(path);
    expect(added[at].file).toMatchObject({ isFile: true, size: length });
    expect(added[at].publicId).toBeNull();
  }
  await expect(page.locator("#opener")).toBeFocused();
});

test("success and queues-end carry the server's response and the widget's additions", proves(
  "event:queues-end event-field:success.* event-field:queues-end.files",
  "event-field:queues-end.files.uploadInfo event-field:queues-end.files.file",
), async ({
  widget,
  page,
}) => {
  const infos = await upload(widget, () => widget.drop(...PICKED));
  for (const info of infos) {
    const { format, public_id, version, resource_type } = info;
    expect(resource_type).toBe(KINDS[info.secure_url.split(".").at(-1)]);
    expect(public_id).toMatch(/^\S+$/);
    expect(info.signature).toMatch(/^[0-9a-f]{40}$/);
    expect(info.asset_id).toMatch(/^[0-9a-f]{32}$/);
    expect(info.id).toEqual(expect.any(String));
    expect(info.batchId).toBe(infos[0].batchId);
    expect(NAMES).toContain(`${info.original_filename}.${info.secure_url.split(".").at(-1)}`);
    if (resource_type !== "raw") expect(info.path).toBe(`v${version}/${public_id}.${format}`);
  }
  expect(new Set(infos.map(({ id }) => id)).size).toBe(NAMES.length);
  for (const [name, [width, height]] of Object.entries(SIZES)) {
    const info = infos.find(({ secure_url }) => secure_url.endsWith(name.slice(-4)));
    expect([info.width, info.height]).toEqual([width, height]);
    const scale = Math.min(90 / width, 60 / height);
    const thumbnail = await picture(page, info.thumbnail_url);
    expect(thumbnail.width).toBeCloseTo(width * scale, -0.5);
    expect(thumbnail.height).toBeCloseTo(height * scale, -0.5);
    const whole = await picture(page, info.secure_url);
    expect(distance(thumbnail, whole)).toBeLessThan(COLOUR_TOLERANCE);
  }
  const { info: end } = await widget.until("queues-end");
  expect(end.files.map(({ name }) => name)).toEqual(NAMES);
  for (const item of end.files) {
    const info = infos.find(({ id }) => id === item.id);
    expect(item).toMatchObject({ done: true, failed: false, aborted: false, progress: 100 });
    expect(item).toMatchObject({ batchId: info.batchId, size: info.bytes });
    expect(item.file).toMatchObject({ isFile: true, name: item.name });
    expect(item.uploadInfo).toMatchObject({
      secure_url: info.secure_url,
      public_id: info.public_id,
      bytes: info.bytes,
    });
  }
});

test("pictures in the list are painted, and linked to the stored asset", async ({
  widget,
  page,
}) => {
  await upload(widget, () => widget.drop(...PICKED));
  for (const name of Object.keys(SIZES)) {
    const canvas = widget.row(name).locator("canvas");
    await expect(canvas).toBeVisible();
    const link = await widget.row(name).getByRole("link", { name }).getAttribute("href");
    const painted = await colours(canvas);
    expect(painted.spread, "a picture has more than one colour").toBeGreaterThan(10);
    expect(distance(painted, await picture(page, link))).toBeLessThan(COLOUR_TOLERANCE);
  }
  await expect(widget.row("crossing.mp4").locator("canvas"), "a film's picture").toBeVisible();
  await expect(widget.row("notes.txt").locator("canvas")).toBeHidden();
  await expect(widget.row("notes.txt").locator(".tile svg")).toBeVisible();
  await expect(widget.dialog).toContainText(fill(words.queue.summary.done, { done: 4 }));
});

test("a drag shows where to drop, wherever it is over the dialog", async ({ widget, page }) => {
  await widget.open();
  const target = widget.dialog.getByText(words.local.drop_title_multiple, { exact: true });
  await expect(target).toBeHidden();
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [PICKED[0]], dragOperationsMask: 1 };
  const drag = (type, x, y) => client.send("Input.dispatchDragEvent", { type, x, y, data });
  await drag("dragEnter", 640, 400);
  // From one element of the dialog to others, its backdrop among them, and back.
  for (const [x, y] of [[640, 400], [640, 300], [10, 10], [640, 400]]) {
    await drag("dragOver", x, y);
    await expect(target).toBeVisible();
  }
  await drag("drop", 640, 400);
  await expect(target).toBeHidden();
  await widget.shows("done", "harbour.jpg");
});

test("a widget that is opened again starts clean and uploads again", async ({ widget, page }) => {
  await upload(widget, () => widget.choose(...PICKED));
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
  await page.evaluate(() => window.widget.open());
  await expect(widget.browse).toBeFocused();
  await expect(widget.rows).toHaveCount(0);
  await expect(widget.done).toBeHidden();
  await widget.choose(file("morning.jpg"));
  const { info } = await widget.until("queues-end", 2);
  expect(info.files.map(({ name }) => name)).toEqual(["morning.jpg"]);
  expect((await widget.until("success", 5)).info.original_filename).toBe("morning");
});

test("a cancelled upload is stopped, and goes on when retried", proves(
  "event:abort event:retry event-field:abort.* event-field:retry.*",
), async ({ widget, page }) => {
  const aborted = page.waitForEvent("requestfailed", (request) =>
    request.url().includes("/v1_1/"),
  );
  await page.route("**/v1_1/**", () => {}, { times: 1 });
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await widget.shows("uploading", "harbour.jpg");
  await widget.action("cancel", "harbour.jpg").click();
  await widget.shows("cancelled", "harbour.jpg");
  expect((await aborted).failure().errorText).toContain("ERR_ABORTED");
  const { info } = await widget.until("abort");
  expect(info).toEqual({ ids: [expect.any(String)], all: false });
  const { info: end } = await widget.until("queues-end");
  expect(end.files).toHaveLength(1);
  expect(end.files[0]).toMatchObject({ aborted: true, done: false });
  expect(end.files[0].uploadInfo).toBeUndefined();
  await widget.action("retry", "harbour.jpg").click();
  await widget.shows("done", "harbour.jpg");
  expect((await widget.until("retry")).info.ids).toEqual(info.ids);
  await widget.until("queues-end", 2);
  await widget.action("remove", "harbour.jpg").click();
  await expect(widget.rows).toHaveCount(0);
});
