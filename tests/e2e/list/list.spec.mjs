// What people can do with files in the list besides sending them: take one out and have it back,
// copy the address of what is stored, and see by its icon what each is.
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { UPLOADS, fill, words } from "../support/widget.mjs";

const { list } = words;
const CHUNK = 5 * (1 << 20);

test("what is taken out of the list comes back by the keyboard, and what was sent counts", proves(
  "text:list.undo text:list.removed",
), async ({
  widget,
  page,
  spare,
  folder,
}) => {
  const bytes = randomBytes(2 * CHUNK + 1);
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
  await widget.choose(path, file("notes.txt"));
  await widget.shows("done", "notes.txt");
  await expect.poll(() => starts).toEqual([0, 1]);
  await widget.action("cancel", "film.bin").click();
  await widget.shows("cancelled", "film.bin");
  await widget.action("remove", "film.bin").focus();
  await page.keyboard.press("Enter");
  await expect(widget.rows).toHaveCount(1);
  const line = widget.dialog.getByText(fill(list.removed, { name: "film.bin" }));
  await expect(line).toBeVisible();
  await expect(widget.action("remove", "notes.txt")).toBeFocused();
  await page.keyboard.press("Tab");
  const undo = widget.button(list.undo);
  await expect(undo).toBeFocused();
  const { height } = await undo.boundingBox();
  expect(height, "for a finger").toBeGreaterThanOrEqual(44);
  await page.keyboard.press("Enter");
  await expect(line).toHaveCount(0);
  await expect(widget.rows.first()).toContainText("film.bin");
  await expect(widget.action("remove", "film.bin")).toBeFocused();
  gate = false;
  await widget.action("retry", "film.bin").click();
  await widget.shows("done", "film.bin");
  expect(starts, "the first chunk is not sent again").toEqual([0, 1, 1, 2]);
  const stored = await spare.stored();
  expect(stored.map((asset) => asset.sha256)).toContain(sha256(bytes));
});

test("what nobody wants back is dismissed, and the focus stays inside", proves(
  "text:list.dismiss",
), async ({ widget, page }) => {
  await widget.open();
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
  await widget.action("remove", "notes.txt").click();
  await expect(widget.rows).toHaveCount(0);
  await widget.button(list.dismiss).click();
  await expect(widget.button(list.undo)).toHaveCount(0);
  await expect(widget.browse).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(widget.dialog).toHaveCount(0);
});

test("the address of what is stored is copied, and it is said", proves(
  "text:list.copied text:queue.actions.copy",
), async ({ widget, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  await widget.action("copy", "harbour.jpg").focus();
  await page.keyboard.press("Enter");
  await expect(widget.dialog.getByText(list.copied)).toBeVisible();
  const { info } = await widget.until("success");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(info.secure_url);
});

test("where the clipboard is not to be had, the old way is tried, and it is said", proves(
  "text:list.copy_failed",
), async ({ widget, page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    window.worked = true;
    document.execCommand = (command) => {
      window.copied = [command, String(getSelection())];
      return window.worked;
    };
  });
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  const copy = widget.action("copy", "harbour.jpg");
  await copy.click();
  await expect(widget.dialog.getByText(list.copied)).toBeVisible();
  expect((await page.evaluate(() => window.copied))[0]).toBe("copy");
  await page.evaluate(() => (window.worked = false));
  await copy.click();
  await expect(widget.dialog.getByText(list.copy_failed)).toBeVisible();
  await expect(copy, "the button that was pressed keeps the focus").toBeFocused();
});

test("each kind of file has an icon of its own", async ({ widget, folder }) => {
  const names = ["a.txt", "a.csv", "a.pptx", "a.zip", "a.glb", "a.ttf", "a.js", "a.mp3", "a.bin"];
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) await writeFile(path, `This is ${path}`);
  await widget.open();
  await widget.choose(...paths);
  await expect(widget.rows).toHaveCount(names.length);
  const drawn = widget.rows.locator(".tile path");
  const shapes = await drawn.evaluateAll((all) => all.map((path) => path.getAttribute("d")));
  expect(new Set(shapes).size).toBe(names.length);
});
