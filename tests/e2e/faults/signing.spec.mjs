// Signed uploads when signing goes wrong: signatures that age, clocks that are off, signing servers
// and functions that misbehave. What was stored stays stored, and each file has one outcome.
import { appendFile } from "node:fs/promises";
import { CHUNK } from "../support/bytes.mjs";
import { API_KEY, Signer, sign } from "../support/signer.mjs";
import { NETWORK, test as base, expect } from "./trip.mjs";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** How long a page may take to answer. */
const REPLY_MS = 15 * SECOND;
/** A question that gets junk is asked so often at most. */
const ASKS_MAX = 4;
const SMALL = 50_000;
const FAILED = "page.signature_failed";
/** What the widget tells developers when a signature can't be had. */
const TOLD = /console\.error: Plimsoll: The upload was not signed\. .*(sign|callback)/i;

const test = base.extend({
  signer: async ({ spare }, use) => {
    const signer = await Signer.start(spare);
    await use(signer);
    signer.stop();
  },
});

/** Options of a page that has its uploads signed by its server. */
const signed = (signer) => ({
  options: { uploadPreset: null, apiKey: API_KEY, uploadSignature: signer.url },
});

test("G01 a signature that grew old in mid-upload is made anew", async ({ trip, page, signer }) => {
  const rule = { name: "line", when: { start: CHUNK } };
  const rules = [{ ...rule, fault: { kind: "down", at: { percent: 50 } } }];
  // Its own clock, as servers have one.
  signer.answer = (params, response) => {
    const timestamp = Math.floor(Date.now() / SECOND);
    signer.give({ ...params, timestamp: String(timestamp) }, response, { timestamp });
  };
  await trip.start({ sizes: [4 * CHUNK], ...signed(signer), plan: { rules }, heard: [NETWORK] });
  await trip.hit("line");
  await page.context().setOffline(true);
  await expect.poll(() => trip.flying.size, { intervals: [20] }).toBe(0);
  expect(signer.asked).toHaveLength(1);
  await trip.wait(51 * MINUTE, { step: MINUTE });
  await trip.faults.up();
  await page.context().setOffline(false);
  await trip.arrived({ resent: 3 * CHUNK });
  expect(signer.asked).toHaveLength(2);
  expect(await trip.requestsFrom(0), "what was stored stays stored").toHaveLength(1);
});

test("G01 a signature that the server finds stale is made anew, once", async ({ trip, signer }) => {
  const message =
    "Stale request - reported time is 2026-01-01 00:00:00 UTC which is more than 1 hour ago";
  const stale = { kind: "answer", status: 400, body: JSON.stringify({ error: { message } }) };
  const rules = [{ name: "stale", when: { position: "last" }, fault: stale }];
  await trip.start({ sizes: [3 * CHUNK], ...signed(signer), plan: { rules }, heard: [NETWORK] });
  await trip.arrived();
  expect(signer.asked).toHaveLength(2);
  expect(await trip.faults.uploads()).toHaveLength(4);
});

for (const [what, off] of [
  ["a day ahead", DAY],
  ["a day behind", -DAY],
]) {
  test(`G02 a clock that is ${what} does no harm`, async ({ trip, page, signer }) => {
    await page.clock.install({ time: Date.now() + off });
    const row = { sizes: [2 * CHUNK], ...signed(signer), clock: false };
    await trip.start({ ...row, heard: [NETWORK] });
    // The first answer tells the server's time, and that the signature is of no use.
    await trip.arrived({ losses: 1 });
    const uploads = await trip.faults.uploads();
    expect(uploads.filter(({ told }) => told === 400), "one lesson").toHaveLength(1);
    const age = ({ timestamp }) => Math.abs(Date.now() / SECOND - Number(timestamp));
    expect(age(signer.asked.at(-1))).toBeLessThan(60);
  });
}

test("G03 a wrong signature is made anew once and then said", async ({ trip, signer, widget }) => {
  signer.answer = (params, response) =>
    signer.give(params, response, { signature: sign(params, "another secret") });
  const heard = [NETWORK, /console\.error: Plimsoll: .*Invalid Signature/];
  await trip.start({ sizes: [SMALL], ...signed(signer), heard });
  const error = await trip.fails("server.refused");
  expect(error).toMatchObject({ status: 401 });
  expect(error.message).toContain("Invalid Signature");
  expect(signer.asked.length).toBeLessThanOrEqual(2);
  const answers = (await trip.faults.uploads()).map(({ answer }) => answer);
  expect(answers).toEqual(signer.asked.map(() => 401));
  await expect(widget.rows.first()).not.toContainText("another secret");
});

