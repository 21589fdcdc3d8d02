// One file of 10 GB: what it costs the page, and whether every byte is on the server.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { costs } from "./measure.mjs";
import { ended, stage } from "./stage.mjs";

const SIZE = 10_000_000_000;
/** Marks lie so far apart, at no border of anything, so that parts can't change places unseen. */
const STRIDE = 99_999_989;
const MIB = 1 << 20;

async function make(path) {
  const file = await open(path, "w");
  await file.truncate(SIZE);
  for (let at = 0; at + 32 < SIZE; at += STRIDE) await file.write(`mark at ${at}`, at);
  await file.close();
}

async function md5(path) {
  const hash = createHash("md5");
  await pipeline(createReadStream(path, { highWaterMark: MIB }), hash);
  return hash.digest("hex");
}

export const large = (bounds) =>
  stage({}, async ({ page, widget, folder }) => {
    const path = join(folder, "large.bin");
    await make(path);
    const cost = await costs(page, async () => {
      await widget.choose(path);
      await ended(page, 1);
    });
    const [info] = await page.evaluate(() =>
      window.named("success").map(({ result }) => ({ ...result.info })),
    );
    const wrong = info?.bytes === SIZE && info.etag === (await md5(path)) ? 0 : SIZE;
    const mib = (what, bytes, most) => {
      return { what, value: bytes / MIB, most: most / MIB, unit: "MiB" };
    };
    return [
      { what: "bytes that the server has otherwise", value: wrong, most: 0, unit: "B" },
      mib("widget's memory, growth", cost.wasmBytes, bounds.wasmBytes),
      mib("JavaScript heap, growth at its peak", cost.heapPeakBytes, bounds.heapBytes),
      { what: "longest task", value: cost.longestTaskMs, most: bounds.taskMs, unit: "ms" },
      { what: "throughput", value: SIZE / 1e6 / (cost.ms / 1000), unit: "MB/s" },
    ];
  });
