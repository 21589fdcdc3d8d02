// Sources of other services: Dropbox, Google Drive, Unsplash and Google's image search, with
// stand-ins at the services' own addresses (`services.mjs`) and uploads to the real server.
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { fill, words } from "../support/widget.mjs";
import { asks, drive, dropbox, imageSearch, unsplash } from "./services.mjs";

const { menu, services } = words;
const DROPBOX = { sources: ["local", "dropbox"], dropboxAppKey: "our-app-key" };
const CLIENT = "4711-abc.apps.googleusercontent.com";
const DRIVE = {
  ...{ sources: ["local", "google_drive"], googleDriveClientId: CLIENT },
  googleApiKey: "our-api-key",
};
const UNSPLASH = { sources: ["local", "unsplash"], unsplashAccessKey: "our-access-key" };
const SEARCH = {
  ...{ sources: ["local", "image_search"], googleApiKey: "our-api-key" },
  googleSearchEngineId: "our-engine",
};

const digest = async (name) => sha256(await readFile(file(name)));
const stored = async (server) => (await server.stored()).map((asset) => asset.sha256).toSorted();

async function go(widget, options, name) {
  await widget.open(options);
  await widget.dialog.getByRole("tab", { name, exact: true }).click();
}

/** Fails on what axe finds in the dialog. */
const clean = async (page) => {
  const { violations } = await new AxeBuilder({ page }).include("plimsoll-widget").analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
};

const search = async (widget, query) => {
  await widget.dialog.getByRole("searchbox").fill(query);
  await widget.page.keyboard.press("Enter");
};
const photos = (widget) => widget.dialog.locator(".service li button");
/** Pictures are fetched when they come into view. */
const painted = (widget) =>
  expect
    .poll(() => photos(widget).locator("img").first().evaluate((image) => image.naturalWidth))
    .toBeGreaterThan(0);
const status = (widget) => widget.dialog.locator(".service [role=status]");

test("without a key there is no tab, no file and no request, and the console says which", proves(
  "option:dropboxAppKey",
), async ({ widget, page, provoked }) => {
  provoked.push(/dropboxAppKey is missing, which the source "dropbox" needs/);
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  const said = page.waitForEvent("console", (message) => message.text().includes("dropboxAppKey"));
  await widget.open({ sources: ["local", "url", "dropbox"] });
  await said;
  const tabs = widget.dialog.getByRole("tab");
  await expect(tabs).toHaveText([menu.files, menu.web]);
  expect(fetched.filter((url) => /plimsoll-source/.test(url))).toEqual([]);
});

test("Dropbox: several files are chosen in its window, and stored as they are", proves(
  "option:dropboxAppKey",
), async ({ widget, page, spare, provoked }) => {
  provoked.push(...asks("www.dropbox.com", "dl.dropboxusercontent.com"));
  await dropbox(page, ["harbour.jpg", "notes.txt"]);
  const formats = ["image", "txt"];
  const limits = { clientAllowedFormats: formats, maxFileSize: 9_000_000 };
  await go(widget, { ...DROPBOX, ...limits, uploadPrefix: spare.origin }, menu.dropbox);
  await clean(page);
  await widget.button(words.dropbox.no_auth_action).click();
  await widget.until("queues-end");
  expect(await stored(spare)).toEqual(
    [await digest("harbour.jpg"), await digest("notes.txt")].toSorted(),
  );
  const asked = await page.evaluate(() => JSON.parse(JSON.stringify(window.choosing)));
  expect(asked).toEqual({
    ...{ appKey: "our-app-key", linkType: "direct", multiselect: true, folderselect: false },
    ...{ extensions: ["images", ".txt"], sizeLimit: 9_000_000 },
  });
});

test("Dropbox: one file where one is wanted, by the keyboard alone", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(...asks("www.dropbox.com", "dl.dropboxusercontent.com"));
  await dropbox(page, ["harbour.jpg", "notes.txt"]);
  await widget.open({ ...DROPBOX, multiple: false });
  await widget.dialog.getByRole("tab", { name: menu.files }).focus();
  await page.keyboard.press("ArrowRight");
  await widget.until("source-changed");
  await expect(widget.button(words.dropbox.no_auth_action)).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(widget.button(words.dropbox.no_auth_action)).toBeFocused();
  await page.keyboard.press("Enter");
  await widget.until("queues-end");
  await expect(widget.rows).toHaveCount(1);
  await widget.shows("done", "harbour.jpg");
});

