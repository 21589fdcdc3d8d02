// Whole tasks, each finished to what the server has stored. A journey says what a person does, and
// `hand`, one of the ways of `hands.mjs`, how.
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { UPLOADS, fill, hold, words } from "../support/widget.mjs";

const { camera, crop, menu, queue, url } = words;
const bytes = (name) => readFile(file(name));

/** These files and no others are stored, each as it was. */
async function holds({ spare }, ...names) {
  const wanted = await Promise.all(names.map(async (name) => sha256(await bytes(name))));
  const stored = (await spare.stored()).map((asset) => asset.sha256);
  expect(stored.toSorted()).toEqual(wanted.toSorted());
}

/** The dialog is left by Done, and the focus is where it was. */
async function finish({ hand, page, widget }) {
  await widget.until("queues-end");
  await hand.press(widget.done);
  await expect(widget.dialog).toHaveCount(0);
  await expect(page.locator("#opener")).toBeFocused();
}

/** Fails the next upload, or so many. */
async function fails({ page, provoked }, times = 1) {
  provoked.push(/Failed to load resource.*400/);
  const json = { error: { message: "Not yet" } };
  await page.route(UPLOADS, (route) => route.fulfill({ status: 400, json }), { times });
}

/** The box in numbers. */
async function box({ hand, widget }, values) {
  for (const [name, value] of Object.entries(values)) {
    await hand.type(widget.dialog.getByLabel(crop[name], { exact: true }), String(value));
  }
}

/** What the server was told of the picture. */
async function told({ widget }) {
  const { info } = await widget.until("success");
  return info.coordinates?.custom;
}

const dataUri = async (name, type) =>
  `data:${type};base64,${(await bytes(name)).toString("base64")}`;
const field = ({ widget }) => widget.dialog.getByRole("textbox", { name: url.inner_title });
const kind = async ({ widget }, wanted) => {
  const { info } = await widget.until("success");
  expect(info).toMatchObject(wanted);
};

/** Copies of one text, which is the same file to us. */
async function twins({ folder }) {
  await copyFile(file("notes.txt"), join(folder, "copy.txt"));
  return join(folder, "copy.txt");
}

const CROP = { cropping: true, multiple: false, singleUploadAutoClose: false };

