// `<plimsoll-upload>`, the field of a form, in a page of its own.
import { expect } from "@playwright/test";
import { file } from "../../support/environment.mjs";
import { answers, held, press } from "./walk.mjs";

const choose = ({ page }) => page.locator("plimsoll-upload").locator(".button");
const status = ({ page }) => page.locator("plimsoll-upload").getByRole("status");

const visit = async (at) => {
  await at.page.goto("/pages/form.html");
  await expect(choose(at)).toBeVisible();
  await at.page.locator("#photos").evaluate((field, language) => {
    field.setAttribute("upload-prefix", location.origin);
    if (language) field.setAttribute("language", language);
  }, at.language);
};

export const FIELD = {
  name: "form field",
  host: "plimsoll-upload",
  open: visit,
  provokes: [/status of 400/],
  states: {
    empty: ({ words, ...at }) => expect(status(at)).toHaveText(words.field.none),
    "nothing is chosen, and the form was sent": async ({ page, words, ...at }) => {
      await page.locator("#send").click();
      await expect(status({ page, ...at })).toHaveText(words.field.required);
    },
    uploading: async (at) => {
      await held(at);
      await choose(at).click();
      await at.widget.choose(file("harbour.jpg"), file("notes.txt"));
      await at.gate.reaches(2);
      await press(at, at.words.queue.minimize);
      await expect(status(at)).toHaveText(at.words.field.uploading);
    },
    done: async (at) => {
      await at.gate.release();
      await expect(at.page.locator("plimsoll-upload").getByRole("listitem")).toHaveCount(2);
      await at.page.getByRole("button", { name: at.words.queue.expand }).click();
      await at.widget.done.click();
      await expect(at.widget.dialog).toHaveCount(0);
    },
    "one has failed": async (at) => {
      await answers(at, { status: 400, json: { error: { message: "This account is full" } } });
      await choose(at).click();
      await at.widget.choose(file("evening.png"));
      await at.widget.shows("failed", "evening.png");
      await at.widget.cross.click();
      await expect(at.page.locator("plimsoll-upload").locator(".bad")).toBeVisible();
    },
    "as many as there may be": async (at) => {
      await at.page.unrouteAll({ behavior: "ignoreErrors" });
      await choose(at).click();
      await at.widget.choose(file("morning.jpg"));
      await at.widget.shows("done", "morning.jpg");
      await at.widget.done.click();
      await expect(choose(at)).toHaveAttribute("aria-disabled", "true");
    },
    disabled: async (at) => {
      await at.page.locator("#photos").evaluate((field) => (field.disabled = true));
      await expect(choose(at)).toBeDisabled();
    },
  },
};

export const TOURS = [FIELD];
