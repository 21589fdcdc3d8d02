// Pages that are odd around the widget: patched builtins, names that clobber, other scripts, other
// modes of layout, workers between it and the server. What is uploaded arrives all the same.
import { file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";

/** Uploads a file and waits until it is stored. */
async function journey(widget, name = "notes.txt") {
  await widget.choose(file(name));
  await widget.shows("done", name);
}

test("H02 builtins that are patched as Prototype.js and MooTools did harm nothing", async ({
  widget,
  page,
}) => {
  await page.addInitScript(() => {
    // Enumerable, so that each `for … in` over a list finds them.
    Array.prototype.each = function (visit) {
      this.forEach(visit);
      return this;
    };
    Array.prototype.include = Array.prototype.contains = Array.prototype.includes;
    Array.prototype.clone = Array.prototype.slice;
    Array.prototype.toJSON = function () {
      return `[${this.map(String).join(", ")}]`;
    };
    String.prototype.toJSON = function () {
      return `"${this}"`;
    };
    Array.from = (list) => (list ? Array.prototype.slice.call(list) : []);
    Function.prototype.bind = function (self, ...first) {
      const bound = this;
      return (...rest) => bound.apply(self, [...first, ...rest]);
    };
    Element.prototype.hide = Element.prototype.show = function () {
      return this;
    };
    const { remove } = Element.prototype;
    Element.prototype.remove = function () {
      remove.call(this);
      return this;
    };
    window.$ = (id) => document.getElementById(id);
    Event.prototype.stop = Event.prototype.preventDefault;
  });
  await widget.open();
  await widget.drop(file("harbour.jpg"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "notes.txt");
});

test("H05 options that name prototypes change none", async ({ widget, page }) => {
  await page.goto("/pages/shop.html");
  const polluted = await page.evaluate(async () => {
    const poison = { polluted: true, maxFileSize: 1, folder: "x" };
    const names = ["__proto__", "constructor", "prototype", "context", "styles", "text"];
    const wrap = (value, path) =>
      path.reduceRight((inner, name) => `{${JSON.stringify(name)}: ${inner}}`, value);
    const found = [];
    for (const outer of names) {
      for (const inner of names) {
        const given = JSON.parse(wrap(JSON.stringify(poison), [outer, inner]));
        const all = Object.assign(Object.create(null), window.base, given);
        const widget = window.plimsoll.createUploadWidget(all, window.callback);
        widget.update(given);
        await widget.destroy();
        if ({}.polluted || {}.folder || [].maxFileSize) found.push(`${outer}.${inner}`);
      }
    }
    return found;
  });
  expect(polluted).toEqual([]);
  await widget.press(JSON.parse('{"__proto__": {"maxFileSize": 1, "polluted": true}}'));
  await journey(widget);
  expect(await page.evaluate(() => ({}).polluted)).toBeUndefined();
});

test("H15 a page that is isolated from other origins uploads as any", async ({ widget, page }) => {
  await page.route("**/pages/shop.html", async (route) => {
    const response = await route.fetch();
    const headers = {
      ...response.headers(),
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    };
    await route.fulfill({ response, headers });
  });
  await widget.open();
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  await journey(widget, "harbour.jpg");
});

test("H16 elements with the names of globals are not taken for them", async ({ widget, page }) => {
  await widget.open({}, "/pages/clobbered.html");
  await journey(widget);
  const kept = await page.evaluate(() => document.querySelectorAll("form, img").length);
  expect(kept).toBe(3);
});

test("H17 beside another copy the first one wins, and the console says so", async ({
  page,
  provoked,
}) => {
  provoked.push(/Plimsoll: another version of it is on this page and stays/);
  await page.addInitScript(() => {
    window.plimsoll = { openUploadWidget: () => (window.isOld = true) };
  });
  await page.goto("/pages/shop.html");
  await page.locator("#opener").click();
  expect(await page.evaluate(() => window.isOld)).toBe(true);
});

test("H18 a page that empties itself can open the widget again", async ({ widget, page }) => {
  await widget.open();
  await journey(widget);
  await page.evaluate(() => (document.body.innerHTML = ""));
  await expect(page.locator("plimsoll-widget")).toHaveCount(0);
  await page.evaluate(async () => {
    await window.widget.destroy();
    window.widget = window.plimsoll.openUploadWidget(window.base, window.callback);
  });
  await expect(widget.dialog).toBeVisible();
  await journey(widget, "harbour.jpg");
});

test("H19 it can be used on an old page, from right to left, at four times the size", async ({
  widget,
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 256 });
  await widget.open({}, "/pages/quirks.html");
  expect(await page.evaluate(() => document.compatMode)).toBe("BackCompat");
  await journey(widget);
});

test("H20 a service worker that answers uploads with 504 is a fault like others", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/Failed to load resource: the server responded with a status of 504/);
  await page.goto("/pages/shop.html");
  await page.evaluate(async () => {
    const ready = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    });
    await navigator.serviceWorker.register("worker.js");
    await ready;
  });
  await widget.press();
  await journey(widget);
});

test("H08 a hundred openings at once show one dialog", async ({ widget, page }) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
    for (let at = 0; at < 100; at += 1) window.widget.open();
  });
  await expect(widget.dialog).toHaveCount(1);
  await journey(widget);
  const shown = await widget.events();
  expect(shown.filter((name) => name === "display-changed")).toHaveLength(1);
});

test("H13 nothing takes the focus before the widget is opened", async ({ widget, page }) => {
  const fetched = page.waitForResponse(/plimsoll-widget\.wasm$/);
  await page.goto("/pages/shop.html");
  await page.locator("#opener").focus();
  await page.evaluate(() => {
    window.left = 0;
    document.querySelector("#opener").addEventListener("blur", () => (window.left += 1));
    window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
  });
  await (await fetched).finished();
  await expect(page.locator("#opener")).toBeFocused();
  expect(await page.evaluate(() => window.left)).toBe(0);
  await page.evaluate(() => window.widget.open());
  await journey(widget);
});
