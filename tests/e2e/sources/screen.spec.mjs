// The screen, which Chromium shares without a question when it is told to.
import { windowed } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { fill, words } from "../support/widget.mjs";

const { args } = windowed;
test.use({
  launchOptions: {
    ...windowed,
    args: [...args, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  },
});

const { camera, menu } = words;

async function share(widget) {
  await widget.open({ sources: ["screen", "local"] });
  await widget.button(camera.share).click();
  await expect(widget.button(camera.take_pic)).toBeFocused();
}

test("a picture of the screen is taken and stored", async ({ widget }) => {
  await share(widget);
  await widget.button(camera.take_pic).click();
  await widget.button(camera.use).click();
  const { info } = await widget.until("success");
  expect(info.format).toBe("jpg");
  expect(info.width).toBeGreaterThan(2);
  expect(info.original_filename).toMatch(/^Screenshot /);
});

test("the screen is recorded, and what there is stays when sharing is stopped outside", async ({
  widget,
  page,
}) => {
  await page.addInitScript(() => {
    const devices = MediaDevices.prototype;
    const open = devices.getDisplayMedia;
    devices.getDisplayMedia = async function (...args) {
      window.stream = await open.apply(this, args);
      return window.stream;
    };
  });
  await share(widget);
  await widget.button(camera.record).click();
  await expect(widget.dialog.getByText("0:01 / 10:00")).toBeVisible();
  // As the browser's own bar does it.
  await page.evaluate(() => {
    const [track] = window.stream.getVideoTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
  });
  await widget.button(camera.use).click();
  const { info } = await widget.until("success");
  expect(info.resource_type).toBe("video");
});

test("a browser that may not share is explained", async ({ widget, page }) => {
  await page.addInitScript(() => {
    MediaDevices.prototype.getDisplayMedia = () =>
      Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
  });
  await widget.open({ sources: ["screen", "local"] });
  await widget.button(camera.share).click();
  const text = fill(camera.errors.dismissed, { device: menu.screen });
  await expect(widget.dialog.getByText(text)).toBeVisible();
  await expect(widget.button(camera.retry)).toBeFocused();
});
