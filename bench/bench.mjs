// `cargo xtask bench`: what uploads cost and how fast they are, on this machine, now. Says what is
// out of bounds and then fails. Not part of the tests: it takes minutes and wants a quiet machine.
import { parseArgs } from "node:util";
import { BOUNDS } from "./bounds.mjs";
import { large } from "./large.mjs";
import { folder, queue } from "./queue.mjs";
import { chunks, files } from "./throughput.mjs";

/** What has bounds of its own, and runs when nothing is named. */
const PARTS = { large, queue, folder, chunks, files };

const { positionals: asked, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" }, peers: { type: "boolean", default: false } },
});
// Only who measures others has them installed.
const { METRICS, peers } = values.peers ? await import("./peers/peers.mjs") : { METRICS: {} };

const failures = [];
const own = asked.filter((name) => name in PARTS);
const others = asked.includes("peers")
  ? Object.keys(METRICS)
  : asked.filter((name) => name in METRICS);
const unknown = asked.find((name) => ![...own, ...others, "peers"].includes(name));
if (unknown) {
  const names = [...Object.keys(PARTS), "peers", ...Object.keys(METRICS)];
  throw new Error(`there is no part ${unknown}; there are ${names.join(", ")}`);
}
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error("--rounds takes a number above 0");

for (const name of asked.length ? own : Object.keys(PARTS)) {
  console.log(`\n${name}`);
  for (const { what, value, most, least, unit } of await PARTS[name](BOUNDS)) {
    const good = value <= (most ?? Infinity) && value >= (least ?? -Infinity);
    const bound = most === undefined && least === undefined ? "" : ` (bound ${most ?? least})`;
    console.log(`  ${good ? " " : "!"} ${what}: ${round(value)} ${unit}${bound}`);
    if (!good) failures.push(`${name}: ${what}`);
  }
}
if (others.length) await peers(others, rounds);
if (failures.length) {
  console.error(`\nout of bounds: ${failures.join("; ")}`);
  process.exitCode = 1;
}

function round(value) {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
