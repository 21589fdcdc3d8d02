// `update()` while the widget is open: another language, another look, other sources, at once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { file, root } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { hold, words } from "../support/widget.mjs";

const read = (tag) => JSON.parse(readFileSync(join(root, "www/locales", `${tag}.json`), "utf8"));
const [german, arabic] = [read("de"), read("ar")];

const update = (page, options) => page.evaluate((given) => window.widget.update(given), options);
const heading = (widget) => widget.dialog.getByRole("heading", { level: 2 });
/** What the widget's root computes for a property. */
const computed = (page, name) =>
  page.evaluate((name) => {
    const { shadowRoot } = document.querySelector("plimsoll-widget");
    return getComputedStyle(shadowRoot.querySelector(".root")).getPropertyValue(name).trim();
  }, name);

test(
  "an open widget speaks another language at once, with the focus where it was",
  proves("method:update"),
  async ({ page, widget }) => {
    await widget.open();
    const held = await hold(page);
    await widget.choose(file("harbour.jpg"), file("notes.txt"));
    await held.reaches(2);
    await widget.cross.focus();
    await update(page, { language: "de" });
    await expect(heading(widget)).toHaveText(german.queue.title);
    const cross = widget.button(german.close);
    await expect(cross).toBeFocused();
    await expect(widget.dialog.getByRole("listitem")).toHaveCount(2);
    await expect(page.locator("plimsoll-widget .root")).toHaveAttribute("lang", "de");
    await update(page, { language: "ar" });
    await expect(heading(widget)).toHaveText(arabic.queue.title);
    expect(await computed(page, "direction")).toBe("rtl");
    await update(page, { language: "en", text: { en: { queue: { title: "Our files" } } } });
    await expect(heading(widget)).toHaveText("Our files");
    expect(await computed(page, "direction")).toBe("ltr");
    await held.release();
    await widget.shows("done", "harbour.jpg", "notes.txt");
  },
);

test(
  "the last of several updates counts, whichever words come first",
  async ({ page, widget }) => {
    let release;
    const late = new Promise((resolve) => (release = resolve));
    await page.route("**/*de.json", async (route) => {
      await late;
      await route.continue();
    });
    await widget.open();
    const asked = page.waitForRequest("**/*de.json");
    await update(page, { language: "de" });
    await asked;
    await update(page, { language: "ar" });
    await expect(heading(widget)).toHaveText(arabic.queue.title);
    const answered = page.waitForResponse("**/*de.json");
    release();
    await (await answered).finished();
    await update(page, { theme: "dark" });
    await expect.poll(() => computed(page, "color-scheme")).toBe("dark");
    await expect(heading(widget)).toHaveText(arabic.queue.title);
  },
);

test("an open widget takes another theme and palette, and gives them back", async ({
  page,
  widget,
}) => {
  await widget.open();
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
  const before = await computed(page, "--accent");
  await update(page, { theme: "dark" });
  await expect.poll(() => computed(page, "color-scheme")).toBe("dark");
  const palette = { window: "#123456", action: "#ffcc00", textLight: "#000000" };
  await update(page, { styles: { palette }, theme: "auto" });
  await expect.poll(() => computed(page, "--bg")).toMatch(/#123456/i);
  await update(page, { styles: null, theme: "light" });
  await expect.poll(() => computed(page, "--bg")).not.toMatch(/#123456/i);
  expect(await computed(page, "color-scheme")).toBe("light");
  expect(await computed(page, "--accent")).toBe(before);
  await expect(widget.row("notes.txt")).toHaveAttribute("data-status", "done");
});

test("an open widget shows other sources, and stays where it was", async ({ page, widget }) => {
  await widget.open({ sources: ["local", "url"] });
  await widget.dialog.getByRole("tab", { name: words.menu.web }).click();
  await widget.dialog.getByRole("textbox").fill("https://files.example/a.jpg");
  await update(page, { sources: ["url", "local"], multiple: false });
  await expect(widget.dialog.getByRole("tab").first()).toHaveText(words.menu.web);
  await expect(widget.dialog.getByRole("tab", { selected: true })).toHaveText(words.menu.web);
  await expect(heading(widget)).toHaveText(words.queue.title_single);
});

test("what people don't see is no reason to make it anew", async ({ page, widget }) => {
  await widget.open();
  await heading(widget).evaluate((node) => (node.kept = true));
  await update(page, { tags: ["a"], cloudName: "demo", language: "en", theme: "dark" });
  await expect.poll(() => computed(page, "color-scheme")).toBe("dark");
  expect(await heading(widget).evaluate((node) => node.kept)).toBe(true);
});
