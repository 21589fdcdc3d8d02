// The focus: the whole job without a mouse, and nobody is thrown out of the dialog when what had
// the focus goes away.
import { file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { UPLOADS, fill, hold, words } from "../support/widget.mjs";

/** Whether the focus is on something of the dialog that can be seen. */
const focusIsInside = (page) =>
  page.evaluate(() => {
    const inside = document.querySelector("plimsoll-widget")?.shadowRoot.activeElement;
    return !!inside && inside.checkVisibility({ visibilityProperty: true });
  });

/** Presses Tab until this is focused. */
async function tabTo(page, locator) {
  for (let turns = 0; turns < 30; turns++) {
    if (await locator.evaluate((element) => element.matches(":focus"))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never came to ${locator}`);
}

/** Chooses files by a key on the focused button. */
async function chooseBy(page, key, ...names) {
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press(key);
  await (await chooser).setFiles(names.map(file));
}

test("the whole job is done by the keyboard", async ({ widget, page, provoked }) => {
  provoked.push(/Failed to load resource.*400/);
  await page.goto("/pages/shop.html");
  await tabTo(page, page.locator("#opener"));
  await page.keyboard.press("Enter");
  await expect(widget.browse).toBeFocused();
  const json = { error: { message: "Not yet" } };
  await page.route(UPLOADS, (route) => route.fulfill({ status: 400, json }), { times: 1 });
  await chooseBy(page, "Enter", "harbour.jpg");
  await widget.shows("failed", "harbour.jpg");
  await expect(widget.browse).toBeFocused();
  const retry = widget.action("retry", "harbour.jpg");
  await tabTo(page, retry);
  await page.keyboard.press("Space");
  await widget.shows("done", "harbour.jpg");
  expect(await focusIsInside(page), "after a retry").toBe(true);
  await tabTo(page, widget.browse);
  await chooseBy(page, "Space", "notes.txt");
  await widget.shows("done", "notes.txt");
  await tabTo(page, widget.action("remove", "harbour.jpg"));
  await page.keyboard.press("Enter");
  await expect(widget.rows).toHaveCount(1);
  await expect(widget.action("remove", "notes.txt")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(widget.rows).toHaveCount(0);
  await expect(widget.browse).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(widget.dialog).toHaveCount(0);
  await expect(page.locator("#opener")).toBeFocused();
});

test("the focus stays inside when what had it goes away", async ({ widget, page }) => {
  const gate = await hold(page);
  await page.goto("/pages/shop.html");
  await page.locator("#opener").press("Enter");
  await expect(widget.browse).toBeFocused();
  await chooseBy(page, "Enter", "harbour.jpg", "notes.txt");
  await gate.reaches(2);
  await tabTo(page, widget.action("cancel", "harbour.jpg"));
  await page.keyboard.press("Enter");
  await widget.shows("cancelled", "harbour.jpg");
  await expect(widget.action("remove", "harbour.jpg")).toBeFocused();
  await tabTo(page, widget.button(words.queue.abort_all));
  await page.keyboard.press("Enter");
  await widget.shows("cancelled", "notes.txt");
  expect(await focusIsInside(page), "after cancelling all").toBe(true);
  await tabTo(page, widget.action("retry", "notes.txt"));
  await page.keyboard.press("Enter");
  await widget.shows("uploading", "notes.txt");
  expect(await focusIsInside(page), "after a retry").toBe(true);
  await page.keyboard.press("Escape");
  await expect(widget.keep).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(widget.question).toBeHidden();
  expect(await focusIsInside(page), "after keeping").toBe(true);
  await page.keyboard.press("Escape");
  await tabTo(page, widget.stop);
  await page.keyboard.press("Space");
  await expect(widget.dialog).toHaveCount(0);
  await expect(page.locator("#opener")).toBeFocused();
});

test("what happens is said aloud, in a few words", async ({ widget }) => {
  await widget.open();
  const status = widget.dialog.getByRole("status");
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  await expect(status).toHaveText(fill(words.queue.summary.done, { done: 2 }));
});
