// Where the widget stands, and what of it there is: inside the page, small by itself, closing by
// itself, with the buttons that a page asks for.
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { fill, hold, words } from "../support/widget.mjs";

const tray = (page) => page.getByRole("region", { name: words.queue.mini_title });

/** A page with a box for the widget, and the widget in it. */
async function openInside(page, width, given) {
  await page.goto("/pages/shop.html");
  await page.evaluate(
    ([width, given]) => {
      const box = document.createElement("div");
      box.id = "box";
      box.style.inlineSize = `${width}px`;
      document.querySelector("main").prepend(box);
      const inlineContainer = given === "element" ? box : given;
      const options = { ...window.base, inlineContainer };
      window.widget = window.plimsoll.openUploadWidget(options, window.callback);
    },
    [width, given],
  );
  const inside = page.locator("#box").getByRole("region", { name: words.queue.title });
  await expect(inside).toBeVisible();
  return inside;
}

for (const given of ["#box", "element"]) {
  test(
    `in a container by ${given} it is a part of the page`,
    proves("option:inlineContainer", "dom:inline"),
    async ({ page, widget }) => {
      const inside = await openInside(page, 420, given);
      expect(await page.getByRole("dialog").count()).toBe(0);
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).overflow)).toBe(
        "visible",
      );
      const chooser = page.waitForEvent("filechooser");
      await inside.getByRole("button", { name: words.local.browse }).click();
      await (await chooser).setFiles([file("harbour.jpg")]);
      await widget.until("queues-end");
      await expect(inside.getByText("harbour.jpg")).toBeVisible();
      await page.evaluate(() => window.widget.hide());
      await expect(inside).toBeHidden();
      await page.evaluate(() => window.widget.show());
      await expect(inside.getByText("harbour.jpg")).toBeVisible();
      // Done empties it: a part of the page stays there.
      await inside.getByRole("button", { name: words.queue.done }).click();
      await expect(inside.getByText("harbour.jpg")).toHaveCount(0);
      await expect(inside.getByRole("button", { name: words.local.browse })).toBeVisible();
      const names = (await widget.events()).filter((name) => /close|display/.test(name));
      expect(names.slice(-3)).toEqual(["display-changed", "close", "display-changed"]);
      await page.evaluate(() => window.widget.destroy());
      await expect(page.locator("plimsoll-widget")).toHaveCount(0);
    },
  );
}

test("inside it fits its container, down to 280 pixels", async ({ page }) => {
  const inside = await openInside(page, 280, "#box");
  for (const width of [280, 320, 700]) {
    await page.evaluate((width) => {
      document.querySelector("#box").style.inlineSize = `${width}px`;
    }, width);
    const { width: shown } = await inside.boundingBox();
    expect(shown).toBe(width);
    // The tabs alone may be longer than the panel: they scroll.
    const wider = await inside.evaluate((whole) => {
      const parts = Array.from(whole.querySelectorAll("*:not(.tabs, .tabs *)"));
      const inner = parts.filter((it) => it.checkVisibility() && it.clientWidth > 1);
      return inner.filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => it.className);
    });
    expect(wider, `${width}: nothing is cut off`).toEqual([]);
  }
});

test("a container that isn't there is told, and it opens over the page", async ({
  widget,
  provoked,
}) => {
  provoked.push(/inlineContainer names no element/);
  await widget.open({ inlineContainer: "#nowhere" });
  await expect(widget.browse).toBeVisible();
});

test(
  "autoMinimize makes it small when uploads begin, where the page wants it",
  proves("option:autoMinimize", "option:queueViewPosition", "event:display-changed"),
  async ({ widget, page }) => {
    const gate = await hold(page);
    await widget.open({ autoMinimize: true, queueViewPosition: "left:50px" });
    await widget.choose(file("harbour.jpg"));
    await expect(tray(page)).toBeVisible();
    expect((await tray(page).boundingBox()).x).toBe(50);
    await gate.release();
    const status = tray(page).getByRole("status");
    await expect(status).toHaveText(words.queue.summary.done_one);
    const shown = (await widget.told()).filter(({ event }) => event === "display-changed");
    expect(shown.map(({ info }) => info)).toEqual(["shown", "minimized"]);
  },
);

test(
  "a single upload closes it, unless the page says no",
  proves("option:singleUploadAutoClose"),
  async ({ widget }) => {
    await widget.open({ multiple: false, singleUploadAutoClose: false });
    await widget.choose(file("harbour.jpg"));
    await widget.until("queues-end");
    await widget.done.click();
    await expect(widget.dialog).toHaveCount(0);
    await widget.press({ multiple: false });
    await widget.choose(file("notes.txt"));
    await widget.until("close", 2);
    await expect(widget.dialog).toHaveCount(0);
    const events = await widget.events();
    expect(events.slice(-4)).toEqual(["success", "queues-end", "display-changed", "close"]);
  },
);

test(
  "the page gets what is uploaded by a button, if it wants one",
  proves("option:showCompletedButton", "event:show-completed", "event-field:show-completed.items"),
  async ({ widget }) => {
    await widget.open({ showCompletedButton: true });
    const show = widget.button(words.queue.show_completed);
    await widget.choose(file("harbour.jpg"), file("notes.txt"));
    await widget.until("queues-end");
    await show.click();
    const { info } = await widget.until("show-completed");
    const names = info.items.map(({ name, file, uploadInfo }) => [
      name,
      file.isFile,
      uploadInfo.original_filename,
    ]);
    expect(names).toEqual([
      ["harbour.jpg", true, "harbour"],
      ["notes.txt", true, "notes"],
    ]);
    await widget.done.click();
    await widget.press({});
    await widget.choose(file("harbour.jpg"));
    await widget.until("queues-end", 2);
    await expect(show).toBeHidden();
  },
);

test(
  "more files are added by a button, unless the page says no",
  proves("option:showUploadMoreButton"),
  async ({ widget }) => {
    await widget.open();
    await widget.choose(file("harbour.jpg"));
    await widget.shows("done", "harbour.jpg");
    await expect(widget.button(words.queue.upload_more)).toBeVisible();
    await widget.done.click();
    await widget.press({ showUploadMoreButton: false });
    await widget.choose(file("harbour.jpg"));
    await widget.shows("done", "harbour.jpg");
    await expect(widget.browse).toBeHidden();
    const said = fill(words.queue.summary.done_one, {});
    await expect(widget.dialog.getByRole("status").filter({ hasText: said })).toHaveCount(1);
  },
);