test("Dropbox: a window that is closed without a file changes nothing", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(...asks("www.dropbox.com"));
  await dropbox(page, null);
  await go(widget, DROPBOX, menu.dropbox);
  await widget.button(words.dropbox.no_auth_action).click();
  await expect(widget.button(words.dropbox.no_auth_action)).toBeFocused();
  await expect(widget.notice.filter({ visible: true })).toHaveCount(0);
  await expect(widget.rows).toHaveCount(0);
});

test("Dropbox: what the browser may not read goes as an address for the server to fetch", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(...asks("www.dropbox.com", "dl.dropboxusercontent.com"));
  provoked.push(/console.error: Failed to load resource/);
  await dropbox(page, ["harbour.jpg"]);
  await page.route("https://dl.dropboxusercontent.com/**", (route) => route.abort());
  await go(widget, DROPBOX, menu.dropbox);
  const sent = page.waitForRequest("**/v1_1/**");
  await widget.button(words.dropbox.no_auth_action).click();
  const body = (await sent).postData();
  expect(body).toContain("https://dl.dropboxusercontent.com/1/view/harbour.jpg");
});

test("Dropbox: a script that is blocked is explained, and can be tried again", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(...asks("www.dropbox.com", "dl.dropboxusercontent.com"));
  provoked.push(/console.error: Failed to load resource/);
  await page.route("https://www.dropbox.com/**", (route) => route.abort());
  await go(widget, DROPBOX, menu.dropbox);
  const text = fill(services.blocked, { service: "Dropbox" });
  await expect(widget.dialog.getByText(text)).toBeVisible();
  await clean(page);
  await page.unrouteAll();
  await dropbox(page, ["notes.txt"]);
  await widget.button(words.sources.again).click();
  await widget.until("success");
  await widget.shows("done", "notes.txt");
});

test("a page's policy that forbids the service's script is a way out, too", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/Creating a TrustedTypePolicy named 'plimsoll-sources' violates/);
  await widget.open(DROPBOX, "/pages/strict.html");
  await widget.dialog.getByRole("tab", { name: menu.dropbox }).click();
  const text = fill(services.blocked, { service: "Dropbox" });
  await expect(widget.dialog.getByText(text)).toBeVisible();
  await widget.dialog.getByRole("tab", { name: menu.files }).click();
  await widget.choose(file("notes.txt"));
  await widget.until("success");
});

const DOCS = [
  { id: "a1", name: "harbour.jpg", mimeType: "image/jpeg", path: file("harbour.jpg") },
  {
    ...{ id: "b2", name: "Plan", mimeType: "application/vnd.google-apps.document" },
    path: file("notes.txt"),
  },
];
const GOOGLE = ["apis.google.com", "accounts.google.com"];

test("Google Drive: files and exported documents are fetched with the person's leave", proves(
  "option:googleDriveClientId",
  "option:googleApiKey",
), async ({ widget, page, spare, provoked }) => {
  provoked.push(...asks(...GOOGLE, "www.googleapis.com"));
  const asked = await drive(page, DOCS);
  await go(widget, { ...DRIVE, uploadPrefix: spare.origin }, menu.gdrive);
  await clean(page);
  await widget.button(words.google_drive.no_auth_action).click();
  // The Picker is a part of the page: it can be used, and the dialog comes back after it.
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await widget.until("queues-end");
  await expect(widget.dialog).toBeVisible();
  await widget.shows("done", "harbour.jpg", "Plan.docx");
  expect(await stored(spare)).toEqual(
    [await digest("harbour.jpg"), await digest("notes.txt")].toSorted(),
  );
  expect(asked.toSorted()).toEqual([
    "/drive/v3/files/a1?alt=media&supportsAllDrives=true",
    "/drive/v3/files/b2/export?mimeType=application%2Fvnd.openxmlformats-officedocument" +
      ".wordprocessingml.document",
  ]);
  const [said, leave] = await page.evaluate(() => [window.picking, window.asked]);
  expect(said).toEqual({
    ...{ view: "DOCS", token: "leave", key: "our-api-key", app: "4711", locale: "en" },
    ...{ origin: new URL(page.url()).origin, features: ["multi"] },
  });
  expect(leave).toEqual([
    { client: CLIENT, scope: "https://www.googleapis.com/auth/drive.file" },
  ]);
});

