// The widget in other languages, and in a page's own words: what people read, and who is told when
// something is missing.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { file, root } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { fill, hold, words as english } from "../support/widget.mjs";

const FOLDER = join(root, "www/locales");
const read = (tag) => JSON.parse(readFileSync(join(FOLDER, `${tag}.json`), "utf8"));
const german = read("de");

/** All languages but English. */
const TAGS = readdirSync(FOLDER)
  .map((name) => name.replace(".json", ""))
  .filter((tag) => !tag.startsWith("en"));
const RTL = ["ar", "he"];

/** Texts by key. */
const flat = (tree, path = "") =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[path + key, value]] : flat(value, `${path}${key}.`),
  );

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

test("the page's own language and tags of all kinds are understood", async ({ page }) => {
  await page.goto("/pages/shop.html");
  const said = await page.evaluate(async () => {
    const opened = async (language) => {
      const widget = plimsoll.createUploadWidget({ ...window.base, language }, () => {});
      const shown = new Promise((resolve) => widget.on("display-changed", resolve));
      widget.open();
      await shown;
      const place = document.querySelector("plimsoll-widget").shadowRoot;
      const heading = place.querySelector("h2").textContent;
      await widget.destroy();
      return heading;
    };
    document.documentElement.lang = "fr-CA";
    const all = {};
    for (const name of ["auto", "pt_PT", "zh-TW", "zh_CN", "no", "DE-at"]) {
      all[name] = await opened(name);
    }
    return all;
  });
  const title = (tag) => read(tag).queue.title;
  expect(said).toEqual({
    auto: title("fr"),
    pt_PT: title("pt-BR"),
    "zh-TW": title("zh-Hant"),
    zh_CN: title("zh-Hans"),
    no: title("nb"),
    "DE-at": title("de"),
  });
});

for (const tag of TAGS) {
  test(`${tag} is spoken, with the forms that its numbers have`, async ({ widget, page }) => {
    const words = read(tag);
    await widget.open({ language: tag });
    await expect(page.getByRole("dialog", { name: words.queue.title, exact: true })).toBeVisible();
    await expect(widget.button(words.local.browse)).toBeVisible();
    await expect(widget.button(words.close)).toBeVisible();
    const root = page.locator("plimsoll-widget .root");
    await expect(root).toHaveAttribute("lang", tag);
    await expect(root).toHaveAttribute("dir", RTL.includes(tag) ? "rtl" : "ltr");
    const categories = await page.evaluate((tag) => {
      const rules = new Intl.PluralRules(tag);
      return [...new Set(Array.from({ length: 2000 }, (_, at) => rules.select(at + 1)))];
    }, tag);
    const forms = Object.keys(words.queue.summary).filter((key) => key.startsWith("done_"));
    // One of them may be the form for all others.
    const without = categories.filter((category) => !forms.includes(`done_${category}`));
    expect(without).toHaveLength(1);
  });
}

test("a page's own words reach every key", proves("text:*"), async ({ page }) => {
  await page.goto("/pages/shop.html");
  const keys = [...flat(read("en")), ...flat(read("en.late"))].map(([key]) => key).sort();
  const given = keys.map((key) => ["en_US", key, `own ${key}, {{- name}}`]);
  const texts = await page.evaluate(
    async ([keys, given]) => {
      const { speak } = await import("/plimsoll-words.js");
      let digest = 0x811c9dc5;
      for (const char of keys.map((key) => `${key}\n`).join("")) {
        digest = Math.imul(digest ^ char.charCodeAt(0), 0x01000193);
      }
      const answer = await speak(digest >>> 0, "en_US", given);
      return answer.texts;
    },
    [keys, given],
  );
  expect(texts).toEqual(keys.map((key) => `own ${key}, {{name}}`));
});

