// Every instance method of the contract, with all that pages really pass to them and at all times
// at which they really call them.
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { hold } from "../support/widget.mjs";


/** Every method that shows, hides or changes something. */
const ACTS = ["open", "show", "hide", "minimize", "close", "update"];

/** A page with a widget that was created and not opened. */
async function created(page, options = {}) {
  await page.goto("/pages/shop.html");
  await page.evaluate((options) => {
    Object.assign(window.base, options);
    window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
  }, options);
}

/** Calls methods in one tick, and gives what is then the case. */
const act = (page, ...methods) =>
  page.evaluate((methods) => {
    for (const [name, ...args] of methods) window.widget[name](...args);
    const { widget } = window;
    return [widget.isShowing(), widget.isMinimized(), widget.isDestroyed()];
  }, methods.map((method) => [method].flat()));

/** The `info` of each display-changed so far, and `close`. */
const displays = async (widget) =>
  (await widget.told())
    .filter(({ event }) => ["display-changed", "close"].includes(event))
    .map(({ event, info }) => (event === "close" ? "close" : info));

test("open takes a click event for no source", proves("method:open.source"), async ({
  page,
  widget,
}) => {
  await created(page);
  await page.evaluate(() => {
    const opener = document.createElement("button");
    opener.textContent = "As frameworks do it";
    // Unbound, with the event as its first argument.
    opener.addEventListener("click", window.widget.open);
    document.querySelector("main").prepend(opener);
  });
  await page.getByRole("button", { name: "As frameworks do it" }).click();
  await expect(widget.browse).toBeFocused();
});

for (const source of [null, undefined, "local", "no such source", 7, {}, [], () => {}]) {
  const written = `${typeof source} ${JSON.stringify(source)}`;
  test(`open(${written}) opens`, proves("method:open.source"), async ({ page, widget }) => {
    await created(page);
    const text = JSON.stringify(source);
    await page.evaluate(
      ([kind, text]) => {
        const source = text && JSON.parse(text);
        window.widget.open(kind === "function" ? () => {} : source);
      },
      [typeof source, text],
    );
    await expect(widget.browse).toBeFocused();
    expect(await widget.events()).toEqual(["display-changed"]);
  });
}

test(
  "open(null, { files }) uploads what is named",
  proves("method:open.files event:upload-added"),
  async ({ page, widget }) => {
    await created(page);
    await act(page, ["open", null, { files: ["data:text/plain;base64,cGxpbXNvbGw="] }]);
    const { info } = await widget.until("success");
    expect(info.bytes).toBe(8);
  },
);

test(
  "hide keeps queue and uploads, show brings them back",
  proves(
    "method:hide method:show method:isShowing event:display-changed dom:scroll",
  ),
  async ({ page, widget }) => {
    const gate = await hold(page);
    await created(page);
    await act(page, "open");
    await widget.choose(file("harbour.jpg"));
    await gate.reaches(1);
    expect(await act(page, "hide")).toEqual([false, false, false]);
    await expect(widget.dialog).toBeHidden();
    // The page is free meanwhile: its scrolling, and its focus.
    const free = await page.evaluate(() => getComputedStyle(document.documentElement).overflow);
    expect(free).not.toBe("hidden");
    await gate.release();
    await widget.until("queues-end");
    expect(await act(page, "show")).toEqual([true, false, false]);
    await widget.shows("done", "harbour.jpg");
    await act(page, "hide", "hide", ["open", null]);
    await widget.shows("done", "harbour.jpg");
    await act(page, "show", "close");
    await expect(page.locator("plimsoll-widget")).toHaveCount(0);
    const wanted = ["shown", "hidden", "shown", "hidden", "shown", "hidden", "close"];
    expect(await displays(widget)).toEqual(wanted);
  },
);

