// Pages that were written for Cloudinary's widget, in the style of public samples and wrappers,
// with their own script address: it alone is answered with ours, and the API's with our server.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { dist, file, here } from "../support/environment.mjs";
import { secretOf, sign } from "../support/signer.mjs";
import { expect, proves, test as base } from "../support/test.mjs";
import { Widget, words } from "../support/widget.mjs";

const VENDOR = /^https:\/\/(upload-widget|widget)\.cloudinary\.com\//;
const API = "https://api.cloudinary.com/";
const MIME = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

const test = base.extend({
  /** Goes to an application with the vendor's hosts answered by us. */
  visit: async ({ page, server, provoked }, use) => {
    provoked.push(/^foreign request: https:\/\/(upload-widget|widget)\.cloudinary\.com\//);
    provoked.push(/^foreign request: https:\/\/api\.cloudinary\.com\//);
    const cors = { "access-control-allow-origin": "*" };
    await page.route(VENDOR, async (route) => {
      const name = basename(new URL(route.request().url()).pathname);
      const contentType = MIME[name.slice(name.lastIndexOf("."))];
      const body = await readFile(join(dist, name)).catch(() => undefined);
      if (!body) return route.fulfill({ status: 404, headers: cors });
      return route.fulfill({ body, contentType, headers: cors });
    });
    // Sent on by a redirect: what goes through Playwright's own hands loses the bytes of files.
    await page.route(`${API}**`, (route) => {
      const location = route.request().url().replace(API, `${server.origin}/`);
      return route.fulfill({ status: 307, headers: { ...cors, location } });
    });
    await use((name) => page.goto(`/pages/apps/${name}.html`));
  },
});

const uploadBy = async (page, button, ...names) => {
  const widget = new Widget(page);
  await page.getByRole("button", { name: button, exact: true }).click();
  await expect(widget.dialog.last()).toBeVisible();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: words.local.browse }).or(widget.browse).first().click();
  await (await chooser).setFiles(names.map(file));
  return widget;
};

test("the sample of plain JavaScript works with its address changed", async ({ page, visit }) => {
  await visit("vanilla");
  await uploadBy(page, "Upload files", "evening.png");
  await expect(page.locator("#uploadedimage")).toHaveAttribute("src", /\/demo\/image\/upload\//);
});

test("uploads are signed by a ready signature, and by a function", proves(
  "habit:string-signature habit:reply habit:nulls",
), async ({ page, visit, server }) => {
  const secret = (await secretOf(server)).trim();
  const asked = [];
  await page.route("**/sign", async (route) => {
    const { data } = route.request().postDataJSON();
    asked.push(data);
    await route.fulfill({ json: { signature: sign(data, secret) } });
  });
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = sign({ folder: "samples", source: "uw", timestamp }, secret);
  await page.addInitScript((values) => Object.assign(window, values), { timestamp, signature });
  await visit("signed");
  const results = () => page.evaluate(() => window.results);
  await uploadBy(page, "By a string", "notes.txt");
  await expect.poll(results).toEqual([expect.stringContaining("samples/")]);
  await new Widget(page).done.click();
  await uploadBy(page, "By a function", "morning.jpg");
  await expect.poll(results).toHaveLength(2);
  expect((await results())[1]).toContain("/image/upload/");
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ source: "uw", tags: "users,content" });
  expect(asked[0]).not.toHaveProperty("public_id");
});

test("H10 two widgets and two scripts do not meddle with each other", proves(
  "habit:twice entry:global",
), async ({ page, visit }) => {
  await visit("two");
  const heard = () => page.evaluate(() => window.heard);
  const gallery = await uploadBy(page, "Gallery", "notes.txt", "harbour.jpg");
  await gallery.shows("done", "notes.txt", "harbour.jpg");
  expect((await heard()).avatar).toEqual([]);
  await gallery.done.click();
  await uploadBy(page, "Avatar", "morning.jpg");
  await expect.poll(async () => (await heard()).avatar).toContain("avatar");
  const { avatar, gallery: other } = await heard();
  expect(other.filter((event) => event === "gallery")).toHaveLength(2);
  expect(avatar).not.toContain("gallery");
  expect(await page.locator("plimsoll-widget").count()).toBeLessThanOrEqual(1);
});

