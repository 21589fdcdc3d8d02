// Ways by which files come into the dialog besides the chooser and a plain drop.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, test } from "../support/test.mjs";

test("a dropped folder brings all that is in it, however deep, in the order of names", async ({
  widget,
  spare,
  folder,
}) => {
  const inside = join(folder, "holiday");
  const deep = join(inside, "a", "b", "c");
  await mkdir(deep, { recursive: true });
  const texts = new Map([
    [join(inside, "z-last.txt"), "last"],
    [join(inside, "a", "second.txt"), "second"],
    [join(deep, "first.txt"), "first"],
  ]);
  for (const [path, text] of texts) await writeFile(path, text);
  await writeFile(join(inside, ".DS_Store"), "litter");
  await widget.open({ uploadPrefix: spare.origin });
  await widget.drop(inside, file("notes.txt"));
  await expect(widget.rows).toHaveCount(4);
  await expect(widget.notice).toBeHidden();
  await expect(widget.rows).toContainText(["notes.txt", "first.txt", "second.txt", "z-last.txt"]);
  await widget.until("queues-end");
  const stored = (await spare.stored()).map((asset) => asset.sha256);
  const wanted = [...texts.values(), await readFile(file("notes.txt"))].map((all) => sha256(all));
  expect(stored.toSorted()).toEqual(wanted.toSorted());
});

test("a folder of more files than the browser reads at once is read to its end", async ({
  widget,
  folder,
}) => {
  const inside = join(folder, "many");
  await mkdir(inside);
  const names = Array.from({ length: 230 }, (_, at) => join(inside, `note-${at}.txt`));
  await Promise.all(names.map((name) => writeFile(name, name)));
  await widget.open();
  await widget.drop(inside);
  // Rows say of how many they are; of so many not all are there.
  await expect(widget.rows.first()).toHaveAttribute("aria-setsize", "230");
  await widget.until("queues-end");
});

test("a folder dropped as the dialog closes harms nothing", async ({ widget, page, folder }) => {
  const inside = join(folder, "late");
  await mkdir(inside);
  await writeFile(join(inside, "note.txt"), "late");
  await widget.open();
  await page.evaluate(() => {
    const dialog = document.querySelector("plimsoll-widget").shadowRoot.querySelector("dialog");
    dialog.addEventListener("drop", () => widget.close({ quiet: true }));
  });
  await widget.drop(inside);
  await expect(widget.dialog).toHaveCount(0);
  expect(await widget.events()).toEqual(["display-changed", "display-changed", "close"]);
});

test("a copied picture is pasted, under a name of its own", async ({
  widget,
  page,
  context,
  spare,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await widget.open({ uploadPrefix: spare.origin });
  await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
    canvas.getContext("2d").fillRect(0, 0, 40, 30);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
  });
  await page.keyboard.press("ControlOrMeta+V");
  await expect(widget.rows).toHaveCount(1);
  await expect(widget.rows.first()).toContainText(/Pasted picture \d{4}(-\d\d){5}\.png/);
  const { info } = await widget.until("success");
  expect([info.format, info.width, info.height]).toEqual(["png", 40, 30]);
});

test("pasted text adds nothing", async ({ widget, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await widget.open();
  await page.evaluate(() => navigator.clipboard.writeText("no file"));
  await page.keyboard.press("ControlOrMeta+V");
  await expect(widget.rows).toHaveCount(0);
  await expect(widget.notice).toBeHidden();
});
