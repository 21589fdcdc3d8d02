// Many files chosen at once, and photos: whether the page answers meanwhile, and what they cost.
// Nothing is sent; what there is to see is the list.
import { held, memory, ready, within, choose } from "../stage.mjs";

const LIMIT_MS = 60_000;
const MB = 1e6;

function many(count, title) {
  return {
    title,
    about:
      "Text files chosen at once, nothing sent yet: until all are listed and drawn, the " +
      "longest task meanwhile, the nodes in the page, and the memory that the browser took " +
      "for it.",
    who: ["bare", "plimsoll", "uppy", "filepond", "filepondTuned", "dropzone"],
    limitMs: LIMIT_MS,
    columns: {
      listed: { title: "listed", unit: "ms", least: true },
      longest: { title: "longest task", unit: "ms", least: true },
      nodes: { title: "nodes", unit: "", least: true },
      memory: { title: "memory", unit: "MB", least: true },
    },
    round: ({ www, files }, contender) =>
      ready(www, contender, { hold: 1 }, async ({ page, client, browser }) => {
        const before = await memory(browser);
        const empty = await held({ page, client });
        await choose(page, await files.texts(count));
        const work = page.evaluate((count) => window.probe.listing(count), count);
        const listed = await within(LIMIT_MS, work);
        if (listed === null) return null;
        const { longest } = await page.evaluate(() => window.probe.blocked());
        const after = await memory(browser);
        const { nodes } = await held({ page, client });
        const grown = before && (after - before) / MB;
        return { listed, longest, nodes: nodes - empty.nodes, memory: grown };
      }),
  };
}

export const thousand = many(1_000, "1,000 files");
export const tenThousand = many(10_000, "10,000 files");

const PHOTOS = 24;

export const photos = {
  title: "24 photos of 12 megapixels",
  about:
    "JPEG of 4032 × 3024 pixels chosen at once, nothing sent yet: until every thumbnail " +
    "that the list has in the page is drawn, for how long tasks kept the page from " +
    "answering (what is above 50 ms of each), and memory at its end. A list that draws only " +
    "what is in sight draws fewer.",
  who: ["bare", "plimsoll", "uppy", "filepond", "filepondTuned", "dropzone"],
  limitMs: LIMIT_MS,
  columns: {
    painted: { title: "all drawn", unit: "ms", least: true },
    shown: { title: "drawn", unit: "pictures" },
    blocked: { title: "blocked", unit: "ms", least: true },
    longest: { title: "longest task", unit: "ms", least: true },
    memory: { title: "memory", unit: "MB", least: true },
  },
  round: ({ www, files }, contender) =>
    ready(www, contender, { hold: 1 }, async ({ page, browser }) => {
      const before = await memory(browser);
      await choose(page, await files.photos(PHOTOS));
      const work = page.evaluate((count) => window.probe.painting(count), PHOTOS);
      const painted = await within(LIMIT_MS, work);
      if (painted === null) return null;
      const { longest, blocked } = await page.evaluate(() => window.probe.blocked());
      const grown = before && ((await memory(browser)) - before) / MB;
      return { painted: painted.ms, shown: painted.shown, blocked, longest, memory: grown };
    }),
};
