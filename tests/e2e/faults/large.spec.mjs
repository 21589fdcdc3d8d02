// A large file, as far as a test of seconds goes: memory stays flat and the page answers. The full
// size is measured by `cargo xtask bench`, with the same bounds.
import { open } from "node:fs/promises";
import { join } from "node:path";
import { BOUNDS } from "../../../bench/bounds.mjs";
import { costs, watch } from "../../../bench/measure.mjs";
import { MIB } from "../support/bytes.mjs";
import { expect, test } from "../support/test.mjs";

/**
 * What waits for its turn counts, too, and here others work beside the page: only a page that reads
 * the bytes itself is found here.
 */
const BUSY = 10;

test("a file of 256 MiB costs the page no memory and no long task", async ({
  page,
  widget,
  spare,
  folder,
}) => {
  const size = 256 * MIB;
  const path = join(folder, "large.bin");
  const file = await open(path, "w");
  await file.truncate(size);
  await file.close();
  await watch(page);
  await widget.open({ uploadPrefix: spare.origin });
  const cost = await costs(page, async () => {
    await widget.choose(path);
    await page.waitForFunction(() => window.named("success").length, null, { timeout: 20_000 });
  });
  expect(cost.longestTaskMs).toBeLessThanOrEqual(BUSY * BOUNDS.taskMs);
  expect(cost.heapPeakBytes).toBeLessThanOrEqual(BOUNDS.heapBytes);
  expect(cost.wasmBytes).toBeLessThanOrEqual(BOUNDS.wasmBytes);
  expect((await widget.until("success")).info.bytes).toBe(size);
});
