// The rows of rows.mjs: one fault or several in a file's life, told by data alone.
import { bad, good } from "./rows.mjs";
import { expect, test } from "./trip.mjs";

/** More JavaScript heap than this means that an answer was kept. */
const HEAP_BYTES_MAX = 4 * 1024 * 1024;
/** No file is worth more requests, whatever the answers are. */
const REQUESTS_MAX = 40;

/** The page's JavaScript heap after a collection. */
async function heap(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize } = await client.send("Runtime.getHeapUsage");
  await client.detach();
  return usedSize;
}

for (const { id, what, rules = [], link, heap: weighed, ...row } of good) {
  test(`${id} ${what}`, async ({ trip, page }) => {
    await trip.prepare({ ...row, plan: { link, rules } });
    const before = weighed && (await heap(page));
    await trip.pick();
    await trip.arrived();
    if (weighed) expect((await heap(page)) - before).toBeLessThan(HEAP_BYTES_MAX);
    const planned = rules.reduce((sum, { times = 1 }) => sum + times, 0);
    const uploads = await trip.faults.uploads();
    const parts = new Set(uploads.map(({ range }) => range?.start)).size;
    expect(uploads.length, "one more request per fault").toBeLessThanOrEqual(parts + planned);
    expect(new Set(uploads.map(({ upload }) => upload)).size, "one upload ID").toBe(1);
  });
}

for (const { id, what, rules, code, requests = REQUESTS_MAX, shows, says, ...row } of bad) {
  test(`${id} ${what}`, async ({ trip, widget }) => {
    await trip.start({ sizes: [100_000], ...row, plan: { rules } });
    const error = await trip.fails(code);
    if (says) expect(error.message).toMatch(says);
    expect((await trip.faults.uploads()).length).toBeLessThanOrEqual(requests);
    if (shows) await expect(widget.rows.first()).toContainText(shows);
    await expect(widget.rows.first().locator(":is(b, i, h1)")).toHaveCount(0);
  });
}