test("Google Drive: one file where one is wanted, by the keyboard; leave is asked once", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(...asks(...GOOGLE, "www.googleapis.com"));
  await drive(page, DOCS);
  await go(widget, { ...DRIVE, multiple: false }, menu.gdrive);
  await widget.button(words.google_drive.no_auth_action).press("Enter");
  await page.getByRole("button", { name: "Cancel the Picker" }).press("Enter");
  await expect(widget.button(words.google_drive.no_auth_action)).toBeFocused();
  await expect(widget.rows).toHaveCount(0);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Select", exact: true }).press("Enter");
  await widget.until("queues-end");
  await expect(widget.rows).toHaveCount(1);
  expect(await page.evaluate(() => window.asked.length)).toBe(1);
});

for (const denied of ["denied", "closed"]) {
  test(`Google Drive: leave that is not given (${denied}) is explained`, async ({
    widget,
    page,
    provoked,
  }) => {
    provoked.push(...asks(...GOOGLE));
    await drive(page, DOCS, denied);
    await go(widget, DRIVE, menu.gdrive);
    await widget.button(words.google_drive.no_auth_action).click();
    const text = fill(services.denied, { service: "Google Drive" });
    await expect(widget.dialog.getByText(text)).toBeVisible();
    await expect(widget.button(words.sources.again)).toBeVisible();
  });
}

test("Google Drive: a file that can't be fetched is named, and the others go", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(...asks(...GOOGLE, "www.googleapis.com"), /console.error: Failed to load resource/);
  await drive(page, [DOCS[0], { id: "c3", name: "lost.png", mimeType: "image/png" }]);
  await go(widget, DRIVE, menu.gdrive);
  await widget.button(words.google_drive.no_auth_action).click();
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await widget.until("queues-end");
  await widget.shows("done", "harbour.jpg");
  const { retrieve_failed: failed } = words.google_drive.notifications;
  await expect(widget.dialog.getByText(fill(failed, { name: "lost.png" }))).toBeVisible();
});

test("Unsplash: photos are found, credited, reported and stored", proves(
  "option:unsplashAccessKey",
), async ({ widget, page, spare, provoked }) => {
  provoked.push(...asks("api.unsplash.com", "images.unsplash.com"));
  const asked = await unsplash(page, 30);
  await go(widget, { ...UNSPLASH, uploadPrefix: spare.origin }, menu.unsplash);
  await search(widget, "boats");
  await expect(photos(widget)).toHaveCount(24);
  await painted(widget);
  await expect(status(widget)).toHaveText(fill(services.found, { count: 30 }));
  const credit = widget.dialog.getByRole("link", { name: "Ada Shore" }).first();
  await expect(credit).toHaveAttribute("href", /unsplash\.com\/@ada\?utm_source=plimsoll/);
  await clean(page);
  await widget.button(services.more).click();
  await expect(photos(widget)).toHaveCount(30);
  await expect(photos(widget).nth(24)).toBeFocused();
  await expect(widget.button(services.more)).toBeHidden();
  await photos(widget).nth(1).click();
  await photos(widget).nth(25).press("Space");
  await expect(photos(widget).nth(25)).toHaveAttribute("aria-pressed", "true");
  await clean(page);
  await widget.button(fill(words.url.add, { count: 2 })).click();
  await widget.until("queues-end");
  expect(await stored(spare)).toEqual([await digest("harbour.jpg"), await digest("harbour.jpg")]);
  expect(asked).toEqual([
    "/search/photos?query=boats&page=1&per_page=24",
    "/search/photos?query=boats&page=2&per_page=24",
    "/photos/photo1/download?ixid=1",
    "/photos/photo25/download?ixid=1",
  ]);
});

test("Unsplash: one press takes the photo where one is wanted", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(...asks("api.unsplash.com", "images.unsplash.com"));
  await unsplash(page, 3);
  await go(widget, { ...UNSPLASH, multiple: false }, menu.unsplash);
  await search(widget, "boats");
  await photos(widget).nth(2).press("Enter");
  await widget.until("success");
  await widget.shows("done", "ada-photo2.jpg");
});

