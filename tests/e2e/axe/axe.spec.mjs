// Accessibility: axe in every state and look, and the whole job without a mouse.
import AxeBuilder from "@axe-core/playwright";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { UPLOADS, fill, hold, words } from "../support/widget.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDE = { width: 1280, height: 800 };
/** The narrowest that WCAG asks for (1.4.10): a page at 400 %. */
const NARROW = { width: 320, height: 640 };

const LOOKS = [
  { name: "light", colorScheme: "light", forcedColors: "none", size: WIDE },
  { name: "dark", colorScheme: "dark", forcedColors: "none", size: WIDE },
  { name: "forced colours, light", colorScheme: "light", forcedColors: "active", size: WIDE },
  { name: "forced colours, dark", colorScheme: "dark", forcedColors: "active", size: WIDE },
  { name: "narrow, light", colorScheme: "light", forcedColors: "none", size: NARROW },
  { name: "narrow, dark", colorScheme: "dark", forcedColors: "none", size: NARROW },
];

/** What axe finds, a line each. */
async function findings(page, forcedColors) {
  const axe = new AxeBuilder({ page }).withTags(TAGS).setLegacyMode();
  // Under forced colours it reads the colours that the style sheet asked for, not the painted
  // ones; `isLegible` looks at those.
  if (forcedColors === "active") axe.disableRules("color-contrast");
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} ${target} ${failureSummary}`),
  );
}

/** Whether each button's painted pixels hold two colours that can be told apart. */
async function isLegible(page, look) {
  const dialog = page.getByRole("dialog");
  const scope = (await dialog.count()) ? dialog : page;
  for (const button of await scope.getByRole("button").all()) {
    if (!(await button.isEnabled())) continue;
    await button.scrollIntoViewIfNeeded();
    const image = (await button.screenshot()).toString("base64");
    const contrast = await page.evaluate(paintedContrast, image);
    expect(contrast, `${look}: ${await button.textContent()}`).toBeGreaterThan(4.5);
  }
}

/** Runs in the page: the contrast ratio (WCAG) of the lightest and the darkest pixel. */
async function paintedContrast(image) {
  const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const light = (value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  let [darkest, lightest] = [1, 0];
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = data.slice(at, at + 3);
    const luminance = 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue);
    darkest = Math.min(darkest, luminance);
    lightest = Math.max(lightest, luminance);
  }
  return (lightest + 0.05) / (darkest + 0.05);
}

/** Looks at the page in every look. */
async function isClean(page) {
  for (const { name, colorScheme, forcedColors, size } of LOOKS) {
    await page.emulateMedia({ colorScheme, forcedColors });
    await page.setViewportSize(size);
    expect(await findings(page, forcedColors), name).toEqual([]);
    if (forcedColors === "active") await isLegible(page, name);
    const wider = await page.evaluate(() => {
      const { shadowRoot } = document.querySelector("plimsoll-widget") ?? {};
      const dialog = shadowRoot?.querySelector("dialog") ?? document.documentElement;
      return dialog.scrollWidth > innerWidth;
    });
    expect(wider, `${name}: nothing is cut off at the side`).toBe(false);
  }
}

/** How each state comes about. */
const STATES = {
  empty: async () => {},
  uploading: async (widget, page) => {
    const gate = await hold(page);
    const names = ["harbour.jpg", "crossing.mp4", "notes.txt", "evening.png"];
    await widget.choose(...names.map(file));
    await gate.reaches(3);
    await widget.shows("waiting", "evening.png");
  },
  done: async (widget) => {
    await widget.choose(file("harbour.jpg"), file("crossing.mp4"));
    await widget.shows("done", "harbour.jpg", "crossing.mp4");
  },
  failed: async (widget, page) => {
    const json = { error: { message: "This account has no room left" } };
    await page.route(UPLOADS, (route) => route.fulfill({ status: 400, json }));
    await widget.choose(file("harbour.jpg"), file("notes.txt"));
    await widget.shows("failed", "harbour.jpg", "notes.txt");
  },
  refused: async (widget, page, folder) => {
    await writeFile(join(folder, "a very long name of a file that is empty.txt"), "");
    await widget.choose(join(folder, "a very long name of a file that is empty.txt"));
    await widget.shows("refused", "a very long name of a file that is empty.txt");
    const items = [{ mimeType: "text/plain", data: "ahoy" }];
    await widget.drag({ items, files: [], dragOperationsMask: 1 });
    await expect(widget.notice).toBeVisible();
  },
  asking: async (widget, page) => {
    const gate = await hold(page);
    await widget.choose(file("harbour.jpg"));
    await gate.reaches(1);
    await page.keyboard.press("Escape");
    await expect(widget.question).toBeVisible();
  },
};

for (const [state, reach] of Object.entries(STATES)) {
  test(`axe finds nothing in the widget while it is ${state}`, async ({
    widget,
    page,
    folder,
    provoked,
  }) => {
    if (state === "failed") provoked.push(/Failed to load resource.*400/);
    await widget.open();
    await reach(widget, page, folder);
    await isClean(page);
  });
}

test("axe finds nothing in the demo page, without results and with them", async ({
  widget,
  page,
}) => {
  await page.goto("/");
  await isClean(page);
  await page.setViewportSize(WIDE);
  await page.getByRole("button", { name: "Upload files" }).click();
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "notes.txt");
  await widget.done.click();
  await expect(page.locator("#gallery li")).toHaveCount(2);
  await isClean(page);
});

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
