// The camera, by Chromium's own fake one, which films a picture of ours: what is stored must show
// it. And that its light is off whenever nobody looks.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { windowed } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { fill, words } from "../support/widget.mjs";

/** A film of one picture, uncompressed: its left half is red, its right half blue. */
function filmOf(width, height) {
  const plane = (w, h, left, right) => {
    const bytes = Buffer.alloc(w * h, right);
    for (let row = 0; row < h; row++) bytes.fill(left, row * w, row * w + w / 2);
    return bytes;
  };
  const [w, h] = [width / 2, height / 2];
  const planes = [plane(width, height, 81, 41), plane(w, h, 90, 240), plane(w, h, 240, 110)];
  const frame = Buffer.concat([Buffer.from("FRAME\n"), ...planes]);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F20:1 Ip A1:1 C420jpeg\n`);
  return Buffer.concat([head, frame, frame, frame, frame]);
}

const film = join(mkdtempSync(join(tmpdir(), "plimsoll-film-")), "halves.y4m");
writeFileSync(film, filmOf(640, 480));

test.use({
  launchOptions: {
    ...windowed,
    args: [
      ...windowed.args,
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
    ],
  },
});

const { camera } = words;

/** The colours of a stored picture: at a quarter and at three quarters of its width. */
const halves = (page, url) =>
  page.evaluate(async (url) => {
    const image = new Image();
    image.crossOrigin = "anonymous";
    image.src = url;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      willReadFrequently: true,
    });
    context.drawImage(image, 0, 0);
    const at = (part) => {
      const [red, , blue] = context.getImageData(width * part, height / 2, 1, 1).data;
      return red > 150 && blue < 90 ? "red" : blue > 150 && red < 90 ? "blue" : `${red} ${blue}`;
    };
    return { width, height, left: at(0.25), right: at(0.75) };
  }, url);

/** Opens the widget at the camera, which the page may use. */
async function openCamera(widget, options = {}) {
  await widget.page.context().grantPermissions(["camera", "microphone"]);
  // Keeps every stream that is opened.
  await widget.page.addInitScript(() => {
    window.streams = [];
    const devices = MediaDevices.prototype;
    for (const name of ["getUserMedia", "getDisplayMedia"]) {
      const open = devices[name];
      devices[name] = async function (...args) {
        const stream = await open.apply(this, args);
        window.streams.push(stream);
        return stream;
      };
    }
  });
  await widget.open({ sources: ["local", "camera"], ...options });
  await widget.dialog.getByRole("tab", { name: words.menu.camera }).click();
}

async function turnOn(widget) {
  await widget.button(camera.capture).click();
  await expect(widget.button(camera.take_pic)).toBeFocused();
}

/** How many tracks of all streams still run. */
const running = (page) =>
  page.evaluate(
    () =>
      window.streams.flatMap((s) => s.getTracks()).filter((t) => t.readyState === "live").length,
  );

test("a photo is looked at, used, and stored as the camera saw it", async ({ widget, page }) => {
  await openCamera(widget, { tags: ["camera"] });
  await turnOn(widget);
  await widget.button(camera.mirror).click();
  await expect(widget.button(camera.mirror)).toHaveAttribute("aria-pressed", "false");
  await widget.button(camera.take_pic).click();
  await expect(widget.button(camera.use)).toBeFocused();
  await page.keyboard.press("Enter");
  const { info } = await widget.until("success");
  expect(info.format).toBe("jpg");
  const seen = { width: 640, height: 480, left: "red", right: "blue" };
  expect(await halves(page, info.secure_url)).toEqual(seen);
  // Nothing in it tells of place or device.
  const bytes = Buffer.from(await (await fetch(info.secure_url)).arrayBuffer());
  for (const name of ["Exif", "ns.adobe.com", "Photoshop"]) {
    expect(bytes.includes(name), name).toBe(false);
  }
  await expect(widget.rows.first()).toContainText("Photo ");
  // And the camera goes on, for the next one.
  await expect(widget.button(camera.take_pic)).toBeFocused();
  expect(await running(page)).toBe(1);
});

test("a mirrored photo is stored as it was seen in the mirror", async ({ widget, page }) => {
  await openCamera(widget);
  await turnOn(widget);
  await expect(widget.button(camera.mirror)).toHaveAttribute("aria-pressed", "true");
  await widget.button(camera.take_pic).click();
  await widget.button(camera.use).click();
  const { info } = await widget.until("success");
  const seen = { width: 640, height: 480, left: "blue", right: "red" };
  expect(await halves(page, info.secure_url)).toEqual(seen);
});

test("the timer counts down aloud, and can be stopped", async ({ widget, page }) => {
  await openCamera(widget);
  await turnOn(widget);
  await page.clock.install();
  await widget.dialog.getByRole("combobox", { name: camera.timer }).selectOption("3");
  await widget.button(camera.take_pic).click();
  const said = widget.dialog.getByRole("tabpanel").getByRole("status");
  await expect(said).toHaveText("3");
  await page.clock.fastForward(1000);
  await expect(said).toHaveText("2");
  await widget.button(camera.cancel).click();
  await expect(widget.button(camera.take_pic)).toBeFocused();
  await widget.button(camera.take_pic).click();
  await page.clock.runFor(3000);
  await expect(widget.button(camera.use)).toBeVisible();
  await expect(widget.dialog.getByRole("img", { name: camera.photo_alt })).toBeVisible();
});

test("a film is recorded, paused, looked at, and stored", async ({ widget }) => {
  await openCamera(widget);
  await turnOn(widget);
  await widget.button(camera.record).click();
  await expect(widget.dialog.getByText("0:01 / 10:00")).toBeVisible();
  await widget.button(camera.pause).click();
  await widget.button(camera.resume).click();
  await widget.button(camera.finish).click();
  await expect(widget.dialog.locator("video[src^=blob]")).toBeVisible();
  await widget.button(camera.use).click();
  const { info } = await widget.until("success");
  expect(info.resource_type).toBe("video");
  expect(info.duration).toBeGreaterThan(0.9);
  expect(info.width).toBe(640);
});

test("a recording ends by itself before it is too large for the page", async ({ widget }) => {
  await openCamera(widget, { maxFileSize: 150_000 });
  await turnOn(widget);
  await widget.button(camera.record).click();
  await expect(widget.button(camera.use)).toBeVisible({ timeout: 15_000 });
  await widget.button(camera.use).click();
  const { info } = await widget.until("success");
  expect(info.bytes).toBeLessThanOrEqual(150_000);
});

for (const [exit, leave] of Object.entries({
  "another tab": (widget) => widget.dialog.getByRole("tab", { name: words.menu.files }).click(),
  "its button": (widget) => widget.button(camera.off).click(),
  "the cross": (widget) => widget.cross.click(),
  "the page's close()": ({ page }) => page.evaluate(() => window.widget.close({ quiet: true })),
  "the page's destroy()": ({ page }) => page.evaluate(() => window.widget.destroy()),
})) {
  test(`the camera's light goes off by ${exit}`, async ({ widget, page }) => {
    await openCamera(widget);
    await turnOn(widget);
    expect(await running(page)).toBe(1);
    await leave(widget);
    await expect.poll(() => running(page)).toBe(0);
  });
}

