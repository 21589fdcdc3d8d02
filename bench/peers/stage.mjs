// A browser with one page of a contender before a server with nothing on it, and what is asked of
// browser and system about it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { chromium as launch } from "../../tests/e2e/support/environment.mjs";
import { Server } from "../../tests/e2e/support/server.mjs";
import { address } from "./contenders.mjs";

const PROBE = fileURLToPath(new URL("probe.js", import.meta.url));

/** The profiles of Chrome's own developer tools. */
export const LINKS = {
  fast4g: { latency: 165, downloadThroughput: 9e6 / 8, uploadThroughput: 1.5e6 / 8 },
  slow4g: { latency: 562.5, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 },
  slow3g: { latency: 2000, downloadThroughput: 400e3 / 8, uploadThroughput: 400e3 / 8 },
};

/** As it comes, but that it takes a gibibyte in one request, as those without chunks send it. */
const CONFIG = `[limits]
file_bytes_max = 4294967296

[clouds.demo.presets.unsigned]
unsigned = true
`;

export async function withServer(www, run) {
  const config = join(www, "server.toml");
  await writeFile(config, CONFIG);
  const server = await Server.start(www, ["--config", config]);
  try {
    return await run(server);
  } finally {
    await server.remove();
  }
}

export async function withBrowser(run) {
  const browser = await chromium.launch(launch);
  try {
    return await run(browser);
  } finally {
    await browser.close();
  }
}

/** A page of its own context, so of a cold cache. */
export async function newPage(browser, origin) {
  const viewport = { width: 1280, height: 800 };
  // Entrances that glide are not what is measured.
  const context = await browser.newContext({ baseURL: origin, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.addInitScript({ path: PROBE });
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Performance.enable");
  return { context, page, client };
}

/** A new server and browser, with the contender's page open and ready for files. */
export const ready = (www, contender, query, run) =>
  withServer(www, (server) =>
    withBrowser(async (browser) => {
      const stage = await newPage(browser, server.origin);
      await stage.page.goto(address(contender, { open: 1, ...query }));
      await stage.page.evaluate(() => window.probe.opening());
      return run({ ...stage, browser, server });
    }),
  );

/** Chooses files by the contender's own button, in the browser's file chooser. */
export async function choose(page, paths) {
  const chooser = page.waitForEvent("filechooser");
  await page.locator(await page.evaluate(() => window.contender.browse)).click();
  const dialog = await chooser;
  // A person takes longer than this; what a widget fetches meanwhile is not waited for.
  await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
  await dialog.setFiles(paths, { timeout: 120_000 });
}

/** What it gives, or `null` where it takes too long. */
export async function within(ms, promise) {
  let timer;
  const late = new Promise((done) => (timer = setTimeout(done, ms, null)));
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes of memory that are the browser's own, of all its processes; `null` off Linux. */
export async function memory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  let kibibytes = 0;
  for (const { id } of processInfo) {
    // One that has just ended has none.
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    for (const [, number] of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB/gm)) {
      kibibytes += Number(number);
    }
  }
  return kibibytes ? kibibytes * 1024 : null;
}

/** What the page holds after its garbage is gone. */
export async function held({ page, client }) {
  await client.send("HeapProfiler.collectGarbage");
  const { metrics } = await client.send("Performance.getMetrics");
  const value = (name) => metrics.find((metric) => metric.name === name).value;
  const wasm = await page.evaluate(() => window.probe.wasm());
  return {
    heap: value("JSHeapUsedSize") + wasm,
    nodes: value("Nodes"),
    listeners: value("JSEventListeners"),
  };
}
