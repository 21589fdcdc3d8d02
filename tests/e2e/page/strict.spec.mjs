// The widget under the page's own security policy.
import { file } from "../support/environment.mjs";
import { colours } from "../support/pictures.mjs";
import { expect, test } from "../support/test.mjs";

test("it works under a policy without workers, inline styles and markup", async ({
  widget,
  page,
  provoked,
}) => {
  // The browser tells the page's developer that the preview's worker may not start; pictures are
  // then made without it.
  provoked.push(/console\.\w+: .*(worker|TrustedScriptURL)/i);
  await widget.open({}, "/pages/strict.html");
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "notes.txt");
  const canvas = widget.row("harbour.jpg").locator("canvas");
  await expect(canvas).toBeVisible();
  expect((await colours(canvas)).spread).toBeGreaterThan(10);
  await expect(widget.browse).toHaveCSS("cursor", "pointer");
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
  expect(await page.evaluate(() => document.styleSheets.length)).toBe(0);
});

test("a policy that forbids the module is told with its remedy", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/console\.error: Plimsoll: .*'wasm-unsafe-eval'/);
  provoked.push(/Content Security Policy/);
  await page.route("**/pages/strict.html", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("'wasm-unsafe-eval'", "");
    await route.fulfill({ response, body });
  });
  await page.goto("/pages/strict.html");
  await page.locator("#opener").click();
  const { error } = await widget.until("error");
  expect(error).toMatchObject({ code: "page.load_failed", isError: true });
  expect(error.message).toContain("script-src");
});
