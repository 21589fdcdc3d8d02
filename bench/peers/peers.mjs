// `cargo xtask bench --only peers`: the widget beside others and beside the bare browser, in one
// run, taking turns. What is measured is kept after each metric, and docs/performance.md is written
// of that, so that a run that breaks off has not been for nothing.
import { readFile, rm, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { pages } from "./build.mjs";
import { CONTENDERS, VERSIONS } from "./contenders.mjs";
import { Files } from "./files.mjs";
import { gibibyte, small } from "./metrics/sends.mjs";
import { photos, tenThousand, thousand } from "./metrics/lists.mjs";
import { bytes, cycles, open } from "./metrics/open.mjs";
import { outage15, outage60 } from "./metrics/outage.mjs";
import { report } from "./report.mjs";
import { held, withBrowser } from "./stage.mjs";

const RESULTS = new URL("../results.json", import.meta.url);
const PAGE = new URL("../../docs/performance.md", import.meta.url);

/** By the names that `--only` knows, in the order of the page. */
export const METRICS = {
  bytes,
  open,
  thousand,
  "ten-thousand": tenThousand,
  photos,
  gibibyte,
  small,
  "outage-15": outage15,
  "outage-60": outage60,
  cycles,
};

async function machine() {
  const browser = await withBrowser((browser) => browser.version());
  const [cpu] = cpus();
  return {
    system: `${process.platform} ${process.arch}`,
    processor: `${cpus().length} × ${cpu.model.trim()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    browser: `Chromium ${browser}`,
  };
}

/** Keeps what a contender gave; `null` is one who didn't get through. */
function keep(values, who, given) {
  values[who] ??= { runs: [], failed: 0 };
  if (given) values[who].runs.push(given);
  else values[who].failed += 1;
}

async function measure(name, metric, rounds, stage) {
  const values = {};
  const count = metric.once ? 1 : rounds;
  for (let round = 1; round <= count; round += 1) {
    if (metric.together) {
      const given = await metric.together(
        stage,
        metric.who.map((who) => CONTENDERS[who]),
      );
      metric.who.forEach((who, at) => {
        keep(values, who, given[at]);
        say(round, who, given[at]);
      });
    } else {
      // Who starts changes, so that nobody always meets a machine that has just worked.
      const turn = (round - 1) % metric.who.length;
      for (const who of [...metric.who.slice(turn), ...metric.who.slice(0, turn)]) {
        // One that took too long once isn't waited for again.
        if (values[who]?.failed) continue;
        const start = performance.now();
        const given = await metric.round(stage, CONTENDERS[who]).catch((error) => {
          console.error(`    ${CONTENDERS[who].name}: ${error.message}`);
          return null;
        });
        keep(values, who, given);
        say(round, who, given, ` (${number((performance.now() - start) / 1000)} s)`);
      }
    }
  }
  const date = new Date().toISOString().slice(0, 10);
  return { name, rounds: count, date, limitMs: metric.limitMs ?? null, values };
}

function say(round, who, given, more = "") {
  const line = Object.entries(given ?? { nothing: "not done" });
  const short = line.map(([key, value]) => `${key} ${number(value)}`).join(", ");
  console.log(`  ${round} ${CONTENDERS[who].name}: ${short}${more}`);
}

const number = (value) => (typeof value === "number" ? Math.round(value * 10) / 10 : value);

async function before() {
  try {
    return JSON.parse(await readFile(RESULTS, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return { metrics: {} };
    throw error;
  }
}

/** Measures these and writes the page anew. */
export async function peers(names, rounds) {
  const results = await before();
  results.machine = await machine();
  results.versions = VERSIONS;
  const www = await pages();
  try {
    await Files.in(async (files) => {
      for (const name of names) {
        const start = performance.now();
        console.log(`\n${METRICS[name].title}`);
        results.metrics[name] = await measure(name, METRICS[name], rounds, { www, files, held });
        await writeFile(RESULTS, `${JSON.stringify(results, null, 1)}\n`);
        await writeFile(PAGE, report(results, METRICS));
        console.log(`  ${Math.round((performance.now() - start) / 1000)} s`);
      }
    });
  } finally {
    await rm(www, { recursive: true });
  }
}
