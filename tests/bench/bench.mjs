// `cargo xtask bench`: what uploads cost and how fast they are, on this machine, now. Says what is
// out of bounds and then fails. Not part of the tests: it takes minutes and wants a quiet machine.
import { BOUNDS } from "./bounds.mjs";
import { large } from "./large.mjs";
import { queue } from "./queue.mjs";
import { chunks, files } from "./throughput.mjs";

const PARTS = { large, queue, chunks, files };

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in PARTS));
if (unknown) {
  throw new Error(`there is no part ${unknown}; there are ${Object.keys(PARTS).join(", ")}`);
}
const failures = [];
for (const name of asked.length ? asked : Object.keys(PARTS)) {
  console.log(`\n${name}`);
  for (const { what, value, most, least, unit } of await PARTS[name](BOUNDS)) {
    const good = value <= (most ?? Infinity) && value >= (least ?? -Infinity);
    const bound = most === undefined && least === undefined ? "" : ` (bound ${most ?? least})`;
    console.log(`  ${good ? " " : "!"} ${what}: ${round(value)} ${unit}${bound}`);
    if (!good) failures.push(`${name}: ${what}`);
  }
}
if (failures.length) {
  console.error(`\nout of bounds: ${failures.join("; ")}`);
  process.exitCode = 1;
}

function round(value) {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
