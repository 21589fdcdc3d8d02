// docs/performance.md, made of what was measured: every contender in every table, whoever leads.
import { CONTENDERS } from "./contenders.mjs";

const HEAD = `# Performance

What Plimsoll costs a page and how fast it is, beside the bare browser and beside Uppy, FilePond
and Dropzone, measured in one run in which all take turns. This page is written by \`cargo xtask
bench --only peers\`: nothing on it is typed by hand. Numbers are medians, with the least and the
most in brackets. **Bold** is the best of a column but for the bare browser, which is what the
browser itself can do: a page of an input, a list and a fetch loop.

Judge ratios rather than milliseconds: the machine is named below, and yours is another one.
`;

const TAIL = `## How it is measured

- Everyone comes from npm in the version below, bundled and minified by esbuild as a site's own
  build would, and served with brotli (quality 11) by \`plimsoll-server\`, which also takes the
  uploads (unsigned, multipart; Uppy's Tus has a server of tus's own project). A browser, a
  context and a server anew for each measurement, so nobody finds another's caches. It takes 4 GiB
  in one request here; by default 100 MiB, as Cloudinary, so a larger file needs chunks.
- "Preloaded" is Plimsoll with two lines in the page's head that name its two files, which is for
  pages where it is opened at once; "from its CDN" is Uppy's own prebuilt bundle with everything
  in it.
- Default means as the project's documentation embeds it. Tuned: Uppy with six uploads at once and
  no timeout; Uppy Tus with pieces of 5 MB and pauses up to 30 s, which its documentation advises;
  FilePond with six uploads at once, no pause between items, no least duration of an upload and
  low previews; Dropzone with six at once, chunks by \`Content-Range\` and ten tries of each.
  FilePond's own chunks need a server of its own kind and are not measured.
- Plimsoll and Uppy are complete interfaces; FilePond and Dropzone are a zone with a list, with no
  dialog, camera or editor, and weigh less for that.
- Files are chosen by each one's own button in the browser's file chooser; the clock begins when
  the page hears of them. Drawn means that the frame in which it is so has been painted.
- Memory is what all processes of the browser hold of their own (anonymous and shared), which
  includes WebAssembly's.
- "Not done" means not within the time named; who was not done once isn't waited for again.

Run it: \`cargo xtask bench --only peers --rounds 3\` (some 20 minutes on a quiet machine), or one
metric by its name, such as \`--only open\`. What was measured is in \`bench/results.json\`.
`;

/** Of an odd number of runs, a run; of an even one, the lower of the two in the middle. */
function spread(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return { median: sorted[(sorted.length - 1) >> 1], least: sorted[0], most: sorted.at(-1) };
}

function figure(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const rounded = Number(value.toFixed(digits));
  return (Object.is(rounded, -0) ? 0 : rounded).toLocaleString("en-US");
}

const isBare = (who) => CONTENDERS[who].page === "bare";

/** The spread of each contender in a column. */
function column(result, key) {
  const found = {};
  for (const [who, { runs }] of Object.entries(result.values)) {
    const values = runs.map((run) => run[key]).filter((value) => typeof value === "number");
    if (values.length) found[who] = { ...spread(values), count: values.length };
  }
  return found;
}

function best(columns, key, { least, most }) {
  const rivals = Object.entries(columns[key]).filter(([who]) => !isBare(who));
  const medians = rivals.map(([, { median }]) => figureOf(median));
  if (!medians.length || !(least || most)) return undefined;
  return least ? Math.min(...medians) : Math.max(...medians);
}

/** As it is shown, so that who looks equal is equal. */
const figureOf = (value) => Number(figure(value).replaceAll(",", ""));

function cell(result, columns, key, about, who) {
  const { runs, failed } = result.values[who];
  if (about.yes) {
    const done = runs.filter((run) => run[key]).length;
    return done === runs.length && done ? "yes" : done ? `${done} of ${runs.length}` : "**no**";
  }
  const found = columns[key][who];
  if (!found) return failed && result.limitMs ? `not done in ${result.limitMs / 1000} s` : "–";
  const { median, least, most, count } = found;
  const middle = figure(median);
  const is = !isBare(who) && figureOf(median) === best(columns, key, about);
  const range = count > 1 && figure(least) !== figure(most);
  return `${is ? `**${middle}**` : middle}${range ? ` (${figure(least)}–${figure(most)})` : ""}`;
}

function section(result, { title, about, columns }) {
  const keys = Object.keys(columns);
  const measured = Object.fromEntries(keys.map((key) => [key, column(result, key)]));
  const heads = keys.map((key) => {
    const { title, unit } = columns[key];
    return unit ? `${title}, ${unit}` : title;
  });
  const order = Object.keys(CONTENDERS).filter((who) => who in result.values);
  const rows = order.map((who) => {
    const cells = keys.map((key) => cell(result, measured, key, columns[key], who));
    return `| ${CONTENDERS[who].name} | ${cells.join(" | ")} |`;
  });
  const times = result.rounds === 1 ? "one round" : `${result.rounds} rounds`;
  return [
    `## ${title}\n`,
    `${about}\n`,
    `| | ${heads.join(" | ")} |`,
    `|---|${keys.map(() => "--:|").join("")}`,
    ...rows,
    `\nMeasured on ${result.date}, ${times}.\n`,
  ].join("\n");
}

/** The whole page. */
export function report(results, metrics) {
  const there = Object.keys(metrics).filter((name) => name in results.metrics);
  const sections = there.map((name) => section(results.metrics[name], metrics[name]));
  const { system, processor, memory, node, browser } = results.machine;
  const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  return [
    HEAD,
    ...sections,
    TAIL,
    "## Machine and versions\n",
    `${processor}, ${memory}, ${system}; ${browser}; Node ${node}. ${versions.join(", ")}.\n`,
  ].join("\n");
}