test("a camera that is allowed after the person has left is turned off at once", async ({
  widget,
  page,
}) => {
  await openCamera(widget);
  await page.evaluate(() => {
    const devices = MediaDevices.prototype;
    const open = devices.getUserMedia;
    devices.getUserMedia = async function (...args) {
      await new Promise((resolve) => (window.allow = resolve));
      return open.apply(this, args);
    };
  });
  await widget.button(camera.capture).click();
  await widget.dialog.getByRole("tab", { name: words.menu.files }).click();
  await page.evaluate(() => window.allow());
  await expect.poll(() => page.evaluate(() => window.streams.length)).toBe(1);
  await expect.poll(() => running(page)).toBe(0);
});

test("one file only: after the photo the camera is off", async ({ widget, page }) => {
  await openCamera(widget, { multiple: false });
  await turnOn(widget);
  await widget.button(camera.take_pic).click();
  await widget.button(camera.use).click();
  await widget.until("success");
  await expect.poll(() => running(page)).toBe(0);
});

test("a sound is recorded and stored", async ({ widget, page }) => {
  await openCamera(widget, { sources: ["local", "camera", "audio"] });
  await widget.dialog.getByRole("tab", { name: words.menu.audio }).click();
  await widget.button(camera.listen).click();
  await widget.button(camera.record).click();
  await expect(widget.dialog.getByText("0:01 / 60:00")).toBeVisible();
  await widget.button(camera.finish).click();
  await widget.button(camera.use).click();
  const { info } = await widget.until("success");
  expect(info.resource_type).toBe("video");
  expect(["m4a", "mp4", "webm"]).toContain(info.format);
  expect(info.bytes).toBeGreaterThan(1000);
  expect(await running(page)).toBe(1);
});

for (const [name, code] of Object.entries({
  NotAllowedError: "dismissed",
  NotFoundError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
  SecurityError: "unsupported",
})) {
  test(`${name} is explained, with the way out`, async ({ widget, page }) => {
    await openCamera(widget);
    await page.evaluate((name) => {
      MediaDevices.prototype.getUserMedia = () =>
        Promise.reject(new DOMException("No.", name));
    }, name);
    await widget.button(camera.capture).click();
    const text = fill(camera.errors[code], { device: words.menu.camera });
    await expect(widget.dialog.getByText(text)).toBeVisible();
    await expect(widget.button(camera.retry)).toBeFocused();
  });
}

test("a camera that is blocked for the page is explained", async ({ widget, page, context }) => {
  await openCamera(widget);
  await context.clearPermissions();
  const client = await context.newCDPSession(page);
  const permission = { name: "camera" };
  await client.send("Browser.setPermission", { permission, setting: "denied" });
  await widget.button(camera.capture).click();
  const text = fill(camera.errors.denied, { device: words.menu.camera });
  await expect(widget.dialog.getByText(text)).toBeVisible();
});
