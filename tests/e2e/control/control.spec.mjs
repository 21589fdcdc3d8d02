// What people can do with uploads that run: stop them for a while, prefer one, decide about the
// same file chosen twice; and what they read while nothing can go on.
import { randomBytes } from "node:crypto";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { answering, json } from "../support/answering.mjs";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { UPLOADS, countUploads, fill, hold, words } from "../support/widget.mjs";

const MIB = 1 << 20;
/** The smallest that the Upload API takes. */
const CHUNK = 5 * MIB;
const { queue } = words;

/** The names of the files that a page sends, in order. Routed, because Playwright has the body of
 * a request with a file only then. */
async function names(page, gate = Promise.resolve()) {
  const sent = [];
  await page.route(UPLOADS, async (route) => {
    const body = route.request().postDataBuffer()?.toString("latin1") ?? "";
    sent.push(body.match(/filename="([^"]*)"/)?.[1]);
    await gate;
    await route.continue();
  });
  return sent;
}

test("a file that is paused sends nothing, keeps what was sent, and goes on where it was", proves(
  "text:queue.actions.pause text:queue.actions.resume text:queue.statuses.paused*",
), async ({
  widget,
  page,
  spare,
  folder,
}) => {
  const bytes = randomBytes(3 * CHUNK + 1);
  const path = join(folder, "film.bin");
  await writeFile(path, bytes);
  const starts = [];
  let gate = true;
  await page.route(UPLOADS, (route) => {
    const range = route.request().headers()["content-range"];
    if (range) starts.push(range.match(/\d+/)[0] / CHUNK);
    // The second chunk stays on its way until it is stopped.
    if (gate && starts.at(-1) === 1) return;
    return route.continue();
  });
  await widget.open({ uploadPrefix: spare.origin, maxChunkSize: CHUNK, maxParallelChunks: 1 });
  await widget.choose(path);
  await expect.poll(() => starts).toEqual([0, 1]);
  await widget.action("pause", "film.bin").click();
  await widget.shows("paused", "film.bin");
  await expect(widget.row("film.bin")).toContainText(/Paused at \d+ %/);
  await expect(widget.dialog).toContainText("Paused, 0 of 1 done");
  gate = false;
  const resume = widget.action("resume", "film.bin");
  await expect(resume, "the button that was pressed keeps the focus").toBeFocused();
  await page.keyboard.press("Enter");
  await widget.shows("done", "film.bin");
  expect(starts).toEqual([0, 1, 1, 2, 3]);
  expect((await spare.stored()).map((asset) => asset.sha256)).toEqual([sha256(bytes)]);
});

test("all are paused and resumed by one button each, and can be cancelled meanwhile", proves(
  "text:queue.pause_all text:queue.resume_all text:queue.abort_all",
  "text:queue.summary.paused",
), async ({
  widget,
  page,
}) => {
  const gate = await hold(page);
  await widget.open();
  await widget.choose(file("harbour.jpg"), file("morning.jpg"), file("evening.png"));
  await gate.reaches(3);
  await widget.button(queue.pause_all).click();
  await widget.shows("paused", "harbour.jpg", "morning.jpg", "evening.png");
  await expect(widget.button(queue.pause_all)).toBeHidden();
  await widget.action("cancel", "evening.png").click();
  await widget.shows("cancelled", "evening.png");
  expect(await widget.events()).not.toContain("queues-end");
  await gate.release();
  await widget.button(queue.resume_all).click();
  await widget.shows("done", "harbour.jpg", "morning.jpg");
  await widget.until("queues-end");
});

test("a waiting file that is preferred goes next", proves(
  "text:queue.actions.next text:queue.statuses.waiting",
), async ({ widget, page, folder }) => {
  const paths = await Promise.all(
    ["a", "b", "c", "d"].map(async (name) => {
      const path = join(folder, `${name}.txt`);
      await writeFile(path, name);
      return path;
    }),
  );
  let release;
  const sent = await names(page, new Promise((resolve) => (release = resolve)));
  await widget.open({ maxParallelUploads: 1 });
  await widget.choose(...paths);
  await expect.poll(() => sent.length).toBe(1);
  await widget.action("next", "d.txt").click();
  release();
  await widget.until("queues-end");
  expect(sent).toEqual(["a.txt", "d.txt", "b.txt", "c.txt"]);
});

