// Cropping and the camera under the strictest policy that the widget promises to live with.
import { windowed, file } from "../support/environment.mjs";
import { colours } from "../support/pictures.mjs";
import { expect, test } from "../support/test.mjs";
import { words } from "../support/widget.mjs";

const { args } = windowed;
test.use({
  launchOptions: { ...windowed, args: [...args, "--use-fake-device-for-media-stream"] },
});

const { camera, crop, menu } = words;

test("a picture is cropped to pixels without workers, inline styles and blob pictures", async ({
  widget,
}) => {
  const options = { cropping: true, croppingOutput: "pixels", multiple: false };
  await widget.open({ ...options, croppingDefaultSelectionRatio: 0.5 }, "/pages/strict.html");
  await widget.choose(file("evening.png"));
  const area = widget.dialog.getByRole("group", { name: crop.area });
  const [box, picture] = await Promise.all([
    area.boundingBox(),
    widget.dialog.locator(".picture canvas").boundingBox(),
  ]);
  expect(Math.abs(box.width / picture.width - 0.5)).toBeLessThan(0.02);
  await widget.button(crop.crop_btn).click();
  const { info } = await widget.until("success");
  expect([info.format, info.width, info.height]).toEqual(["png", 320, 240]);
});

test("a film that can't be played there is shown by a picture, without a report, and used", async ({
  widget,
  context,
}) => {
  await context.grantPermissions(["camera", "microphone"]);
  await widget.open({ sources: ["camera", "local"] }, "/pages/strict.html");
  await expect(widget.dialog.getByRole("tab", { name: menu.camera })).toBeVisible();
  await widget.button(camera.capture).click();
  await widget.button(camera.record).click();
  await expect(widget.dialog.getByText("0:01 / 10:00")).toBeVisible();
  await widget.button(camera.finish).click();
  await expect(widget.dialog.getByText(camera.unseen)).toBeVisible();
  // A picture of the film itself: what the fake camera shows, mostly green.
  const canvas = widget.dialog.getByRole("img", { name: camera.film_alt });
  await expect(canvas).toBeVisible();
  const [red, green] = (await colours(canvas)).mean;
  expect(green).toBeGreaterThan(red + 20);
  await expect(widget.dialog.locator(".booth .length")).toContainText(/0:0[1-9]/);
  await widget.button(camera.use).click();
  const { info } = await widget.until("success");
  expect(info.resource_type).toBe("video");
});
