// The playground from end to end: what is set is what the widget does, the code says, and the
// address keeps.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { file, root } from "../support/environment.mjs";
import { FIELDS, snake } from "../../../www/demo/recipes.js";
import { expect, test } from "../support/test.mjs";
import { words } from "../support/widget.mjs";

const PATH = "/site/playground.html";
const sections = JSON.parse(readFileSync(join(root, "www/demo/options.json"), "utf8"));
const all = sections.flatMap(({ options }) => options);

const code = (page) => page.locator("#code");

/** Shows what is in all sections. */
async function unfold(page) {
  await expect(page.locator(".option")).toHaveCount(all.length);
  await page.locator("details").evaluateAll((list) => list.forEach((it) => (it.open = true)));
}

test("every option has a control, or says that it needs code", async ({ page }) => {
  await page.goto(PATH);
  await unfold(page);
  for (const { name, control } of all) {
    const of = page.locator(`#option-${name}`);
    const byCode = page.locator(".by-code").filter({ hasText: new RegExp(`^${name}$`) });
    if (control === "code") await expect(byCode, name).toHaveCount(1);
    else await expect(of, name).toHaveAccessibleName(name);
  }
});

test("what is set holds in the widget, in the code and in the address", async ({
  widget,
  page,
}) => {
  await page.goto(PATH);
  await page.getByLabel("Find an option").fill("multiple");
  await page.getByLabel("multiple", { exact: true }).selectOption("false");
  await page.getByLabel("Find an option").fill("maxFileSize");
  await page.getByLabel("maxFileSize", { exact: true }).fill("1000");
  await page.getByLabel("Find an option").fill("clientAllowed");
  await page.getByLabel("clientAllowedFormats", { exact: true }).fill("txt, png");
  await expect(code(page)).toContainText(
    '  multiple: false,\n  maxFileSize: 1000,\n  clientAllowedFormats: ["txt", "png"],\n};',
  );
  await page.reload();
  await expect(code(page)).toContainText("maxFileSize: 1000");
  await page.getByRole("button", { name: "Open the widget" }).click();
  await expect(widget.dialog).toBeVisible();
  const chooser = page.waitForEvent("filechooser");
  await widget.browse.click();
  expect((await chooser).isMultiple()).toBe(false);
  await widget.drop(file("harbour.jpg"));
  await widget.shows("refused", "harbour.jpg");
  await widget.cross.click();
  await page.getByRole("button", { name: "Reset all" }).click();
  await expect(code(page)).not.toContainText("maxFileSize");
  expect(new URL(page.url()).hash).toBe("");
});

test("what can't be read is told at its control, and left out", async ({ page }) => {
  await page.goto(PATH);
  await page.getByLabel("Find an option").fill("context");
  const context = page.getByLabel("context", { exact: true });
  await context.fill("{alt}");
  await expect(context).toHaveAttribute("aria-invalid", "true");
  await expect(context).toHaveAccessibleDescription(/This is no JSON\. Write for example \{"alt"/);
  await expect(code(page)).not.toContainText("context");
  await context.fill('{"alt": "A dog"}');
  await expect(code(page)).toContainText('  context: {\n    alt: "A dog",\n  },');
  await page.getByLabel("Find an option").fill("no such thing");
  await expect(page.getByText("No option is about that.")).toBeVisible();
});

test("the code is there for each way to use the widget, and Rust's fields are", async ({
  page,
}) => {
  await page.goto(`${PATH}#${encodeURIComponent('{"maxFiles":3,"tags":["a"],"theme":"dark"}')}`);
  const recipe = page.getByLabel("Code for");
  await expect(code(page)).toContainText("maxFiles: 3,");
  await recipe.selectOption("npm");
  await expect(code(page)).toContainText('import { createUploadWidget } from "plimsoll";');
  await recipe.selectOption("React");
  await expect(code(page)).toContainText("<UploadButton options={options}");
  await recipe.selectOption("Leptos");
  await expect(code(page)).toContainText("        max_files: Some(3),");
  await expect(code(page)).toContainText('        tags: vec!["a".to_owned()],');
  await expect(code(page)).toContainText("see the documentation of `Options`: theme");
  const rust = readFileSync(join(root, "crates/core/src/options/shape.rs"), "utf8");
  for (const [name, [type]] of Object.entries(FIELDS)) {
    expect(rust).toContain(`pub ${snake(name)}: ${type},`);
  }
});

test("the preview follows what is set", async ({ page }) => {
  await page.goto(PATH);
  await page.getByLabel("Live preview").check();
  const inside = page.locator("#preview");
  await expect(inside.getByRole("button", { name: words.local.browse })).toBeVisible();
  await page.getByLabel("Find an option").fill("multiple");
  await page.getByLabel("multiple", { exact: true }).selectOption("false");
  await expect(inside.getByRole("button", { name: words.local.browse_single })).toBeVisible();
  await page.getByLabel("Live preview").uncheck();
  await expect(inside.getByRole("button")).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in the playground, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(PATH);
    await unfold(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  });
}
