// What people may set for the next files: public ID, tags with the page's suggestions, upload
// preset. The page's functions may do what they like.
import AxeBuilder from "@axe-core/playwright";
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { fill, words } from "../support/widget.mjs";

const { advanced, advanced_options: fields, review, tags: said } = words;
const NOTES = file("notes.txt");

/** Opens the widget with functions of the page's, which are given as text. */
async function open(page, options, functions = {}) {
  await page.goto("/pages/shop.html");
  await page.evaluate(
    ([options, functions]) => {
      const made = Object.entries(functions).map(([name, text]) => [name, (0, eval)(text)]);
      const all = { ...window.base, ...options, ...Object.fromEntries(made) };
      window.widget = window.plimsoll.openUploadWidget(all, window.callback);
    },
    [options, functions],
  );
}

const field = (widget, label) => widget.dialog.getByLabel(label, { exact: true });
const combo = (widget) => widget.dialog.getByRole("combobox", { name: fields.tags, exact: true });

test(
  "public ID and tags of the next file, told to the page and stored",
  proves(
    "option:showAdvancedOptions event:publicid event-field:publicid.id event:tags",
    "event-field:tags.tags",
  ),
  async ({ widget, page }) => {
    await open(page, { showAdvancedOptions: true, tags: ["site"] });
    const toggle = widget.button(advanced);
    await expect(toggle).toHaveAttribute("aria-expanded", "false");
    await toggle.click();
    await field(widget, fields.public_id).fill("advanced/one");
    await combo(widget).fill("new");
    await combo(widget).press("Enter");
    expect((await widget.until("publicid")).info).toEqual({ id: "advanced/one" });
    expect((await widget.until("tags")).info).toEqual({ tags: ["site", "new"] });
    await widget.choose(NOTES);
    const { info } = await widget.until("success");
    expect(info.public_id).toBe("advanced/one");
    expect(info.tags).toEqual(["site", "new"]);
  },
);

test("a public ID that is none is told beside the field, and none may be written at all", async ({
  widget,
  page,
}) => {
  await open(page, { showAdvancedOptions: true });
  await widget.button(advanced).click();
  const id = field(widget, fields.public_id);
  await id.fill("a//b");
  await id.press("Tab");
  await expect(id).toHaveAttribute("aria-invalid", "true");
  await id.fill("");
  await id.press("Tab");
  await expect(id).not.toHaveAttribute("aria-invalid");
  expect((await widget.until("publicid", 2)).info).toEqual({ id: null });
  await widget.choose(NOTES);
  await widget.until("success");
});

test(
  "suggestions are chosen by keys, in a combobox that says so",
  proves("option:getTags"),
  async ({ widget, page }) => {
    const getTags = `(callback, prefix) => {
      (window.asked ??= []).push(prefix);
      callback(["party", "parade", "park"].filter((tag) => tag.startsWith(prefix)));
    }`;
    await open(page, { showAdvancedOptions: true }, { getTags });
    await widget.button(advanced).click();
    const input = combo(widget);
    await input.pressSequentially("par");
    const options = widget.dialog.getByRole("option");
    await expect(options).toHaveText(["party", "parade", "park"]);
    await expect(input).toHaveAttribute("aria-expanded", "true");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
    const id = await options.nth(1).getAttribute("id");
    await expect(input).toHaveAttribute("aria-activedescendant", id);
    await page.keyboard.press("Enter");
    await expect(options).toHaveCount(0);
    const added = fill(said.added, { tag: "parade" });
    await expect(widget.dialog.getByRole("status").filter({ hasText: added })).toHaveCount(1);
    // Typed fast, it is asked once.
    expect(await page.evaluate(() => window.asked)).toEqual(["par"]);
    // What is there is not proposed again; Escape closes the list and not the widget.
    await input.pressSequentially("par");
    await expect(options).toHaveText(["party", "park"]);
    await page.keyboard.press("Escape");
    await expect(options).toHaveCount(0);
    await expect(widget.dialog).toBeVisible();
    await input.fill("");
    await page.keyboard.press("Backspace");
    await expect(widget.button(fill(said.remove, { tag: "parade" }))).toBeFocused();
    await page.keyboard.press("Delete");
    await expect(input).toBeFocused();
    expect((await widget.until("tags", 2)).info).toEqual({ tags: [] });
  },
);