test("G04 a signing server that stumbles is asked again", async ({ trip, signer }) => {
  const trouble = [500, 503, 502, 504];
  signer.answer = (params, response, count) => {
    const status = trouble[count - 1];
    if (!status) return signer.give(params, response);
    response.statusCode = status;
    response.end("<h1>Sorry</h1>");
  };
  await trip.start({ sizes: [SMALL], ...signed(signer), heard: [NETWORK] });
  await trip.arrived();
  expect(signer.asked).toHaveLength(trouble.length + 1);
  expect(await trip.faults.uploads(), "no upload is spent on it").toHaveLength(1);
});

test("G05 a signing server that never answers is given up", async ({ trip, signer }) => {
  signer.answer = () => {};
  await trip.start({ sizes: [SMALL], ...signed(signer), heard: [TOLD] });
  await expect.poll(() => signer.asked.length, { intervals: [20] }).toBe(1);
  const time = await trip.ends();
  expect(time).toBeGreaterThanOrEqual(2 * REPLY_MS);
  await trip.fails(FAILED);
  expect(signer.asked.length).toBeGreaterThan(1);
  expect(signer.asked.length).toBeLessThanOrEqual(ASKS_MAX);
  expect(trip.sent).toEqual([]);
});

test("G05 a question that got no answer in 15 s is asked anew", async ({ trip, signer }) => {
  signer.answer = (params, response, count) => {
    if (count > 1) signer.give(params, response);
  };
  await trip.start({ sizes: [SMALL], ...signed(signer) });
  await expect.poll(() => signer.asked.length, { intervals: [20] }).toBe(1);
  await trip.pass(() => signer.asked.length === 2);
  await trip.arrived();
});

/** Files that are told apart by the public IDs that they get: junk, junk_2, junk_3 and so on. */
const numbered = { publicId: "junk" };

/** Every file has failed, in its own way, and nothing was sent. */
async function allFail(trip, count) {
  await trip.ends();
  await trip.widget.until("queues-end");
  const told = await trip.widget.told();
  const errors = told.flatMap(({ error }) => error ?? []);
  expect(errors.map(({ code }) => code)).toEqual(Array(count).fill(FAILED));
  expect(errors.filter(({ message }) => !/sign/i.test(message))).toEqual([]);
  await trip.wait(MINUTE, { step: 15 * SECOND });
  expect(trip.sent, "nothing is uploaded").toEqual([]);
}

test("G06 what is no signature is said to be that, and nothing is sent", async ({
  trip,
  signer,
  widget,
}) => {
  const junk = [
    (response) => response.end("<!doctype html><title>Not here</title>"),
    (response) => response.writeHead(303, { Location: "/login" }).end(),
    (response) => response.end(),
    (response) => response.end("a".repeat(1 << 20)),
    (response) => response.end("12345"),
    (response) => response.end('{"signature":{"hex":true}}'),
  ];
  const asked = junk.map(() => 0);
  signer.answer = ({ public_id }, response) => {
    const at = Number(public_id.split("_")[1] ?? 1) - 1;
    asked[at]++;
    junk[at](response);
  };
  const options = { ...signed(signer).options, ...numbered };
  await trip.start({ sizes: junk.map((_, at) => SMALL + at), options, heard: [TOLD] });
  await allFail(trip, junk.length);
  expect(asked.filter((count) => count === 0 || count > ASKS_MAX)).toEqual([]);
  const told = await widget.told();
  const pages = told.filter(({ error }) => error?.message.includes("web page"));
  expect(pages, "HTML, and the login page that it was sent on to").toHaveLength(2);
});

/** A page that signs by this function of its own; there, `window.sign` gives a right signature. */
async function pageSigns(trip, signer, signing, row = {}) {
  const { page } = trip;
  await page.exposeFunction("sign", (params) => sign(params, signer.secret));
  await page.addInitScript(`window.signing = ${signing}`);
  const inPage = () => (window.base.uploadSignature = window.signing);
  const options = { uploadPreset: null, apiKey: API_KEY, ...row.options };
  await trip.prepare({ sizes: [SMALL], inPage, ...row, options });
}

test("G07 signing functions that fail in all their ways have one outcome each", async ({
  trip,
  signer,
}) => {
  const signing = (callback, { public_id }) => {
    const ways = [
      () => {
        throw new Error("no signer here");
      },
      async () => {
        throw new Error("no signer here");
      },
      () => callback(""),
      () => callback(null, new Error("no signer here")),
      () => {},
    ];
    return ways[Number(public_id.split("_")[1] ?? 1) - 1]();
  };
  const sizes = [1, 2, 3, 4, 5].map((at) => SMALL + at);
  await pageSigns(trip, signer, signing, { sizes, options: numbered, heard: [TOLD] });
  await trip.pick();
  await allFail(trip, sizes.length);
});

