// Films and sounds in the list: how long they last, and a picture of a film, read from the file
// itself, under the strictest policy that the widget lives with.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file, root, windowed } from "../support/environment.mjs";
import { colours } from "../support/pictures.mjs";
import { expect, test } from "../support/test.mjs";

// The headless shell has no decoder for the films that phones make.
test.use({ launchOptions: windowed });

const STRICT = "/pages/strict.html";
const german = JSON.parse(await readFile(join(root, "www/locales/de.json"), "utf8"));

/** A recording of silence: 8-bit samples at 8 kHz. */
function silence(seconds) {
  const bytes = Buffer.alloc(44 + seconds * 8000, 128);
  bytes.write("RIFF\0\0\0\0WAVEfmt ", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(8000, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(seconds * 8000, 40);
  return bytes;
}

/** The film, as a phone that was held upright would have written it. */
async function upright() {
  const bytes = await readFile(file("crossing.mp4"));
  const header = bytes.indexOf("tkhd") + 4;
  const matrix = header + (bytes[header] === 1 ? 52 : 40);
  for (const [at, value] of [0, 0x10000, 0, 0xffff0000, 0].entries()) {
    bytes.writeUInt32BE(value, matrix + at * 4);
  }
  return bytes;
}

test("a film shows a picture of itself and its length, where no media may be loaded", async ({
  widget,
}) => {
  await widget.open({}, STRICT);
  await widget.choose(file("crossing.mp4"));
  const row = widget.row("crossing.mp4");
  await expect(row.locator(".length")).toContainText("0:01");
  await expect(row.getByText("1 second", { exact: true })).toHaveCount(1);
  const canvas = row.locator("canvas");
  await expect(canvas).toBeVisible();
  expect(await canvas.evaluate(({ width, height }) => [width, height])).toEqual([256, 144]);
  const { mean, spread } = await colours(canvas);
  const [red, , blue] = mean;
  expect(blue, "a blue sky").toBeGreaterThan(red + 20);
  expect(spread).toBeGreaterThan(20);
  await widget.shows("done", "crossing.mp4");
});

test("a film of a phone that was held upright is shown upright", async ({ widget, folder }) => {
  const path = join(folder, "upright.mp4");
  await writeFile(path, await upright());
  await widget.open({}, STRICT);
  await widget.choose(path);
  const canvas = widget.row("upright.mp4").locator("canvas");
  await expect(canvas).toBeVisible();
  const seen = await canvas.evaluate((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, height / 2, width, 1);
    const light = (x) => data[x * 4] + data[x * 4 + 1] + data[x * 4 + 2];
    return { sides: [width, height], brighter: light(width - 8) > light(8) };
  });
  // What was above, the sky, is to the right after a quarter clockwise.
  expect(seen).toEqual({ sides: [144, 256], brighter: true });
});

test("a sound says how long it lasts, in the words of the language", async ({
  widget,
  page,
  folder,
}) => {
  const path = join(folder, "silence.wav");
  await writeFile(path, silence(83));
  await widget.open({ language: "de" }, STRICT);
  const chooser = page.waitForEvent("filechooser");
  await widget.dialog.getByRole("button", { name: german.local.browse, exact: true }).click();
  await (await chooser).setFiles([path]);
  const length = widget.dialog.locator(".length");
  await expect(length.locator("[aria-hidden]")).toHaveText("1:23");
  await expect(length.locator(".sr")).toHaveText("1 Minute, 23 Sekunden");
});

test("C21 a film that is cut off, or whose pictures are junk, shows its icon and goes up", async ({
  widget,
  folder,
}) => {
  const whole = await readFile(file("crossing.mp4"));
  const junk = Buffer.from(whole);
  junk.fill(0x5a, junk.indexOf("mdat") + 4);
  await writeFile(join(folder, "junk.mp4"), junk);
  await writeFile(join(folder, "short.mp4"), whole.subarray(0, 300));
  await writeFile(join(folder, "text.mp4"), "no film at all");
  await widget.open({ resourceType: "raw" }, STRICT);
  const names = ["junk.mp4", "short.mp4", "text.mp4"];
  await widget.choose(...names.map((name) => join(folder, name)));
  await widget.until("queues-end");
  await widget.shows("done", ...names);
  // The film chosen afterwards has its turn in the same line, so theirs is over.
  await widget.choose(file("crossing.mp4"));
  await expect(widget.row("crossing.mp4").locator("canvas")).toBeVisible();
  for (const name of names) await expect(widget.row(name).locator("canvas")).toBeHidden();
});

test("in review, a film has its picture and length, too", async ({ widget }) => {
  await widget.open({ review: true }, STRICT);
  await widget.choose(file("crossing.mp4"));
  const draft = widget.dialog.locator(".draft");
  await expect(draft.locator(".length")).toContainText("0:01");
  await expect(draft.locator("canvas")).toBeVisible();
});
