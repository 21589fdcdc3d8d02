// The widget in other languages, and in a page's own words: what people read, and who is told when
// something is missing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { file, root } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { words as english } from "../support/widget.mjs";

const read = (tag) => JSON.parse(readFileSync(join(root, `www/locales/${tag}.json`), "utf8"));
const german = read("de");

/** Whether the page has asked for a language. */
const asked = (page) => {
  const tags = [];
  page.on("request", (request) => {
    const [, tag] = request.url().match(/plimsoll-([\w-]+)\.json$/) ?? [];
    if (tag) tags.push(tag);
  });
  return tags;
};

test.describe("a language", () => {
  test("is spoken from the first moment", proves("option:language"), async ({ widget, page }) => {
    await widget.open({ language: "de" });
    const dialog = page.getByRole("dialog", { name: german.queue.title });
    await expect(dialog).toBeVisible();
    await expect(widget.button(german.local.browse)).toBeFocused();
    const root = page.locator("plimsoll-widget .root");
    await expect(root).toHaveAttribute("lang", "de");
    await expect(root).toHaveAttribute("dir", "ltr");
  });

  test("that nobody asks for costs no request", async ({ widget, page }) => {
    const tags = asked(page);
    await widget.open({ language: "en_US" });
    await expect(widget.button(english.local.browse)).toBeVisible();
    expect(tags).toEqual([]);
  });

  test("is said with its own numbers, in what comes later, too", async ({ widget, page }) => {
    await widget.open({ language: "de", maxFileSize: 2_500_000 });
    await expect(page.getByText("je bis zu 2,5 MB")).toBeVisible();
    const chooser = page.waitForEvent("filechooser");
    await widget.button(german.local.browse).click();
    await (await chooser).setFiles([file("notes.txt"), file("harbour.jpg")]);
    await widget.until("queues-end");
    await expect(page.getByText("2 Dateien hochgeladen").first()).toBeVisible();
  });

  test("of an update holds from the next opening on", async ({ widget, page }) => {
    await widget.open();
    await widget.cross.click();
    await page.evaluate(() => window.widget.update({ language: "de" }));
    await page.evaluate(() => window.widget.open());
    await expect(widget.button(german.local.browse)).toBeVisible();
  });
});

test.describe("without its file", () => {
  test.use({ provoked: async ({}, use) => use([/status of 404/, /de could not be loaded/]) });

  test("the widget speaks English and says why", async ({ widget, page }) => {
    await page.route("**/plimsoll-de.json", (route) => route.fulfill({ status: 404 }));
    await widget.open({ language: "de" });
    await expect(widget.button(english.local.browse)).toBeVisible();
    await expect(page.locator("plimsoll-widget .root")).toHaveAttribute("lang", "en");
  });
});

test.describe("without the script that reads languages", () => {
  test.use({ provoked: [/status of 404/] });

  test("the widget speaks English", async ({ widget, page }) => {
    await page.route("**/plimsoll-words.js", (route) => route.fulfill({ status: 404 }));
    await widget.open({ language: "de" });
    await expect(widget.button(english.local.browse)).toBeVisible();
  });
});

test.describe("a language that we don't speak", () => {
  test.use({ provoked: [/no words for the language "xx".*give others by the option text/] });

  test("is said to the developer, and is English", async ({ widget }) => {
    await widget.open({ language: "xx" });
    await expect(widget.button(english.local.browse)).toBeVisible();
  });
});

test.describe("files of another build", () => {
  test.use({ provoked: [/different builds: copy all of them again/] });

  test("are not mixed with this one's", async ({ widget, page }) => {
    await page.route("**/plimsoll-en.json", (route) => route.fulfill({ json: { or: "or" } }));
    await widget.open({ language: "de" });
    await expect(widget.button(english.local.browse)).toBeVisible();
  });
});

test("a page's own words go on top", proves("option:text"), async ({ widget }) => {
  const browse = "Fotos aussuchen";
  await widget.open({ language: "de", text: { de: { local: { browse } }, fr: { or: "ou" } } });
  await expect(widget.button(browse)).toBeVisible();
  await expect(widget.dialog.getByRole("heading")).toHaveText(german.queue.title);
});
