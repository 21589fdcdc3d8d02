// What people may say of files before those are sent: their order, descriptions, tags, what the
// page asks, and what is set for all that come next.
import { expect } from "@playwright/test";
import { file } from "../../support/environment.mjs";
import { fill } from "../../support/widget.mjs";
import { held, press } from "./walk.mjs";

const PICTURES = ["harbour.jpg", "morning.jpg", "notes.txt"].map(file);

/** The page proposes tags and upload presets. */
const proposing = ({ page }) =>
  page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      const tags = ["party", "parade", "a park with a very long name that fills a line and more"];
      window.base.getTags = (callback, text) =>
        callback(tags.filter((tag) => tag.includes(text)));
      window.base.getUploadPresets = (callback) => callback(["unsigned", "archive"]);
    });
  });

const drafts = ({ widget, words }) =>
  widget.dialog.getByRole("list", { name: words.review.list }).locator(":scope > li");

/** The button of a row; names are kept apart by marks where one writes from right to left. */
const button = ({ widget }, text, name) =>
  widget
    .button(fill(text, { name }))
    .or(widget.button(fill(text, { name: `\u2068${name}\u2069` })));

const chosen = async (at, count = PICTURES.length) => {
  await at.widget.choose(...PICTURES.slice(0, count));
  await expect(drafts(at)).toHaveCount(count);
  await expect(at.widget.dialog.locator(".draft canvas:not([hidden])")).toHaveCount(2);
};

const described = async (at, name) => {
  await button(at, at.words.review.details_of, name).click();
  await expect(at.widget.dialog.locator(".describe h2")).toBeFocused();
};

/** Its words count, which each language does in its own way. */
const send = ({ widget }) => widget.dialog.locator(".review-foot .main").click();

const tags = ({ widget, words }) =>
  widget.dialog.getByRole("combobox", { name: words.advanced_options.tags, exact: true });

const offers = ({ widget, words }) =>
  widget.dialog.getByRole("listbox", { name: words.tags.suggestions }).getByRole("option");

const suggested = async (at) => {
  await tags(at).fill("par");
  await expect(offers(at)).toHaveCount(3);
  await tags(at).press("ArrowDown");
};

const tagged = async (at) => {
  await tags(at).press("Enter");
  for (const tag of ["sea", "a park with a very long name that fills a line and more"]) {
    await tags(at).fill(tag);
    await tags(at).press("Enter");
  }
  await expect(offers(at)).toHaveCount(0);
};

/** A public ID that can't be one. */
const misnamed = async (at) => {
  const { public_id: name } = at.words.advanced_options;
  const field = at.widget.dialog.getByLabel(name, { exact: true });
  await field.fill("a//b");
  await field.press("Tab");
  await expect(field).toHaveAttribute("aria-invalid", "true");
};

const REVIEW = {
  name: "review",
  options: { review: true, tags: ["site"] },
  before: proposing,
  states: {
    "files in order": (at) => chosen(at),
    "one is moved": async (at) => {
      await button(at, at.words.review.down, "harbour.jpg").click();
      await expect(drafts(at).first()).toContainText("morning.jpg");
    },
    "a file's details": (at) => described(at, "morning.jpg"),
    "tags are suggested": suggested,
    "tags are set": tagged,
    "a public ID that is none": misnamed,
    "sent, and another one waits": async (at) => {
      const { public_id: name } = at.words.advanced_options;
      await at.widget.dialog.getByLabel(name, { exact: true }).fill("");
      await press(at, at.words.queue.done);
      await held(at);
      await send(at);
      await at.gate.reaches(3);
      await at.widget.choose(file("evening.png"));
      await expect(drafts(at)).toHaveCount(1);
    },
  },
};

const FIELDS = [
  { external_id: "credit", label: "Photographer", mandatory: true, validation: { max: 20 } },
  { external_id: "year", label: "Year", type: "integer", validation: { min: 1900, max: 2100 } },
  { external_id: "day", label: "Day", type: "date" },
  {
    ...{ external_id: "licence", label: "Licence", type: "enum" },
    datasource: { values: [{ external_id: "cc", value: "Creative Commons" }, { value: "Other" }] },
  },
  { external_id: "colours", label: "Colours", type: "set", values: ["red", "blue", "green"] },
];

const METADATA = {
  name: "what the page asks",
  options: { metadataFields: FIELDS },
  states: {
    "it waits to be answered": (at) => chosen(at, 2),
    "what is missing": async (at) => {
      await send(at);
      await expect(at.widget.dialog.locator("[aria-invalid=true]").first()).toBeFocused();
    },
    "answered, with a mistake": async ({ widget }) => {
      const field = (label) => widget.dialog.getByLabel(label, { exact: true });
      await field("Photographer *").fill("Ada Byron");
      await field("Year").fill("1815");
      await field("Licence").selectOption("Creative Commons");
      await field("red").check();
      await expect(field("Year")).toHaveAttribute("aria-invalid", "true");
    },
    "back in the list, and told": async (at) => {
      await press(at, at.words.queue.done);
      await expect(at.widget.dialog.locator(".review-foot .wrong")).toBeVisible();
    },
  },
};

const ADVANCED = {
  name: "more options",
  options: { showAdvancedOptions: true },
  before: proposing,
  states: {
    closed: ({ widget, words }) => expect(widget.button(words.advanced)).toBeVisible(),
    open: async (at) => {
      await press(at, at.words.advanced);
      await expect(tags(at)).toBeVisible();
      await expect(at.widget.dialog.getByRole("combobox")).toHaveCount(2);
    },
    "tags are suggested": suggested,
    "tags are set": tagged,
    "a public ID that is none": misnamed,
    "below files": async (at) => {
      const { public_id: name } = at.words.advanced_options;
      await at.widget.dialog.getByLabel(name, { exact: true }).fill("");
      await press(at, at.words.advanced);
      await at.widget.choose(file("harbour.jpg"));
      await at.widget.until("success");
    },
  },
};

const AGAIN = {
  name: "crop and review",
  options: { review: true, cropping: true, croppingDefaultSelectionRatio: 0.5 },
  states: {
    "cropped before it is looked at": async (at) => {
      await at.widget.choose(file("harbour.jpg"), file("evening.png"));
      const canvas = at.widget.dialog.locator(".picture canvas");
      await expect(canvas).not.toHaveJSProperty("width", 300);
    },
    "the list says so": async (at) => {
      await press(at, at.words.crop.apply);
      const next = at.widget.dialog.getByText("evening.png", { exact: true }).last();
      await expect(next).toBeVisible();
      await press(at, at.words.crop.apply);
      await expect(drafts(at)).toHaveCount(2);
      await expect(drafts(at).first()).toContainText(at.words.review.cropped);
    },
    "and once more": async (at) => {
      await button(at, at.words.review.crop_of, "harbour.jpg").click();
      await expect(at.widget.button(at.words.crop.leave)).toBeVisible();
      const canvas = at.widget.dialog.locator(".picture canvas");
      await expect(canvas).not.toHaveJSProperty("width", 300);
    },
  },
};

export const TOURS = [REVIEW, METADATA, ADVANCED, AGAIN];
