// Place, device, previews and comments are taken out of pictures before they are sent: what the
// real server has stored is looked at, byte by byte and pixel by pixel.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, proves, test } from "../support/test.mjs";
import { words } from "../support/widget.mjs";
import { drawn, pixel } from "./pictures.mjs";
import { SERIAL, taggedJpeg, taggedPng, taggedWebp } from "./tagged.mjs";

const REMOVED = words.queue.location_removed;

/** EXIF's entry for a camera that was held on its side. */
const TURNED = Buffer.from("011200030000000100060000", "hex");

/** The stored bytes. */
const stored = async ({ secure_url: url }) => Buffer.from(await (await fetch(url)).arrayBuffer());

/** Sides, and a digest of all pixels of a picture, as the browser shows it. */
const pixels = (page, bytes, type) =>
  page.evaluate(
    async ([text, type]) => {
      const image = new Image();
      image.src = `data:${type};base64,${text}`;
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      const context = new OffscreenCanvas(width, height).getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
      return [width, height, ...digest].join(" ");
    },
    [bytes.toString("base64"), type],
  );

const FORMATS = [
  ["jpg", "image/jpeg", (bytes) => taggedJpeg(bytes, 6)],
  ["png", "image/png", (bytes) => taggedPng(bytes, 6)],
  ["webp", "image/webp", (bytes) => taggedWebp(bytes, 6, 240, 320)],
];

for (const [extension, type, tagged] of FORMATS) {
  test(`${extension}: the picture is the same, turned as it was, and tells nothing`, proves(
    "option:stripMetadata",
  ), async ({ widget, page, folder }) => {
    await widget.open({ stripMetadata: true });
    const whole = tagged(await drawn(page, type, 6));
    expect(whole.includes(SERIAL)).toBe(true);
    const path = join(folder, `harbour.${extension}`);
    await writeFile(path, whole);
    await widget.choose(path);
    const { info } = await widget.until("success");
    const left = await stored(info);
    expect(left.includes(SERIAL)).toBe(false);
    expect(left.includes("GPSLatitude")).toBe(false);
    expect(left.length).toBeLessThan(whole.length - 150);
    expect(info.bytes).toBe(left.length);
    expect(await pixels(page, left, type)).toBe(await pixels(page, whole, type));
    expect(left.includes(TURNED)).toBe(true);
    // Chromium turns these by EXIF, and others not.
    if (type !== "image/webp") expect(await pixel(page, info.secure_url, 5, 5)).toBe("red");
    await expect(widget.row(`harbour.${extension}`).getByText(REMOVED)).toBeVisible();
  });
}

test("not asked for, every byte is sent", proves("option:stripMetadata"), async ({
  widget,
  page,
  folder,
}) => {
  await widget.open();
  const whole = taggedJpeg(await drawn(page, "image/jpeg"), 1);
  await writeFile(join(folder, "harbour.jpg"), whole);
  await widget.choose(join(folder, "harbour.jpg"));
  const { info } = await widget.until("success");
  expect((await stored(info)).equals(whole)).toBe(true);
  await expect(widget.row("harbour.jpg").getByText(REMOVED)).toBeHidden();
});

test("broken pictures and other files are sent as they are", async ({ widget, page, folder }) => {
  await widget.open({ stripMetadata: true });
  const jpeg = taggedJpeg(await drawn(page, "image/jpeg"), 1);
  const files = {
    // Its first segment says that it is longer than the file.
    "broken.jpg": Buffer.concat([Buffer.from("ffd8ffe1ffff", "hex"), jpeg.subarray(6, 90)]),
    "cut.png": taggedPng(await drawn(page, "image/png"), 1).subarray(0, 400),
    "notes.txt": Buffer.from("plain words"),
    "film.gif": Buffer.from("GIF89a not much of a film"),
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  await widget.choose(...Object.keys(files).map((name) => join(folder, name)));
  await widget.until("queues-end");
  const told = (await widget.told()).filter(({ event }) => event === "success");
  expect(told.length).toBe(4);
  for (const { info } of told) {
    const name = `${info.original_filename}.${info.format ?? info.public_id.split(".").pop()}`;
    expect((await stored(info)).equals(files[name]), name).toBe(true);
  }
});

test("one that is scaled down tells nothing either, and its row says so", async ({
  widget,
  page,
  folder,
}) => {
  await widget.open({ stripMetadata: true, maxImageWidth: 100 });
  const whole = taggedJpeg(await drawn(page, "image/jpeg", 6), 6);
  await writeFile(join(folder, "harbour.jpg"), whole);
  await widget.choose(join(folder, "harbour.jpg"));
  const { info } = await widget.until("success");
  expect([info.width, info.height]).toEqual([100, 75]);
  expect((await stored(info)).includes(SERIAL)).toBe(false);
  await expect(widget.row("harbour.jpg").getByText(REMOVED)).toBeVisible();
});

test("a large picture goes in chunks of what is left of it", async ({ widget, page, folder }) => {
  const noise = async () => {
    const [width, height] = [1800, 1400];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    let state = 1;
    for (let at = 0; at < image.data.length; at += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      image.data[at] = at % 4 === 3 ? 255 : state >>> 24;
    }
    context.putImageData(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const reader = new FileReader();
    reader.readAsDataURL(blob);
    await new Promise((resolve) => (reader.onload = resolve));
    return reader.result.split(",")[1];
  };
  await widget.open({ stripMetadata: true, maxChunkSize: 5 << 20, verify: "hash" });
  const plain = Buffer.from(await page.evaluate(noise), "base64");
  expect(plain.length).toBeGreaterThan(6 << 20);
  await writeFile(join(folder, "noise.png"), taggedPng(plain, 1));
  const sent = [];
  page.on("request", (request) => sent.push(request.headers()["content-range"]));
  await widget.choose(join(folder, "noise.png"));
  const { info } = await widget.until("success");
  const left = await stored(info);
  // All that a browser writes into a picture of noise is what shows it.
  expect(left.equals(plain)).toBe(true);
  const ranges = sent.filter(Boolean);
  expect(ranges.length).toBeGreaterThan(1);
  expect(ranges.every((range) => range.endsWith(`/${left.length}`))).toBe(true);
});