test("H11 a React application in strict mode uploads, by an effect and by a wrapper", proves(
  "habit:frames method:destroy.create method:open.source",
), async ({ page, visit, provoked }) => {
  provoked.push(/Download the React DevTools/);
  const [bundle] = (
    await build({
      entryPoints: [join(here, "apps", "react.jsx")],
      bundle: true,
      write: false,
      jsx: "automatic",
      define: { "process.env.NODE_ENV": '"development"' },
    })
  ).outputFiles;
  const answer = { body: bundle.text, contentType: "text/javascript" };
  await page.route("**/apps/react.js", (route) => route.fulfill(answer));
  await page.route("**/*.map", (route) => route.fulfill({ status: 404 }));
  await visit("react");
  const effect = page.locator("#effect");
  const widget = await uploadBy(page, "By effect", "evening.png");
  await expect(effect).toHaveText(/image\/upload\/.* after 1$/);
  await widget.done.click();
  const wrapper = page.locator("#wrapper");
  await uploadBy(page, "By wrapper", "notes.txt");
  await expect(wrapper).toContainText("notes");
  await widget.done.click();
  await expect(wrapper).toHaveText("notes; closed 1");
  for (let round = 0; round < 4; round += 1) await page.getByText("Toggle").click();
  await uploadBy(page, "By wrapper", "harbour.jpg");
  await expect(wrapper).toContainText("notes, harbour");
  await expect(page.locator("plimsoll-widget")).toHaveCount(1);
});

test("inside a dialog of the page it is above it, and gives it the focus back", async ({
  page,
  visit,
}) => {
  await visit("modal");
  await page.getByRole("button", { name: "A dialog" }).click();
  const widget = await uploadBy(page, "Upload", "notes.txt");
  await expect.poll(() => page.evaluate(() => window.done.length)).toBe(1);
  await widget.done.click();
  await expect(page.locator("#dialog")).toBeVisible();
  await expect(page.locator("#dialog .upload")).toBeFocused();
});

test("a modal that traps the focus and hides the rest leaves the widget usable", async ({
  page,
  visit,
}) => {
  await visit("modal");
  await page.getByRole("button", { name: "A trap" }).click();
  await page.getByRole("button", { name: "Upload here" }).click();
  const dialog = page.locator("plimsoll-widget dialog");
  await expect(dialog).toBeVisible();
  const chooser = page.waitForEvent("filechooser");
  await dialog.locator(".browse").click();
  await (await chooser).setFiles(file("notes.txt"));
  await expect.poll(() => page.evaluate(() => window.done.length)).toBe(1);
  // By keyboard: the trap may not take the focus out of the dialog above it.
  const done = dialog.getByText(words.queue.done, { exact: true });
  await done.focus();
  await expect(done).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
});

test("H14 in a sandbox without an origin of its own it uploads", async ({ page, visit }) => {
  await visit("framed");
  const frame = page.frameLocator("iframe");
  await frame.getByText("Upload files").click();
  const chooser = page.waitForEvent("filechooser");
  await frame.locator("plimsoll-widget .browse").click();
  await (await chooser).setFiles(file("evening.png"));
  await expect(frame.locator("#uploadedimage")).toHaveAttribute("src", /\/image\/upload\//);
});

test("a form of old gets thumbnails and fields, and loses them again", proves(
  "dom:thumbnails dom:field dom:delete option:fieldName option:thumbnails",
), async ({ page, visit, server }) => {
  await visit("form");
  await uploadBy(page, "Add photos", "evening.png", "morning.jpg");
  const fields = page.locator('input[type=hidden][name="photos[]"]');
  await expect(fields).toHaveCount(2);
  const value = /^image\/upload\/v\d+\/[^.]+\.(png|jpg)#[0-9a-f]{40,64}$/;
  for (const field of await fields.all()) await expect(field).toHaveValue(value);
  const thumbnails = page.locator(".gallery ul.cloudinary-thumbnails li.cloudinary-thumbnail");
  await expect(thumbnails).toHaveCount(2);
  const before = (await server.stored()).length;
  await new Widget(page).done.click();
  await thumbnails.first().locator("a.cloudinary-delete").click();
  await expect(thumbnails).toHaveCount(1);
  await expect(fields).toHaveCount(1);
  expect((await server.stored()).length).toBe(before - 1);
});
