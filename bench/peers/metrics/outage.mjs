// A line that is gone for a while at 40 % of 60 MB, with nobody there to press a button.
import { Faults } from "../../../tests/e2e/support/faults.mjs";
import { address } from "../contenders.mjs";
import { choose, newPage, withBrowser, withServer, within } from "../stage.mjs";
import { tusServer } from "../tus.mjs";

const SIZE = 60_000_000;
const AT = 0.4;
/** So that it lasts; the link is throttled in the browser. */
const LINK = { latency: 5, downloadThroughput: 4e6, uploadThroughput: 4e6 };
/** Longer than any pause between two tries. */
const AFTER_MS = 75_000;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function received(faults) {
  const { requests } = await faults.account();
  const bodies = requests.filter(({ method }) => method !== "GET" && method !== "OPTIONS");
  return bodies.reduce((sum, { received }) => sum + received, 0);
}

async function broken({ browser, server, upstream, path, seconds }, contender) {
  const faults = await Faults.start(upstream);
  const { context, page, client } = await newPage(browser, server.origin);
  try {
    await page.goto(address(contender, { open: 1, upload: faults.origin }));
    await page.evaluate(() => window.probe.opening());
    await client.send("Network.emulateNetworkConditions", { offline: false, ...LINK });
    await choose(page, [path]);
    while ((await received(faults)) < SIZE * AT) await pause(50);
    const over = page.evaluate(() => window.probe.sending(1));
    await faults.down();
    const early = await within(seconds * 1000, over);
    await faults.up();
    const up = performance.now();
    const done = early ?? (await within(AFTER_MS, over));
    const times = (await received(faults)) / SIZE;
    if (!done?.good) return { done: 0, after: null, sent: times };
    return { done: 1, after: (performance.now() - up) / 1000, sent: times };
  } finally {
    await context.close();
    await faults.stop();
  }
}

function outage(seconds) {
  return {
    title: `${seconds} seconds without a line`,
    about:
      `60 MB over 4 MB/s; at 40 % every connection breaks, and for ${seconds} seconds none ` +
      "is taken. Nobody touches the page. Whether the file is stored in the end, how long " +
      "after the line is back, and how much was sent, as a multiple of the file. All at " +
      "once, each over a line of its own.",
    who: [
      "plimsoll",
      "uppy",
      "uppyTus",
      "uppyTusTuned",
      "filepond",
      "dropzone",
      "dropzoneTuned",
    ],
    columns: {
      done: { title: "stored", unit: "", yes: true },
      after: { title: "after the line is back", unit: "s", least: true },
      sent: { title: "sent", unit: "×", least: true },
    },
    together: async ({ www, files }, contenders) => {
      const [path] = await files.zeros(1, SIZE);
      return withServer(www, (server) =>
        tusServer((tus) =>
          withBrowser((browser) => {
            const runs = contenders.map((contender) => {
              const upstream = contender.page === "uppy-tus" ? tus : server.origin;
              return broken({ browser, server, upstream, path, seconds }, contender);
            });
            return Promise.all(runs);
          }),
        ),
      );
    },
  };
}

export const outage15 = outage(15);
export const outage60 = outage(60);
