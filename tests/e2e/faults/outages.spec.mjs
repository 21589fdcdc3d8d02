// Lines that are dead for a while, in all the ways that they die. Nobody clicks: the widget waits
// and goes on by itself, and what was stored is not sent again.
import { CHUNK } from "../support/bytes.mjs";
import { NETWORK, expect, test } from "./trip.mjs";

const FOUR = 4 * CHUNK;
const middle = { start: CHUNK };
/** The line dies when a chunk is half there, and stays dead until it is told otherwise. */
const death = { name: "death", when: middle, fault: { kind: "down", at: { percent: 50 } } };
/** What the widget itself says: this long without a byte, and a connection is dead. */
const STALL_MS = 30_000;
/** News of it takes a moment, in which time is passed on: much of it where the machine is busy. To
 * the millisecond it is the engine's own tests that say it. */
const LATE_MS = 15_000;
/** It gives up after so long without progress, and not before. */
const OUTAGE_MS = 300_000;
/** A pause between two tries is at most this long. */
const PAUSE_MAX_MS = 30_000;
/** So often the widget may try in five minutes; chunks that it tries together are one try. */
const TRIES_MAX = 40;

for (const [id, seconds] of [
  ["N04", 15],
  ["N04", 60],
  ["N05", 300],
]) {
  test(`${id} an outage of ${seconds} s ends without a click`, async ({ trip }) => {
    await trip.start({ sizes: [FOUR], plan: { rules: [death] }, heard: [NETWORK] });
    await trip.hit("death");
    await trip.wait(seconds * 1000, { step: 10 * seconds });
    expect(trip.failed.filter((why) => why.includes("CONNECTION_REFUSED"))).not.toEqual([]);
    expect(await trip.count("error")).toBe(0);
    await trip.faults.up();
    // Others were on their way when the line died.
    await trip.arrived({ resent: 3 * CHUNK });
    expect(await trip.requestsFrom(0), "the first chunk was stored").toHaveLength(1);
    const ranges = trip.sent.map((request) => request.headers()["content-range"]);
    const tries = ranges.map((one) => ranges.filter((range) => range === one).length);
    expect(Math.max(...tries)).toBeLessThanOrEqual(TRIES_MAX);
  });
}

test("N06 an outage beyond all patience is one error, and a retry keeps what was stored", async ({
  trip,
  widget,
}) => {
  await trip.start({ sizes: [FOUR], plan: { rules: [death] }, heard: [NETWORK] });
  await trip.hit("death");
  const time = await trip.ends({ step: 2000 });
  expect(time).toBeGreaterThanOrEqual(OUTAGE_MS - PAUSE_MAX_MS);
  await widget.shows("failed", trip.files[0].name);
  const { error } = await widget.until("error");
  expect(error.code).toBe("network.lost");
  await widget.until("queues-end");
  const sent = trip.sent.length;
  await trip.wait(PAUSE_MAX_MS);
  expect(trip.sent.length, "it has given up").toBe(sent);
  await trip.faults.up();
  await widget.action("retry", trip.files[0].name).click();
  await trip.pass(async () => (await trip.count("success")) === 1);
  expect(await trip.count("error")).toBe(1);
  const [{ sha256, size }] = trip.files;
  expect(await trip.spare.stored()).toEqual([{ sha256, size }]);
  expect(await trip.requestsFrom(0), "the first chunk was stored").toHaveLength(1);
  expect(new Set((await trip.faults.uploads()).map(({ upload }) => upload)).size).toBe(1);
});

