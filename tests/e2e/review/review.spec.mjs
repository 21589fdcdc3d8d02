// Files that a person looks at before they are sent: put in order by mouse, finger, buttons and
// keys, described one by one, and then sent as they were left; all of it against the real server.
import { readFile } from "node:fs/promises";
import { file } from "../support/environment.mjs";
import { secretOf, sign } from "../support/signer.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { countUploads, fill, words } from "../support/widget.mjs";

const { review, advanced_options: fields, metadataPage } = words;
const wrong = metadataPage.validationErrors;
const HARBOUR = file("harbour.jpg");
const MORNING = file("morning.jpg");
const NOTES = file("notes.txt");

/** The screen as a person meets it. */
class Review {
  constructor(widget) {
    this.widget = widget;
    const { dialog } = widget;
    this.list = dialog.getByRole("list", { name: review.list });
    this.rows = this.list.locator(":scope > li");
    this.sheet = dialog.locator(".describe");
    this.tags = dialog.getByRole("combobox", { name: fields.tags, exact: true });
  }

  names = () => this.rows.locator(".name").allTextContents();

  /** The file's button for an action; by its handle, whatever its place. */
  button = (text, name) => this.widget.button(fill(text, { name }));

  handle(name) {
    const label = fill(review.handle, { name, at: "\\d+", of: "\\d+" });
    return this.list.getByRole("button", { name: new RegExp(`^${label}$`) });
  }

  async describe(name) {
    await this.button(review.details_of, name).click();
    const title = fill(review.details_of, { name });
    await expect(this.sheet.getByRole("heading", { name: title })).toBeFocused();
  }

  field = (label) => this.sheet.getByLabel(label, { exact: true });

  done = () => this.widget.button(words.queue.done).click();

  send = (count) =>
    this.widget
      .button(count === 1 ? review.upload_one : fill(review.upload, { count }))
      .click();
}

const infos = async (widget, count) => {
  await widget.until("queues-end");
  const { info } = (await widget.told()).findLast(({ event }) => event === "queues-end");
  expect(info.files).toHaveLength(count);
  return info.files.map(({ uploadInfo }) => uploadInfo);
};

test(
  "nothing is sent before a person sends it, in the order and with the words it was given",
  proves("option:review"),
  async ({ widget, page, server }) => {
    await widget.open({ review: true, tags: ["site"] });
    const sent = countUploads(page);
    const screen = new Review(widget);
    await widget.choose(HARBOUR, NOTES);
    await widget.choose(MORNING);
    await expect(screen.rows).toHaveCount(3);
    await screen.button(review.up, "morning.jpg").click();
    await screen.button(review.up, "morning.jpg").click();
    await expect.poll(screen.names).toEqual(["morning.jpg", "harbour.jpg", "notes.txt"]);
    await screen.describe("morning.jpg");
    await screen.field(review.name).fill("Sunrise");
    await screen.field(review.alt).fill("A red | orange = sky");
    await screen.field(review.caption).fill("Morning 🌅");
    await screen.field(fields.public_id).fill("review/sunrise");
    await screen.tags.fill("sea, early morning");
    await screen.tags.press("Enter");
    await screen.done();
    await expect(screen.button(review.details_of, "Sunrise.jpg")).toBeFocused();
    expect(sent).toEqual([]);
    expect(await widget.events()).toEqual(["display-changed"]);
    await screen.send(3);
    const [sunrise, harbour, notes] = await infos(widget, 3);
    expect(sunrise).toMatchObject({ public_id: "review/sunrise", original_filename: "Sunrise" });
    expect(sunrise.tags).toEqual(["site", "sea", "early morning"]);
    const custom = { alt: "A red | orange = sky", caption: "Morning 🌅" };
    expect(sunrise.context).toEqual({ custom });
    expect(harbour).toMatchObject({ original_filename: "harbour", tags: ["site"] });
    expect(harbour.context).toBeUndefined();
    expect(notes.original_filename).toBe("notes");
    const { pathname } = new URL(sunrise.secure_url);
    const bytes = await (await fetch(server.origin + pathname)).arrayBuffer();
    expect(Buffer.from(bytes).equals(await readFile(MORNING))).toBe(true);
    await expect(screen.list).toBeHidden();
    await widget.shows("done", "morning.jpg", "harbour.jpg", "notes.txt");
  },
);

test("plimsoll.upload() gives the results in the shown order", async ({ widget, page }) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    const options = { ...window.base, review: true };
    window.results = window.plimsoll.upload(options);
  });
  const screen = new Review(widget);
  await widget.choose(HARBOUR, MORNING, NOTES);
  await screen.handle("harbour.jpg").press("End");
  await expect.poll(screen.names).toEqual(["morning.jpg", "notes.txt", "harbour.jpg"]);
  await screen.send(3);
  await widget.done.click();
  const names = await page.evaluate(async () =>
    (await window.results).map((asset) => asset.original_filename),
  );
  expect(names).toEqual(["morning", "notes", "harbour"]);
});

