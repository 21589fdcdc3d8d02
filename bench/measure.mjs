// What an upload costs the page: heaps, and tasks that keep the main thread from answering people.

/** Who looks less often misses peaks; who looks more often is seen himself. */
const LOOK_MS = 250;

/** To be called before the page loads: keeps hold of the widget's memory and of long tasks. */
export const watch = (page) =>
  page.addInitScript(() => {
    window.tasks = [];
    // Browsers tell of tasks above 50 ms. It is time by the wall: on a machine with other work a
    // task that waits for its turn counts, too.
    new PerformanceObserver((list) => {
      window.tasks.push(...list.getEntries());
    }).observe({ type: "longtask" });
    window.wasm = [];
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const original = WebAssembly[name];
      WebAssembly[name] = async (...args) => {
        const result = await original.apply(WebAssembly, args);
        const things = Object.values((result.instance ?? result).exports);
        // By its kind: the build gives it a short name.
        window.wasm.push(...things.filter((thing) => thing instanceof WebAssembly.Memory));
        return result;
      };
    }
  });

async function wasmBytes(page) {
  const sizes = await page.evaluate(() => window.wasm.map((memory) => memory.buffer.byteLength));
  if (sizes.length === 0) throw new Error("no memory of a module was seen: call `watch` first");
  return sizes.reduce((sum, size) => sum + size);
}

/** Runs in the page: the longest of the tasks that began between two moments. */
function longest({ from, to }) {
  const between = window.tasks.filter(({ startTime }) => startTime >= from && startTime < to);
  return Math.max(0, ...between.map(({ duration }) => duration));
}

/** Runs something and gives what it cost, in bytes and milliseconds. */
export async function costs(page, run) {
  const client = await page.context().newCDPSession(page);
  const heap = async () => (await client.send("Runtime.getHeapUsage")).usedSize;
  await client.send("HeapProfiler.collectGarbage");
  const before = { heap: await heap(), wasm: await wasmBytes(page) };
  // The collecting of garbage is a long task itself, and ours: only what lies between counts.
  const now = () => page.evaluate(() => performance.now());
  const from = await now();
  let peak = before.heap;
  const looks = setInterval(async () => (peak = Math.max(peak, await heap())), LOOK_MS);
  const start = performance.now();
  try {
    await run();
  } finally {
    clearInterval(looks);
  }
  const ms = performance.now() - start;
  const to = await now();
  await client.send("HeapProfiler.collectGarbage");
  return {
    ms,
    longestTaskMs: await page.evaluate(longest, { from, to }),
    heapPeakBytes: peak - before.heap,
    heapKeptBytes: (await heap()) - before.heap,
    wasmBytes: (await wasmBytes(page)) - before.wasm,
  };
}
