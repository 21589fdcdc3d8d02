// Pages that are odd around the widget: patched builtins, names that clobber, other scripts, other
// modes of layout, workers between it and the server. What is uploaded arrives all the same.
import axe from "axe-core";
import { file } from "../support/environment.mjs";
import { library } from "../support/old.mjs";
import { expect, test } from "../support/test.mjs";
import { SHEETS } from "./sheets.mjs";

/** Uploads a file and waits until it is stored. */
async function journey(widget, name = "notes.txt") {
  await widget.choose(file(name));
  await widget.shows("done", name);
}

/** Runs in the page: the share of pixels that differ between two pictures, in percent. */
const difference = async (images) => {
  const [before, after] = await Promise.all(
    images.map(async (image) => {
      const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    }),
  );
  if (before.length !== after.length) return 100;
  let differing = 0;
  for (let at = 0; at < before.length; at += 4) {
    differing += [0, 1, 2].some((part) => before[at + part] !== after[at + part]);
  }
  return (differing * 400) / before.length;
};

test("H01 style sheets that harm whatever they reach leave the dialog as it was", async ({
  widget,
  page,
  folder,
}) => {
  await widget.open({ sources: ["local", "url", "camera"], maxFileSize: 1_000_000 });
  await widget.choose(file("harbour.jpg"), file("notes.txt"), file("evening.png"));
  await widget.shows("done", "harbour.jpg", "notes.txt", "evening.png");
  await page.evaluate(axe.source);
  const { x, y, width, height } = await widget.dialog.locator(".panel").boundingBox();
  // Its rounded corners let the page through.
  const clip = { x: x + 16, y: y + 16, width: width - 32, height: height - 32 };
  const picture = async () =>
    (await page.screenshot({ clip, animations: "disabled" })).toString("base64");
  const good = await picture();
  const found = [];
  for (const [name, sheet] of Object.entries(SHEETS)) {
    await page.evaluate((sheet) => {
      const element = document.createElement("style");
      element.id = "hostile";
      element.textContent = sheet;
      document.head.append(element);
    }, sheet);
    const differs = await page.evaluate(difference, [good, await picture()]);
    if (differs > 0.1) found.push(`${name}: ${differs.toFixed(2)} % of its pixels differ`);
    const violations = await page.evaluate(async () => {
      const { shadowRoot } = document.querySelector("plimsoll-widget");
      const { violations } = await window.axe.run(shadowRoot.querySelector(".root"));
      return violations.map(({ id, nodes }) => `${id} at ${nodes[0].target}`);
    });
    found.push(...violations.map((violation) => `${name}: ${violation}`));
    await page.evaluate(() => document.querySelector("#hostile").remove());
  }
  expect(found).toEqual([]);
  expect(Object.keys(SHEETS).length).toBeGreaterThanOrEqual(30);
});

const OLD = {
  "jquery@1.5.1": () => typeof window.jQuery.fn.live === "function",
  "mootools@1.5.2": () => [1, 2].invoke("toString").contains("2") && !!"".hyphenate,
  "prototype@0.0.5": () => [1, 2].inject(0, (sum, one) => sum + one) === 3 && !!"".gsub,
};

for (const [id, isThere] of Object.entries(OLD)) {
  test(`H02 beside ${id}, which changes builtins, it uploads as anywhere`, async ({
    widget,
    page,
  }) => {
    // First of all scripts, as such libraries were.
    await page.route("**/pages/shop.html", async (route) => {
      const html = await (await route.fetch()).text();
      const body = html.replace("<title>", '<script src="old.js"></script><title>');
      await route.fulfill({ contentType: "text/html", body });
    });
    const old = { contentType: "text/javascript", body: await library(id) };
    await page.route("**/pages/old.js", (route) => route.fulfill(old));
    await widget.open();
    expect(await page.evaluate(isThere)).toBe(true);
    await widget.drop(file("harbour.jpg"), file("notes.txt"));
    await widget.shows("done", "harbour.jpg", "notes.txt");
    await widget.done.click();
    const told = (await widget.until("queues-end")).info.files;
    expect(told.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "harbour.jpg success",
      "notes.txt success",
    ]);
  });
}

test("H02 a document that is patched as Prototype.js and MooTools did harms nothing", async ({
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
    Element.prototype.remove = function () {
      return this.parentNode.removeChild(this);
    };
    window.$ = (id) => document.getElementById(id);
    Event.prototype.stop = Event.prototype.preventDefault;
  });
  await widget.open();
  await widget.drop(file("harbour.jpg"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "notes.txt");
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
  await page.evaluate(() => window.widget.open());
  await journey(widget, "morning.jpg");
  await page.evaluate(() => window.widget.destroy());
});