test("without a network it is said, nothing is tried, and all goes on by itself", proves(
  "text:queue.summary.offline",
), async ({
  widget,
  page,
  context,
}) => {
  await widget.open();
  const sent = countUploads(page);
  const line = widget.dialog.getByText(queue.summary.offline);
  await widget.choose(file("morning.jpg"));
  await widget.shows("done", "morning.jpg");
  await context.setOffline(true);
  await widget.choose(file("notes.txt"));
  await expect(line).toBeVisible();
  await widget.shows("waiting", "notes.txt");
  expect(sent).toHaveLength(1);
  await context.setOffline(false);
  await widget.shows("done", "notes.txt");
  expect(sent).toHaveLength(2);
  await expect(line).toBeHidden();
});

test("a network that goes before the first file is chosen loses nothing", proves(
  "text:uploader.errors.not_loaded",
), async ({
  widget,
  page,
  context,
  provoked,
}) => {
  provoked.push(/ERR_INTERNET_DISCONNECTED/, /a part of the widget could not be loaded/);
  await widget.open();
  const sent = countUploads(page);
  await context.setOffline(true);
  await widget.choose(file("notes.txt"));
  await expect(widget.notice).toHaveText(words.uploader.errors.not_loaded);
  expect(sent).toEqual([]);
  await context.setOffline(false);
  await widget.shows("done", "notes.txt");
  await expect(widget.notice).toBeHidden();
});

test("the same file twice is asked about, and each answer is taken", proves(
  "text:queue.statuses.asking text:queue.actions.allow text:queue.actions.skip",
), async ({
  widget,
  page,
  folder,
}) => {
  const copies = ["one.txt", "two.txt"].map((name) => join(folder, name));
  for (const path of copies) await copyFile(file("notes.txt"), path);
  const sent = await names(page);
  await widget.open({ duplicates: "ask" });
  await widget.choose(file("notes.txt"), ...copies);
  await widget.shows("done", "notes.txt");
  await widget.shows("asking", "one.txt", "two.txt");
  const answer = (name, word) => widget.row(name).getByRole("button", { name: word });
  await answer("one.txt", queue.actions.allow).click();
  await widget.shows("done", "one.txt");
  const beside = widget.action("remove", "one.txt");
  await expect(beside, "the focus stays in the row").toBeFocused();
  await answer("two.txt", queue.actions.skip).click();
  await expect(widget.row("two.txt")).toHaveCount(0);
  await expect(beside, "the focus goes to the next row").toBeFocused();
  await widget.until("queues-end");
  expect(sent).toEqual(["notes.txt", "one.txt"]);
});

test("the same file twice is left out with its reason, where the page says so", proves(
  "option:duplicates text:uploader.errors.duplicate",
), async ({
  widget,
  folder,
}) => {
  const copy = join(folder, "copy.txt");
  await copyFile(file("notes.txt"), copy);
  await widget.open({ duplicates: "skip" });
  await widget.choose(file("notes.txt"), copy);
  await widget.shows("refused", "copy.txt");
  const reason = fill(words.uploader.errors.duplicate, { name: "notes.txt" });
  await expect(widget.row("copy.txt")).toContainText(reason);
});

test("a rest is counted down, and a long one says until when", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/status of 503/);
  let wait = "20";
  const error = { error: { message: "Busy" } };
  const server = await answering((_request, response) =>
    json(response, 503, error, { "retry-after": wait }),
  );
  await page.clock.install();
  await widget.open({ uploadPrefix: server.origin });
  await widget.choose(file("notes.txt"));
  const row = widget.row("notes.txt");
  await expect(row).toContainText("(status 503). Trying again in 20 s");
  await page.clock.runFor(3000);
  await expect(row).toContainText("Trying again in 17 s");
  wait = "110";
  await page.clock.fastForward(18_000);
  const until = await page.evaluate(() => {
    const then = new Date(Date.now() + 110_000);
    return `${then.getHours()}:${String(then.getMinutes()).padStart(2, "0")}`;
  });
  await expect(row).toContainText(/Paused until \d+:\d\d/);
  expect(await row.textContent()).toContain(until);
  server.close();
});
