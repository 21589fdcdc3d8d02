// The widget made small: a bar in a corner that says how far the uploads are, while the page can
// be used.
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { fill, hold, words } from "../support/widget.mjs";

const tray = (page) => page.getByRole("region", { name: words.queue.mini_title });

/** A widget that is small, with two files on their way. */
async function shrink(widget, page) {
  const gate = await hold(page);
  await widget.open();
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  await gate.reaches(2);
  await widget.button(words.queue.minimize).press("Enter");
  await expect(tray(page)).toBeVisible();
  await expect(widget.dialog).toHaveCount(0);
  return gate;
}

test(
  "made small, it leaves the page free and says how far it is",
  proves("dom:minimized"),
  async ({ widget, page }) => {
    const gate = await shrink(widget, page);
    const expand = tray(page).getByRole("button", { name: words.queue.expand });
    await expect(expand).toBeFocused();
    // The page scrolls and is pressed as if nothing lay over it.
    const opener = page.locator("#opener");
    await opener.evaluate((button) => button.addEventListener("focus", () => (window.used = 1)));
    await opener.focus();
    expect(await page.evaluate(() => window.used)).toBe(1);
    await page.mouse.move(300, 300);
    await page.mouse.wheel(0, 400);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
    await gate.release();
    const done = fill(words.queue.summary.done, { done: 2 });
    await expect(tray(page).getByRole("status")).toHaveText(done);
    await expand.click();
    await expect(tray(page)).toHaveCount(0);
    await widget.shows("done", "harbour.jpg", "notes.txt");
    const shown = (await widget.told()).filter(({ event }) => event === "display-changed");
    expect(shown.map(({ info }) => info)).toEqual(["shown", "minimized", "expanded"]);
  },
);

test("small and done, it is closed from there", async ({ widget, page }) => {
  const gate = await shrink(widget, page);
  const close = tray(page).getByRole("button", { name: words.close });
  await expect(close).toBeHidden();
  await gate.release();
  await widget.until("queues-end");
  await close.press("Enter");
  await widget.until("close");
  await expect(page.locator("plimsoll-widget")).toHaveCount(0);
});
