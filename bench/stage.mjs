// A server with nothing on it, a browser, and a page with an open widget: made anew for each run,
// so that no run finds what another left.
import { rm } from "node:fs/promises";
import { chromium } from "@playwright/test";
import { chromium as launch } from "../tests/e2e/support/environment.mjs";
import { Server, scratch, site } from "../tests/e2e/support/server.mjs";
import { Widget } from "../tests/e2e/support/widget.mjs";
import { watch } from "./measure.mjs";

/** Uploads of gigabytes take their time. */
const TIMEOUT_MS = 20 * 60_000;

export async function stage(options, run) {
  const www = await site();
  const server = await Server.start(www);
  const folder = await scratch("bench");
  const browser = await chromium.launch(launch);
  try {
    const context = await browser.newContext({ baseURL: server.origin });
    context.setDefaultTimeout(TIMEOUT_MS);
    const page = await context.newPage();
    await watch(page);
    const widget = new Widget(page);
    // Loads the page and its widget; the bare loop runs on the same page, with the widget open.
    await widget.open(options);
    return await run({ page, widget, server, folder });
  } finally {
    await browser.close();
    await server.remove();
    await rm(www, { recursive: true });
    await rm(folder, { recursive: true });
  }
}

/** Waits until so many files have ended, well or not, and gives how many went well. */
export async function ended(page, count) {
  await page.waitForFunction(
    (count) => window.named("success").length + window.named("error").length >= count,
    count,
  );
  return page.evaluate(() => window.named("success").length);
}
