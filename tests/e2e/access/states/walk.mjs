// How a tour of states is walked: one page per tour, each state once, in the order of the table.
// A tour is `{ name, options, path, before, open, provokes, media, host, states }`; a state is a
// line of `states`: its name, and how it is reached from the one before. What is looked at is the
// shadow root of `window.looked()`. For all that looks at every screen.
import { expect } from "@playwright/test";
import { UPLOADS, hold } from "../../support/widget.mjs";

/** Walks a tour and calls `look` with the name of each state once it is reached. */
export async function walk(tour, { widget, page, context, folder }, look) {
  const { language } = tour.options ?? {};
  const at = { widget, page, context, folder, words: widget.words, language };
  await page.addInitScript((host) => {
    window.looked = () => document.querySelector(host).shadowRoot;
  }, tour.host ?? "plimsoll-widget");
  await tour.before?.(at);
  if (tour.open) await tour.open(at);
  else await widget.open(tour.options, tour.path);
  for (const [state, reach] of Object.entries(tour.states)) {
    await reach(at);
    await look(`${tour.name}: ${state}`);
  }
}

/** Holds uploads of this page from now on; `at.gate` lets them go. */
export const held = async (at) => {
  at.gate = await hold(at.page);
};

/** Answers uploads from now on in the server's place. */
export const answers = async ({ page }, response) => {
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.route(UPLOADS, (route) => route.fulfill(response));
};

/** Goes to a source. */
export const turn = ({ widget }, name) =>
  widget.dialog.getByRole("tab", { name, exact: true }).click();

/** Presses a button of the dialog. */
export const press = ({ widget }, name) => widget.button(name).click();

/** Waits for a button of the dialog. */
export const waitFor = ({ widget }, name) => expect(widget.button(name)).toBeVisible();