for (const [name, total, code, text] of [
  ["nothing found", 0, 200, words.no_results],
  ["a quota that is used up", 5, 403, fill(services.quota, { service: "Unsplash" })],
  ["a service that is broken", 5, 500, words.image_search.search_error],
]) {
  test(`Unsplash: ${name} is said`, async ({ widget, page, provoked }) => {
    provoked.push(...asks("api.unsplash.com"));
    if (code !== 200) provoked.push(/console.error: Failed to load resource/);
    await unsplash(page, total, code);
    await go(widget, UNSPLASH, menu.unsplash);
    await search(widget, "boats");
    await expect(widget.dialog.getByText(text)).toBeVisible();
    await expect(photos(widget)).toHaveCount(0);
    await clean(page);
    if (code === 200) return;
    await page.unrouteAll();
    await unsplash(page, 2);
    provoked.push(...asks("images.unsplash.com"));
    await widget.button(words.sources.again).click();
    await expect(photos(widget)).toHaveCount(2);
    await painted(widget);
  });
}

test("image search: by site and licence, in pages; what is chosen goes as an address", proves(
  "option:googleSearchEngineId",
  "option:searchBySites",
  "option:searchByRights",
), async ({ widget, page, provoked }) => {
  provoked.push(...asks("www.googleapis.com", "encrypted-tbn0.gstatic.com"));
  const asked = await imageSearch(page, 12);
  const sites = { searchBySites: ["all", "boats.example"], searchByRights: true };
  await go(widget, { ...SEARCH, ...sites }, menu.gsearch);
  await search(widget, "boats");
  await expect(photos(widget)).toHaveCount(10);
  await painted(widget);
  await clean(page);
  await widget.button(services.more).click();
  await expect(photos(widget)).toHaveCount(12);
  await expect(widget.button(services.more)).toBeHidden();
  await widget.dialog.getByLabel(services.sites).selectOption("boats.example");
  const { rights, rights_options: licences } = words.image_search;
  await widget.dialog.getByLabel(rights).selectOption(licences.free_mod_com);
  await widget.button(services.search).click();
  await expect.poll(() => asked.length).toBe(3);
  const own = { key: "our-api-key", cx: "our-engine", q: "boats", searchType: "image", num: "10" };
  expect(asked[0]).toEqual({ ...own, start: "1", safe: "active" });
  expect(asked[1]).toEqual({ ...own, start: "11", safe: "active" });
  expect(asked[2]).toEqual({
    ...{ ...own, start: "1", safe: "active", siteSearch: "boats.example", siteSearchFilter: "i" },
    rights: "(cc_publicdomain|cc_attribute|cc_sharealike).-(cc_noncommercial|cc_nonderived)",
  });
  await photos(widget).nth(3).click();
  const sent = page.waitForRequest("**/v1_1/**");
  await widget.button(words.url.add_one).click();
  expect((await sent).postData()).toContain("https://boats.example/4.jpg");
  // This server may fetch from nowhere, and says so.
  provoked.push(/console.error: Failed to load resource: .* 400/);
  await widget.until("error");
});

test("image search: one site of the page's is asked without a choice; a quota is said", proves(
  "option:searchBySites",
), async ({ widget, page, provoked }) => {
  provoked.push(...asks("www.googleapis.com"), /console.error: Failed to load resource/);
  const asked = await imageSearch(page, 3, 429);
  await go(widget, { ...SEARCH, searchBySites: ["boats.example"] }, menu.gsearch);
  await expect(widget.dialog.getByRole("combobox")).toHaveCount(0);
  await search(widget, "boats");
  const text = fill(services.quota, { service: menu.gsearch });
  await expect(widget.dialog.getByText(text)).toBeVisible();
  expect(asked[0].siteSearch).toBe("boats.example");
});

test("two widgets of a page have their own keys, and each service's file comes once", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(...asks("api.unsplash.com", "images.unsplash.com"));
  const asked = await unsplash(page, 1);
  const files = [];
  page.on("request", (request) => files.push(request.url()));
  await go(widget, UNSPLASH, menu.unsplash);
  await widget.cross.click();
  await widget.press(UNSPLASH);
  await widget.dialog.getByRole("tab", { name: menu.unsplash }).click();
  await search(widget, "boats");
  await expect(photos(widget)).toHaveCount(1);
  await painted(widget);
  expect(files.filter((url) => url.includes("plimsoll-source-unsplash")).length).toBe(1);
  expect(files.filter((url) => /plimsoll-source-(?!unsplash)/.test(url))).toEqual([]);
  expect(asked.length).toBe(1);
});
