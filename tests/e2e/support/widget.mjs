// The widget as a person and a page meet it: by roles and words, and by the page's own callback.
// Knows nothing of the widget's inside but the `data-status` of a row.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { root } from "./environment.mjs";

const read = (name) => JSON.parse(readFileSync(join(root, "www/locales", name), "utf8"));

/** The widget's words: those that opening needs, and those that come late. */
export const words = joined(read("en.json"), read("en.late.json"));

function joined(one, other) {
  const both = { ...one };
  for (const [key, value] of Object.entries(other)) {
    both[key] = typeof value === "object" && both[key] ? joined(both[key], value) : value;
  }
  return both;
}

const spoken = words;

/** A text with its placeholders filled. */
export const fill = (text, values) => text.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);

/** The requests that upload. */
export const UPLOADS = "**/v1_1/**";

export class Widget {
  /** `words` are those of the language that is spoken. */
  constructor(page, words = spoken) {
    this.page = page;
    this.dialog = page.getByRole("dialog");
    this.rows = this.dialog.getByRole("list", { name: words.queue.list }).getByRole("listitem");
    this.notice = this.dialog.getByRole("alert");
    this.cross = this.button(words.close);
    this.done = this.button(words.queue.done);
    this.question = this.dialog.getByRole("alertdialog");
    this.keep = this.button(words.uploader.close_keep);
    this.stop = this.button(words.uploader.close_stop);
    const { browse, browse_single } = words.local;
    const labels = [browse, browse_single, words.queue.upload_more].join("|");
    this.words = words;
    this.browse = this.dialog.getByRole("button", { name: new RegExp(`^(${labels})$`) });
  }

  button(name) {
    return this.dialog.getByRole("button", { name, exact: true });
  }

  /** The row's button for an action: cancel, retry, remove. */
  action(action, name) {
    const label = (name) => this.button(fill(this.words.queue.actions[action], { name }));
    // Where one writes from right to left, names are kept apart by marks that nobody sees.
    return label(name).or(label(`\u2068${name}\u2069`));
  }

  row(name) {
    return this.rows.filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** Goes to an embedding page and presses its button. */
  async open(options = {}, path = "/pages/shop.html") {
    await this.page.goto(path);
    await this.press(options);
  }

  /** Presses the page's button, once more. */
  async press(options = {}) {
    await this.page.evaluate((given) => (window.options = given), options);
    await this.page.locator("#opener").click();
    await expect(this.dialog).toBeVisible();
  }

  /** Chooses files by the button, in the browser's own file chooser. */
  async choose(...paths) {
    const chooser = this.page.waitForEvent("filechooser");
    await this.browse.click();
    await (await chooser).setFiles(paths);
  }

  /** Drops files or folders by the mouse: trusted events, real files of the disk. */
  async drop(...files) {
    await this.drag({ items: [], files, dragOperationsMask: 1 });
  }

  async drag(data) {
    const { x, y, width, height } = await this.dialog.boundingBox();
    const client = await this.page.context().newCDPSession(this.page);
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      const at = { x: x + width / 2, y: y + height / 2 };
      await client.send("Input.dispatchDragEvent", { type, ...at, data });
    }
    await client.detach();
  }

  /** Waits until every row of these names has this state. */
  async shows(status, ...names) {
    for (const name of names) {
      await expect(this.row(name), name).toHaveAttribute("data-status", status);
    }
  }

  /** All calls of the callback so far; pages/site.js says how they read. */
  told() {
    return this.page.evaluate(() => window.report());
  }

  /** The names of all events so far; an error is `error`. */
  async events() {
    return (await this.told()).map(({ error, event }) => (error ? "error" : event));
  }

  /** Waits for the `count`-th call of this event, and gives it. */
  async until(event, count = 1) {
    await this.page.waitForFunction(
      ([event, count]) => window.named(event).length >= count,
      [event, count],
    );
    const calls = await this.told();
    return calls.filter((call) => (call.error ? "error" : call.event) === event)[count - 1];
  }
}

/** Holds upload requests back until they are released. */
export async function hold(page) {
  const held = [];
  let open = false;
  await page.route(UPLOADS, (route) => (open ? route.continue() : held.push(route)));
  return {
    /** Waits until so many are held. */
    reaches: (count) => expect.poll(() => held.length, { intervals: [20] }).toBe(count),
    async release() {
      open = true;
      await Promise.all(held.splice(0).map((route) => route.continue()));
    },
  };
}

/** Counts the upload requests of a page from now on. */
export function countUploads(page) {
  const sent = [];
  page.on("request", (request) => {
    if (request.url().includes("/v1_1/")) sent.push(request);
  });
  return sent;
}
