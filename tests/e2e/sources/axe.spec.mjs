// Accessibility of the sources and of cropping: axe in their states, light, dark, and narrow.
import AxeBuilder from "@axe-core/playwright";
import { chromium, file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { words } from "../support/widget.mjs";

const { args } = chromium;
test.use({
  launchOptions: {
    ...chromium,
    args: [...args, "--use-fake-device-for-media-stream=device-count=3"],
  },
});

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const LOOKS = [
  { name: "light", colorScheme: "light", size: { width: 1280, height: 800 } },
  { name: "dark", colorScheme: "dark", size: { width: 1280, height: 800 } },
  { name: "narrow", colorScheme: "dark", size: { width: 320, height: 640 } },
];
const { camera, crop, menu } = words;

/** Goes to a source. */
const turn = (widget, name) => widget.dialog.getByRole("tab", { name, exact: true }).click();

/** How each state is reached, one after the other. */
const STATES = {
  files: () => {},
  addresses: (widget) => turn(widget, menu.web),
  "a wrong address": async (widget) => {
    await widget.dialog.getByRole("textbox").fill("dog.jpg");
    await widget.page.keyboard.press("Enter");
    await expect(widget.notice).toBeVisible();
  },
  "the camera, off": (widget) => turn(widget, menu.camera),
  "the camera, on": async (widget) => {
    await widget.button(camera.capture).click();
    await expect(widget.button(camera.take_pic)).toBeVisible();
  },
  "a photo": async (widget) => {
    await widget.button(camera.take_pic).click();
    await expect(widget.button(camera.use)).toBeVisible();
  },
  "a recording": async (widget) => {
    await widget.button(camera.again).click();
    await widget.button(camera.record).click();
    await expect(widget.button(camera.pause)).toBeVisible();
  },
  trouble: async (widget) => {
    await turn(widget, menu.files);
    await widget.page.evaluate(() => {
      MediaDevices.prototype.getUserMedia = () =>
        Promise.reject(new DOMException("", "AbortError"));
    });
    await turn(widget, menu.camera);
    await widget.button(camera.capture).click();
    await expect(widget.button(camera.retry)).toBeVisible();
  },
  cropping: async (widget) => {
    await turn(widget, menu.files);
    await widget.choose(file("harbour.jpg"), file("morning.jpg"));
    await expect(widget.button(crop.crop_btn)).toBeVisible();
  },
};

for (const { name, colorScheme, size } of LOOKS) {
  test(`axe finds nothing, ${name}`, async ({ widget, page, context }) => {
    test.slow();
    await context.grantPermissions(["camera", "microphone"]);
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await widget.open({ cropping: true });
    for (const [state, reach] of Object.entries(STATES)) {
      await reach(widget);
      const axe = new AxeBuilder({ page }).withTags(TAGS).setLegacyMode();
      const { violations } = await axe.analyze();
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
      );
      expect(found, state).toEqual([]);
      const wide = await widget.dialog.evaluate((dialog) =>
        [...dialog.querySelectorAll(".panel, .edit, .source")]
          .filter((part) => part.scrollWidth > part.clientWidth + 1)
          .map((part) => part.className),
      );
      expect(wide, `${state}: nothing scrolls sideways`).toEqual([]);
    }
  });
}