for (const [what, signing] of [
  [
    "calls back twice",
    async (callback, params) => {
      callback(await window.sign(params));
      callback("0".repeat(40));
    },
  ],
  ["gives a promise", (_callback, params) => window.sign(params)],
]) {
  test(`G07 a signing function that ${what} has one outcome`, async ({ trip, signer }) => {
    await pageSigns(trip, signer, signing);
    await trip.pick();
    await trip.arrived();
  });
}

test("G07 a signature that comes after its file was cancelled changes nothing", async ({
  trip,
  signer,
  page,
  widget,
}) => {
  await pageSigns(trip, signer, (callback, params) => (window.late = [callback, params]));
  await trip.pick();
  await page.waitForFunction(() => window.late);
  await widget.action("cancel", trip.files[0].name).click();
  await widget.shows("cancelled", trip.files[0].name);
  await page.evaluate(async () => {
    const [callback, params] = window.late;
    callback(await window.sign(params));
  });
  await trip.wait(MINUTE);
  await widget.shows("cancelled", trip.files[0].name);
  expect(trip.sent).toEqual([]);
  expect(await trip.count("success")).toBe(0);
  expect(await trip.spare.stored()).toEqual([]);
});

test("G08 what the page changes after a signature was made is signed anew", async ({
  trip,
  signer,
  page,
  widget,
}) => {
  const { options } = signed(signer);
  await trip.start({ sizes: [SMALL, SMALL + 1], options: { ...options, tags: ["before"] } });
  await trip.arrived();
  await widget.done.click();
  await page.evaluate(() => {
    window.widget.update({ ...window.base, ...window.options, tags: ["after"] });
    window.widget.open();
  });
  await expect(widget.dialog).toBeVisible();
  const { path } = trip.files[0];
  await appendFile(path, "and more");
  await widget.choose(path);
  await trip.pass(async () => (await trip.count("success")) === 3);
  expect(signer.asked.map(({ tags }) => tags)).toEqual(["before", "before", "after"]);
  const tags = await page.evaluate(() => window.named("success").at(-1).result.info.tags);
  expect(tags).toEqual(["after"]);
});

test("G08 a page that edits the parameters and signs them is taken at its word", async ({
  trip,
  signer,
  page,
}) => {
  await page.exposeFunction("sign", (params) => sign(params, signer.secret));
  const inPage = () => {
    window.base.prepareUploadParams = async (callback, params) => {
      const edited = { ...params, tags: "edited", folder: "elsewhere" };
      callback({ ...edited, signature: await window.sign(edited) });
    };
  };
  const options = { uploadPreset: null, apiKey: API_KEY, tags: ["first"] };
  await trip.prepare({ sizes: [2 * CHUNK], options, inPage });
  await trip.pick();
  await trip.arrived();
  const info = await page.evaluate(() => window.named("success")[0].result.info);
  expect(info.tags).toEqual(["edited"]);
  expect(info.public_id).toMatch(/^elsewhere\//);
});

test("G09 whatever the values hold, what is signed is what is sent", async ({ trip, signer }) => {
  const odd = "a&b=c %26 d%3De +é漢字 \\ \"quoted\" 'single' <b>";
  const options = {
    ...signed(signer).options,
    context: { alt: odd, "key with = and |": "x|y=z", empty: "" },
    tags: ["a&b", "c=d", "é 漢", "%26"],
    folder: "album = more/é",
  };
  await trip.start({ sizes: [SMALL, SMALL + 1, 2 * CHUNK], options });
  await trip.arrived();
  expect(signer.asked).toHaveLength(3);
  for (const params of signer.asked) {
    expect(params).toMatchObject({ source: "uw" });
    expect(Object.values(params).every((value) => typeof value === "string")).toBe(true);
    expect(Object.keys(params)).not.toContain("api_key");
    expect(params.context).toContain("a&b");
  }
});

test("G10 500 files ask for at most ten signatures at once", async ({ trip, signer }) => {
  const FILES = 500;
  signer.answer = (params, response) => setImmediate(() => signer.give(params, response));
  // What becomes of the files is another row's; here the proxy takes them, which is faster.
  const body = JSON.stringify({ public_id: "taken", asset_id: "taken" });
  const rules = [{ name: "taken", times: null, fault: { kind: "answer", status: 200, body } }];
  const sizes = Array.from({ length: FILES }, (_, at) => 100 + at);
  await trip.start({ sizes, ...signed(signer), plan: { rules }, clock: false });
  await expect.poll(() => trip.count("success"), { timeout: 25_000 }).toBe(FILES);
  expect(signer.asked).toHaveLength(FILES);
  expect(signer.most).toBeGreaterThan(1);
  expect(signer.most).toBeLessThanOrEqual(10);
});