export const JOURNEYS = [
  {
    name: "one file",
    go: async (at) => {
      await at.hand.choose("harbour.jpg");
      await finish(at);
      await holds(at, "harbour.jpg");
    },
  },
  {
    name: "several files, and then one more",
    go: async (at) => {
      await at.hand.choose("harbour.jpg", "crossing.mp4");
      await at.widget.shows("done", "harbour.jpg", "crossing.mp4");
      await at.hand.choose("notes.txt");
      await at.widget.shows("done", "notes.txt");
      await finish(at);
      await holds(at, "harbour.jpg", "crossing.mp4", "notes.txt");
    },
  },
  {
    name: "one that failed is tried again",
    go: async (at) => {
      await fails(at);
      await at.hand.choose("harbour.jpg");
      await at.widget.shows("failed", "harbour.jpg");
      await at.hand.press(at.widget.action("retry", "harbour.jpg"));
      await at.widget.shows("done", "harbour.jpg");
      await finish(at);
      await holds(at, "harbour.jpg");
    },
  },
  {
    name: "all that failed are tried again together",
    go: async (at) => {
      await fails(at, 2);
      await at.hand.choose("harbour.jpg", "notes.txt");
      await at.widget.shows("failed", "harbour.jpg", "notes.txt");
      await at.hand.press(at.widget.button(queue.retry_failed));
      await at.widget.shows("done", "harbour.jpg", "notes.txt");
      await finish(at);
      await holds(at, "harbour.jpg", "notes.txt");
    },
  },
  {
    name: "a refused file is removed, and another one chosen",
    options: { maxFileSize: 1000 },
    go: async (at) => {
      await at.hand.choose("harbour.jpg");
      await at.widget.shows("refused", "harbour.jpg");
      await at.hand.press(at.widget.action("remove", "harbour.jpg"));
      await expect(at.widget.rows).toHaveCount(0);
      await at.hand.choose("notes.txt");
      await at.widget.shows("done", "notes.txt");
      await finish(at);
      await holds(at, "notes.txt");
    },
  },
  {
    name: "one of two is cancelled",
    go: async (at) => {
      const gate = await hold(at.page);
      await at.hand.choose("harbour.jpg", "notes.txt");
      await gate.reaches(2);
      await at.hand.press(at.widget.action("cancel", "harbour.jpg"));
      await at.widget.shows("cancelled", "harbour.jpg");
      await gate.release();
      await at.widget.shows("done", "notes.txt");
      await finish(at);
      await holds(at, "notes.txt");
    },
  },
  {
    name: "one is paused and goes on",
    go: async (at) => {
      const gate = await hold(at.page);
      await at.hand.choose("harbour.jpg");
      await gate.reaches(1);
      await at.hand.press(at.widget.action("pause", "harbour.jpg"));
      await at.widget.shows("paused", "harbour.jpg");
      await gate.release();
      await at.hand.press(at.widget.action("resume", "harbour.jpg"));
      await at.widget.shows("done", "harbour.jpg");
      await finish(at);
      await holds(at, "harbour.jpg");
    },
  },
  {
    name: "all are paused and go on",
    go: async (at) => {
      const gate = await hold(at.page);
      await at.hand.choose("harbour.jpg", "notes.txt");
      await gate.reaches(2);
      await at.hand.press(at.widget.button(queue.pause_all));
      await at.widget.shows("paused", "harbour.jpg", "notes.txt");
      await gate.release();
      await at.hand.press(at.widget.button(queue.resume_all));
      await at.widget.shows("done", "harbour.jpg", "notes.txt");
      await finish(at);
      await holds(at, "harbour.jpg", "notes.txt");
    },
  },
  {
    name: "all are cancelled, and one is tried again",
    go: async (at) => {
      const gate = await hold(at.page);
      await at.hand.choose("harbour.jpg", "notes.txt");
      await gate.reaches(2);
      await at.hand.press(at.widget.button(queue.abort_all));
      await at.widget.shows("cancelled", "harbour.jpg", "notes.txt");
      await gate.release();
      await at.hand.press(at.widget.action("retry", "notes.txt"));
      await at.widget.shows("done", "notes.txt");
      await finish(at);
      await holds(at, "notes.txt");
    },
  },
  {
    name: "the last one goes next",
    options: { maxParallelUploads: 1 },
    go: async (at) => {
      const gate = await hold(at.page);
      await at.hand.choose("harbour.jpg", "morning.jpg", "notes.txt");
      await gate.reaches(1);
      await at.hand.press(at.widget.action("next", "notes.txt"));
      await gate.release();
      await at.widget.shows("done", "morning.jpg");
      const { info } = await at.widget.until("success", 2);
      expect(info.original_filename).toBe("notes");
      await finish(at);
      await holds(at, "harbour.jpg", "morning.jpg", "notes.txt");
    },
  },
  {
    name: "the same file twice is allowed",
    options: { duplicates: "ask" },
    go: async (at) => {
      await at.hand.choose("notes.txt", await twins(at));
      await at.widget.shows("asking", "copy.txt");
      await at.hand.press(at.widget.button(queue.actions.allow));
      await at.widget.shows("done", "copy.txt");
      await finish(at);
      await holds(at, "notes.txt", "notes.txt");
    },
  },
  {
    name: "the same file twice is left out",
    options: { duplicates: "ask" },
    go: async (at) => {
      await at.hand.choose("notes.txt", await twins(at));
      await at.widget.shows("asking", "copy.txt");
      await at.hand.press(at.widget.button(queue.actions.skip));
      await expect(at.widget.row("copy.txt")).toHaveCount(0);
      await finish(at);
      await holds(at, "notes.txt");
    },
  },
  {
    name: "closing is thought better of",
    go: async (at) => {
      const gate = await hold(at.page);
      await at.hand.choose("harbour.jpg");
      await gate.reaches(1);
      await at.hand.leave();
      await at.hand.press(at.widget.keep);
      await expect(at.widget.question).toBeHidden();
      await gate.release();
      await at.widget.shows("done", "harbour.jpg");
      await finish(at);
      await holds(at, "harbour.jpg");
    },
  },
  {
    name: "it is made small and large again",
    go: async (at) => {
      const gate = await hold(at.page);
      await at.hand.choose("harbour.jpg");
      await gate.reaches(1);
      await at.hand.press(at.widget.button(queue.minimize));
      const tray = at.page.getByRole("region", { name: queue.mini_title });
      await gate.release();
      await at.widget.until("queues-end");
      await at.hand.press(tray.getByRole("button", { name: queue.expand }));
      await at.widget.shows("done", "harbour.jpg");
      await at.hand.press(at.widget.done);
      await expect(at.widget.dialog).toHaveCount(0);
      await holds(at, "harbour.jpg");
    },
  },
  {
    name: "an address on the web",
    go: async (at) => {
      await at.hand.turn(menu.web);
      await at.hand.type(field(at), await dataUri("evening.png", "image/png"));
      await at.hand.press(at.widget.button(url.add_one));
      await finish(at);
      await holds(at, "evening.png");
    },
  },
  {
    name: "a wrong address is put right, and a second one is added",
    go: async (at) => {
      await at.hand.turn(menu.web);
      await at.hand.type(field(at), "dog.jpg");
      await at.hand.press(at.widget.button(url.add_one));
      await expect(at.widget.notice).toHaveText(fill(url.invalid, { address: "dog.jpg" }));
      const both = [dataUri("evening.png", "image/png"), dataUri("notes.txt", "text/plain")];
      await at.hand.type(field(at), (await Promise.all(both)).join("\n"));
      await at.hand.press(at.widget.button(fill(url.add, { count: 2 })));
      await at.widget.until("success", 2);
      await finish(at);
      await holds(at, "evening.png", "notes.txt");
    },
  },
  {
    name: "a photo, taken twice",
    go: async (at) => {
      await at.hand.turn(menu.camera);
      await at.hand.press(at.widget.button(camera.capture));
      await at.hand.press(at.widget.button(camera.take_pic));
      await at.hand.press(at.widget.button(camera.again));
      await at.hand.press(at.widget.button(camera.take_pic));
      await at.hand.press(at.widget.button(camera.use));
      await kind(at, { resource_type: "image", format: "jpg" });
      await finish(at);
    },
  },
  {
    name: "a film, with a pause in it",
    go: async (at) => {
      await at.hand.turn(menu.camera);
      await at.hand.press(at.widget.button(camera.capture));
      await at.hand.press(at.widget.button(camera.record));
      await expect(at.widget.dialog.getByText(/^0:0[1-9] \//)).toBeVisible();
      await at.hand.press(at.widget.button(camera.pause));
      await at.hand.press(at.widget.button(camera.resume));
      await at.hand.press(at.widget.button(camera.finish));
      await at.hand.press(at.widget.button(camera.use));
      await kind(at, { resource_type: "video" });
      await finish(at);
    },
  },
  {
    name: "a recording of the microphone",
    options: { sources: ["local", "audio"] },
    go: async (at) => {
      await at.hand.turn(menu.audio);
      await at.hand.press(at.widget.button(camera.listen));
      await at.hand.press(at.widget.button(camera.record));
      await expect(at.widget.dialog.getByText(/^0:0[1-9] \//)).toBeVisible();
      await at.hand.press(at.widget.button(camera.finish));
      await at.hand.press(at.widget.button(camera.use));
      await kind(at, { resource_type: "video" });
      await finish(at);
    },
  },
  {
    name: "a picture of the screen",
    options: { sources: ["screen", "local"] },
    go: async (at) => {
      await at.hand.press(at.widget.button(camera.share));
      await at.hand.press(at.widget.button(camera.take_pic));
      await at.hand.press(at.widget.button(camera.use));
      await kind(at, { format: "jpg" });
      await finish(at);
    },
  },
  {
    name: "a picture is cropped by numbers",
    options: CROP,
    go: async (at) => {
      await at.hand.choose("harbour.jpg");
      await box(at, { width: 300, height: 200, x: 10, y: 20 });
      await at.hand.press(at.widget.button(crop.crop_btn));
      expect(await told(at)).toEqual([[10, 20, 300, 200]]);
      await finish(at);
      await holds(at, "harbour.jpg");
    },
  },
  {
    name: "a picture is turned and cut",
    options: { ...CROP, croppingOutput: "pixels" },
    go: async (at) => {
      await at.hand.choose("harbour.jpg");
      await at.hand.press(at.widget.button(crop.rotate));
      await at.hand.press(at.widget.button(crop.flip));
      await box(at, { width: 300, height: 400 });
      await at.hand.press(at.widget.button(crop.crop_btn));
      await kind(at, { width: 300, height: 400 });
      await finish(at);
    },
  },
  {
    name: "the first of two is cropped, the other isn't",
    options: { cropping: true },
    go: async (at) => {
      await at.hand.choose("harbour.jpg", "evening.png");
      await box(at, { width: 100 });
      await at.hand.press(at.widget.button(crop.crop_btn));
      await expect(at.widget.dialog.getByText("evening.png", { exact: true }).last()).toBeVisible();
      await at.hand.press(at.widget.button(crop.skip_btn));
      await at.widget.shows("done", "harbour.jpg", "evening.png");
      await finish(at);
      await holds(at, "harbour.jpg", "evening.png");
    },
  },
  {
    name: "back from cropping, and another picture",
    options: CROP,
    go: async (at) => {
      await at.hand.choose("harbour.jpg");
      await at.hand.press(at.widget.button(crop.back_btn));
      await expect(at.widget.rows).toHaveCount(0);
      await at.hand.choose("evening.png");
      await at.hand.press(at.widget.button(crop.crop_btn));
      await at.widget.shows("done", "evening.png");
      await finish(at);
      await holds(at, "evening.png");
    },
  },
];

/** What only keys do. */
export const BY_KEYS = [
  {
    name: "a picture is cropped by arrow keys",
    options: { ...CROP, croppingDefaultSelectionRatio: 0.5 },
    go: async (at) => {
      await at.hand.choose("evening.png");
      await at.hand.to(at.widget.dialog.getByRole("group", { name: crop.area }));
      await at.hand.key("ArrowRight");
      await at.hand.key("Shift+ArrowDown");
      await at.hand.to(at.widget.button(fill(crop.handle, { place: crop.handles.nw })));
      await at.hand.key("Shift+ArrowRight");
      await at.hand.press(at.widget.button(crop.crop_btn));
      expect(await told(at)).toEqual([[171, 130, 310, 240]]);
      await finish(at);
    },
  },
  {
    name: "a ratio is chosen",
    options: CROP,
    go: async (at) => {
      await at.hand.choose("harbour.jpg");
      const ratio = at.widget.dialog.getByLabel(crop.ratio);
      await at.hand.to(ratio);
      while ((await ratio.inputValue()) !== "1:1") await at.hand.key("ArrowDown");
      await at.hand.press(at.widget.button(crop.crop_btn));
      const [[, , width, height]] = await told(at);
      expect(width).toBe(height);
      await finish(at);
    },
  },
  {
    name: "a picture is pasted",
    go: async (at) => {
      await at.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await at.hand.to(at.widget.browse);
      await at.page.evaluate(async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const blob = new Blob([bytes], { type: "image/png" });
        await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
      }, (await bytes("evening.png")).toString("base64"));
      await at.hand.key("Control+V");
      await kind(at, { format: "png", width: 640, height: 480 });
      await finish(at);
    },
  },
];
