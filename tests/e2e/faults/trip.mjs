// A journey through the fault proxy: files of known bytes go to a server of their own, through a
// plan, and what comes of it is compared with what was sent.
import { join } from "node:path";
import { CHUNK, make } from "../support/bytes.mjs";
import { Faults } from "../support/faults.mjs";
import { test as base, expect } from "../support/test.mjs";

export { expect };

/** What a browser says by itself about a request that failed. */
export const NETWORK = /console\.error: Failed to load resource: /;
/** What it says about an answer without the headers of CORS. */
export const CORS = /console\.error: Access to .* has been blocked by CORS policy/;
/** Head and form of an upload request are far below. */
const FORM_BYTES_MAX = 8 * 1024;
/** How far time jumps where nobody looks at it closely. */
const STEP_MS = 1000;

export const test = base.extend({
  /** The proxy, before the spare server. All that was planned must have happened. */
  faults: async ({ spare }, use) => {
    const faults = await Faults.start(spare.origin);
    await use(faults);
    const { rules } = await faults.account();
    await faults.stop();
    const missed = rules.filter(({ planned, hits }) => hits < (planned ?? 1));
    expect(missed, "planned and not hit").toEqual([]);
  },

  trip: async ({ page, widget, faults, spare, folder, provoked }, use) => {
    const trip = new Trip({ page, widget, faults, spare, folder, provoked });
    await use(trip);
    expect(trip.loose, "rejected, and nobody took care").toEqual([]);
  },
});

class Trip {
  /** The picked files, as `{ path, name, size, sha256 }`. */
  files = [];
  /** Upload requests on their way. */
  flying = new Set();
  /** Upload requests that the page has begun. */
  sent = [];
  /** Upload requests that the browser has given up, with its words. */
  failed = [];
  /** Unhandled rejections and exceptions. */
  loose = [];
  /** The most requests that were on their way at once, since it was last set. */
  most = 0;

  constructor(fixtures) {
    Object.assign(this, fixtures);
    const { page } = fixtures;
    page.on("pageerror", (error) => this.loose.push(error.message));
    page.on("request", (request) => {
      if (!this.#counts(request)) return;
      this.sent.push(request);
      this.flying.add(request);
      this.most = Math.max(this.most, this.flying.size);
    });
    const end = (request) => this.flying.delete(request);
    page.on("requestfinished", end);
    page.on("requestfailed", (request) => {
      if (!this.#counts(request)) return;
      end(request);
      this.failed.push(request.failure().errorText);
    });
  }

  #counts(request) {
    return request.method() === "POST" && request.url().startsWith(this.faults.origin);
  }

  /**
   * Makes the files, opens the widget and puts the plan in force, but picks nothing yet. `inPage`
   * runs in the page before the widget is there: options that are functions are made by it.
   */
  async prepare(row) {
    const { sizes = [CHUNK + 1], options = {}, plan = {}, heard = [], clock = true, inPage } = row;
    this.provoked.push(...heard);
    for (const [at, size] of sizes.entries()) {
      const name = `file-${at}.bin`;
      const path = join(this.folder, name);
      this.files.push({ path, name, size, sha256: await make(path, size) });
    }
    if (clock) await this.page.clock.install();
    await this.faults.plan(plan);
    await this.page.goto("/pages/shop.html");
    if (inPage) await this.page.evaluate(inPage);
    const own = { uploadPrefix: this.faults.origin, maxChunkSize: CHUNK };
    await this.widget.press({ ...own, ...options });
  }

  /** The same, and picks the files. */
  async start(row) {
    await this.prepare(row);
    await this.pick();
  }

  pick() {
    return this.widget.choose(...this.files.map(({ path }) => path));
  }

  /** The page's own time, in milliseconds. */
  now() {
    return this.page.evaluate(() => performance.now());
  }

  /** How many calls with this event came. */
  count(event) {
    return this.page.evaluate((event) => window.named(event).length, event);
  }

  /**
   * Lets time pass until this holds, and gives how much did. It stands still while requests are on
   * their way, for the line here is fast; `always` is for requests that don't move.
   */
  async pass(until, { most = 600_000, step = STEP_MS, always = false } = {}) {
    const start = await this.now();
    for (;;) {
      if (await until()) return (await this.now()) - start;
      const passed = (await this.now()) - start;
      if (passed > most) throw new Error(`nothing came of it in ${passed} ms`);
      if (always || this.flying.size === 0) await this.page.clock.fastForward(step);
    }
  }

  /** Lets so much time pass. */
  async wait(ms, options) {
    const end = (await this.now()) + ms;
    await this.pass(async () => (await this.now()) >= end, { most: 2 * ms, ...options });
  }

  /** Lets time pass until every file has ended. */
  ends(options) {
    const wanted = this.files.length;
    const all = async () => (await this.count("success")) + (await this.count("error")) >= wanted;
    return this.pass(all, options);
  }

  /** Waits until the rule of this name was hit at least so often. */
  hit(name, times = 1) {
    const hits = expect.poll(() => this.faults.hits(name), { intervals: [20] });
    return hits.toBeGreaterThanOrEqual(times);
  }

  /**
   * All files are stored, byte by byte and once, and the page was told so once. Each loss (they are
   * the planned faults, unless told otherwise) may cost so many bytes that go again.
   */
  async arrived({ resent = CHUNK, losses } = {}) {
    await this.ends();
    await this.widget.until("queues-end");
    const told = await this.widget.told();
    expect(told.flatMap(({ error }) => error?.message ?? [])).toEqual([]);
    const counted = (name) => told.filter(({ event }) => event === name).length;
    expect(counted("success"), "one success per file").toBe(this.files.length);
    expect(counted("queues-end")).toBe(1);
    const wanted = this.files.map(({ sha256, size }) => ({ sha256, size }));
    expect(sorted(await this.spare.stored())).toEqual(sorted(wanted));
    const { rules, requests } = await this.faults.account();
    const lost = losses ?? rules.reduce((sum, rule) => sum + rule.hits, 0);
    const again = sentAgain(requests);
    expect(again, "bytes sent again").toBeLessThanOrEqual(lost * (resent + FORM_BYTES_MAX));
  }

  /** The only file has failed for good: one error, nothing stored, nothing more sent. */
  async fails(code) {
    await this.ends();
    await this.widget.until("queues-end");
    const events = await this.widget.events();
    expect(events.filter((event) => event === "error")).toHaveLength(1);
    expect(events).not.toContain("success");
    const { error } = await this.widget.until("error");
    expect(error.code).toBe(code);
    const sent = this.sent.length;
    await this.wait(150_000, { step: 15_000 });
    expect(this.sent.length, "nothing is sent after the end").toBe(sent);
    return error;
  }

  /** The requests that carry the part which begins here. */
  async requestsFrom(start) {
    return (await this.faults.uploads()).filter(({ range }) => range.start === start);
  }
}

const sorted = (assets) => assets.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));

/** The bytes that came beyond what had to come once. */
export function sentAgain(requests) {
  const once = new Map();
  let received = 0;
  for (const { method, upload, range, length, received: bytes } of requests) {
    if (method !== "POST") continue;
    received += bytes;
    once.set(`${upload} ${range?.start}`, length);
  }
  return received - [...once.values()].reduce((sum, length) => sum + length, 0);
}