test("a row is dragged by its handle, and Escape leaves all as it was", async ({
  widget,
  page,
}) => {
  await widget.open({ review: true });
  const screen = new Review(widget);
  await widget.choose(HARBOUR, MORNING, NOTES);
  const drag = async (from, to, last) => {
    const start = await screen.handle(from).boundingBox();
    const end = await screen.handle(to).boundingBox();
    await page.mouse.move(start.x + 10, start.y + 20);
    await page.mouse.down();
    await page.mouse.move(end.x + 10, end.y + 22, { steps: 6 });
    await last();
  };
  await drag("notes.txt", "harbour.jpg", () => page.keyboard.press("Escape"));
  await page.mouse.up();
  expect(await screen.names()).toEqual(["harbour.jpg", "morning.jpg", "notes.txt"]);
  await expect(widget.dialog).toBeVisible();
  await drag("notes.txt", "harbour.jpg", () => page.mouse.up());
  await expect.poll(screen.names).toEqual(["notes.txt", "harbour.jpg", "morning.jpg"]);
  await expect(screen.rows.first()).toHaveCSS("translate", "none");
});

test("by the keyboard alone: moved with its place told, described, sent", async ({
  widget,
  page,
}) => {
  await widget.open({ review: true });
  const screen = new Review(widget);
  await widget.choose(HARBOUR, MORNING, NOTES);
  await screen.handle("harbour.jpg").focus();
  await page.keyboard.press("ArrowDown");
  const moved = fill(review.moved, { name: "harbour.jpg", at: 2, of: 3 });
  await expect(widget.dialog.getByRole("status").filter({ hasText: moved })).toHaveCount(1);
  await expect(screen.handle("harbour.jpg")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(screen.handle("harbour.jpg")).toBeFocused();
  await page.keyboard.press("End");
  await expect(screen.handle("harbour.jpg")).toBeFocused();
  await expect.poll(screen.names).toEqual(["morning.jpg", "notes.txt", "harbour.jpg"]);
  const details = screen.button(review.details_of, "harbour.jpg");
  for (let step = 0; step < 6; step += 1) {
    if (await details.evaluate((it) => it.matches(":focus"))) break;
    await page.keyboard.press("Tab");
  }
  await expect(details).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(screen.sheet.getByRole("heading")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(screen.field(review.name)).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type("A harbour");
  await page.keyboard.press("Escape");
  await expect(details).toBeFocused();
  await expect(widget.dialog).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(widget.button(fill(review.upload, { count: 3 }))).toBeFocused();
  await page.keyboard.press("Enter");
  const [, , harbour] = await infos(widget, 3);
  expect(harbour.context.custom).toEqual({ alt: "A harbour" });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true });

  test("a finger moves a row by its handle, and scrolls by all the rest", async ({
    widget,
    page,
  }) => {
    await widget.open({ review: true });
    const screen = new Review(widget);
    const many = Array.from({ length: 12 }, (_, at) => ({
      ...{ name: `file-${at}.txt`, mimeType: "text/plain", buffer: Buffer.from(`text ${at}`) },
    }));
    const chooser = page.waitForEvent("filechooser");
    await widget.browse.tap();
    await (await chooser).setFiles(many);
    await expect(screen.rows).toHaveCount(12);
    const client = await page.context().newCDPSession(page);
    const touch = (type, x, y) =>
      client.send("Input.dispatchTouchEvent", {
        ...{ type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] },
      });
    const swipe = async ({ x, y }, by) => {
      await touch("touchStart", x, y);
      for (let step = 1; step <= 8; step += 1) await touch("touchMove", x, y + (by * step) / 8);
      await touch("touchEnd");
    };
    const top = () => screen.list.evaluate((list) => list.scrollTop);
    const first = await screen.rows.first().locator(".name").boundingBox();
    // What a finger has pushed goes on for a while.
    const still = screen.list.evaluate(
      (list) => new Promise((rests) => list.addEventListener("scrollend", rests, { once: true })),
    );
    await swipe({ x: first.x + 20, y: first.y + 230 }, -160);
    await still;
    expect(await top()).toBeGreaterThan(40);
    await screen.list.evaluate((list) => (list.scrollTop = 0));
    const names = await screen.names();
    const handle = await screen.handle("file-0.txt").boundingBox();
    const row = await screen.rows.first().boundingBox();
    await swipe({ x: handle.x + 20, y: handle.y + 20 }, row.height * 1.2);
    const [zero, one, ...rest] = names;
    await expect.poll(screen.names).toEqual([one, zero, ...rest]);
    expect(await top()).toBe(0);
  });
});

