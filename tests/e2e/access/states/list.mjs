// The dialog, its list and its small form, in all that can become of files.
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { file } from "../../support/environment.mjs";
import { answers, held, press, waitFor } from "./walk.mjs";

/** Holds something over the dialog without letting it go. */
async function hover({ widget, page }) {
  const { x, y, width, height } = await widget.dialog.boundingBox();
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [file("notes.txt")], dragOperationsMask: 1 };
  const place = { x: x + width / 2, y: y + height / 2 };
  await client.send("Input.dispatchDragEvent", { type: "dragEnter", ...place, data });
  await client.send("Input.dispatchDragEvent", { type: "dragOver", ...place, data });
  await expect(widget.dialog.locator("[data-dragging]")).toBeVisible();
  await client.detach();
}

/** Writes a file and chooses it. */
async function choose({ widget, folder }, name, bytes) {
  await writeFile(join(folder, name), bytes);
  await widget.choose(join(folder, name));
}

/** The same, for a file that is refused. */
async function refuses(at, name, bytes) {
  await choose(at, name, bytes);
  await at.widget.shows("refused", name);
}

const nothing = { items: [{ mimeType: "text/plain", data: "ahoy" }], files: [] };

const LIST = {
  name: "list",
  options: { showCompletedButton: true, maxParallelUploads: 3 },
  states: {
    empty: () => {},
    "something is dragged over it": hover,
    "a drop without a file": async ({ widget }) => {
      await widget.drag({ ...nothing, dragOperationsMask: 1 });
      await expect(widget.notice).toBeVisible();
    },
    "uploading, and one that waits": async (at) => {
      await held(at);
      const names = ["harbour.jpg", "crossing.mp4", "notes.txt", "evening.png"];
      await at.widget.choose(...names.map(file));
      await at.gate.reaches(3);
      await at.widget.shows("waiting", "evening.png");
    },
    "one is paused": async ({ widget }) => {
      await widget.action("pause", "harbour.jpg").click();
      await widget.shows("paused", "harbour.jpg");
    },
    "one is cancelled": async ({ widget }) => {
      await widget.action("cancel", "notes.txt").click();
      await widget.shows("cancelled", "notes.txt");
    },
    "all are paused": async (at) => {
      await press(at, at.words.queue.pause_all);
      await at.widget.shows("paused", "crossing.mp4");
    },
    "the question before closing": async ({ widget, page }) => {
      await page.keyboard.press("Escape");
      await expect(widget.question).toBeVisible();
    },
    "small, while uploads run": async (at) => {
      await at.widget.keep.click();
      await press(at, at.words.queue.resume_all);
      await press(at, at.words.queue.minimize);
      await expect(at.page.getByRole("region")).toBeVisible();
    },
    "small and done": async ({ gate, widget }) => {
      await gate.release();
      await widget.until("queues-end");
    },
    done: async ({ page, widget, words }) => {
      await page.getByRole("button", { name: words.queue.expand }).click();
      await widget.shows("done", "harbour.jpg", "crossing.mp4", "evening.png");
    },
    "emptied again": async ({ widget }) => {
      const names = ["harbour.jpg", "crossing.mp4", "notes.txt", "evening.png"];
      for (const name of names) await widget.action("remove", name).click();
      await expect(widget.rows).toHaveCount(0);
    },
  },
};

const REFUSALS = {
  name: "refusals",
  options: {
    clientAllowedFormats: ["jpg", "png", "txt"],
    duplicates: "skip",
    maxFileSize: 50_000,
    minFileSize: 10,
    maxFiles: 9,
    maxImageWidth: 1000,
    minImageHeight: 200,
    validateMaxWidthHeight: true,
  },
  before: ({ page }) =>
    page.addInitScript(() => {
      addEventListener("DOMContentLoaded", () => {
        window.base.validate = ({ name }) => name !== "mine.txt";
      });
    }),
  states: {
    "the limits, before they are met": () => {},
    "too large": (at) => refuses(at, "a novel.txt", "x".repeat(60_000)),
    "too small": (at) => refuses(at, "a word.txt", "ahoy"),
    "an empty file with a very long name": (at) =>
      refuses(at, "a very long name of a file that is empty and then some more.txt", ""),
    "a format that is not accepted": (at) => refuses(at, "page.html", "<p>Ahoy, sailors</p>"),
    "another format than its name says": (at) => refuses(at, "no.png", "This is no picture."),
    "too many pixels": async ({ widget }) => {
      await widget.choose(file("harbour.jpg"));
      await widget.shows("refused", "harbour.jpg");
    },
    "by the page": (at) => refuses(at, "mine.txt", "This is mine alone."),
    "the same again": async ({ widget, folder }) => {
      await copyFile(file("notes.txt"), join(folder, "copy.txt"));
      await widget.choose(file("notes.txt"), join(folder, "copy.txt"));
      await widget.shows("refused", "copy.txt");
    },
    "more than may be added": async ({ widget, folder }) => {
      const paths = Array.from({ length: 10 }, (_, at) => join(folder, `line ${at}.txt`));
      for (const path of paths) await writeFile(path, `This is a line of ${path}`);
      await widget.choose(...paths);
      await expect(widget.notice).toBeVisible();
    },
  },
};