test(
  "minimize leaves the page free, open expands",
  proves("method:minimize method:isMinimized event:display-changed"),
  async ({ page, widget }) => {
    await created(page);
    expect(await act(page, "minimize")).toEqual([false, false, false]);
    await act(page, "open");
    await widget.choose(file("notes.txt"));
    await widget.until("queues-end");
    expect(await act(page, "minimize", "minimize")).toEqual([true, true, false]);
    // What lies behind a modal dialog can't be pressed.
    await page.evaluate(() => {
      document.querySelector("#opener").addEventListener("click", (event) => {
        event.stopImmediatePropagation();
        window.pressed = true;
      }, { capture: true });
    });
    await page.locator("#opener").click();
    expect(await page.evaluate(() => window.pressed)).toBe(true);
    expect(await act(page, "open")).toEqual([true, false, false]);
    await widget.shows("done", "notes.txt");
    await act(page, "minimize", "hide", "minimize", "close");
    expect(await displays(widget)).toEqual([
      ...["shown", "minimized", "expanded", "minimized", "hidden", "minimized"],
      ...["hidden", "close"],
    ]);
  },
);

test(
  "close tells display-changed and close once each, whatever was shown",
  proves("method:close event:close event-field:close.message"),
  async ({ page, widget }) => {
    await created(page);
    await act(page, "close", "open");
    await expect(widget.browse).toBeFocused();
    // Before the first opening there was nothing to close.
    expect(await displays(widget)).toEqual(["shown"]);
    await act(page, "close", "close", ["close", { quiet: true }], ["close", null]);
    expect(await displays(widget)).toEqual(["shown", "hidden", "close"]);
    const { info } = await widget.until("close");
    expect(info).toEqual({ message: expect.any(String), assets: [] });
    await act(page, "open", "hide", "close");
    const again = ["shown", "hidden", "hidden", "close"];
    expect((await displays(widget)).slice(3)).toEqual(again);
  },
);

test(
  "close of a hidden widget that uploads shows it and asks",
  proves("method:close"),
  async ({ page, widget }) => {
    const gate = await hold(page);
    await created(page);
    await act(page, "open");
    await widget.choose(file("harbour.jpg"));
    await gate.reaches(1);
    await act(page, "hide", "close");
    await expect(widget.question).toBeVisible();
    await widget.stop.click();
    await widget.until("close");
    await gate.release();
  },
);

test(
  "calls before the module has come are kept in order",
  proves("entry:stubs method:open method:hide method:show method:update"),
  async ({ page, widget }) => {
    const wasm = [];
    await page.route("**/*.wasm", (route) => wasm.push(route));
    await created(page, { multiple: true });
    const then = [["update", { multiple: false }], "open", "hide", "show", "minimize", "open"];
    expect(await act(page, ...then)).toEqual([false, false, false]);
    await expect.poll(() => wasm.length).toBe(1);
    await Promise.all(wasm.splice(0).map((route) => route.continue()));
    await page.unroute("**/*.wasm");
    await expect(widget.browse).toBeFocused();
    const order = ["shown", "hidden", "shown", "minimized", "expanded"];
    expect(await displays(widget)).toEqual(order);
    await widget.choose(file("notes.txt"));
    await widget.until("queues-end");
  },
);

test(
  "create, destroy and create again in one tick leave one widget",
  proves("method:destroy entry:createUploadWidget method:destroy.create"),
  async ({ page, widget }) => {
    await page.goto("/pages/shop.html");
    await page.evaluate(() => {
      for (let turn = 0; turn < 3; turn++) {
        window.widget?.destroy();
        window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
        window.widget.open();
      }
    });
    await expect(widget.browse).toBeFocused();
    await expect(page.locator("plimsoll-widget")).toHaveCount(1);
    expect(await widget.events()).toEqual(["display-changed"]);
  },
);