test("what is wrong is shown before anything is sent, and holds all of it back", async ({
  widget,
  page,
}) => {
  await widget.open({ review: true });
  const sent = countUploads(page);
  const screen = new Review(widget);
  await widget.choose(HARBOUR, MORNING);
  await screen.describe("harbour.jpg");
  const id = screen.field(fields.public_id);
  await id.fill("a?b");
  await expect(id).toHaveAttribute("aria-invalid", "true");
  const letters = "? & # \\ % < > +";
  const invalid = fill(words.notifications.invalid_public_id, { letters });
  await expect(id).toHaveAccessibleDescription(invalid);
  await id.fill("taken");
  await widget.button(review.next).click();
  await screen.field(fields.public_id).fill("taken");
  await expect(screen.sheet.getByText(review.public_id_taken)).toBeVisible();
  await screen.done();
  await screen.send(2);
  await expect(screen.field(fields.public_id)).toBeFocused();
  await screen.field(fields.public_id).fill("free");
  await screen.done();
  expect(sent).toEqual([]);
  await screen.send(2);
  const all = await infos(widget, 2);
  expect(all.map((info) => info.public_id)).toEqual(["free", "taken"]);
});

test("closing asks before what was described is thrown away", async ({ widget, page }) => {
  await widget.open({ review: true });
  const sent = countUploads(page);
  const screen = new Review(widget);
  await widget.choose(HARBOUR);
  await expect(screen.rows).toHaveCount(1);
  await widget.cross.click();
  await expect(widget.question).toContainText(words.uploader.close_review);
  await widget.button(words.uploader.close_review_keep).click();
  await expect(screen.rows).toHaveCount(1);
  await widget.cross.click();
  await widget.button(words.uploader.close_review_stop).click();
  await expect(widget.dialog).toBeHidden();
  expect(sent).toEqual([]);
  expect((await widget.events()).filter((event) => event === "close")).toHaveLength(1);
});

test("what is described is what is signed", async ({ widget, page, server }) => {
  const secret = (await secretOf(server)).trim();
  await page.exposeFunction("signed", (params) => sign(params, secret));
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.asked = [];
    const uploadSignature = (callback, params) => {
      window.asked.push(params);
      window.signed(params).then(callback);
    };
    const options = { ...window.base, review: true, apiKey: "demo", uploadSignature };
    window.widget = window.plimsoll.openUploadWidget(options, window.callback);
  });
  const screen = new Review(widget);
  await widget.choose(HARBOUR);
  await screen.describe("harbour.jpg");
  await screen.field(review.caption).fill("a=b");
  await screen.tags.fill("signed");
  await screen.done();
  expect(await page.evaluate(() => window.asked)).toEqual([]);
  await screen.send(1);
  const [info] = await infos(widget, 1);
  expect(info.tags).toEqual(["signed"]);
  expect(info.context.custom).toEqual({ caption: "a=b" });
  const [asked] = await page.evaluate(() => window.asked);
  expect(asked).toMatchObject({ tags: "signed", context: "caption=a\\=b" });
});

test("one file is replaced, and the widget closes by itself when it is there", async ({
  widget,
}) => {
  await widget.open({ review: true, multiple: false });
  const screen = new Review(widget);
  await widget.choose(HARBOUR);
  await expect.poll(screen.names).toEqual(["harbour.jpg"]);
  await widget.choose(MORNING);
  await expect.poll(screen.names).toEqual(["morning.jpg"]);
  await screen.send(1);
  await expect(widget.dialog).toBeHidden();
  const { info } = await widget.until("success");
  expect(info.original_filename).toBe("morning");
});

test("more than may be are left out, and those removed make room", async ({ widget }) => {
  await widget.open({ review: true, maxFiles: 2, autoMinimize: true });
  const screen = new Review(widget);
  await widget.choose(HARBOUR, MORNING, NOTES);
  await expect.poll(screen.names).toEqual(["harbour.jpg", "morning.jpg"]);
  await widget.action("remove", "harbour.jpg").click();
  await widget.choose(NOTES);
  await expect.poll(screen.names).toEqual(["morning.jpg", "notes.txt"]);
  // Small only when something is sent.
  await expect(widget.dialog).toBeVisible();
  await screen.send(2);
  await expect(widget.dialog).toBeHidden();
  await infos(widget, 2);
});

