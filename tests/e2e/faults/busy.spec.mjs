// Servers that ask for patience: 420 and 429, with all that stands in Retry-After. The widget waits
// as long as asked within reason, sends less, and never stampedes.
import { NETWORK, expect, test } from "./trip.mjs";

const SECOND = 1000;
/** A first pause of the widget's own is shorter. */
const OWN_MAX_MS = SECOND;
/** However long a server asks for, the widget asks again after so long. */
const PATIENCE_MAX_MS = 120 * SECOND;
/** What looking at the clock costs, and how far it jumps in a long wait. */
const SLACK_MS = 3 * SECOND;

const busy = (status, wait) => ({
  ...{ kind: "answer", status, headers: wait === undefined ? [] : [["Retry-After", wait]] },
});
const date = (seconds) => new Date(Date.now() + seconds * SECOND).toUTCString();

for (const [id, status, what, wait, least, most] of [
  ["N11", 420, "nothing", undefined, 0, OWN_MAX_MS],
  ["N11", 420, "seconds", "5", 5 * SECOND, 5 * SECOND + OWN_MAX_MS],
  ["N12", 429, "seconds", "20", 20 * SECOND, 20 * SECOND + OWN_MAX_MS],
  // A date has whole seconds.
  ["N12", 429, "a date", () => date(30), 28 * SECOND, 31 * SECOND + OWN_MAX_MS],
  ["N12", 429, "a date of the past", () => date(-30), 0, OWN_MAX_MS],
  ["N12", 429, "words", "in a while", 0, OWN_MAX_MS],
  ["N12", 429, "a huge number", "1000000000", PATIENCE_MAX_MS - SECOND, PATIENCE_MAX_MS],
  ["N12", 429, "a negative number", "-5", 0, OWN_MAX_MS],
]) {
  test(`${id} ${status} with ${what} in Retry-After`, async ({ trip }) => {
    const asked = typeof wait === "function" ? wait() : wait;
    const rules = [{ name: "busy", fault: busy(status, asked) }];
    await trip.start({ sizes: [100_000], plan: { rules }, heard: [NETWORK] });
    await trip.hit("busy");
    const step = Math.max(250, most / 60);
    const waited = await trip.pass(() => trip.sent.length === 2, { step });
    expect(waited).toBeGreaterThanOrEqual(least - SLACK_MS);
    expect(waited).toBeLessThanOrEqual(most + SLACK_MS);
    await trip.arrived();
  });
}

test("N11 a server that is asked too much gets half as much, and slowly more again", async ({
  trip,
}) => {
  const FULL = 6;
  // Every answer is late, so that as many requests are on their way at once as may be.
  const link = { latency_ms: 40 };
  const rules = [{ name: "busy", skip: 5, fault: busy(420) }];
  const [seconds, files] = [10 * SECOND, 40];
  await trip.start({
    sizes: Array.from({ length: files }, (_, at) => 1000 + at),
    options: { maxParallelUploads: FULL },
    plan: { link, rules },
    heard: [NETWORK],
    clock: false,
  });
  await trip.arrived();
  const uploads = await trip.faults.uploads();
  const at = uploads.findIndex(({ fault }) => fault === "busy");
  const most = (some) => Math.max(...some.map(({ beside }) => beside + 1));
  expect(most(uploads.slice(0, at + 1))).toBe(FULL);
  // Those that were on their way with it may still be answered.
  const slow = uploads.slice(at + FULL).filter(({ at_ms }) => at_ms < uploads[at].at_ms + seconds);
  expect(slow.length).toBeGreaterThan(FULL);
  expect(most(slow)).toBe(FULL / 2);
});

test("N13 200 files at a server that answers 429 for half a minute are no stampede", async ({
  trip,
}) => {
  const FILES = 200;
  const rules = [{ name: "busy", times: null, fault: busy(429) }];
  await trip.start({
    sizes: Array.from({ length: FILES }, (_, at) => 100 + at),
    plan: { rules },
    heard: [NETWORK],
  });
  await trip.hit("busy", 3);
  await trip.wait(30 * SECOND, { step: 500 });
  const during = (await trip.faults.uploads()).length;
  await trip.faults.plan({});
  await trip.arrived();
  const after = (await trip.faults.uploads()).length;
  expect(after).toBeGreaterThanOrEqual(FILES);
  expect(during + after).toBeLessThanOrEqual(2 * FILES);
});
