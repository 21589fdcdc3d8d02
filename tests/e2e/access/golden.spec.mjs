// What assistive technology is told, word by word: where Tab goes on each main screen, where the
// focus is after each turn of a dialog's life, and what live regions say on the main journeys.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium, file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { UPLOADS, hold, words } from "../support/widget.mjs";
import { focused, golden, listen } from "./golden.mjs";
import { TOURS } from "./states/all.mjs";
import { walk } from "./states/walk.mjs";

test.use({
  launchOptions: {
    ...chromium,
    args: [
      ...chromium.args,
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  },
});

/** More stops than any screen of ours has. */
const STOPS_MAX = 60;

/** The tours whose every state is traced. */
const TRACED = [
  ...["list", "questions", "web addresses", "camera", "microphone", "screen", "crop"],
  ...["crop to pixels", "one file only", "the page's own source", "taken out", "review"],
  ...["what the page asks", "more options", "crop and review", "Dropbox", "Google Drive"],
  ...["Unsplash", "image search", "form field"],
];

/** All stops of the dialog: from the browser's own place, which the focus passes once a turn. */
async function stops(page, client) {
  await page.evaluate(() => {
    window.kept = window.looked().activeElement;
  });
  for (let at = 0; at < STOPS_MAX && (await focused(page, client)) !== "(the browser)"; at++) {
    await page.keyboard.press("Tab");
  }
  const found = [];
  for (let at = 0; at < STOPS_MAX; at++) {
    await page.keyboard.press("Tab");
    const stop = await focused(page, client);
    if (stop === "(the browser)") {
      // What comes next begins where it was.
      await page.evaluate(() => window.kept?.focus());
      return found;
    }
    // A film's own buttons are the browser's.
    if (found.at(-1) !== stop) found.push(stop);
  }
  throw new Error(`Tab goes on: ${found}`);
}

for (const name of TRACED) {
  const tour = TOURS.find((tour) => tour.name === name);
  test(`Tab goes through ${name} as it is written`, async ({
    widget,
    page,
    context,
    folder,
    provoked,
  }) => {
    test.slow();
    provoked.push(...(tour.provokes ?? []));
    if (tour.media) await context.grantPermissions(["camera", "microphone"]);
    const client = await context.newCDPSession(page);
    const lines = [];
    await walk(tour, { widget, page, context, folder }, async (state) => {
      lines.push(`# ${state}`, `has the focus: ${await focused(page, client)}`);
      // What is small leaves the page free: Tab goes through that.
      if (tour.host || (await widget.dialog.count())) lines.push(...(await stops(page, client)));
      lines.push("");
    });
    await golden(`focus, ${name}`, lines.slice(0, -1));
  });
}

test("the focus comes and goes with the dialog as it is written", async ({
  widget,
  page,
  context,
}) => {
  const client = await context.newCDPSession(page);
  const lines = [];
  const note = async (what) => lines.push(`${what}: ${await focused(page, client)}`);
  const gate = await hold(page);
  await page.goto("/pages/shop.html");
  const open = async () => {
    await page.locator("#opener").focus();
    await page.keyboard.press("Enter");
    await expect(widget.dialog).toBeVisible();
  };
  await open();
  await note("opened");
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles([file("harbour.jpg"), file("notes.txt"), file("evening.png")]);
  await gate.reaches(3);
  await note("files are chosen");
  await page.keyboard.press("Escape");
  await expect(widget.keep).toBeFocused();
  await note("Escape, while uploads run");
  await page.keyboard.press("Enter");
  await note("uploads are kept");
  await widget.button(words.queue.minimize).press("Enter");
  await expect(page.getByRole("region").getByRole("button")).toBeFocused();
  await note("made small");
  await page.keyboard.press("Enter");
  await expect(widget.dialog).toBeVisible();
  await note("made large");
  await gate.release();
  await widget.until("queues-end");
  await note("all are done");
  await widget.action("remove", "notes.txt").press("Enter");
  await note("the one in the middle is removed");
  await widget.action("remove", "evening.png").press("Enter");
  await note("the last one is removed");
  await widget.action("remove", "harbour.jpg").press("Enter");
  await expect(widget.rows).toHaveCount(0);
  await note("the only one is removed");
  await page.keyboard.press("Escape");
  await expect(widget.dialog).toHaveCount(0);
  await note("Escape");
  await page.locator("#opener").press("Enter");
  await expect(widget.dialog).toBeVisible();
  await widget.cross.press("Enter");
  await expect(widget.dialog).toHaveCount(0);
  await note("the cross");
  await golden("focus, dialog", lines);
});

/** Fails the next upload. */
const fail = (page) => {
  const json = { error: { message: "Not yet" } };
  return page.route(UPLOADS, (route) => route.fulfill({ status: 400, json }), { times: 1 });
};

/** Journeys whose every announcement is kept. The last word is waited for. */
const SAID = {
  "files, one after the other": {
    options: { maxParallelUploads: 1 },
    go: async ({ widget }) => {
      const names = ["harbour.jpg", "morning.jpg", "evening.png", "notes.txt"];
      await widget.choose(...names.map(file));
      await widget.until("queues-end");
    },
  },
  "the same in German": {
    options: { language: "de", maxParallelUploads: 1 },
    go: async ({ widget, page }) => {
      const chooser = page.waitForEvent("filechooser");
      await page.keyboard.press("Enter");
      const names = ["harbour.jpg", "morning.jpg", "evening.png", "notes.txt"];
      await (await chooser).setFiles(names.map(file));
      await widget.until("queues-end");
    },
  },
  "one fails and is tried again": {
    provokes: [/status of 400/],
    go: async ({ widget, page }) => {
      await fail(page);
      await widget.choose(file("harbour.jpg"));
      await widget.shows("failed", "harbour.jpg");
      await widget.action("retry", "harbour.jpg").click();
      await widget.shows("done", "harbour.jpg");
    },
  },
  "files that are not accepted": {
    options: { maxFileSize: 1000, maxFiles: 2 },
    go: async ({ widget, folder }) => {
      await widget.choose(file("harbour.jpg"), file("notes.txt"));
      await widget.until("queues-end");
      const paths = ["a.txt", "b.txt", "c.txt"].map((name) => join(folder, name));
      for (const path of paths) await writeFile(path, path);
      await widget.choose(...paths);
      await expect(widget.notice).toBeVisible();
      await widget.until("queues-end", 2);
    },
  },
  "the network goes and comes back": {
    // What shows the first picture is one of the scripts that come when needed.
    provokes: [/Failed to load resource: net::ERR_INTERNET_DISCONNECTED/],
    go: async ({ widget, context }) => {
      await widget.choose(file("notes.txt"));
      await widget.until("queues-end");
      await context.setOffline(true);
      await widget.choose(file("evening.png"));
      await expect(widget.dialog.getByText(words.queue.summary.offline)).toBeVisible();
      await context.setOffline(false);
      await widget.until("queues-end", 2);
    },
  },
  "a wrong address": {
    options: { defaultSource: "url" },
    go: async ({ widget }) => {
      await widget.dialog.getByRole("textbox").fill("dog.jpg");
      await widget.button(words.url.add_one).click();
      await expect(widget.notice).toBeVisible();
    },
  },
  "a photo with the timer": {
    options: { sources: ["local", "camera"], defaultSource: "camera" },
    go: async ({ widget, page, context }) => {
      const { camera } = words;
      await context.grantPermissions(["camera", "microphone"]);
      await widget.button(camera.capture).click();
      await expect(widget.button(camera.take_pic)).toBeVisible();
      await page.clock.install();
      await widget.dialog.getByRole("combobox", { name: camera.timer }).selectOption("3");
      await widget.button(camera.take_pic).click();
      await page.clock.runFor(3000);
      await expect(widget.button(camera.use)).toBeVisible();
    },
  },
  "a crop by keys": {
    options: { cropping: true, multiple: false, singleUploadAutoClose: false },
    go: async ({ widget, page }) => {
      await widget.choose(file("evening.png"));
      const width = widget.dialog.getByLabel(words.crop.width, { exact: true });
      await width.fill("200");
      await width.press("Tab");
      await widget.dialog.getByRole("group", { name: words.crop.area }).press("ArrowRight");
      await page.keyboard.press("Shift+ArrowDown");
      await widget.button(words.crop.crop_btn).click();
      await widget.until("queues-end");
    },
  },
};

for (const [name, { options, provokes, go }] of Object.entries(SAID)) {
  test(`it is said aloud as it is written: ${name}`, async ({
    widget,
    page,
    context,
    folder,
    provoked,
  }) => {
    provoked.push(...(provokes ?? []));
    await page.addInitScript(listen);
    await page.goto("/pages/shop.html");
    await page.evaluate((given) => (window.options = given), options ?? {});
    await page.locator("#opener").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await go({ widget, page, context, folder });
    // How long the second part of the widget takes to come is the network's affair.
    const said = (await page.evaluate(() => window.said)).filter(
      (line) => line !== `status: ${words.queue.statuses.preparing}`,
    );
    await golden(`said, ${name}`, said);
  });
}
