// The flight recorder from end to end: a page records, a person reads and keeps the text, and the
// engine, built for this machine, does the same again.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import AxeBuilder from "@axe-core/playwright";
import { file, replayProgram, root } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { UPLOADS } from "../support/widget.mjs";

const run = promisify(execFile);
/** What crates/core/tests/trace.rs replays; PLIMSOLL_GOLDEN=write writes it anew. */
const KEPT = join(root, "crates/core/tests/traces/browser.jsonl");

/** What no trace may hold: of the page, of the server, of the person. */
const SECRETS = [
  ...["demo", "unsigned", "harbour", "holiday", "Grandma", "127.0.0.1", "album", "http:"],
];

const trace = (page) => page.evaluate(() => window.widget.trace());

test("a trace of the playground is shown, saved, gives nothing away and replays", async ({
  page,
  widget,
  folder,
  provoked,
}) => {
  provoked.push(/^console\.error: Failed to load resource: net::ERR_FAILED$/);
  const options = {
    ...{ folder: "holiday/album", tags: ["Grandma"], context: { alt: "Grandma" } },
    ...{ maxFileSize: 30_000_000, clientAllowedFormats: ["jpg", "txt"] },
  };
  await page.goto(`/site/playground.html#${encodeURIComponent(JSON.stringify(options))}`);
  const save = page.getByRole("button", { name: "Download trace" });
  await expect(save).toBeHidden();
  await page.getByLabel("Record", { exact: true }).check();
  await expect(page.locator("#code")).toContainText("flightRecorder: true");
  // One that is lost, and goes again.
  let lost = 0;
  await page.route(UPLOADS, (route) => (lost++ ? route.continue() : route.abort()));
  await page.getByRole("button", { name: "Open the widget" }).click();
  await widget.drop(file("harbour.jpg"), file("notes.pdf"));
  await widget.shows("done", "harbour.jpg");
  await widget.shows("refused", "notes.pdf");
  await widget.cross.click();
  await page.getByRole("button", { name: "Show what was recorded" }).click();
  const shown = await page.locator("#trace").textContent();
  const download = page.waitForEvent("download");
  await save.click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe("plimsoll-trace.jsonl");
  const path = join(folder, "trace.jsonl");
  await saved.saveAs(path);
  const text = await readFile(path, "utf8");
  expect(text, "what is sent is what was read").toBe(shown);
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  expect(lines[0].options.maxFileSize).toBe(30_000_000);
  const { stdout } = await run(replayProgram, [path]);
  expect(stdout).toContain("resting: network.lost");
  expect(stdout).toContain("refused: file.format_not_allowed");
  expect(stdout).toContain("2 files, 1 done, 0 failed, 1 refused");
  expect(stdout).toContain("The engine did the same again.");
  if (process.env.PLIMSOLL_GOLDEN === "write") await writeFile(KEPT, text);
});

test("without the option nothing is recorded, and each opening begins anew", proves(
  "option:flightRecorder",
), async ({
  page,
  widget,
}) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
  });
  expect(await trace(page)).toBe("");
  await page.evaluate(() => void window.widget.open());
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  expect(await trace(page)).toBe("");
  await page.evaluate(() => {
    window.widget.close({ quiet: true });
    window.widget.update({ flightRecorder: true });
    window.widget.open();
  });
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  const first = await trace(page);
  expect(first.split("\n").filter((line) => line.includes('"picked"'))).toHaveLength(1);
  await page.evaluate(() => {
    window.widget.close({ quiet: true });
    window.widget.open();
  });
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  const second = await trace(page);
  expect(second.split("\n").filter((line) => line.includes('"picked"'))).toHaveLength(1);
  expect(second.split("\n")[0]).not.toBe(first.split("\n")[0]);
});

test("the example of the documents shows what happened", async ({ page, widget }) => {
  const example = await readFile(join(root, "examples/script/trace.html"), "utf8");
  await page.route("**/example.html", (route) =>
    route.fulfill({ body: example, contentType: "text/html" }),
  );
  await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await page.goto("/example.html");
  await page.getByRole("button", { name: "Upload files" }).click();
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  await widget.cross.click();
  await page.getByRole("button", { name: "What happened?" }).click();
  await expect(page.locator("#trace")).toContainText('"fact":["picked",[[0,"name');
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in what was recorded, ${colorScheme}`, async ({ page, widget }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto("/site/playground.html");
    await page.getByLabel("Record", { exact: true }).check();
    await page.getByRole("button", { name: "Open the widget" }).click();
    await widget.drop(file("harbour.jpg"));
    await widget.shows("done", "harbour.jpg");
    await widget.cross.click();
    await page.getByRole("button", { name: "Show what was recorded" }).click();
    await expect(page.locator("#trace")).toContainText('"picked"');
    const { violations } = await new AxeBuilder({ page }).include(".flight").analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
  });
}
