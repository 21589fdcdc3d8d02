// Files on the web: their addresses go to the server, which fetches them.
import { readFile } from "node:fs/promises";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, test } from "../support/test.mjs";
import { fill, words } from "../support/widget.mjs";

const tab = (widget) => widget.dialog.getByRole("tab", { name: words.menu.web });
const field = (widget) => widget.dialog.getByRole("textbox", { name: words.url.inner_title });
const dataUri = async (name, type) =>
  `data:${type};base64,${(await readFile(file(name))).toString("base64")}`;

test("an address is typed, sent, and its file is stored as it was", async ({ widget, spare }) => {
  await widget.open({ uploadPrefix: spare.origin });
  await tab(widget).click();
  await field(widget).fill(await dataUri("harbour.jpg", "image/jpeg"));
  await widget.button(words.url.add_one).click();
  await widget.until("success");
  const [stored] = await spare.stored();
  expect(stored.sha256).toBe(sha256(await readFile(file("harbour.jpg"))));
  await expect(field(widget)).toHaveValue("");
});

test("several addresses go together, by the keyboard alone", async ({ widget, spare, page }) => {
  await widget.open({ uploadPrefix: spare.origin, defaultSource: "url" });
  await field(widget).focus();
  const addresses = [
    await dataUri("notes.txt", "text/plain"),
    await dataUri("evening.png", "image/png"),
  ];
  await field(widget).fill(addresses.join("\n"));
  await expect(widget.button(fill(words.url.add, { count: 2 }))).toBeVisible();
  await page.keyboard.press("Enter");
  await widget.until("queues-end");
  const stored = (await spare.stored()).map((asset) => asset.sha256);
  const wanted = await Promise.all(
    ["notes.txt", "evening.png"].map(async (name) => sha256(await readFile(file(name)))),
  );
  expect(stored.toSorted()).toEqual(wanted.toSorted());
});

test("a wrong address is named and stays, and nothing is sent", async ({ widget }) => {
  await widget.open();
  await tab(widget).click();
  await field(widget).fill("https://x.test/dog.jpg dog.jpg");
  await widget.page.keyboard.press("Enter");
  await expect(widget.notice).toHaveText(fill(words.url.invalid, { address: "dog.jpg" }));
  await expect(field(widget)).toHaveAttribute("aria-invalid", "true");
  await expect(field(widget)).toBeFocused();
  await expect(widget.rows).toHaveCount(0);
  await field(widget).fill("");
  await widget.page.keyboard.press("Enter");
  await expect(widget.notice).toHaveText(words.url.none);
});

test("an address that is pasted anywhere goes to its tab, and its picture is seen", async ({
  widget,
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await widget.open();
  const address = new URL("/pages/harbour.jpg", page.url()).href;
  await page.route(address, (route) => route.fulfill({ path: file("harbour.jpg") }));
  await page.evaluate((text) => navigator.clipboard.writeText(text), address);
  await page.keyboard.press("ControlOrMeta+V");
  await expect(tab(widget)).toHaveAttribute("aria-selected", "true");
  await expect(field(widget)).toHaveValue(address);
  const found = widget.dialog.getByRole("list", { name: words.url.found });
  await expect(found.getByText("harbour.jpg")).toBeVisible();
  await expect(found.locator("img")).toBeVisible();
});
