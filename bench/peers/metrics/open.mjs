// What a page pays before the widget is opened and until it is, and how long that takes.
import { address } from "../contenders.mjs";
import { LINKS, newPage, withBrowser, withServer } from "../stage.mjs";

const WHO = [
  "bare",
  "plimsoll",
  "plimsollPreloaded",
  "uppy",
  "uppyLazy",
  "uppyCdn",
  "filepond",
  "dropzone",
];

/** Loads the page with nothing in its cache and adds up what came beside the page itself. */
async function loaded(browser, server, contender) {
  const { context, page, client } = await newPage(browser, server.origin);
  const sizes = new Map();
  client.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (type !== "Document" && response.url.startsWith("http")) sizes.set(requestId, 0);
  });
  client.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    if (sizes.has(requestId)) sizes.set(requestId, sizes.get(requestId) + encodedDataLength);
  });
  const sum = () => [...sizes.values()].reduce((all, bytes) => all + bytes, 0);
  await page.goto(address(contender), { waitUntil: "networkidle" });
  const before = { bytes: sum(), requests: sizes.size };
  await page.evaluate(() => {
    window.contender.open();
    return window.probe.opening();
  });
  await page.waitForLoadState("networkidle");
  const after = { bytes: sum(), requests: sizes.size };
  await context.close();
  return { before, after };
}

export const bytes = {
  title: "Bytes",
  about:
    "What is transferred (brotli, without the page itself) before anything is opened, and " +
    "in all once it is open.",
  who: WHO,
  once: true,
  columns: {
    before: { title: "before opening", unit: "KB", least: true },
    requestsBefore: { title: "requests", unit: "", least: true },
    open: { title: "until it is open", unit: "KB", least: true },
    requests: { title: "requests", unit: "", least: true },
  },
  round: ({ www }, contender) =>
    withServer(www, (server) =>
      withBrowser(async (browser) => {
        const { before, after } = await loaded(browser, server, contender);
        return {
          before: before.bytes / 1000,
          requestsBefore: before.requests,
          open: after.bytes / 1000,
          requests: after.requests,
        };
      }),
    ),
};

const LEAST = { unit: "ms", least: true };

async function opening(page, contender) {
  await page.goto(address(contender, { open: 1 }));
  return page.evaluate(() => window.probe.opening());
}

async function slowed(browser, server, contender, link, rate) {
  const { context, page, client } = await newPage(browser, server.origin);
  if (rate) await client.send("Emulation.setCPUThrottlingRate", { rate });
  if (link) await client.send("Network.emulateNetworkConditions", { offline: false, ...link });
  const ms = await opening(page, contender);
  await context.close();
  return ms;
}

async function warm(browser, server, contender) {
  const { context, page } = await newPage(browser, server.origin);
  await opening(page, contender);
  await page.goto("about:blank");
  const ms = await opening(page, contender);
  await context.close();
  return ms;
}

export const open = {
  title: "Time to open",
  about:
    "From asking for the page until the widget is drawn and can be used; the page opens it " +
    "as soon as its scripts have run. Links are those of Chrome's developer tools: fast 4G " +
    "(9 Mbit/s, 165 ms), slow 4G (1.6 Mbit/s, 562 ms), slow 3G (400 kbit/s, 2,000 ms). A " +
    "phone: processor four times slower, on slow 4G.",
  who: WHO,
  columns: {
    cold: { title: "cold", ...LEAST },
    warm: { title: "warm", ...LEAST },
    cpu: { title: "CPU ÷ 4", ...LEAST },
    fast4g: { title: "fast 4G", ...LEAST },
    slow4g: { title: "slow 4G", ...LEAST },
    phone: { title: "phone", ...LEAST },
    slow3g: { title: "slow 3G", ...LEAST },
  },
  round: ({ www }, contender) =>
    withServer(www, (server) =>
      withBrowser(async (browser) => ({
        cold: await slowed(browser, server, contender),
        warm: await warm(browser, server, contender),
        cpu: await slowed(browser, server, contender, undefined, 4),
        fast4g: await slowed(browser, server, contender, LINKS.fast4g),
        slow4g: await slowed(browser, server, contender, LINKS.slow4g),
        phone: await slowed(browser, server, contender, LINKS.slow4g, 4),
        slow3g: await slowed(browser, server, contender, LINKS.slow3g),
      })),
    ),
};

/** So many, after which nothing is counted: what is loaded once stays. */
const WARMING = 10;
const CYCLES = 100;

export const cycles = {
  title: "Opened and closed 100 times",
  about:
    "Made, opened, closed and destroyed, again and again: what is left when the garbage is " +
    "gone, beyond what ten rounds before it left.",
  who: ["plimsoll", "uppy", "filepond", "dropzone"],
  limitMs: 60_000,
  columns: {
    heap: { title: "memory kept", unit: "KB", least: true },
    nodes: { title: "nodes kept", unit: "", least: true },
    listeners: { title: "listeners kept", unit: "", least: true },
    each: { title: "one round", unit: "ms", least: true },
  },
  round: ({ www, held }, contender) =>
    withServer(www, (server) =>
      withBrowser(async (browser) => {
        const stage = await newPage(browser, server.origin);
        await stage.page.goto(address(contender), { waitUntil: "load" });
        const cycle = (count) => stage.page.evaluate((count) => window.probe.cycles(count), count);
        await cycle(WARMING);
        const before = await held(stage);
        const start = performance.now();
        await cycle(CYCLES);
        const ms = performance.now() - start;
        const after = await held(stage);
        return {
          heap: (after.heap - before.heap) / 1000,
          nodes: after.nodes - before.nodes,
          listeners: after.listeners - before.listeners,
          each: ms / CYCLES,
        };
      }),
    ),
};
