// What a person does in each project of examples/: presses its button and uploads a real file to a
// real server, while the page may not complain.
import { readFile } from "node:fs/promises";
import { test as base, expect } from "@playwright/test";
import { file } from "../e2e/support/environment.mjs";
import { Server, sha256 } from "../e2e/support/server.mjs";
import { Widget } from "../e2e/support/widget.mjs";

export { expect };

const API = "https://api.cloudinary.com/";
export const test = base.extend({
  /** Takes uploads: what projects send to Cloudinary, who is not asked by tests, goes there. */
  server: async ({ page }, use) => {
    const server = await Server.start();
    // Sent on by a redirect: what goes through Playwright's own hands loses the bytes of files.
    await page.route(`${API}**`, (route) => {
      const location = route.request().url().replace(API, `${server.origin}/`);
      const headers = { "access-control-allow-origin": "*", location };
      return route.fulfill({ status: 307, headers });
    });
    await use(server);
    await server.remove();
  },

  /** What the page says that it shouldn't. */
  said: async ({ page }, use) => {
    const said = [];
    page.on("console", (message) => {
      const text = message.text();
      const isTool = /React DevTools|Angular is running|\[vite\]|\[HMR\]|favicon/.test(text);
      if (!isTool) said.push(`${message.type()}: ${text}`);
    });
    page.on("pageerror", (error) => said.push(`uncaught: ${error.message}`));
    await use(said);
    expect(said).toEqual([]);
  },
});

/** A person uploads a picture, and it is stored as it is. */
export async function uploads(page, server) {
  const widget = new Widget(page);
  await page.getByRole("button", { name: "Upload files" }).click();
  await expect(widget.dialog).toBeVisible();
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  await expect(page.locator("#results li")).toHaveText(/\/demo\/image\/upload\/.*\.jpg$/);
  const original = sha256(await readFile(file("harbour.jpg")));
  expect((await server.stored()).map((stored) => stored.sha256)).toEqual([original]);
}