test("H05 options that name prototypes change none, and are named as unknown", async ({
  page,
  provoked,
}) => {
  const names = [
    ...["__proto__", "constructor", "prototype"],
    ...["context", "metadata", "styles", "text", "folder"],
  ];
  for (const name of names.slice(0, 3)) {
    provoked.push(new RegExp(`console.warning: Plimsoll: ${name} is no option but a name by`));
  }
  await page.goto("/pages/shop.html");
  const { found, opened } = await page.evaluate(async (names) => {
    const poison = '{"polluted": true, "maxFileSize": 1, "folder": "x"}';
    const found = [];
    let opened = 0;
    for (const outer of names) {
      for (const inner of names) {
        const given = JSON.parse(`{"${outer}": {"${inner}": ${poison}}}`);
        const all = Object.assign(Object.create(null), window.base, given);
        const shown = Promise.withResolvers();
        const widget = window.plimsoll.openUploadWidget(all, (_, { event, info }) => {
          if (event === "display-changed" && info === "shown") shown.resolve();
        });
        await shown.promise;
        widget.update(given);
        await widget.destroy();
        opened += 1;
        const isHarmed = {}.polluted || {}.folder || [].maxFileSize || (() => {}).polluted;
        if (isHarmed) found.push(`${outer}.${inner}`);
      }
    }
    return { found, opened };
  }, names);
  expect(found).toEqual([]);
  expect(opened).toBe(64);
  // And one that stays, for the sentences about it come when they are fetched.
  const told = Promise.all(
    names.slice(0, 3).map((name) =>
      page.waitForEvent("console", (line) => line.text().startsWith(`Plimsoll: ${name} is no`)),
    ),
  );
  await page.evaluate(() => {
    const given = JSON.parse('{"__proto__": 1, "constructor": {}, "prototype": []}');
    const all = Object.assign(Object.create(null), window.base, given);
    window.widget = window.plimsoll.openUploadWidget(all, window.callback);
  });
  await told;
});

test("H05 a page's own option object that has prototypes in it is read without them", async ({
  widget,
  page,
}) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.options = { ...JSON.parse('{"__proto__": {"maxFileSize": 1}}') };
    window.options = Object.assign(Object.create({ maxFileSize: 1 }), window.options);
  });
  await page.locator("#opener").click();
  await journey(widget);
  expect(await page.evaluate(() => ({}).maxFileSize)).toBeUndefined();
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

/** Whether a page can be scrolled. */
const scrolls = (page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).overflowY !== "hidden");

/** Opens the widget again on what is left of a page, and uploads. */
async function again(widget, page) {
  await page.evaluate(async () => {
    await window.widget.destroy();
    window.widget = window.plimsoll.openUploadWidget(window.base, window.callback);
  });
  await expect(widget.dialog).toBeVisible();
  await journey(widget, "harbour.jpg");
}

test("H18 a page that empties itself can open the widget again", async ({ widget, page }) => {
  await widget.open();
  await journey(widget);
  await page.evaluate(() => (document.body.innerHTML = ""));
  await expect(page.locator("plimsoll-widget")).toHaveCount(0);
  expect(await scrolls(page)).toBe(true);
  await again(widget, page);
});

test("H18 a page that empties the place of the widget can open it there again", async ({
  widget,
  page,
}) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    const place = document.createElement("div");
    place.id = "place";
    document.body.prepend(place);
    window.base.inlineContainer = "#place";
    window.widget = window.plimsoll.openUploadWidget(window.base, window.callback);
  });
  const inside = page.locator("#place plimsoll-widget");
  await expect(inside).toHaveCount(1);
  await page.evaluate(() => (document.querySelector("#place").innerHTML = ""));
  await expect(page.locator("plimsoll-widget")).toHaveCount(0);
  await page.evaluate(async () => {
    await window.widget.destroy();
    window.widget = window.plimsoll.openUploadWidget(window.base, window.callback);
  });
  await expect(inside).toHaveCount(1);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: widget.words.local.browse, exact: true }).click();
  await (await chooser).setFiles(file("notes.txt"));
  await widget.until("success");
});

test("H18 a page that is written anew by document.write can open it again", async ({
  widget,
  page,
}) => {
  await widget.open();
  await journey(widget);
  await page.evaluate(() => {
    document.write('<!doctype html><html lang="en"><title>Anew</title><h1>Anew</h1>');
    document.close();
  });
  await expect(page.locator("plimsoll-widget")).toHaveCount(0);
  expect(await scrolls(page)).toBe(true);
  await again(widget, page);
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
