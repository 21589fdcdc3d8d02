// Uploads on a line without faults: one large file, many small ones.
import { choose, memory, ready, within } from "../stage.mjs";

const GIB = 2 ** 30;
const LIMIT_MS = 60_000;
/** How often memory is looked at. */
const LOOK_MS = 250;

async function sent({ page, browser }, paths) {
  const before = await memory(browser);
  let most = before;
  const looks = setInterval(async () => {
    // The last look may meet a browser that is closing.
    most = Math.max(most, await memory(browser).catch(() => 0));
  }, LOOK_MS);
  try {
    await choose(page, paths);
    const work = page.evaluate((count) => window.probe.sending(count), paths.length);
    const done = await within(LIMIT_MS, work);
    if (done === null) return null;
    if (done.bad) throw new Error(`${done.bad} of ${paths.length} uploads failed`);
    return { ms: done.ms, grown: before && (most - before) / 1e6 };
  } finally {
    clearInterval(looks);
  }
}

export const gibibyte = {
  title: "1 GiB",
  about:
    "One file of 1 GiB to plimsoll-server: chunks of 20 MB, so many at once, or one " +
    "request. Plimsoll sends chunks, three at once, unless it is told otherwise; Uppy's " +
    "XHRUpload, FilePond and Dropzone send one request, which a break of the line costs " +
    "whole.",
  who: [
    "bareOne",
    "bareThree",
    "plimsoll",
    "plimsollTuned",
    "uppy",
    "filepond",
    "dropzone",
    "dropzoneTuned",
  ],
  limitMs: LIMIT_MS,
  columns: {
    speed: { title: "speed", unit: "MB/s", most: true },
    memory: { title: "memory at its peak", unit: "MB", least: true },
  },
  round: async ({ www, files }, contender) =>
    ready(www, contender, {}, async (stage) => {
      const done = await sent(stage, await files.zeros(1, GIB));
      return done && { speed: GIB / 1e6 / (done.ms / 1000), memory: done.grown };
    }),
};

const SMALL = 300;

export const small = {
  title: "300 small files",
  about:
    "300 files of 200 kB to plimsoll-server, until all are stored. FilePond by default sends " +
    "two at once and shows each for 0.75 s at least, so that 300 take 112 s by its own design.",
  who: [
    "bareThree",
    "bare",
    "plimsoll",
    "plimsollTuned",
    "uppy",
    "uppyTuned",
    "filepond",
    "filepondTuned",
    "dropzone",
    "dropzoneTuned",
  ],
  limitMs: LIMIT_MS,
  columns: { time: { title: "all stored", unit: "s", least: true } },
  round: async ({ www, files }, contender) =>
    ready(www, contender, {}, async (stage) => {
      const done = await sent(stage, await files.zeros(SMALL, 200_000));
      return done && { time: done.ms / 1000 };
    }),
};
