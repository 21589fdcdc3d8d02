// A page that makes a widget anew for each upload, all day long: nothing of it may pile up.
import { expect, test } from "../support/test.mjs";

const CYCLES = 200;
const MIB = 1 << 20;

test(`H11 ${CYCLES} times created, opened, uploaded and destroyed leave nothing behind`, async ({
  page,
}) => {
  test.setTimeout(180_000);
  await page.addInitScript(() => {
    // Timers that are set and neither cleared nor over.
    const open = (window.openTimers = new Set());
    const { setTimeout: set, clearTimeout: clear } = window;
    window.setTimeout = (act, wait, ...rest) => {
      const id = set(() => {
        open.delete(id);
        act(...rest);
      }, wait);
      open.add(id);
      return id;
    };
    window.clearTimeout = (id) => {
      open.delete(id);
      clear(id);
    };
  });
  await page.goto("/pages/shop.html");
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable");
  const measured = async () => {
    await client.send("HeapProfiler.collectGarbage");
    const { metrics } = await client.send("Performance.getMetrics");
    const value = (name) => metrics.find((metric) => metric.name === name).value;
    return {
      heap: value("JSHeapUsedSize"),
      nodes: value("Nodes"),
      listeners: value("JSEventListeners"),
    };
  };
  const cycles = (count) =>
    page.evaluate(async (count) => {
      for (let at = 0; at < count; at += 1) {
        await new Promise((ended, failed) => {
          const widget = window.plimsoll.createUploadWidget(window.base, (error, result) => {
            if (error) failed(error);
            if (result.event !== "queues-end") return;
            const [file] = result.info.files;
            if (!file.uploadInfo) failed(new Error(file.statusText));
            widget.destroy().then(ended, failed);
          });
          widget.open(null, { files: ["data:text/plain;base64,aGVsbG8="] });
        });
      }
      // What is put off until the next turns of the page.
      for (let turn = 0; turn < 3; turn += 1) await new Promise(requestAnimationFrame);
    }, count);
  const html = () => page.evaluate(() => document.documentElement.outerHTML);
  const fresh = await html();
  // What is loaded once stays: module, style sheets, caches.
  await cycles(10);
  const before = await measured();
  await cycles(CYCLES);
  const after = await measured();
  expect(after.heap - before.heap).toBeLessThan(2 * MIB);
  expect(after.nodes).toBeLessThanOrEqual(before.nodes);
  expect(after.listeners).toBeLessThanOrEqual(before.listeners);
  await expect.poll(() => page.evaluate(() => window.openTimers.size)).toBe(0);
  expect(await html()).toBe(fresh);
});