test("a picture is cropped before, and again while it is looked at", async ({ widget }) => {
  const { crop } = words;
  await widget.open({ review: true, cropping: true, croppingDefaultSelectionRatio: 0.5 });
  const screen = new Review(widget);
  await widget.choose(HARBOUR);
  await widget.button(crop.apply).click();
  await expect(screen.rows).toContainText(review.cropped);
  await screen.button(review.crop_of, "harbour.jpg").click();
  await expect(widget.dialog.getByLabel(crop.width, { exact: true })).toHaveValue("800");
  await widget.dialog.getByLabel(crop.width, { exact: true }).fill("600");
  await widget.dialog.getByLabel(crop.width, { exact: true }).press("Tab");
  await widget.button(crop.apply).click();
  await screen.button(review.crop_of, "harbour.jpg").click();
  await widget.button(crop.back_btn).click();
  await screen.send(1);
  const [info] = await infos(widget, 1);
  expect(info.coordinates.custom[0][2]).toBe(600);
});

const FIELDS = [
  { external_id: "credit", label: "Photographer", mandatory: true, validation: { max: 20 } },
  { external_id: "year", label: "Year", type: "integer", validation: { min: 1900, max: 2100 } },
  { external_id: "weight", label: "Weight", type: "number", default_value: 1.5 },
  { external_id: "day", label: "Day", type: "date" },
  { external_id: "code", label: "Code", validation: { regex: "[A-Z]{2}-\\d+" } },
  {
    ...{ external_id: "licence", label: "Licence", type: "enum" },
    datasource: { values: [{ external_id: "cc", value: "Creative Commons" }, { value: "Other" }] },
  },
  { external_id: "colours", label: "Colours", type: "set", values: ["red", "blue", "green"] },
];

test(
  "the page's fields are asked without review as well, checked, and stored as typed",
  proves("option:metadataFields"),
  async ({ widget, page }) => {
    await widget.open({ metadataFields: FIELDS, metadata: { kept: "a|b", credit: "nobody" } });
    const sent = countUploads(page);
    const screen = new Review(widget);
    await widget.choose(HARBOUR);
    await screen.send(1);
    // What is missing is shown at once, and has the focus.
    const credit = screen.field("Photographer *");
    await expect(credit).toBeFocused();
    await expect(credit).toHaveAccessibleDescription(wrong.required);
    await credit.fill("x".repeat(21));
    await expect(credit).toHaveAccessibleDescription(fill(wrong.string.max, { max: 20 }));
    await credit.fill("Ada | Byron");
    await expect(credit).not.toHaveAttribute("aria-invalid");
    const year = screen.field("Year");
    await year.fill("1815");
    await expect(year).toHaveAccessibleDescription(
      fill(wrong.integer.greaterThanEqual, { min: 1900 }),
    );
    await year.fill("19.5");
    await expect(year).toHaveAccessibleDescription(wrong.integerTypeError);
    await year.fill("1999");
    await expect(screen.field("Weight")).toHaveValue("1.5");
    await screen.field("Weight").fill("2,75");
    await screen.field("Day").fill("2026-11-24");
    await screen.field("Code").fill("ab-1");
    await expect(screen.field("Code")).toHaveAccessibleDescription(wrong.string.regex);
    await screen.field("Code").fill("AB-1");
    await screen.field("Licence").selectOption("Creative Commons");
    await screen.field("red").check();
    await screen.field("green").check();
    await screen.done();
    expect(sent).toEqual([]);
    await screen.send(1);
    const [info] = await infos(widget, 1);
    expect(info.metadata).toEqual({
      ...{ kept: "a|b", credit: "Ada | Byron", year: "1999", weight: "2.75" },
      ...{ day: "2026-11-24", code: "AB-1", licence: "cc", colours: ["red", "green"] },
    });
  },
);

test.describe("with fields that can't be used", () => {
  test.use({ provoked: [/^console\.warning: Plimsoll: metadataFields\[0\] has the type/] });

  test("those are left out and told, and the others asked", async ({ widget }) => {
    const metadataFields = [
      { id: "a", type: "colour" },
      { id: "note", label: "Note", default: "as proposed" },
    ];
    await widget.open({ metadataFields });
    const screen = new Review(widget);
    await widget.choose(NOTES);
    await screen.describe("notes.txt");
    await expect(screen.sheet.getByRole("textbox")).toHaveCount(1);
    await screen.done();
    await screen.send(1);
    const [info] = await infos(widget, 1);
    expect(info.metadata).toEqual({ note: "as proposed" });
  });
});

test.describe("with no field that can be used", () => {
  test.use({ provoked: [/^console\.warning: Plimsoll: metadataFields\[0\] has no id/] });

  test("files go up as if nobody had asked", async ({ widget }) => {
    await widget.open({ metadataFields: [{ label: "Nothing" }] });
    await widget.choose(NOTES);
    await widget.until("success");
  });
});
