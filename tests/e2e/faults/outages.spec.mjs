// Lines that are dead for a while, in all the ways that they die. Nobody clicks: the widget waits
// and goes on by itself, and what was stored is not sent again.
import { CHUNK } from "../support/bytes.mjs";
import { NETWORK, expect, test } from "./trip.mjs";

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
  // Time runs as it does: six seconds of it, in which the widget must neither give up nor repeat.
  const options = { maxParallelUploads: 1 };
  const plan = { link: { up: 5_000 } };
  await trip.start({ sizes: [8_000, 20_000], options, plan, clock: false });
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
