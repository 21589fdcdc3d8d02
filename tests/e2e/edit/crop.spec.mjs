// Cropping before the upload: what is dragged, typed and moved by keys is what the server is told,
// or what it is sent; checked by the pixels that it delivers.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { countUploads, fill, words } from "../support/widget.mjs";
import { drawn, pixel, withOrientation } from "./pictures.mjs";

const { crop } = words;
const proves = (description) => ({ annotation: { type: "proves", description } });

/** The numbers of the box. */
async function box(widget) {
  const values = [];
  for (const name of [crop.x, crop.y, crop.width, crop.height]) {
    values.push(Number(await widget.dialog.getByLabel(name, { exact: true }).inputValue()));
  }
  return values;
}

async function type(widget, name, value) {
  const field = widget.dialog.getByLabel(name, { exact: true });
  await field.fill(String(value));
  await field.press("Tab");
}

/** Types a whole box. */
async function typeBox(widget, [x, y, width, height]) {
  await type(widget, crop.width, width);
  await type(widget, crop.height, height);
  await type(widget, crop.x, x);
  await type(widget, crop.y, y);
  expect(await box(widget)).toEqual([x, y, width, height]);
}

const custom = async (widget) => {
  const { info } = await widget.until("success");
  return info.coordinates?.custom;
};

test(
  "a box that is dragged is what the server is told, and the whole picture goes up",
  proves("option:cropping option:croppingDefaultSelectionRatio option:croppingShowDimensions"),
  async ({ widget, page }) => {
    const options = { cropping: true, multiple: false };
    options.croppingDefaultSelectionRatio = 0.5;
    options.croppingShowDimensions = true;
    await widget.open(options);
    const sent = countUploads(page);
    await widget.choose(file("harbour.jpg"));
    await expect(widget.dialog.getByRole("heading", { name: crop.title })).toBeFocused();
    expect(await box(widget)).toEqual([400, 266, 800, 534]);
    await expect(widget.dialog.getByText("800 × 534", { exact: true })).toBeVisible();
    const corner = crop.handle.replace("{{place}}", crop.handles.se);
    const { x, y, width, height } = await widget.button(corner).boundingBox();
    const canvas = await widget.dialog.locator(".picture canvas").boundingBox();
    const scale = 1600 / canvas.width;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 - 40, y + height / 2 - 30, { steps: 4 });
    await page.mouse.up();
    const now = await box(widget);
    expect(now.slice(0, 2)).toEqual([400, 266]);
    expect(Math.abs(now[2] - (800 - 40 * scale))).toBeLessThan(4);
    expect(Math.abs(now[3] - (534 - 30 * scale))).toBeLessThan(4);
    expect(sent).toEqual([]);
    await widget.button(crop.crop_btn).click();
    const { info } = await widget.until("success");
    expect(info.coordinates.custom).toEqual([now]);
    expect([info.width, info.height]).toEqual([1600, 1067]);
    expect(info.bytes).toBe((await readFile(file("harbour.jpg"))).length);
  },
);