test.describe("where a page says all itself", () => {
  test.use({ provoked: [/status of 400/] });

  test("nothing else is said", async ({ widget, page }) => {
    const holes = (text) => text.match(/\{\{\w+\}\}/g)?.join(" ") ?? "";
    const own = { menu: { facebook: "a key of something that we don't show" } };
    for (const [key, text] of [...flat(read("en")), ...flat(read("en.late"))]) {
      const path = key.split(".");
      let place = own;
      for (const part of path.slice(0, -1)) place = place[part] ??= {};
      place[path.at(-1)] = `⟦${key} ${holes(text)}⟧`;
    }
    await page.route("**/v1_1/**", (route) =>
      route.fulfill({ status: 400, json: { error: { message: "⟦the server's own words⟧" } } }),
    );
    const limits = { maxFileSize: 100_000, clientAllowedFormats: ["txt", "jpg"] };
    await widget.open({ text: { en: own }, ...limits });
    const said = async () => {
      const texts = await page.evaluate(() => {
        const place = document.querySelector("plimsoll-widget").shadowRoot;
        const walker = document.createTreeWalker(place, NodeFilter.SHOW_ELEMENT);
        const texts = [];
        for (let node; (node = walker.nextNode()); ) {
          const names = ["aria-label", "placeholder", "title"];
          texts.push(...names.map((name) => node.getAttribute(name)));
          for (const child of node.childNodes) if (child.nodeType === 3) texts.push(child.data);
        }
        return texts.filter(Boolean);
      });
      // What is left is what files and numbers are called.
      const known = /⟦[^⟦⟧]*⟧|notes\.txt|harbour\.jpg|evening\.png|TXT, JPG|[\s·,]/g;
      // One text may stand in another's placeholder.
      return texts.map((text) => text.replaceAll(known, "").replaceAll(known, "")).join("");
    };
    expect(await said()).toBe("");
    const chooser = page.waitForEvent("filechooser");
    await widget.dialog.locator("button.browse").click();
    await (await chooser).setFiles([file("notes.txt"), file("harbour.jpg"), file("evening.png")]);
    await widget.until("queues-end");
    await expect(widget.dialog.locator(".row")).toHaveCount(3);
    expect(await said()).toBe("");
  });
});

test("two widgets of a page speak two languages, also later on", async ({ widget, page }) => {
  const held = await hold(page);
  await widget.open({ language: "de" });
  const chooser = page.waitForEvent("filechooser");
  await widget.button(german.local.browse).click();
  await (await chooser).setFiles([file("notes.txt"), file("harbour.jpg")]);
  await held.reaches(2);
  await page.evaluate(() => {
    window.other = window.plimsoll.openUploadWidget({ ...window.base }, () => {});
  });
  const second = page.locator("plimsoll-widget").nth(1);
  await expect(second.getByRole("heading")).toHaveText(english.queue.title);
  await held.release();
  await widget.until("queues-end");
  const first = page.locator("plimsoll-widget").first();
  const done = fill(german.queue.summary.done, { done: 2 });
  await expect(first.locator(".sum")).toHaveText(done);
  await expect(second.getByRole("button", { name: english.local.browse })).toBeVisible();
});

test("what is written from right to left is mirrored", async ({ widget, page }) => {
  const held = await hold(page);
  const places = {};
  for (const language of ["en", "ar"]) {
    await widget.open({ language });
    const chooser = page.waitForEvent("filechooser");
    await widget.dialog.locator("button.browse").click();
    await (await chooser).setFiles([file("notes.txt"), file("harbour.jpg")]);
    await expect(widget.dialog.locator(".row")).toHaveCount(2);
    places[language] = await page.evaluate(() => {
      const place = document.querySelector("plimsoll-widget").shadowRoot;
      const panel = place.querySelector(".panel").getBoundingClientRect();
      const at = (selector) => {
        const { left, right } = place.querySelector(selector).getBoundingClientRect();
        return [left - panel.left, panel.right - right].map(Math.round);
      };
      return {
        cross: at("header .round"),
        picture: at(".row .tile"),
        actions: at(".row > button:last-of-type"),
        bar: at("footer .fill"),
      };
    });
  }
  const { en, ar } = places;
  for (const what of ["cross", "picture", "actions"]) {
    expect(ar[what][1], what).toBe(en[what][0]);
    expect(ar[what][0], what).toBe(en[what][1]);
  }
  // Progress grows from the side where reading begins.
  expect(ar.bar[1]).toBe(en.bar[0]);
  await held.release();
});
