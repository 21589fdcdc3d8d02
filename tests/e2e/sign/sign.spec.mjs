// Signed uploads by the page's own functions: however a page answers, by callback, by promise, by
// throwing, twice or never, one outcome follows, and the server takes what was signed. What signing
// servers do to it is in `faults`.
import { file } from "../support/environment.mjs";
import { API_KEY, secretOf, sign } from "../support/signer.mjs";
import { expect, proves, test as base } from "../support/test.mjs";
import { countUploads } from "../support/widget.mjs";

const test = base.extend({
  /** Opens the widget with functions that are written as text, for only the page can have them.
   * They may call `signed(params)`, which is the page's server. */
  signing: async ({ widget, page, server }, use) => {
    const secret = (await secretOf(server)).trim();
    /** What was to be signed so far. */
    const asked = [];
    await page.exposeFunction("signed", (params) => {
      asked.push(params);
      return sign(params, secret);
    });
    await use({
      asked,
      async open(functions, options = {}) {
        await page.goto("/pages/shop.html");
        await page.evaluate(
          ([functions, apiKey]) => {
            window.late = [];
            Object.assign(window.base, { apiKey, uploadPreset: null });
            for (const [name, text] of Object.entries(functions)) {
              // The test's own text, in the test's own page.
              window.base[name] = new Function(`return ${text}`)();
            }
          },
          [functions, API_KEY],
        );
        await widget.press(options);
      },
    });
  },
});

const WAYS = {
  "a callback": "async (done, params) => { done(await signed(params)); }",
  "a callback some time later":
    "(done, params) => { signed(params).then((text) => setTimeout(done, 50, text)); }",
  "an async function": "async (_, params) => signed(params)",
  "a promise": "(_, params) => signed(params)",
  "a thenable that is no promise":
    "(_, params) => ({ then: (kept) => { signed(params).then(kept); } })",
};

for (const [how, uploadSignature] of Object.entries(WAYS)) {
  test(`a page signs by ${how}`, proves(
    "option:uploadSignature option:apiKey option:uploadSignatureTimestamp",
  ), async ({ signing, widget }) => {
    await signing.open({ uploadSignature }, { tags: ["a&b", "c=d"], folder: "über" });
    await widget.choose(file("notes.txt"));
    const { info } = await widget.until("success");
    expect(info).toMatchObject({ tags: ["a&b", "c=d"], api_key: API_KEY });
    const [params] = signing.asked;
    expect(signing.asked).toHaveLength(1);
    expect(params).toMatchObject({ source: "uw", tags: "a&b,c=d", folder: "über" });
    // Texts, and nothing but what is signed.
    const kinds = new Set(Object.values(params).map((value) => typeof value));
    expect(kinds).toEqual(new Set(["string"]));
    for (const name of ["file", "api_key", "cloud_name", "resource_type", "signature"]) {
      expect(params).not.toHaveProperty(name);
    }
    expect(Math.abs(Number(params.timestamp) - Date.now() / 1000)).toBeLessThan(60);
  });
}

test("the first answer counts, and all others change nothing", async ({ signing, widget }) => {
  const uploadSignature = `async (done, params) => {
    const signature = await signed(params);
    window.late.push(done);
    done(signature);
    done("0".repeat(40));
    done(null, new Error("too late"));
    throw new Error("much too late");
  }`;
  await signing.open({ uploadSignature });
  await widget.choose(file("notes.txt"), file("harbour.jpg"));
  await widget.until("success", 2);
  await widget.until("queues-end");
  await widget.page.evaluate(() => late.forEach((done) => done("0".repeat(40))));
  expect(await widget.events()).toEqual(
    expect.not.arrayContaining(["error", "abort", "retry"]),
  );
  expect(signing.asked).toHaveLength(2);
});

const REFUSALS = {
  "calls back with an error": [
    "(done) => done(null, { message: 'No one is signed in' })",
    /No one is signed in/,
  ],
  "calls back with nothing": ["(done) => done('')", /signature/],
};

for (const [how, [uploadSignature, says]] of Object.entries(REFUSALS)) {
  test(`a page that ${how} is told so, and nothing is sent`, async ({
    signing,
    widget,
    page,
    provoked,
  }) => {
    provoked.push(/console\.error: Plimsoll: The upload was not signed/);
    const sent = countUploads(page);
    await signing.open({ uploadSignature });
    await widget.choose(file("notes.txt"));
    const { error } = await widget.until("error");
    expect(error).toMatchObject({ code: "page.signature_failed", status: 0 });
    expect(error.message).toMatch(says);
    await widget.shows("failed", "notes.txt");
    expect(sent).toEqual([]);
  });
}

test("prepareUploadParams changes, signs and refuses single files", proves(
  "option:prepareUploadParams",
), async ({
  signing,
  widget,
  page,
}) => {
  const sent = countUploads(page);
  const prepareUploadParams = `async (done, params) => {
    if (window.refuse) return done({ cancel: true });
    const changed = { ...params, tags: "from,the,page" };
    done({ tags: "from,the,page", signature: await signed(changed) });
  }`;
  await signing.open({ prepareUploadParams }, { tags: ["own"] });
  await widget.choose(file("notes.txt"));
  const { info } = await widget.until("success");
  expect(info.tags).toEqual(["from", "the", "page"]);
  await page.evaluate(() => (window.refuse = true));
  await widget.choose(file("harbour.jpg"));
  await widget.shows("cancelled", "harbour.jpg");
  expect(sent).toHaveLength(1);
});

test("a wrong signature is diagnosed, in the error and in the console", async ({
  signing,
  widget,
  provoked,
}) => {
  provoked.push(/status of 401/, /console\.error: Plimsoll: .*unchanged/);
  const uploadSignature = "async (_, { timestamp }) => signed({ timestamp, secret: 'none' })";
  await signing.open({ uploadSignature }, { tags: ["one"] });
  await widget.choose(file("notes.txt"));
  const { error } = await widget.until("error");
  expect(error).toMatchObject({ code: "server.refused", status: 401 });
  expect(error.message).toMatch(/source, tags, timestamp/);
  expect(error.attempts).toBeGreaterThan(0);
  expect(error.requestId).toBeTruthy();
});

test("the address of the page's own server gets the page's cookies", async ({
  widget,
  page,
  context,
  server,
}) => {
  const secret = (await secretOf(server)).trim();
  await context.addCookies([{ name: "session", value: "s-1", url: server.origin }]);
  let seen;
  await page.route("**/sign", async (route) => {
    const request = route.request();
    const { paramsToSign } = request.postDataJSON();
    seen = { method: request.method(), cookie: (await request.allHeaders()).cookie };
    await route.fulfill({ json: { signature: sign(paramsToSign, secret) } });
  });
  await widget.open({ uploadSignature: "/sign", apiKey: API_KEY, uploadPreset: null });
  await widget.choose(file("notes.txt"));
  await widget.until("success");
  expect(seen).toEqual({ method: "POST", cookie: "session=s-1" });
});
