// Two ways to use a page, each with everything else forbidden: the keyboard alone, and one pointer
// that presses points and nothing more. A way that is forbidden and used all the same fails the
// test by a message of the page, which the fixture `page` hears.
import { expect } from "@playwright/test";
import { file } from "../support/environment.mjs";

/** More stops than any screen of ours has. */
const STOPS_MAX = 60;

/** Runs in the page before all else: complains of whatever this hand may not do. */
const watch = (which) => {
  const isField = (node) => /^(INPUT|TEXTAREA)$/.test(node.tagName) && node.type !== "file";
  const complain = (event) => event.isTrusted && console.error(`forbidden: ${event.type}`);
  const listen = (name, act) => addEventListener(name, act, { capture: true, passive: true });
  if (which === "keys") {
    const names = ["pointerdown", "pointermove", "touchstart", "wheel"];
    for (const name of names) listen(name, complain);
    return;
  }
  for (const name of ["touchstart", "wheel", "dragstart"]) listen(name, complain);
  // Moving with the button down would be a drag; keys are for texts.
  listen("pointermove", (event) => event.buttons && complain(event));
  listen("keydown", (event) => isField(event.composedPath()[0]) || complain(event));
};

/** Runs in the page: what is wrong with how the focus is seen. */
const unseen = () => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  if (!focused || focused === document.body) return "";
  const name = focused.ariaLabel || focused.textContent.trim() || focused.id || focused.tagName;
  if (!focused.matches(":focus-visible")) return `${name}: the focus is not shown`;
  const { x, y, width, height } = focused.getBoundingClientRect();
  const at = (part) => [x + width * part, y + height / 2];
  // Hidden altogether by something above it (WCAG 2.4.11)?
  const root = focused.getRootNode();
  const seen = [0.1, 0.5, 0.9].some((part) => {
    const top = root.elementFromPoint(...at(part));
    return top && (focused.contains(top) || top.contains(focused));
  });
  if (!seen) return `${name}: the focused element is hidden`;
  const rings = [focused, ...["::before", "::after"]].map((part) =>
    typeof part === "string" ? getComputedStyle(focused, part) : getComputedStyle(part),
  );
  const ring = rings.some((style) => style.outlineStyle !== "none" && style.outlineWidth !== "0px");
  // A heading that is focused to be read is no control.
  return ring || focused.tagName === "H2" ? "" : `${name}: no ring`;
};

const isFocused = (locator) => locator.evaluate((node) => node.matches(":focus"));

/** Nothing but keys. */
export class Keys {
  name = "the keyboard alone";

  static async of(page, widget) {
    await page.addInitScript(watch, "keys");
    return Object.assign(new Keys(), { page, widget });
  }

  /** Presses a key, and looks where the focus is. */
  async key(name) {
    await this.page.keyboard.press(name);
    expect(await this.page.evaluate(unseen), name).toBe("");
  }

  /** Presses Tab until this is focused. */
  async to(locator) {
    await expect(locator).toBeVisible();
    for (let stops = 0; stops < STOPS_MAX; stops++) {
      if (await isFocused(locator)) return;
      await this.key("Tab");
    }
    throw new Error(`Tab never came to ${locator}`);
  }

  async press(locator) {
    await this.to(locator);
    await this.page.keyboard.press("Enter");
  }

  /** Files of the browser's own chooser. */
  async choose(...names) {
    const chooser = this.page.waitForEvent("filechooser");
    await this.press(this.widget.browse);
    await (await chooser).setFiles(names.map((name) => (name.includes("/") ? name : file(name))));
  }

  async type(field, text) {
    await this.to(field);
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.insertText(text);
  }

  /** Goes to a source by the arrow keys. */
  async turn(name) {
    const tab = this.widget.dialog.getByRole("tab", { name, exact: true });
    await this.to(this.widget.dialog.getByRole("tab", { selected: true }));
    for (let stops = 0; stops < STOPS_MAX && !(await isFocused(tab)); stops++) {
      await this.key("ArrowRight");
    }
    await expect(tab).toHaveAttribute("aria-selected", "true");
  }

  /** Wants to close the dialog. */
  leave() {
    return this.page.keyboard.press("Escape");
  }
}

/** Nothing but presses of points, one at a time, and texts in fields. */
export class Pointer {
  name = "one pointer that only presses";

  static async of(page, widget) {
    await page.addInitScript(watch, "pointer");
    return Object.assign(new Pointer(), { page, widget });
  }

  async press(locator) {
    await expect(locator).toBeEnabled();
    await locator.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await locator.boundingBox();
    // Not where something lies over it.
    await locator.click({ trial: true });
    await this.page.mouse.click(x + width / 2, y + height / 2);
  }

  async choose(...names) {
    const chooser = this.page.waitForEvent("filechooser");
    await this.press(this.widget.browse);
    await (await chooser).setFiles(names.map((name) => (name.includes("/") ? name : file(name))));
  }

  async type(field, text) {
    await this.press(field);
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.insertText(text);
  }

  turn(name) {
    return this.press(this.widget.dialog.getByRole("tab", { name, exact: true }));
  }

  leave() {
    return this.press(this.widget.cross);
  }
}
