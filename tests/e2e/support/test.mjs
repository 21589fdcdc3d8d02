// `test` with what every case needs: a real server per worker, a page that may neither complain
// nor talk to strangers, and the widget on it.
import { rm } from "node:fs/promises";
import { test as base, expect } from "@playwright/test";
import { Server, scratch, site } from "./server.mjs";
import { Widget } from "./widget.mjs";

export { expect };

/** What a test proves of the contract (tests/conformance): ids of rows, divided by blanks. */
export const proves = (...ids) => ({
  annotation: { type: "proves", description: ids.join(" ") },
});

/** Collects what goes wrong in a page without anybody asking: messages, exceptions, strangers. */
function overhear(page) {
  const heard = [];
  page.on("console", (message) => heard.push(`console.${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => heard.push(`uncaught: ${error.message}`));
  page.on("crash", () => heard.push("the page crashed"));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    const own = protocol === "blob:" || protocol === "data:" || hostname === "127.0.0.1";
    if (!own) heard.push(`foreign request: ${request.url()}`);
  });
  return heard;
}

export const test = base.extend({
  /** Serves the pages, and takes uploads. */
  server: [
    async ({}, use) => {
      const www = await site();
      const server = await Server.start(www);
      await use(server);
      await server.remove();
      await rm(www, { recursive: true });
    },
    { scope: "worker" },
  ],

  baseURL: async ({ server }, use) => use(server.origin),

  /** A second server on another origin, empty, which a test may stop and start. */
  spare: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.remove();
  },

  /** A folder for files that a test makes. */
  folder: async ({}, use) => {
    const folder = await scratch("files");
    await use(folder);
    await rm(folder, { recursive: true });
  },

  /** Patterns of the messages that a test provokes; each must come, and no other may. */
  provoked: async ({}, use) => use([]),

  page: async ({ page, provoked }, use) => {
    const heard = overhear(page);
    // Playwright takes choosers over while someone listens, and takes a moment to begin with it.
    page.on("filechooser", () => {});
    await use(page);
    const other = heard.filter((line) => !provoked.some((pattern) => pattern.test(line)));
    expect(other, "the page said or did what no one asked for").toEqual([]);
    const missing = provoked.filter((pattern) => !heard.some((line) => pattern.test(line)));
    expect(missing, "what was to be heard, and wasn't").toEqual([]);
  },

  widget: async ({ page }, use) => use(new Widget(page)),
});
