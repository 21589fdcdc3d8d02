// Servers that make trouble: away, broken, refusing. The person reads what is wrong and can try
// again; the page's callback hears it with a stable code.
import { readFile } from "node:fs/promises";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { UPLOADS, countUploads, fill, words } from "../support/widget.mjs";

const { faults } = words.uploader;
/** Longer than the longest pause between two tries (30 s), shorter than any time limit. */
const PAUSE_MS = 31_000;
/** More tries than the widget makes by itself: it goes on for five minutes of rests, each of them
 * anything from nothing to 30 s. */
const TRIES_MAX = 60;

/** Lets time pass while a row rests, until it has this state. */
async function wait(widget, name, status) {
  const row = widget.row(name);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    await expect(row).toHaveAttribute("data-status", new RegExp(`resting|${status}`));
    if ((await row.getAttribute("data-status")) === status) return;
    await widget.page.clock.fastForward(PAUSE_MS);
  }
  throw new Error(`${name} was not ${status} after ${TRIES_MAX} tries`);
}

/** Answers upload requests, all or so many, in the server's place. */
const answer = (page, response, times) =>
  page.route(UPLOADS, (route) => route.fulfill(response), times ? { times } : {});

test("a server that is down is said, tried again, given up, and used when it is back", async ({
  widget,
  page,
  spare,
  provoked,
}) => {
  provoked.push(/console\.error: Failed to load resource: net::ERR_CONNECTION_REFUSED/);
  await page.clock.install();
  await spare.stop();
  const sent = countUploads(page);
  await widget.open({ uploadPrefix: spare.origin });
  await widget.choose(file("harbour.jpg"));
  await widget.shows("resting", "harbour.jpg");
  const resting = /\. Trying again (shortly|in \d+ s)/;
  await expect(widget.row("harbour.jpg")).toContainText(faults.network_lost);
  await expect(widget.row("harbour.jpg")).toContainText(resting);
  await wait(widget, "harbour.jpg", "failed");
  await expect(widget.row("harbour.jpg")).toContainText(faults.network_lost);
  await expect(widget.row("harbour.jpg")).not.toContainText(resting);
  const { error, info } = await widget.until("error");
  expect(error).toMatchObject({ code: "network.lost", status: 0, isError: true });
  expect(error.message).toContain("uploadPrefix");
  expect(error.statusText).toBe(error.message);
  expect(info.file.name).toBe("harbour.jpg");
  expect(sent.length).toBeGreaterThan(1);
  expect(sent.length).toBeLessThan(TRIES_MAX);
  // The pause before queues-end is time too.
  await page.clock.fastForward(1000);
  await widget.until("queues-end");
  await spare.start();
  await widget.action("retry", "harbour.jpg").click();
  await widget.shows("done", "harbour.jpg");
  const bytes = await readFile(file("harbour.jpg"));
  expect(await spare.stored()).toEqual([{ sha256: sha256(bytes), size: bytes.length }]);
  const events = await widget.events();
  expect(events.filter((event) => event === "error")).toHaveLength(1);
});

test("a server that comes back in time is used without anybody's doing", async ({
  widget,
  page,
  spare,
  provoked,
}) => {
  provoked.push(/ERR_CONNECTION_REFUSED/);
  await page.clock.install();
  await spare.stop();
  await widget.open({ uploadPrefix: spare.origin });
  await widget.choose(file("notes.txt"));
  await widget.shows("resting", "notes.txt");
  await spare.start();
  await wait(widget, "notes.txt", "done");
  expect(await spare.stored()).toHaveLength(1);
  expect(await widget.events()).not.toContain("error");
});

test("an answer 500 of HTML is a sentence, never a page", async ({ widget, page, provoked }) => {
  provoked.push(/Failed to load resource.*500/);
  await page.clock.install();
  const body = "<!doctype html><h1>Internal Server Error</h1><script>window.pwned = 1</script>";
  await answer(page, { status: 500, contentType: "text/html", body });
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await wait(widget, "harbour.jpg", "failed");
  const row = widget.row("harbour.jpg");
  await expect(row).toContainText(fill(faults.server_failed, { status: 500 }));
  await expect(row).not.toContainText("Internal Server Error");
  const { error } = await widget.until("error");
  expect(error).toMatchObject({ code: "server.failed", status: 500 });
  expect(error.message).not.toContain("<");
  await expect(page.locator("plimsoll-widget h1")).toHaveCount(0);
  expect(await page.evaluate(() => window.pwned)).toBeUndefined();
});

test("a server that stumbles twice is tried again, and one asset is stored", async ({
  widget,
  page,
  spare,
  provoked,
}) => {
  provoked.push(/Failed to load resource.*503/);
  await page.clock.install();
  await answer(page, { status: 503, contentType: "text/html", body: "<h1>Busy</h1>" }, 2);
  await widget.open({ uploadPrefix: spare.origin });
  await widget.choose(file("harbour.jpg"));
  await wait(widget, "harbour.jpg", "done");
  expect(await spare.stored()).toHaveLength(1);
  expect(await widget.events()).not.toContain("error");
});

test("a refusal of the server is shown in its own words, as text", proves(
  "callback:error callback:error.result habit:statusText habit:no-event",
), async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/Failed to load resource.*400/);
  const message = `Not today <img src=x onerror="window.pwned = 1"> & <b>never</b>`;
  const sent = countUploads(page);
  await answer(page, { status: 400, json: { error: { message } } });
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await widget.shows("failed", "harbour.jpg");
  await expect(widget.row("harbour.jpg")).toContainText(message);
  const { error, info } = await widget.until("error");
  expect(error).toMatchObject({ code: "server.refused", status: 400, isError: true });
  expect(error.message).toContain(message);
  expect(info.file.name).toBe("harbour.jpg");
  expect(sent, "a refusal is not tried again").toHaveLength(1);
  await expect(page.locator("plimsoll-widget :is(img, b)")).toHaveCount(0);
  expect(await page.evaluate(() => window.pwned)).toBeUndefined();
  const { info: end } = await widget.until("queues-end");
  expect(end.files[0]).toMatchObject({ failed: true, done: false });
  expect(end.files[0].uploadInfo).toBeUndefined();
});

test("the real server's refusal is shown in its own words", async ({ widget, provoked }) => {
  provoked.push(/Failed to load resource.*400/);
  await widget.open({ uploadPreset: "nobody-has-this" });
  await widget.choose(file("harbour.jpg"));
  await widget.shows("failed", "harbour.jpg");
  await expect(widget.row("harbour.jpg")).toContainText(/preset/i);
});

test("an answer 200 that is no upload response is a failure", async ({ widget, page }) => {
  await page.clock.install();
  await answer(page, { status: 200, contentType: "text/html", body: "<title>Sign in</title>" });
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await wait(widget, "harbour.jpg", "failed");
  await expect(widget.row("harbour.jpg")).toContainText(faults.answer_unreadable);
  expect((await widget.until("error")).error.code).toBe("answer.unreadable");
});

test("an address that is no web address never becomes a link", async ({ widget, page }) => {
  const secure_url = "javascript:window.pwned=1";
  await answer(page, { status: 200, json: { public_id: "x", secure_url, bytes: 1 } });
  await widget.open({ verify: "none" });
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  await expect(widget.row("harbour.jpg").getByRole("link")).toHaveCount(0);
});
