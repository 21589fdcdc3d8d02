// The end of docs/accessibility.md, which lists what is looked at, is that of the tables here.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { BY_KEYS, JOURNEYS } from "./journeys.mjs";
import { COUNT, TOURS } from "./states/all.mjs";

const MARK = "<!-- Made of tests/e2e/access; PLIMSOLL_GOLDEN=write writes it anew. -->";

/** The lists of states and journeys. */
function lists() {
  const states = TOURS.map(({ name, states }) => {
    const names = Object.keys(states);
    return `| ${name} | ${names.length} | ${names.join("; ")} |`;
  });
  const journeys = JOURNEYS.map(({ name }) => `- ${name}`);
  return [
    ...[MARK, "", `## The ${COUNT} states`, "", "| | | |", "|---|---|---|", ...states, ""],
    ...[`## The ${JOURNEYS.length} journeys by either way`, "", ...journeys, ""],
    ...["By the keyboard, also:", "", ...BY_KEYS.map(({ name }) => `- ${name}`), ""],
  ].join("\n");
}

test("docs/accessibility.md lists what is looked at", async () => {
  const path = join(root, "docs/accessibility.md");
  const text = await readFile(path, "utf8");
  const [before] = text.split(MARK);
  const fresh = before + lists();
  if (fresh !== text && process.env.PLIMSOLL_GOLDEN === "write") await writeFile(path, fresh);
  expect(text, "PLIMSOLL_GOLDEN=write writes it anew").toBe(fresh);
});