const ASKING = {
  name: "questions",
  options: { duplicates: "ask" },
  states: {
    "the same file twice": async ({ widget, folder }) => {
      await copyFile(file("notes.txt"), join(folder, "copy.txt"));
      await widget.choose(file("notes.txt"), join(folder, "copy.txt"));
      await widget.shows("asking", "copy.txt");
      await widget.shows("done", "notes.txt");
    },
    "left out": async (at) => {
      await press(at, at.words.queue.actions.skip);
      await expect(at.widget.row("copy.txt")).toHaveCount(0);
    },
  },
};

const json = (message) => ({ error: { message } });

/** A fault that is tried again. */
const rests = (status, headers) => async (at) => {
  await answers(at, { status, json: json("x"), headers });
  const name = `answered by ${status} ${headers ? "with a date" : "alone"}.txt`;
  await choose(at, name, `This is ${name}`);
  await at.widget.shows("resting", name);
};

/** One that is not. */
const fails = (name, response) => async (at) => {
  await answers(at, response);
  await choose(at, name, `This is ${name}`);
  await at.widget.shows("failed", name);
};

const FAULTS = {
  name: "faults",
  options: {},
  provokes: [/status of 400/, /status of 500/, /status of 404/],
  states: {
    "the server's own words": fails("full.txt", {
      status: 400,
      json: json("This account has no room left"),
    }),
    "the server refuses without a word": fails("refused.txt", { status: 404, body: "" }),
    "the server has a problem": rests(500),
    "some done, some failed": async (at) => {
      await at.page.unrouteAll({ behavior: "ignoreErrors" });
      await at.widget.choose(file("evening.png"));
      await at.widget.shows("done", "evening.png");
      // What paints it is fetched when first needed, which offline it could not be.
      await expect(at.widget.row("evening.png").locator("canvas")).toBeVisible();
    },
    offline: async ({ widget, context, words }) => {
      await context.setOffline(true);
      await widget.choose(file("notes.txt"));
      await expect(widget.dialog.getByText(words.queue.summary.offline)).toBeVisible();
    },
    "online again": async ({ widget, context }) => {
      await context.setOffline(false);
      await widget.shows("done", "notes.txt");
    },
  },
};

const BUSY = {
  name: "busy server",
  options: { maxParallelUploads: 1 },
  provokes: [/status of 503/],
  states: {
    "it says when to come back": rests(503, {
      "retry-after": "60",
      "access-control-expose-headers": "retry-after",
    }),
  },
};

const UNSET = {
  name: "not set up",
  options: { cloudName: null },
  provokes: [/Plimsoll: /],
  states: {
    "uploads fail and say why": async ({ widget }) => {
      await widget.choose(file("notes.txt"));
      await widget.shows("failed", "notes.txt");
    },
  },
};

const UNSIGNED = {
  name: "signature",
  options: {},
  before: ({ page }) =>
    page.addInitScript(() => {
      addEventListener("DOMContentLoaded", () => {
        window.base.apiKey = "1";
        window.base.uploadSignature = (callback) => new Promise(() => (window.sign = callback));
      });
    }),
  states: {
    "the page is asked": async ({ widget }) => {
      await widget.choose(file("notes.txt"));
      await widget.shows("preparing", "notes.txt");
    },
  },
};

const MANY = {
  name: "many files",
  options: { maxParallelUploads: 3 },
  states: {
    "at the top": async (at) => {
      await held(at);
      const paths = Array.from({ length: 90 }, (_, at_) => join(at.folder, `file ${at_}.txt`));
      for (const path of paths) await writeFile(path, `This is ${path}`);
      await at.widget.choose(...paths);
      await at.gate.reaches(3);
    },
    "in the middle": async ({ widget }) => {
      await widget.dialog.getByRole("list").evaluate((list) => list.scrollTo(0, 3000));
      await expect(widget.rows.first()).not.toContainText("file 0.txt");
    },
  },
};

const TAKEN = {
  name: "taken out",
  options: {},
  states: {
    "one may come back": async (at) => {
      await at.widget.choose(file("harbour.jpg"), file("notes.txt"));
      await at.widget.shows("done", "harbour.jpg", "notes.txt");
      await at.widget.action("remove", "notes.txt").click();
      await waitFor(at, at.words.list.undo);
    },
    "an address is copied": async ({ context, widget, words }) => {
      await context.grantPermissions(["clipboard-write"]);
      await widget.action("copy", "harbour.jpg").click();
      await expect(widget.dialog.getByText(words.list.copied)).toBeVisible();
    },
    "the last one may come back": async (at) => {
      await at.widget.action("remove", "harbour.jpg").click();
      await expect(at.widget.rows).toHaveCount(0);
      await waitFor(at, at.words.list.undo);
    },
  },
};

export const TOURS = [LIST, TAKEN, REFUSALS, ASKING, FAULTS, BUSY, UNSET, UNSIGNED, MANY];
