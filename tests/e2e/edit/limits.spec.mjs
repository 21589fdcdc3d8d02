// Limits in pixels, pictures that are made smaller, and content that isn't what a name says: all
// decided before anything is sent.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file } from "../support/environment.mjs";
import { distance, picture } from "../support/pictures.mjs";
import { expect, test } from "../support/test.mjs";
import { countUploads, fill, words } from "../support/widget.mjs";

const { errors } = words.uploader;
const proves = (description) => ({ annotation: { type: "proves", description } });

test(
  "a picture of too few pixels is refused, with its size and the limit",
  proves("option:minImageWidth option:minImageHeight"),
  async ({ widget, page }) => {
    await widget.open({ minImageWidth: 800, minImageHeight: 600 });
    const sent = countUploads(page);
    await widget.choose(file("evening.png"), file("harbour.jpg"), file("notes.txt"));
    await widget.until("queues-end");
    await widget.shows("refused", "evening.png");
    const sides = { width: 640, height: 480, minWidth: 800, minHeight: 600 };
    const text = fill(errors.min_dimensions_validation, sides);
    await expect(widget.row("evening.png")).toContainText(text);
    await widget.shows("done", "harbour.jpg", "notes.txt");
    expect(sent.length).toBe(2);
  },
);

test(
  "a picture of too many pixels is refused where the page wants that",
  proves("option:maxImageWidth option:maxImageHeight option:validateMaxWidthHeight"),
  async ({ widget }) => {
    await widget.open({ maxImageWidth: 1000, validateMaxWidthHeight: true });
    await widget.choose(file("harbour.jpg"), file("evening.png"));
    await widget.until("queues-end");
    await widget.shows("refused", "harbour.jpg");
    const sides = { width: 1600, height: 1067, maxWidth: 1000, maxHeight: errors.any_side };
    const text = fill(errors.max_dimensions_validation, sides);
    await expect(widget.row("harbour.jpg")).toContainText(text);
    await widget.shows("done", "evening.png");
  },
);

test(
  "otherwise it is made smaller, never larger, and looks the same",
  proves("option:maxImageWidth option:maxImageHeight option:imageQuality"),
  async ({ widget, page }) => {
    await page.route("**/pages/harbour.jpg", (route) =>
      route.fulfill({ path: file("harbour.jpg") }),
    );
    await widget.open({ maxImageWidth: 400, maxImageHeight: 400, imageQuality: 80 });
    await widget.choose(file("harbour.jpg"));
    const { info } = await widget.until("success");
    expect([info.format, info.width, info.height]).toEqual(["jpg", 400, 267]);
    expect(info.bytes).toBeLessThan((await readFile(file("harbour.jpg"))).length);
    const seen = await picture(page, "/pages/harbour.jpg");
    expect(distance(await picture(page, info.secure_url), seen)).toBeLessThan(6);
  },
);

test("a picture within the limits goes up byte for byte", async ({ widget }) => {
  await widget.open({ maxImageWidth: 1600, maxImageHeight: 1600 });
  await widget.choose(file("harbour.jpg"));
  const { info } = await widget.until("success");
  expect(info.bytes).toBe((await readFile(file("harbour.jpg"))).length);
});

test("where a page's policy has no workers, pictures are made smaller all the same", async ({
  widget,
  page,
}) => {
  await page.addInitScript(() => {
    window.Worker = class {
      constructor() {
        throw new DOMException("No.", "SecurityError");
      }
    };
  });
  await widget.open({ maxImageWidth: 320 });
  await widget.choose(file("evening.png"));
  const { info } = await widget.until("success");
  expect([info.format, info.width, info.height]).toEqual(["png", 320, 240]);
});

test(
  "a file whose content is of another format than its name is refused",
  proves("option:clientAllowedFormats"),
  async ({ widget, folder }) => {
    const disguised = join(folder, "program.jpg");
    await writeFile(disguised, "MZ and what programs are made of");
    const misnamed = join(folder, "really-a-png.jpg");
    await copyFile(file("evening.png"), misnamed);
    await widget.open({ clientAllowedFormats: ["jpg", "png"] });
    await widget.choose(disguised, misnamed);
    await widget.until("queues-end");
    await widget.shows("refused", "program.jpg");
    const text = fill(errors.disguised, { format: "JPG" });
    await expect(widget.row("program.jpg")).toContainText(text);
    await widget.shows("done", "really-a-png.jpg");
  },
);
