// `<plimsoll-upload>`, the field of a form: what arrives at the site's server, and what a form and
// the people before it want of a field.
import { once } from "node:events";
import { createServer } from "node:http";
import AxeBuilder from "@axe-core/playwright";
import { file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { fill, hold, words } from "../support/widget.mjs";

const { field } = words;
const IDENTIFIER = /^(image|raw)\/upload\/v\d+\/[^#]+#[0-9a-f]+$/;

/** The site's own server, which takes the form. */
async function taking() {
  const taken = [];
  const server = createServer(async (request, response) => {
    const { method, headers } = request;
    const init = { method: "POST", headers, body: request, duplex: "half" };
    const form = await new Request("http://site.example/", init).formData();
    taken.push({ method, type: headers["content-type"].split(";")[0], entries: [...form] });
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><link rel=icon href=data:,><title>T</title><h1>Thank you</h1>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => server.close() && server.closeAllConnections();
  return { url: `http://127.0.0.1:${server.address().port}/`, taken, close };
}

/** Opens the page, changed as a test wants. */
async function visit(page, server, change = (html) => html) {
  await page.route("**/pages/form.html", async (route) => {
    const response = await route.fetch();
    const html = (await response.text()).replace(
      "<plimsoll-upload",
      `<plimsoll-upload upload-prefix="${server.origin}"`,
    );
    await route.fulfill({ response, body: change(html) });
  });
  await page.goto("/pages/form.html");
  await expect(choose(page)).toBeVisible();
}

const choose = (page) =>
  page.locator("plimsoll-upload").getByRole("button", { name: /^Browse/ }).first();
const items = (page) => page.locator("plimsoll-upload").getByRole("listitem");
const value = (page) => page.locator("#photos").evaluate((it) => it.value);
const validity = (page) =>
  page.locator("#photos").evaluate((it) => [it.validity.valid, it.validationMessage]);

/** Uploads files by the widget that the field opens, and closes it. */
async function upload(page, widget, ...paths) {
  await choose(page).click();
  await widget.choose(...paths);
  const names = paths.map((path) => path.split("/").at(-1));
  await widget.shows("done", ...names);
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
}

for (const enctype of ["multipart/form-data", "application/x-www-form-urlencoded"]) {
  test(`its files arrive as identifiers in ${enctype}`, async ({ page, widget, server }) => {
    const site = await taking();
    await visit(page, server, (html) =>
      html.replace('method="post"', `method="post" enctype="${enctype}" action="${site.url}"`),
    );
    await upload(page, widget, file("harbour.jpg"), file("notes.txt"));
    await expect(items(page)).toHaveText([/harbour\.jpg/, /notes\.txt/]);
    const results = await page.locator("#photos").evaluate((it) => it.results);
    await page.locator("#send").click();
    await expect(page.getByRole("heading")).toHaveText("Thank you");
    const [{ type, entries }] = site.taken;
    expect(type).toBe(enctype);
    expect(entries[0]).toEqual(["who", "Ada"]);
    const values = entries.slice(1);
    expect(values.map(([name]) => name)).toEqual(["photos", "photos"]);
    for (const [at, [, text]] of values.entries()) {
      expect(text).toMatch(IDENTIFIER);
      expect(text).toContain(results[at].public_id);
      expect(text.split("#")[1]).toBe(results[at].signature);
    }
    site.close();
  });
}

test("a required field holds the form until something is chosen", async ({
  page,
  widget,
  server,
}) => {
  await visit(page, server);
  expect(await validity(page)).toEqual([false, field.required]);
  await page.locator("#send").click();
  // The browser shows the message at the button, and puts the focus there.
  await expect(choose(page)).toBeFocused();
  const held = await hold(page);
  await choose(page).click();
  await widget.choose(file("harbour.jpg"));
  await held.reaches(1);
  await expect.poll(() => validity(page)).toEqual([false, field.uploading]);
  await held.release();
  await widget.shows("done", "harbour.jpg");
  await expect.poll(() => validity(page)).toEqual([true, ""]);
});

test("what it lacks stays beside it until it is right, and styles can tell", async ({
  page,
  widget,
  server,
}) => {
  await visit(page, server);
  const status = page.locator("plimsoll-upload").getByRole("status");
  const isInvalid = () => page.locator("#photos").evaluate((it) => it.matches(":state(invalid)"));
  await expect(status).toHaveText(field.none);
  await page.locator("#send").click();
  await expect(status).toHaveText(field.required);
  await expect(choose(page)).toHaveAccessibleDescription(field.required);
  expect(await isInvalid()).toBe(true);
  await page.locator("#clear").click();
  await expect(status).toHaveText(field.none);
  await page.locator("#send").click();
  await expect(status).toHaveText(field.required);
  await upload(page, widget, file("harbour.jpg"));
  await expect(status).toHaveText(words.queue.summary.done_one);
  expect(await isInvalid()).toBe(false);
});

test("one that failed is told in words for people, and the others keep their names", async ({
  page,
  widget,
  server,
  provoked,
}) => {
  provoked.push(/status of 400/);
  await visit(page, server);
  await upload(page, widget, file("harbour.jpg"));
  await upload(page, widget, file("morning.jpg"));
  await expect(items(page)).toHaveText([/harbour\.jpg/, /morning\.jpg/]);
  const refuse = (route) => route.fulfill({ status: 400, json: { error: { message: "No" } } });
  await page.route("**/v1_1/**", refuse, { times: 1 });
  await choose(page).click();
  await widget.choose(file("evening.png"));
  await widget.shows("failed", "evening.png");
  await widget.cross.click();
  await expect(choose(page)).toBeFocused();
  const wrong = fill(words.uploader.faults.server_refused, { status: 400 });
  await expect(items(page)).toContainText(["harbour.jpg", "morning.jpg", `evening.png ${wrong}`]);
  expect(await validity(page)).toEqual([false, field.failed]);
  // What failed takes no place.
  await upload(page, widget, file("evening.png"));
  await expect(choose(page)).toBeDisabled();
  await expect(choose(page)).toBeFocused();
});

test("files are told by events, removed by buttons, and at most so many", async ({
  page,
  widget,
  server,
}) => {
  await visit(page, server);
  await page.evaluate(() => {
    window.heard = [];
    for (const name of ["input", "change"]) {
      document.querySelector("#form").addEventListener(name, ({ target }) =>
        window.heard.push([name, target.id, target.value.split("\n").filter(Boolean).length]),
      );
    }
  });
  await upload(page, widget, file("harbour.jpg"), file("morning.jpg"), file("evening.png"));
  await expect(choose(page)).toBeDisabled();
  const files = () => page.locator("#photos").evaluate((it) => it.files.map(({ name }) => name));
  expect(await files()).toEqual(["harbour.jpg", "morning.jpg", "evening.png"]);
  await items(page).first().getByRole("button").press("Enter");
  await expect(items(page)).toHaveCount(2);
  // The next one has the focus, so that all can be removed by one key.
  await expect(items(page).first().getByRole("button")).toBeFocused();
  await expect(choose(page)).toBeEnabled();
  expect(await page.evaluate(() => window.heard)).toEqual(
    [1, 2, 3, 2].flatMap((count) => [
      ["input", "photos", count],
      ["change", "photos", count],
    ]),
  );
});

test("a reset gives back what the page has written", async ({ page, widget, server }) => {
  const given = "image/upload/v1/old%20one.jpg#00ff".replace("%20", " ");
  await visit(page, server, (html) => html.replace("required", `value="${given}"`));
  await expect(items(page)).toHaveText([/old one\.jpg/]);
  expect(await value(page)).toBe(given);
  await upload(page, widget, file("harbour.jpg"));
  await expect(items(page)).toHaveCount(2);
  await page.locator("#clear").click();
  await expect(items(page)).toHaveText([/old one\.jpg/]);
  expect(await value(page)).toBe(given);
});

test("a disabled fieldset disables it, and nothing of it is sent", async ({ page, server }) => {
  await visit(page, server, (html) => html.replace("required", 'value="raw/upload/v1/a#00"'));
  const sent = () =>
    page.locator("#form").evaluate((form) => new FormData(form).getAll("photos"));
  expect(await sent()).toEqual(["raw/upload/v1/a#00"]);
  await page.locator("#set").evaluate((set) => (set.disabled = true));
  await expect(choose(page)).toBeDisabled();
  await expect(items(page).getByRole("button")).toBeDisabled();
  expect(await sent()).toEqual([]);
  await page.locator("#set").evaluate((set) => (set.disabled = false));
  await expect(choose(page)).toBeEnabled();
  await page.locator("#photos").evaluate((it) => (it.disabled = true));
  await expect(choose(page)).toBeDisabled();
});

test("the back button brings back what was chosen", async ({ page, widget, server }) => {
  const site = await taking();
  await visit(page, server, (html) =>
    html.replace('method="post"', `method="post" action="${site.url}"`),
  );
  await upload(page, widget, file("harbour.jpg"));
  const before = await value(page);
  await page.locator("#send").click();
  await expect(page.getByRole("heading")).toHaveText("Thank you");
  await page.goBack();
  await expect(items(page)).toHaveText([/harbour\.jpg/]);
  expect(await value(page)).toBe(before);
  site.close();
});

test("its label names it, and opens it", async ({ page, widget, server }) => {
  await visit(page, server);
  await expect(page.getByRole("group", { name: "Photos" })).toBeVisible();
  await expect(choose(page)).toHaveAccessibleName(`${words.local.browse}, Photos`);
  await page.locator("#label").click();
  await expect(widget.dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(choose(page)).toBeFocused();
});

test("a field of the page itself holds the whole widget", async ({ page, server, widget }) => {
  await visit(page, server, (html) => html.replace("required", "inline required"));
  const chooser = page.waitForEvent("filechooser");
  await choose(page).click();
  await (await chooser).setFiles([file("harbour.jpg")]);
  await expect.poll(() => value(page)).toMatch(IDENTIFIER);
  await expect(widget.dialog).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in it, ${colorScheme}`, async ({ page, widget, server }) => {
    await page.emulateMedia({ colorScheme });
    await visit(page, server);
    await upload(page, widget, file("harbour.jpg"), file("notes.txt"));
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(violations).toEqual([]);
  });
}

test("one made by a page's code is the same, with options that are functions", async ({
  page,
  widget,
  server,
}) => {
  await visit(page, server);
  await page.evaluate((prefix) => {
    const made = document.createElement("plimsoll-upload");
    made.name = "single";
    made.setAttribute("cloud-name", "demo");
    made.setAttribute("upload-preset", "unsigned");
    made.options = { uploadPrefix: prefix, validate: ({ name }) => name.endsWith(".txt") };
    document.querySelector("#photos").replaceWith(made);
  }, server.origin);
  await choose(page).click();
  await widget.choose(file("notes.txt"));
  await expect.poll(() => page.evaluate(() => new FormData(form).getAll("single").length)).toBe(1);
});