for (const [when, steps] of Object.entries({
  "never opened": [],
  // Opened and destroyed at once: see below.
  "before the module has come": [],
  closed: ["open", "wait", "close"],
  hidden: ["open", "wait", "hide"],
  minimized: ["open", "wait", "minimize"],
  shown: ["open", "wait"],
})) {
  test(
    `destroy when ${when} is a promise, and afterwards nothing happens`,
    proves("method:destroy method:isDestroyed habit:destroyed dom:scroll"),
    async ({ page, widget }) => {
      await created(page);
      for (const step of steps) {
        if (step === "wait") await expect(widget.dialog).toBeVisible();
        else await act(page, step);
      }
      const [told, ...is] = await page.evaluate(async (isEarly) => {
        if (isEarly) window.widget.open();
        const told = window.report().length;
        const first = window.widget.destroy();
        const second = window.widget.destroy({ removeThumbnails: true });
        let last;
        await first.finally(() => (last = window.widget.isDestroyed()));
        return [told, await first, await second, last];
      }, when === "before the module has come");
      expect(is).toEqual([undefined, undefined, true]);
      const after = await page.evaluate(async (acts) => {
        for (const name of acts) window.widget[name]({}, {});
        window.widget.on("success", () => {});
        window.widget.off("success");
        await window.widget.destroy();
        return [window.widget.isShowing(), window.widget.isMinimized()];
      }, ACTS);
      expect(after).toEqual([false, false]);
      await expect(page.locator("plimsoll-widget")).toHaveCount(0);
      expect(await widget.told()).toHaveLength(told);
      const free = await page.evaluate(() => getComputedStyle(document.documentElement).overflow);
      expect(free).not.toBe("hidden");
    },
  );
}

test(
  "destroy from inside the callback ends everything at once",
  proves("method:destroy callback:closes"),
  async ({ page, widget }) => {
    await created(page);
    await page.evaluate(() => {
      window.hear = (_, { event }) => {
        if (event === "upload-added") window.widget.destroy();
      };
      window.widget.open();
    });
    await widget.choose(file("notes.txt"), file("harbour.jpg"));
    await widget.until("upload-added");
    await expect(page.locator("plimsoll-widget")).toHaveCount(0);
    expect(await widget.events()).toEqual(["display-changed", "upload-added"]);
  },
);

test(
  "update with nothing or everything throws nothing",
  proves("method:update"),
  async ({ page, widget }) => {
    await created(page);
    await page.evaluate(() => {
      for (const given of [undefined, null, {}, "text", 7, [], new Event("click"), window.base]) {
        window.widget.update(given);
      }
      window.widget.open();
      window.widget.update(window.base);
      window.widget.update();
    });
    await expect(widget.browse).toBeFocused();
    await widget.choose(file("notes.txt"));
    await widget.until("success");
  },
);

test(
  "on, off and the document hear what the callback hears, in this order",
  proves("method:on method:off callback:throws"),
  async ({ page, widget, provoked }) => {
    provoked.push(/uncaught: the page's own/);
    await created(page);
    await page.evaluate(() => {
      const { widget, heard } = Object.assign(window, { heard: [] });
      window.hear = (_, { event }) => heard.push(["callback", event]);
      const hear = (info) => heard.push(["listener", info]);
      const gone = () => heard.push(["gone"]);
      widget.on("display-changed", () => {
        throw new Error("the page's own");
      });
      widget.on("display-changed", hear);
      widget.on("display-changed", gone);
      widget.off("display-changed", gone);
      widget.on("display-changed", gone)();
      widget.on("close", gone);
      widget.off("close");
      document.addEventListener("plimsoll:display-changed", ({ detail }) =>
        heard.push(["document", detail.event, detail.info, detail.widget === widget]),
      );
      widget.open();
    });
    await expect(widget.browse).toBeFocused();
    expect(await page.evaluate(() => window.heard)).toEqual([
      ["callback", "display-changed"],
      ["listener", "shown"],
      ["document", "display-changed", "shown", true],
    ]);
    await act(page, "close");
    expect(await page.evaluate(() => window.heard.map(([who]) => who))).not.toContain("gone");
  },
);

test(
  "errors are heard by on(error) and by the document",
  proves("method:on error:option.invalid"),
  async ({ page, provoked }) => {
    provoked.push(/console\.error: Plimsoll: cloudName is missing/);
    await page.goto("/pages/shop.html");
    const heard = await page.evaluate(async () => {
      const widget = window.plimsoll.createUploadWidget({ uploadPreset: "unsigned" });
      const first = new Promise((resolve) => widget.on("error", (error) => resolve(error.code)));
      const second = new Promise((resolve) =>
        document.addEventListener("plimsoll:error", ({ detail }) => resolve(detail.error.message)),
      );
      widget.open();
      return [await first, await second];
    });
    expect(heard).toEqual(["option.invalid", expect.stringContaining("cloudName is missing")]);
  },
);
