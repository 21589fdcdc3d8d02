// In every page before its own scripts: the clock that all are measured by.
(() => {
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });
  const memories = [];
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const result = await original.apply(WebAssembly, args);
      const things = Object.values((result.instance ?? result).exports);
      memories.push(...things.filter((thing) => thing instanceof WebAssembly.Memory));
      return result;
    };
  }
  let chosen;
  // Of the two events that tell of chosen files, the one that leaves a shadow root.
  addEventListener("input", () => (chosen = performance.now()), true);

  const frame = () => new Promise(requestAnimationFrame);
  /** What was drawn is on the screen: a frame and the end of its task. */
  const drawn = async () => {
    await frame();
    await new Promise((done) => setTimeout(done));
  };

  async function until(is) {
    while (!is()) await frame();
    await drawn();
    return performance.now();
  }

  const contender = () => window.contender;

  window.probe = {
    until,
    /** When it was open, in ms since the page was asked for. */
    opening: () => until(() => contender()?.opened()),
    chosen: () => chosen,
    /** How long until so many files are listed, since they were chosen. */
    async listing(count) {
      const end = await until(() => contender().listed() >= count);
      return end - chosen;
    },
    /** The same until all pictures that are in the page are drawn. */
    async painting(count) {
      const end = await until(() => {
        if (contender().listed() < count) return false;
        const { shown, painted } = contender().painted();
        return shown > 0 && painted >= shown;
      });
      return { ms: end - chosen, shown: contender().painted().shown };
    },
    /** The same until all have ended. */
    async sending(count) {
      const end = await until(() => {
        const { good, bad } = contender().ended();
        return good + bad >= count;
      });
      return { ms: end - chosen, ...contender().ended() };
    },
    /** Tasks above 50 ms since files were chosen: the longest, and what all are above that. */
    async blocked() {
      // Told after they are over.
      await drawn();
      await drawn();
      // What the browser did before it told the page is in the same task, and nobody's doing.
      const after = ({ startTime, duration }) => startTime + duration - Math.max(startTime, chosen);
      const own = tasks.map(after).filter((ms) => ms > 50);
      return { longest: Math.max(0, ...own), blocked: own.reduce((sum, ms) => sum + ms - 50, 0) };
    },
    /** The modules' memory, which is not in the JavaScript heap. */
    wasm: () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    async cycles(count) {
      for (let at = 0; at < count; at += 1) {
        await contender().open();
        await until(() => contender().opened());
        await contender().close();
        await until(() => !contender().opened());
      }
    },
  };
})();