test(
  "by the keyboard alone: the box is moved and sized by arrow keys",
  proves("option:cropping"),
  async ({ widget, page }) => {
    await widget.open({ cropping: true, multiple: false, croppingDefaultSelectionRatio: 0.5 });
    await widget.choose(file("evening.png"));
    await widget.dialog.getByRole("group", { name: crop.area }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    expect(await box(widget)).toEqual([161, 130, 320, 240]);
    const said = widget.dialog.getByText(
      fill(crop.box, { width: 320, height: 240, x: 161, y: 130 }),
    );
    await expect(said).toBeAttached();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("ArrowDown");
    expect(await box(widget)).toEqual([171, 131, 310, 239]);
    await widget.button(crop.crop_btn).focus();
    await page.keyboard.press("Enter");
    expect(await custom(widget)).toEqual([[171, 131, 310, 239]]);
    await expect(widget.browse).toBeFocused();
  },
);

test(
  "a ratio of the page's is kept, and no other may be chosen",
  proves("option:croppingAspectRatio option:croppingCoordinatesMode"),
  async ({ widget }) => {
    const options = { cropping: true, multiple: false, croppingAspectRatio: 1 };
    await widget.open({ ...options, croppingCoordinatesMode: "face" });
    await widget.choose(file("harbour.jpg"));
    expect(await box(widget)).toEqual([266, 0, 1067, 1067]);
    await expect(widget.dialog.getByLabel(crop.ratio)).toHaveCount(0);
    await type(widget, crop.width, 300);
    expect((await box(widget)).slice(2)).toEqual([300, 300]);
    await widget.button(crop.crop_btn).click();
    const { info } = await widget.until("success");
    expect(info.coordinates.faces).toEqual([[266, 0, 300, 300]]);
    expect(info.coordinates.custom).toBeUndefined();
  },
);

test("a ratio that a person chooses changes the box", async ({ widget }) => {
  await widget.open({ cropping: true, multiple: false });
  await widget.choose(file("harbour.jpg"));
  await widget.dialog.getByLabel(crop.ratio).selectOption("16:9");
  const [, , width, height] = await box(widget);
  expect(Math.abs(width / height - 16 / 9)).toBeLessThan(0.01);
  await widget.button(crop.reset_btn).click();
  await widget.dialog.getByLabel(crop.ratio).selectOption("free");
  await type(widget, crop.height, 10);
  expect((await box(widget))[3]).toBe(10);
});

test(
  "cropping may be skipped, unless the page says otherwise",
  proves("option:showSkipCropButton"),
  async ({ widget }) => {
    await widget.open({ cropping: true, multiple: false });
    await widget.choose(file("evening.png"));
    await widget.button(crop.skip_btn).click();
    const { info } = await widget.until("success");
    expect(info.coordinates).toBeUndefined();
    await widget.done.click();
    await widget.press({ cropping: true, multiple: false, showSkipCropButton: false });
    await widget.choose(file("evening.png"));
    await expect(widget.button(crop.crop_btn)).toBeVisible();
    await expect(widget.button(crop.skip_btn)).toHaveCount(0);
  },
);

test(
  "back leads to the sources, by its button and by Escape, and the page hears of nothing",
  proves("option:croppingShowBackButton"),
  async ({ widget, page }) => {
    await widget.open({ cropping: true, multiple: false });
    await widget.choose(file("evening.png"));
    await widget.button(crop.back_btn).click();
    await expect(widget.browse).toBeFocused();
    await expect(widget.rows).toHaveCount(0);
    await widget.choose(file("evening.png"));
    await expect(widget.button(crop.back_btn)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(widget.browse).toBeFocused();
    expect(await widget.events()).toEqual(["display-changed"]);
    await widget.cross.click();
    await widget.press({ cropping: true, multiple: false, croppingShowBackButton: false });
    await widget.choose(file("evening.png"));
    await expect(widget.button(crop.crop_btn)).toBeVisible();
    await expect(widget.button(crop.back_btn)).toHaveCount(0);
  },
);

test(
  "the page's limits for pictures are the box's",
  proves("option:croppingValidateDimensions option:minImageWidth option:minImageHeight"),
  async ({ widget }) => {
    const options = { cropping: true, multiple: false, croppingValidateDimensions: true };
    await widget.open({ ...options, minImageWidth: 300, minImageHeight: 200 });
    await widget.choose(file("evening.png"));
    await type(widget, crop.width, 10);
    await type(widget, crop.height, 10);
    expect((await box(widget)).slice(2)).toEqual([300, 200]);
  },
);

test("several pictures are cropped one after the other, and other files go at once", async ({
  widget,
}) => {
  await widget.open({ cropping: true });
  await widget.choose(file("evening.png"), file("notes.txt"), file("morning.jpg"));
  await widget.until("success");
  await expect(widget.dialog.getByText(fill(crop.more, { count: 1 }))).toBeVisible();
  await typeBox(widget, [1, 2, 30, 40]);
  await widget.button(crop.crop_btn).click();
  await expect(widget.dialog.getByRole("group").getByText("morning.jpg")).toBeVisible();
  await typeBox(widget, [5, 6, 70, 80]);
  await widget.button(crop.crop_btn).click();
  await widget.until("queues-end");
  const told = await widget.told();
  const coordinates = told
    .filter(({ event }) => event === "success")
    .map(({ info }) => [info.original_filename, info.coordinates?.custom?.[0]]);
  expect(new Map(coordinates)).toEqual(
    new Map([
      ["notes", undefined],
      ["evening", [1, 2, 30, 40]],
      ["morning", [5, 6, 70, 80]],
    ]),
  );
});

test("pixels: what is outside of the box is cut off, turned and mirrored as it was seen", {
  annotation: { type: "proves", description: "option:croppingOutput" },
}, async ({
  widget,
  page,
  folder,
}) => {
  await widget.open({ cropping: true, multiple: false, croppingOutput: "pixels" });
  const path = join(folder, "corners.png");
  await writeFile(path, await drawn(page, "image/png"));
  await widget.choose(path);
  await widget.button(crop.rotate).click();
  await widget.button(crop.flip).click();
  // A quarter clockwise, the red of the upper left is at the upper right; mirrored, at the left.
  await typeBox(widget, [0, 0, 100, 200]);
  await widget.button(crop.crop_btn).click();
  const { info } = await widget.until("success");
  expect([info.format, info.width, info.height]).toEqual(["png", 100, 200]);
  expect(info.coordinates).toBeUndefined();
  expect(await pixel(page, info.secure_url, 50, 40)).toBe("red");
  expect(await pixel(page, info.secure_url, 50, 190)).toBe("green");
});

for (let orientation = 1; orientation <= 8; orientation += 1) {
  test(`EXIF orientation ${orientation}: the box of the red corner is red on the server`, async ({
    widget,
    page,
    folder,
  }) => {
    const path = join(folder, "photo.jpg");
    await widget.open({ cropping: true, multiple: false });
    // Stored so that, upright, it shows red, green, blue and white corners.
    await writeFile(path, await withOrientation(page, orientation));
    await widget.choose(path);
    expect((await box(widget)).slice(2)).toEqual([320, 240]);
    await typeBox(widget, [0, 0, 160, 120]);
    await widget.button(crop.crop_btn).click();
    const { info } = await widget.until("success");
    expect(info.coordinates.custom).toEqual([[0, 0, 160, 120]]);
    const cut = info.secure_url.replace("/upload/", "/upload/c_crop,g_custom/");
    expect(await pixel(page, cut, 10, 10)).toBe("red");
    expect(await pixel(page, cut, 150, 110)).toBe("red");
  });

  test(`EXIF orientation ${orientation}: the pixels of the red corner are red`, async ({
    widget,
    page,
    folder,
  }) => {
    const path = join(folder, "photo.jpg");
    await widget.open({ cropping: true, multiple: false, croppingOutput: "pixels" });
    await writeFile(path, await withOrientation(page, orientation));
    await widget.choose(path);
    await typeBox(widget, [0, 0, 160, 120]);
    await widget.button(crop.crop_btn).click();
    const { info } = await widget.until("success");
    expect([info.width, info.height]).toEqual([160, 120]);
    expect(await pixel(page, info.secure_url, 10, 10)).toBe("red");
    expect(await pixel(page, info.secure_url, 150, 110)).toBe("red");
  });
}

test("by touch, the box is dragged with one finger", async ({ browser, server }) => {
  const phone = { viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true };
  const context = await browser.newContext({ ...phone, baseURL: server.origin });
  const page = await context.newPage();
  const { Widget } = await import("../support/widget.mjs");
  const widget = new Widget(page);
  await widget.open({ cropping: true, multiple: false, croppingDefaultSelectionRatio: 0.5 });
  await widget.choose(file("harbour.jpg"));
  const before = await box(widget);
  const area = await widget.dialog.getByRole("group", { name: crop.area }).boundingBox();
  const client = await context.newCDPSession(page);
  const at = { x: area.x + area.width / 2, y: area.y + area.height / 2 };
  const touch = (type, touchPoints) =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [at]);
  await touch("touchMove", [{ x: at.x + 20, y: at.y + 10 }]);
  await touch("touchMove", [{ x: at.x + 40, y: at.y + 20 }]);
  await touch("touchEnd", []);
  const now = await box(widget);
  expect(now[0]).toBeGreaterThan(before[0] + 20);
  expect(now[1]).toBeGreaterThan(before[1] + 10);
  expect(now.slice(2)).toEqual(before.slice(2));
  await context.close();
});
