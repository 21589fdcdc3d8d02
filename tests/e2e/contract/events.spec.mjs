// Every event of the contract: when it comes, in which order, and with what.
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { hold } from "../support/widget.mjs";

test(
  "the events of one good file, in order, each once",
  proves(
    "event:order event:display-changed event:upload-added event:queues-start event:success " +
      "event:queues-end event:close callback:result event-field:upload-added.file " +
      "event-field:upload-added.publicId event-field:success.id event-field:success.batchId " +
      "event-field:success.thumbnail_url event-field:success.path " +
      "event-field:success.secure_url event-field:success.public_id " +
      "event-field:display-changed.info event-field:close.assets",
  ),
  async ({ widget }) => {
    await widget.open({ publicId: "a dog" });
    await widget.choose(file("harbour.jpg"));
    await widget.until("queues-end");
    await widget.done.click();
    await widget.until("close");
    const told = await widget.told();
    expect(told.map(({ event }) => event)).toEqual([
      ...["display-changed", "upload-added", "queues-start", "success", "queues-end"],
      ...["display-changed", "close"],
    ]);
    for (const { error, uw_event, mirrored } of told) {
      expect([error, uw_event, mirrored]).toEqual([null, true, true]);
    }
    const [shown, added, start, success, end, hidden] = told.map(({ info }) => info);
    expect([shown, hidden, start]).toEqual(["shown", "hidden", undefined]);
    expect(added).toMatchObject({
      file: { isFile: true, name: "harbour.jpg", type: "image/jpeg" },
      publicId: expect.stringContaining("a dog"),
    });
    expect(success.id).toBe(end.files[0].id);
    expect(success.batchId).toBe(end.files[0].batchId);
    expect(success.thumbnail_url).toContain("/c_limit,h_60,w_90/");
    expect(success.path).toBe(`v${success.version}/${success.public_id}.${success.format}`);
    expect(success.secure_url).toContain(encodeURI(success.public_id));
    expect(told.at(-1).info.assets).toMatchObject([{ public_id: success.public_id }]);
  },
);

/** The fields of a queue item, by what they must be for a file that is stored. */
const ITEM = {
  id: expect.any(String),
  batchId: expect.any(String),
  name: "harbour.jpg",
  size: expect.any(Number),
  type: "image/jpeg",
  status: "success",
  statusText: expect.any(String),
  done: true,
  progress: 100,
  failed: false,
  aborted: false,
  paused: false,
  partOfBatch: true,
  publicId: null,
  publicIdCounter: 0,
  tags: ["a", "b"],
  camera: false,
  coordinatesResize: false,
  dimensions: { width: expect.any(Number), height: expect.any(Number) },
  imageDimensions: [expect.any(Number), expect.any(Number)],
  preparedParams: {},
  delayedPreCalls: false,
  file: { isFile: true, name: "harbour.jpg", size: expect.any(Number), type: "image/jpeg" },
  uploadInfo: expect.objectContaining({ secure_url: expect.any(String) }),
};

test(
  "a queue item has every field that pages read, and uploadInfo only where it is stored",
  proves(
    "event-field:queues-end.files",
    ...Object.keys(ITEM).map((name) => `event-field:queues-end.files.${name}`),
  ),
  async ({ page, widget, provoked }) => {
    provoked.push(/Failed to load resource.*40[14]/);
    await page.route("**/v1_1/**", async (route) => {
      // The second one goes to a preset that the server doesn't have.
      if (!route.request().postData()?.includes("notes.txt")) return route.continue();
      await route.continue({ url: route.request().url().replace("/demo/", "/nobody/") });
    });
    await widget.open({ tags: "a,b" });
    await widget.choose(file("harbour.jpg"), file("notes.txt"));
    const { info } = await widget.until("queues-end");
    const [good, bad] = info.files;
    expect(good).toEqual(ITEM);
    expect(good.uploadInfo.public_id).toBe((await widget.until("success")).info.public_id);
    expect(bad).toMatchObject({ name: "notes.txt", status: "error", failed: true, done: false });
    expect(bad).not.toHaveProperty("uploadInfo");
    expect(bad).toMatchObject({ dimensions: null, imageDimensions: null });
  },
);

test(
  "files beyond maxFiles are left out, and batch-cancelled says so",
  proves("event:batch-cancelled event-field:batch-cancelled.reason option:maxFiles"),
  async ({ widget }) => {
    await widget.open({ maxFiles: 1 });
    await widget.choose(file("notes.txt"), file("harbour.jpg"));
    const { info } = await widget.until("batch-cancelled");
    expect(info).toEqual({ reason: "MAX_EXCEEDED" });
    await widget.until("queues-end");
    expect((await widget.events()).filter((event) => event === "success")).toHaveLength(1);
  },
);

test(
  "cancelling and retrying are told with whom they concern",
  proves(
    "event:abort event:retry event-field:abort.ids event-field:abort.all " +
      "event-field:retry.ids event-field:retry.all",
  ),
  async ({ page, widget }) => {
    const gate = await hold(page);
    await widget.open();
    await widget.choose(file("notes.txt"));
    await gate.reaches(1);
    await widget.action("cancel", "notes.txt").click();
    const { info } = await widget.until("abort");
    expect(info).toEqual({ ids: [expect.any(String)], all: false });
    await widget.until("queues-end");
    await widget.action("retry", "notes.txt").click();
    expect((await widget.until("retry")).info).toEqual(info);
    await gate.release();
    await widget.until("success");
    expect((await widget.until("queues-end", 2)).info.files[0].id).toBe(info.ids[0]);
  },
);

test(
  "an error is an object whose every text says the cause",
  proves("callback:error callback:error.result habit:statusText habit:no-event"),
  async ({ widget, provoked }) => {
    provoked.push(/Failed to load resource.*400/);
    await widget.open({ uploadPreset: "nobody" });
    await widget.choose(file("notes.txt"));
    const { error, event, mirrored, uw_event } = await widget.until("error");
    expect(error).toMatchObject({
      code: "server.refused",
      status: 400,
      isError: true,
      requestId: expect.any(String),
      remedy: expect.stringContaining("preset"),
    });
    expect([error.statusText, error.text]).toEqual([error.message, error.message]);
    expect(error.message).toContain(error.remedy);
    expect([event, mirrored, uw_event]).toEqual([null, true, true]);
  },
);

test(
  "a callback that throws at every event harms nothing",
  proves("callback:throws"),
  async ({ page, widget, provoked }) => {
    provoked.push(/uncaught: at (display-changed|success|queues-end)/);
    await page.goto("/pages/shop.html");
    await page.evaluate(() => {
      window.hear = (_, { event }) => {
        throw new Error(`at ${event}`);
      };
    });
    await widget.press();
    provoked.push(/uncaught: at (upload-added|queues-start|close)/);
    await widget.choose(file("notes.txt"));
    await widget.shows("done", "notes.txt");
    await widget.until("queues-end");
    await widget.done.click();
    await widget.until("close");
  },
);

test("some frames pass between success and queues-end", proves("habit:frames"), async ({
  page,
  widget,
}) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.frames_ = 0;
    window.hear = (_, { event }) => {
      const count = () => {
        window.frames_ += 1;
        window.frame = requestAnimationFrame(count);
      };
      if (event === "success") window.frame = requestAnimationFrame(count);
      if (event === "queues-end") cancelAnimationFrame(window.frame);
    };
  });
  await widget.press();
  await widget.choose(file("notes.txt"));
  await widget.until("queues-end");
  expect(await page.evaluate(() => window.frames_)).toBeGreaterThanOrEqual(2);
});
