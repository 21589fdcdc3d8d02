// Accessibility of the widget in its other places: small, and inside the page.
import AxeBuilder from "@axe-core/playwright";
import { file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { hold, words } from "../support/widget.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds, light and dark, wide and narrow. */
async function isClean(page) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 320]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 700 });
      const axe = new AxeBuilder({ page }).include("plimsoll-widget").withTags(TAGS);
      const { violations } = await axe.setLegacyMode().analyze();
      const found = violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html)}`);
      expect(found, `${colorScheme}, ${width}`).toEqual([]);
    }
  }
}

test("axe finds nothing in the bar while it uploads and when it is done", async ({
  widget,
  page,
}) => {
  const gate = await hold(page);
  await widget.open({ autoMinimize: true });
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  const tray = page.getByRole("region", { name: words.queue.mini_title });
  await expect(tray).toBeVisible();
  await isClean(page);
  await gate.release();
  await widget.until("queues-end");
  await isClean(page);
});

test("axe finds nothing in the widget inside the page", async ({ widget, page }) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    const options = { ...window.base, inlineContainer: "main" };
    window.widget = window.plimsoll.openUploadWidget(options, window.callback);
  });
  const inside = page.getByRole("region", { name: words.queue.title });
  await isClean(page);
  const chooser = page.waitForEvent("filechooser");
  await inside.getByRole("button", { name: words.local.browse }).click();
  await (await chooser).setFiles([file("harbour.jpg"), file("crossing.mp4")]);
  await widget.until("queues-end");
  await isClean(page);
});
