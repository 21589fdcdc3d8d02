// The demo page from end to end, as a visitor meets it.
import { file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";

const tile = (page, name) => page.locator("#gallery li").filter({ hasText: name });

test("the demo page opens the widget, and shows what was uploaded", async ({
  widget,
  page,
  server,
}) => {
  await page.goto("/");
  await expect(page.locator("#empty")).toBeVisible();
  await page.getByRole("button", { name: "Upload files" }).click();
  await expect(widget.dialog).toBeVisible();
  await widget.drop(file("harbour.jpg"), file("crossing.mp4"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "crossing.mp4", "notes.txt");
  await expect(page.locator("#log li[data-event=queues-end]")).toHaveCount(1);
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
  await expect(page.locator("#empty")).toBeHidden();
  await expect(page.locator("#count")).toHaveText("3 assets");
  const image = tile(page, "harbour.jpg").locator("img");
  await image.scrollIntoViewIfNeeded();
  await expect.poll(() => image.evaluate(({ naturalWidth }) => naturalWidth)).toBe(480);
  const link = await tile(page, "notes.txt").getByRole("link").getAttribute("href");
  expect(new URL(link).origin).toBe(server.origin);
  expect((await fetch(link)).status).toBe(200);
  const events = page.locator("#log li");
  const names = await events.evaluateAll((list) => list.map(({ dataset }) => dataset.event));
  expect(names).toEqual([
    "display-changed",
    ...Array(3).fill("upload-added"),
    "queues-start",
    ...Array(3).fill("success"),
    "queues-end",
    "display-changed",
    "close",
  ]);
  await page.reload();
  await expect(tile(page, "harbour.jpg")).toBeVisible();
});

test("an event's payload can be read in full", async ({ widget, page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Upload files" }).click();
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
  await widget.done.click();
  const entry = page.locator("#log li[data-event=success]");
  await entry.locator("summary").click();
  const payload = JSON.parse(await entry.locator("pre").textContent());
  expect(payload).toMatchObject({ resource_type: "raw", original_filename: "notes" });
  await page.getByRole("button", { name: "Clear events" }).click();
  await expect(page.locator("#log li")).toHaveCount(0);
});

test("the code to paste can be copied, and works", async ({
  widget,
  page,
  server,
  context,
  provoked,
}) => {
  provoked.push(/console\.log: http/);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/");
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await expect(page.locator("#said")).toHaveText("Code copied");
  const code = await page.evaluate(() => navigator.clipboard.readText());
  expect(code).toContain(server.origin);
  // A site that holds just this.
  const body = `<!doctype html><title>A site</title><link rel="icon" href="data:,">${code}`;
  await page.route("**/pasted.html", (route) =>
    route.fulfill({ contentType: "text/html", body }),
  );
  const urls = [];
  page.on("console", (message) => urls.push(message.text()));
  await page.goto("/pasted.html");
  await page.getByRole("button", { name: "Upload files" }).click();
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  await expect.poll(() => urls.length).toBe(1);
  expect(urls[0]).toMatch(new RegExp(`^${server.origin}/demo/image/upload/v\\d+/\\S+\\.jpg$`));
});

test("the widget follows the theme that the demo page was given", async ({ widget, page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  await page.getByRole("radio", { name: "Dark" }).check();
  await page.getByRole("button", { name: "Upload files" }).click();
  await expect(widget.dialog).toBeVisible();
  const lightness = await widget.browse.evaluate((button) => {
    const panel = getComputedStyle(button.closest(".panel")).backgroundColor;
    return Math.max(...panel.match(/\d+/g).slice(0, 3).map(Number));
  });
  expect(lightness).toBeLessThan(80);
});

test("two presses of the demo's button show one dialog", async ({ widget, page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Upload files" }).dblclick();
  await expect(widget.dialog).toBeVisible();
  await widget.cross.click();
  await expect(widget.dialog).toHaveCount(0);
});
