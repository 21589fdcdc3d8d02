// 10,000 small files by one drop: whether the page answers meanwhile, and whether all are stored.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { costs } from "./measure.mjs";
import { ended, stage } from "./stage.mjs";

const FILES = 10_000;
const MIB = 1 << 20;

export const queue = (bounds) =>
  stage({}, async ({ page, widget, server, folder }) => {
    const many = join(folder, "many");
    await mkdir(many);
    for (let at = 0; at < FILES; at++) await writeFile(join(many, `${at}.txt`), `This is ${at}`);
    let listed = 0;
    const cost = await costs(page, async () => {
      const start = performance.now();
      await widget.drop(many);
      await page.waitForFunction(
        (files) => window.named("upload-added").length === files,
        FILES,
      );
      listed = performance.now() - start;
      await ended(page, FILES);
    });
    const stored = new Set((await server.stored()).map(({ sha256 }) => sha256)).size;
    return [
      { what: "files that are not stored", value: FILES - stored, most: 0, unit: "" },
      { what: "longest task", value: cost.longestTaskMs, most: bounds.taskMs, unit: "ms" },
      { what: "time until all are listed", value: listed / 1000, unit: "s" },
      { what: "JavaScript heap, growth at its peak", value: cost.heapPeakBytes / MIB, unit: "MiB" },
      { what: "files per second", value: FILES / (cost.ms / 1000), unit: "/s" },
    ];
  });
