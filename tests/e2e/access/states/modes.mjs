// Where the widget stands, what it looks like by a page's wish, and what it speaks.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { file, root } from "../../support/environment.mjs";

/** Puts the widget into a box of this width in the page. */
const inside = (width) => async (at) => {
  await at.page.goto("/pages/shop.html");
  await at.page.evaluate((width) => {
    const box = document.createElement("div");
    box.style.inlineSize = `${width}px`;
    document.querySelector("main").prepend(box);
    const options = { ...window.base, inlineContainer: box };
    window.widget = window.plimsoll.openUploadWidget(options, window.callback);
  }, width);
  at.inside = at.page.locator("plimsoll-widget section.whole");
  await expect(at.inside).toBeVisible();
};

const filled = async ({ page, inside, widget, words }) => {
  const chooser = page.waitForEvent("filechooser");
  await inside.getByRole("button", { name: words.local.browse }).click();
  await (await chooser).setFiles([file("harbour.jpg"), file("crossing.mp4")]);
  await widget.until("queues-end");
};

const inline = (width) => ({
  name: `inside the page, ${width} pixels wide`,
  open: inside(width),
  states: { empty: () => {}, done: filled },
});

const SINGLE = {
  name: "one file only",
  options: { multiple: false, singleUploadAutoClose: false, showUploadMoreButton: false },
  states: {
    empty: () => {},
    done: async ({ widget }) => {
      await widget.choose(file("harbour.jpg"));
      await widget.shows("done", "harbour.jpg");
    },
  },
};

const PALETTE = {
  window: "#FDF6E3",
  windowBorder: "#90A0B3",
  tabIcon: "#0E2F5A",
  menuIcons: "#5A616A",
  textDark: "#000",
  textLight: "#FFF",
  link: "#0057B8",
  action: "#A02800",
  inactiveTabIcon: "#0E2F5A",
  error: "#A3002B",
  inProgress: "#0057B8",
  complete: "#00692B",
  sourceBg: "#E4EBF1",
};

/** A look of the page's: empty, and with what has a colour of its own. */
const looks = (name, options) => ({
  name: `look ${name}`,
  options: { ...options, clientAllowedFormats: ["jpg"] },
  states: {
    empty: ({ page }) => expect(page.locator("plimsoll-widget [data-bare]")).toHaveCount(0),
    "done and refused": async ({ widget }) => {
      await widget.choose(file("harbour.jpg"), file("notes.txt"));
      await widget.shows("done", "harbour.jpg");
      await widget.shows("refused", "notes.txt");
    },
  },
});

const LOOKS = [
  ...["light", "dark", "default", "white", "minimal", "purple"].map((theme) =>
    looks(theme, { theme }),
  ),
  looks("of the page's palette", { styles: { palette: PALETTE } }),
];

const TAGS = readdirSync(join(root, "www/locales"))
  .map((name) => name.replace(".json", ""))
  .filter((tag) => !tag.startsWith("en"));

/** All languages, one after the other. */
const LANGUAGES = {
  name: "language",
  open: ({ page }) => page.goto("/pages/shop.html"),
  states: Object.fromEntries(
    TAGS.map((language) => [
      language,
      async ({ page, widget }) => {
        await page.evaluate(() => window.widget?.destroy());
        await widget.press({ language, maxFileSize: 2_500_000 });
      },
    ]),
  ),
};

export const TOURS = [inline(280), inline(700), SINGLE, ...LOOKS, LANGUAGES];