test("an answer that comes too late is not shown, and one that never comes harms nothing", async ({
  widget,
  page,
}) => {
  const getTags = `(callback, prefix) => {
    (window.answers ??= {})[prefix] = callback;
  }`;
  await open(page, { showAdvancedOptions: true }, { getTags });
  await widget.button(advanced).click();
  const input = combo(widget);
  const asked = (prefix) =>
    page.waitForFunction((prefix) => window.answers?.[prefix], prefix).then(() => {});
  await input.fill("a");
  await asked("a");
  await input.fill("ab");
  await asked("ab");
  await page.evaluate(() => window.answers.a(["late"]));
  await page.evaluate(() => window.answers.ab(["now"]));
  await expect(widget.dialog.getByRole("option")).toHaveText(["now"]);
  await input.fill("own");
  await input.press("Enter");
  expect((await widget.until("tags")).info).toEqual({ tags: ["own"] });
});

test.describe("with functions that throw and call back with junk", () => {
  const warned = /^console\.warning: Plimsoll: getUploadPresets called back with/;
  const patterns = [/^uncaught: no tags today/, warned];
  test.use({ provoked: [patterns, { scope: "test" }] });

  test("tags can be written and files go up", async ({ widget, page }) => {
    const getTags = `() => { throw new Error("no tags today"); }`;
    const getUploadPresets = `(callback) => callback("unsigned")`;
    await open(page, { showAdvancedOptions: true }, { getTags, getUploadPresets });
    await widget.button(advanced).click();
    const thrown = page.waitForEvent("pageerror");
    await combo(widget).pressSequentially("tag");
    await thrown;
    await combo(widget).press("Enter");
    await widget.choose(NOTES);
    expect((await widget.until("success")).info.tags).toEqual(["tag"]);
  });
});

test.describe("with an upload preset that the server does not have", () => {
  test.use({ provoked: [/^console\.error: Failed to load resource/] });

  test(
    "an upload preset is chosen from those that the page offers, and sent",
    proves("option:getUploadPresets"),
    async ({ widget, page }) => {
      const getUploadPresets = `(callback) => callback(["unsigned", "elsewhere"])`;
      await open(page, { showAdvancedOptions: true }, { getUploadPresets });
      await widget.button(advanced).click();
      const choice = field(widget, fields.preset);
      await expect(choice).toHaveValue("unsigned");
      await choice.selectOption("elsewhere");
      await widget.choose(NOTES);
      const { error } = await widget.until("error");
      expect(error.message).toMatch(/upload preset/i);
      // What was set can be gone back to.
      await choice.selectOption("unsigned");
      await widget.choose(NOTES);
      await widget.until("success");
    },
  );
});

test("axe finds nothing, light and dark, wide and narrow", async ({ widget, page }) => {
  const getTags = `(callback) => callback(["party", "parade"])`;
  const metadataFields = [
    { id: "credit", label: "Photographer", mandatory: true },
    { id: "licence", label: "Licence", type: "enum", values: ["CC BY", "Other"] },
    { id: "colours", label: "Colours", type: "set", values: ["red", "blue"] },
  ];
  const options = { showAdvancedOptions: true, review: true, metadataFields, tags: ["site"] };
  await open(page, options, { getTags });
  const isClean = async (what) => {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [1280, 390]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 760 });
        const axe = new AxeBuilder({ page }).include("plimsoll-widget").withTags(TAGS);
        const { violations } = await axe.setLegacyMode().analyze();
        const found = violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html)}`);
        expect(found, `${what}, ${colorScheme}, ${width}`).toEqual([]);
      }
    }
  };
  await widget.button(advanced).click();
  await combo(widget).fill("par");
  await expect(widget.dialog.getByRole("option")).toHaveCount(2);
  await isClean("options");
  await widget.button(advanced).click();
  await widget.choose(file("harbour.jpg"), file("morning.jpg"), NOTES);
  const list = widget.dialog.getByRole("list", { name: review.list });
  await expect(list.locator(":scope > li")).toHaveCount(3);
  await isClean("list");
  await widget.button(fill(review.upload, { count: 3 })).click();
  await expect(widget.dialog.locator("[aria-invalid=true]").first()).toBeVisible();
  await isClean("description");
});

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