for (const transport of ["xhr", "auto"]) {
  test(`N03 bytes that stop on an open line are noticed (${transport})`, async ({ trip }) => {
    const stall = { kind: "cut", end: "stall", at: { percent: 50 } };
    const rules = [{ name: "stall", when: middle, fault: stall }];
    await trip.start({ sizes: [FOUR], options: { transport }, plan: { rules } });
    await trip.hit("stall");
    const stalled = trip.sent.find((request) =>
      request.headers()["content-range"].startsWith(`bytes ${CHUNK}-`),
    );
    const quickly = { always: true, step: 250 };
    await trip.pass(async () => trip.flying.size === 1 && trip.flying.has(stalled));
    const time = await trip.pass(async () => !trip.flying.has(stalled), quickly);
    expect(time).toBeGreaterThanOrEqual(STALL_MS - 2000);
    // What is sent by fetch tells nothing on its way, so the pace alone must do.
    expect(time).toBeLessThanOrEqual(transport === "xhr" ? STALL_MS + LATE_MS : 4 * STALL_MS);
    await trip.arrived();
  });
}

test("N09 nothing is tried while the browser is offline, and all goes on within 2 s", async ({
  trip,
  page,
}) => {
  await trip.start({ sizes: [FOUR], plan: { rules: [death] }, heard: [NETWORK] });
  await trip.hit("death");
  await page.context().setOffline(true);
  await expect.poll(() => trip.flying.size, { intervals: [20] }).toBe(0);
  const sent = trip.sent.length;
  await trip.wait(OUTAGE_MS * 2, { step: 5000 });
  expect(trip.sent.length, "nothing is tried while offline").toBe(sent);
  await expect(trip.widget.rows.first()).not.toHaveAttribute("data-status", "failed");
  await trip.faults.up();
  await page.context().setOffline(false);
  const time = await trip.pass(async () => trip.sent.length > sent, { step: 250 });
  expect(time).toBeLessThan(2000);
  await trip.arrived({ resent: 3 * CHUNK });
});

test("N10 a server that is away while the browser is online, from the first byte", async ({
  trip,
  page,
  widget,
}) => {
  await trip.prepare({ sizes: [100_000, CHUNK + 1], heard: [NETWORK] });
  await trip.faults.down();
  await trip.pick();
  await widget.shows("resting", ...trip.files.map(({ name }) => name));
  expect(await page.evaluate(() => navigator.onLine)).toBe(true);
  await trip.wait(60_000);
  await trip.faults.up();
  await trip.arrived();
});

test("N28 a lost last answer is repeated by a server that was killed in between", async ({
  trip,
  spare,
}) => {
  const rule = { name: "lost", fault: { kind: "lose_answer", end: "stall" } };
  const rules = [{ ...rule, when: { position: "last" } }];
  await trip.start({ sizes: [2 * CHUNK + 1], plan: { rules }, heard: [NETWORK] });
  await trip.hit("lost");
  await spare.stop();
  await spare.start();
  // Only now does the page hear that its request is lost.
  await trip.faults.drop();
  await trip.arrived();
  const answers = (await trip.requestsFrom(2 * CHUNK)).map(({ answer }) => answer);
  expect(answers).toEqual([200, 200]);
});

test("N30 a line of 5 KB/s is slow and not dead", async ({ trip, widget }) => {
  // Time runs as it does: four seconds of it, in which the widget must neither give up nor repeat.
  const options = { maxParallelUploads: 1 };
  const plan = { link: { up: 5_000 } };
  await trip.start({ sizes: [5_000, 12_000], options, plan, clock: false });
  await widget.shows("done", trip.files[0].name);
  // Its pace is known now, so progress can be told even where the browser tells none.
  const bar = widget.row(trip.files[1].name).getByRole("progressbar");
  const seen = new Set();
  const look = async () => {
    const shown = await bar.evaluateAll((bars) => bars.map((bar) => bar.ariaValueNow));
    shown.forEach((value) => seen.add(Number(value)));
    return trip.count("success");
  };
  await expect.poll(look, { intervals: [100], timeout: 15_000 }).toBe(2);
  expect([...seen].filter((value) => value > 0 && value < 100).length).toBeGreaterThan(2);
  expect(trip.sent).toHaveLength(2);
  await trip.arrived();
});
