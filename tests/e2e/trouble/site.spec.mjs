// Sites that make trouble: wrong options, callbacks that throw. Developers read what to do about
// it; people's uploads are not harmed.
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { countUploads, words } from "../support/widget.mjs";

test("a wrong option is told with its remedy, and the widget opens all the same", async ({
  widget,
  provoked,
}) => {
  provoked.push(/console\.error: Plimsoll: maxFileSize .*5MB.*Write/);
  provoked.push(/console\.warning: Plimsoll: .*tagz.*Did you mean tags\?/);
  await widget.open({ maxFileSize: "5MB", tagz: ["sea"] });
  const { error, event } = await widget.until("error");
  expect(error).toMatchObject({ code: "option.invalid", isError: true, status: 0 });
  expect(error.message).toContain("maxFileSize");
  expect(error.text).toBe(error.message);
  expect(event).toBeNull();
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
  const events = await widget.events();
  expect(events.filter((name) => name === "error")).toHaveLength(1);
});

test("without the file of sentences the console has option, reason and value", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/Failed to load resource/, /console\.error: Plimsoll: maxFileSize: bytes 5MB/);
  await page.route("**/plimsoll-messages.json", (route) => route.abort());
  await widget.open({ maxFileSize: "5MB", onPick: 1 });
  const { error } = await widget.until("error");
  expect(error).toMatchObject({ code: "option.invalid", message: "maxFileSize: bytes" });
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
});

test("right options and those of the page's own fetch no sentences", async ({ widget, page }) => {
  const fetched = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  await widget.open({ maxFileSize: 5_000_000, onPick: 1 });
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
  expect(fetched).not.toContain("/plimsoll-messages.json");
});

test("a missing cloudName is told, nothing is sent, and the person reads why", proves(
  "option:cloudName option:uploadPreset text:uploader.faults.not_configured",
), async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/console\.error: Plimsoll: cloudName is missing\. Add cloudName/);
  const sent = countUploads(page);
  await widget.open({ cloudName: null });
  expect((await widget.until("error")).error.message).toContain("cloudName");
  await widget.choose(file("harbour.jpg"));
  await widget.shows("failed", "harbour.jpg");
  await expect(widget.row("harbour.jpg")).toContainText(words.uploader.faults.not_configured);
  await widget.until("queues-end");
  expect((await widget.until("error", 2)).error.code).toBe("page.not_configured");
  expect(sent).toHaveLength(0);
});

test("options that are no options at all are told", async ({ widget, page, provoked }) => {
  provoked.push(/console\.error: Plimsoll: /);
  await page.goto("/pages/shop.html");
  await page.evaluate(() => window.plimsoll.openUploadWidget("demo", window.callback));
  await expect(widget.dialog).toBeVisible();
  expect((await widget.until("error")).error.code).toBe("option.invalid");
});

test("a widget without a callback works", async ({ widget, page, server }) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => window.plimsoll.openUploadWidget(window.base));
  await expect(widget.dialog).toBeVisible();
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
  expect((await server.stored()).length).toBeGreaterThan(0);
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
});

test("H07 a callback that throws harms no upload, and the page hears of it", proves(
  "callback:throws",
), async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/uncaught: the callback's own mistake/);
  await page.addInitScript(() => {
    window.uncaught = [];
    window.addEventListener("error", ({ error }) => window.uncaught.push(error.message));
  });
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.hear = () => {
      throw new Error("the callback's own mistake");
    };
  });
  await widget.press();
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "notes.txt");
  await widget.until("queues-end");
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
  const calls = await widget.told();
  const uncaught = await page.evaluate(() => window.uncaught);
  expect(uncaught).toEqual(calls.map(() => "the callback's own mistake"));
});

test("H06 names that a page puts on Object.prototype are not read as options", async ({
  widget,
  page,
}) => {
  await page.addInitScript(() => {
    Object.prototype.multiple = false;
    Object.prototype.maxFileSize = 1;
  });
  await widget.open();
  await widget.drop(file("harbour.jpg"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "notes.txt");
});
