// Files that make trouble: none, empty, folders, gone, hundreds. Each is said, nothing hangs.
import { appendFile, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { countUploads, fill, hold, words } from "../support/widget.mjs";

const { errors, faults } = words.uploader;

test("an empty file is refused and not sent", proves(
  "option:allowEmptyFiles text:uploader.errors.file_empty",
), async ({ widget, page, folder }) => {
  await writeFile(join(folder, "empty.txt"), "");
  const sent = countUploads(page);
  await widget.open();
  await widget.drop(join(folder, "empty.txt"), file("notes.txt"));
  await widget.until("queues-end");
  await widget.shows("refused", "empty.txt");
  await expect(widget.row("empty.txt")).toContainText(errors.file_empty);
  expect(sent).toHaveLength(1);
});

test("a drop without files is answered", proves("text:uploader.errors.no_files"), async ({
  widget,
  page,
}) => {
  await widget.open();
  const items = [{ mimeType: "text/plain", data: "ahoy" }];
  await widget.drag({ items, files: [], dragOperationsMask: 1 });
  await expect(widget.notice).toHaveText(errors.no_files);
  expect(await widget.events()).toEqual(["display-changed"]);
  expect(page.url()).toContain("/pages/shop.html");
  await widget.drop(file("notes.txt"));
  await expect(widget.notice).toBeHidden();
  await widget.shows("done", "notes.txt");
});

test("a chooser that is cancelled changes nothing", async ({ widget, page }) => {
  await widget.open();
  await widget.choose();
  await expect(widget.dialog).toBeVisible();
  await expect(widget.rows).toHaveCount(0);
  expect(await widget.events()).toEqual(["display-changed"]);
  // What a real chooser's Cancel does: an event of the input that bubbles through the dialog.
  await page.locator("plimsoll-widget input[type=file]").dispatchEvent("cancel");
  await expect(widget.dialog).toBeVisible();
});

test("an empty folder is answered like a drop without files", async ({ widget, folder }) => {
  await mkdir(join(folder, "holiday"));
  await widget.open();
  await widget.drop(join(folder, "holiday"));
  await expect(widget.notice).toHaveText(errors.no_files);
  await expect(widget.rows).toHaveCount(0);
});

test("names are shown as text, whatever they hold", async ({ widget, page, folder }) => {
  const name = "<img src=x onerror=pwned=1> & “ünï”.txt";
  await writeFile(join(folder, name), "harmless");
  await widget.open();
  await widget.drop(join(folder, name));
  await widget.shows("done", name);
  expect(await page.evaluate(() => window.pwned)).toBeUndefined();
  await expect(page.locator("plimsoll-widget img")).toHaveCount(0);
});

for (const [what, harm] of [
  ["deleted", (path) => rm(path)],
  ["changed", (path) => appendFile(path, "and more")],
]) {
  test(`a file that was ${what} after it was chosen fails clearly`, async ({
    widget,
    page,
    spare,
    folder,
    provoked,
  }) => {
    provoked.push(/console\.error: Failed to load resource: net::/);
    const names = ["a.txt", "b.txt", "c.txt", "late.txt"];
    const paths = names.map((name) => join(folder, name));
    for (const path of paths) {
      await writeFile(path, `text of ${path}`);
      // Browsers compare times in whole seconds; nobody chooses a file in its first one.
      await utimes(path, 1_700_000_000, 1_700_000_000);
    }
    const gate = await hold(page);
    await widget.open({ uploadPrefix: spare.origin, maxParallelUploads: 3 });
    await widget.choose(...paths);
    await gate.reaches(3);
    await widget.shows("waiting", "late.txt");
    await harm(paths[3]);
    await gate.release();
    await widget.shows("failed", "late.txt");
    await expect(widget.row("late.txt")).toContainText(faults.file_unreadable);
    await widget.shows("done", ...names.slice(0, 3));
    expect((await widget.until("error")).error.code).toBe("file.unreadable");
    const { info } = await widget.until("queues-end");
    expect(info.files.map(({ failed }) => failed)).toEqual([false, false, false, true]);
    const stored = await spare.stored();
    expect(stored).toHaveLength(3);
    expect(stored.every(({ size }) => size > 0)).toBe(true);
  });
}

test("500 files at once are all listed and all stored, and the page stays alive", async ({
  widget,
  page,
  spare,
  folder,
}) => {
  const paths = Array.from({ length: 500 }, (_, at) => join(folder, `note-${at}.txt`));
  await Promise.all(paths.map((path) => writeFile(path, `This is ${path}`)));
  await widget.open({ uploadPrefix: spare.origin });
  await widget.choose(...paths);
  // Listed means that rows say which of how many they are: only those near the view are there.
  await expect(widget.rows.first()).toHaveAttribute("aria-setsize", "500");
  expect(await widget.rows.count()).toBeLessThanOrEqual(200);
  // While they upload, the page answers: the list scrolls to its end.
  const end = widget.rows.and(page.locator("[aria-posinset='500']"));
  await widget.dialog.getByRole("list").hover();
  await page.mouse.wheel(0, 100_000);
  await expect(end).toBeInViewport();
  await page.waitForFunction(() => window.named("queues-end").length, null, { timeout: 25_000 });
  await expect(widget.dialog).toContainText(fill(words.queue.summary.done, { done: 500 }));
  const events = await widget.events();
  for (const event of ["upload-added", "success"]) {
    expect(events.filter((name) => name === event)).toHaveLength(500);
  }
  const stored = new Set((await spare.stored()).map((asset) => asset.sha256));
  expect(paths.filter((path) => !stored.has(sha256(`This is ${path}`)))).toEqual([]);
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
});
