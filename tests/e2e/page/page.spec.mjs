// The page around the widget: nothing of it changes, whatever the widget does.
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { countUploads, hold } from "../support/widget.mjs";

/** Everything of the page that a widget could leave changed. */
const state = (page) =>
  page.evaluate(() => {
    const attributes = (element) =>
      Array.from(element.attributes, ({ name, value }) => `${name}=${JSON.stringify(value)}`);
    return {
      html: attributes(document.documentElement),
      body: attributes(document.body),
      head: document.head.innerHTML,
      nodes: document.body.innerHTML,
      height: document.body.offsetHeight,
      sheets: document.adoptedStyleSheets.length,
      overflow: getComputedStyle(document.documentElement).overflow,
      globals: Object.getOwnPropertyNames(window).sort(),
      history: history.length,
      storage: [localStorage.length, sessionStorage.length, document.cookie],
    };
  });


/** Turns the wheel beside the dialog and presses a key that scrolls, and waits until both had
 * their effect, if any. */
async function scroll(page) {
  await page.evaluate(() => {
    window.settled = Promise.all(
      ["wheel", "keyup"].map(
        (event) =>
          new Promise((resolve) => {
            // Scrolling follows its event by a frame or two, and takes a few more.
            const frames = (count) => {
              if (count) requestAnimationFrame(() => frames(count - 1));
              else resolve();
            };
            addEventListener(event, () => frames(20), { once: true, capture: true });
          }),
      ),
    );
  });
  await page.mouse.move(20, 400);
  await page.mouse.wheel(0, 300);
  await page.keyboard.press("PageDown");
  await page.evaluate(() => window.settled);
}

const scrolled = (page) => page.evaluate(() => scrollY);

test("H12 attributes, styles, nodes and globals are as before after 50 openings", proves(
  "dom:untouched",
), async ({
  widget,
  page,
}) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => document.adoptedStyleSheets.push(new CSSStyleSheet()));
  const fresh = await state(page);
  await widget.press();
  const { nodes, sheets, overflow, globals, ...kept } = await state(page);
  expect(fresh).toMatchObject(kept);
  expect(globals.filter((name) => !fresh.globals.includes(name))).toEqual(["options", "widget"]);
  expect(nodes).not.toBe(fresh.nodes);
  expect(nodes.replace("<plimsoll-widget></plimsoll-widget>", "")).toBe(fresh.nodes);
  expect([sheets, overflow]).toEqual([2, "hidden"]);
  await widget.cross.click();
  await expect(widget.dialog).toHaveCount(0);
  expect(await state(page)).toEqual({ ...fresh, globals });
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (let turn = 0; turn < 50; turn++) {
      window.widget.open();
      if (turn % 2) await frame();
      if (!window.widget.isShowing()) throw new Error(`not shown in turn ${turn}`);
      window.widget.close();
      if (turn % 3) await frame();
    }
  });
  expect(await state(page)).toEqual({ ...fresh, globals });
  const events = await widget.events();
  expect(events).toHaveLength(3 * 51);
});

test("the page does not scroll behind the dialog, and does again after it", proves(
  "dom:scroll",
), async ({
  widget,
  page,
}) => {
  await page.goto("/pages/shop.html");
  await scroll(page);
  await expect.poll(() => scrolled(page)).toBeGreaterThan(0);
  await page.evaluate(() => scrollTo(0, 40));
  const width = () => page.evaluate(() => document.querySelector("main").clientWidth);
  const before = await width();
  await widget.press();
  await scroll(page);
  expect(await scrolled(page)).toBe(40);
  expect(await width(), "nothing moves sideways").toBe(before);
  await widget.cross.click();
  await expect(widget.dialog).toHaveCount(0);
  expect(await scrolled(page)).toBe(40);
  await scroll(page);
  await expect.poll(() => scrolled(page)).toBeGreaterThan(40);
});

test("the focus goes to the chooser and comes back to where it was", proves(
  "dom:focus",
), async ({ widget, page }) => {
  await widget.open();
  await expect(widget.browse).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(widget.dialog).toHaveCount(0);
  await expect(page.locator("#opener")).toBeFocused();
  expect(await widget.events()).toEqual(["display-changed", "display-changed", "close"]);
});

test("Escape while uploading asks first, and keeping goes on", proves(
  "method:close text:uploader.close_mid_upload text:uploader.close_keep",
  "text:uploader.close_stop",
), async ({ widget, page }) => {
  const gate = await hold(page);
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await gate.reaches(1);
  await page.keyboard.press("Escape");
  await expect(widget.question).toBeVisible();
  await expect(widget.keep).toBeFocused();
  await widget.keep.click();
  await expect(widget.question).toBeHidden();
  await gate.release();
  await widget.shows("done", "harbour.jpg");
  await widget.until("queues-end");
});

test("stopping at the question aborts the requests and says so once", async ({ widget, page }) => {
  const gate = await hold(page);
  const aborted = page.waitForEvent("requestfailed");
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await gate.reaches(1);
  await page.evaluate(() => window.widget.close());
  await expect(widget.question).toBeVisible();
  await widget.stop.click();
  await expect(widget.dialog).toHaveCount(0);
  expect((await aborted).failure().errorText).toContain("ERR_ABORTED");
  expect(await widget.events()).toEqual([
    ...["display-changed", "upload-added", "queues-start"],
    ...["abort", "queues-end", "display-changed", "close"],
  ]);
  expect((await widget.until("abort")).info).toEqual({ ids: [expect.any(String)], all: true });
  await gate.release();
});

test("the question goes when there is nothing left to stop", async ({ widget, page }) => {
  const gate = await hold(page);
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await gate.reaches(1);
  await page.keyboard.press("Escape");
  await expect(widget.question).toBeVisible();
  await gate.release();
  await widget.shows("done", "harbour.jpg");
  await expect(widget.question).toBeHidden();
  await expect(widget.done).toBeVisible();
});

test("close({ quiet: true }) closes without asking", proves(
  "method:close.quiet",
), async ({ widget, page }) => {
  const gate = await hold(page);
  await widget.open();
  await widget.choose(file("harbour.jpg"));
  await gate.reaches(1);
  await page.evaluate(() => window.widget.close({ quiet: true }));
  await expect(widget.dialog).toHaveCount(0);
});

for (const event of ["display-changed", "upload-added", "queues-start", "success", "queues-end"]) {
  test(`close() from inside the callback at ${event} ends everything`, proves(
    "callback:closes",
  ), async ({
    widget,
    page,
  }) => {
    await page.goto("/pages/shop.html");
    await page.evaluate((wanted) => {
      window.hear = (error, { event, info }) => {
        if (event === wanted && info !== "hidden") window.widget.close({ quiet: true });
      };
    }, event);
    // The widget is made first, so that the page has it in hand when the first event comes.
    await page.evaluate(() => {
      window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
      window.widget.open();
    });
    if (event !== "display-changed") {
      await expect(widget.dialog).toBeVisible();
      await widget.choose(file("notes.txt"));
    }
    await widget.until("close");
    await expect(widget.dialog).toHaveCount(0);
    const events = await widget.events();
    const count = (name) => events.filter((other) => other === name).length;
    expect(events.slice(-2)).toEqual(["display-changed", "close"]);
    expect([count("display-changed"), count("close")]).toEqual([2, 1]);
    // What began is ended, even when it ends by this.
    expect(count("queues-end")).toBe(count("queues-start"));
    if (event === "queues-start") expect(count("success")).toBe(0);
    // It can be opened again, and nothing of the first batch comes after all.
    await page.evaluate(() => (window.hear = () => {}));
    await page.evaluate(() => window.widget.open());
    await expect(widget.browse).toBeFocused();
    await expect(widget.rows).toHaveCount(0);
    expect(await widget.events()).toEqual([...events, "display-changed"]);
  });
}

test("opening twice shows one dialog", proves("method:open"), async ({ widget, page }) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
    window.widget.open();
    window.widget.open();
  });
  await expect(widget.dialog).toBeVisible();
  await page.evaluate(() => window.widget.open());
  await expect(page.locator("plimsoll-widget")).toHaveCount(1);
  expect(await widget.events()).toEqual(["display-changed"]);
});

test("H09 a widget that is destroyed before it was loaded never appears", async ({
  widget,
  page,
}) => {
  const wasm = [];
  await page.route("**/*.wasm", (route) => wasm.push(route));
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.widget = window.plimsoll.openUploadWidget(window.base, window.callback);
  });
  await expect.poll(() => wasm.length).toBe(1);
  const destroyed = page.evaluate(async () => {
    await window.widget.destroy();
    return window.widget.isDestroyed();
  });
  expect(await destroyed).toBe(true);
  await wasm[0].continue();
  // Another widget shows that the module has arrived.
  await page.evaluate(() => {
    window.other = window.plimsoll.openUploadWidget(window.base, () => {});
  });
  await expect(widget.dialog).toBeVisible();
  await expect(page.locator("plimsoll-widget")).toHaveCount(1);
  expect(await widget.told()).toEqual([]);
  await page.evaluate(() => window.widget.open());
  await expect(page.locator("plimsoll-widget")).toHaveCount(1);
});

test("H09 a widget that is destroyed while it uploads stops and says no more", async ({
  widget,
  page,
}) => {
  const gate = await hold(page);
  const aborted = page.waitForEvent("requestfailed");
  await widget.open();
  const before = await state(page);
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  await gate.reaches(2);
  const told = await widget.told();
  await page.evaluate(() => window.widget.destroy());
  await aborted;
  await expect(page.locator("plimsoll-widget")).toHaveCount(0);
  await gate.release();
  await page.evaluate(() => ["open", "close", "update"].map((name) => window.widget[name]()));
  expect(await widget.told()).toEqual(told);
  expect((await state(page)).sheets).toBe(before.sheets - 1);
  await expect(page.locator("#opener")).toBeFocused();
});

test("H01 hostile style sheets and overlays change nothing of the dialog", proves(
  "dom:modal",
), async ({
  widget,
  page,
}) => {
  const looks = async () => {
    await expect(widget.dialog).toBeVisible();
    return page.evaluate(() => {
      const { shadowRoot } = document.querySelector("plimsoll-widget");
      const wanted = [
        ...["display", "visibility", "opacity", "color", "backgroundColor", "cursor"],
        ...["fontFamily", "fontSize", "lineHeight", "letterSpacing", "textTransform"],
        ...["direction", "borderTopWidth", "borderTopColor", "position", "width", "height"],
        ...["padding", "margin", "clipPath", "transform", "pointerEvents", "zIndex"],
      ];
      return Array.from(shadowRoot.querySelectorAll("dialog, dialog *"), (element) => {
        const style = getComputedStyle(element);
        const { x, y } = element.getBoundingClientRect();
        const name = `${element.localName}.${element.getAttribute("class")}`;
        return [name, x, y, ...wanted.map((property) => style[property])].join(" | ");
      });
    });
  };
  await widget.open();
  const good = await looks();
  await widget.open({}, "/pages/hostile.html");
  expect(await looks()).toEqual(good);
  const { x, y, width, height } = await widget.browse.boundingBox();
  const hit = await page.evaluate(
    ([x, y]) => document.elementFromPoint(x, y).localName,
    [x + width / 2, y + height / 2],
  );
  expect(hit).toBe("plimsoll-widget");
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
});

test("it opens above a dialog of the page and gives the focus back into it", async ({
  widget,
  page,
}) => {
  await page.goto("/pages/modal.html");
  const own = page.locator("#own");
  await page.locator("#opener").click();
  await expect(widget.browse).toBeFocused();
  const ours = page.locator("plimsoll-widget dialog");
  await widget.choose(file("notes.txt"));
  await expect(widget.row("notes.txt")).toHaveAttribute("data-status", "done");
  await page.keyboard.press("Escape");
  await expect(ours).toHaveCount(0);
  await expect(own).toBeVisible();
  await expect(page.locator("#opener")).toBeFocused();
});

test("a page that only has the loader asks for nothing else", async ({ page }) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto("/pages/shop.html", { waitUntil: "networkidle" });
  const ours = asked.filter((path) => path.includes("plimsoll"));
  expect(ours).toEqual(["/plimsoll.js"]);
  expect(await page.locator("plimsoll-widget").count()).toBe(0);
});

test("a widget that was created is fetched in advance, and adds nothing to the page", proves(
  "entry:createUploadWidget habit:rerender",
), async ({
  page,
  widget,
}) => {
  const module = page.waitForRequest("**/plimsoll-widget.wasm");
  await page.goto("/pages/shop.html");
  const before = await state(page);
  await page.evaluate(() => {
    window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
  });
  await (await module).response();
  const { globals, ...after } = await state(page);
  expect({ ...after, globals: globals.filter((name) => name !== "widget") }).toEqual(before);
  expect(await widget.told()).toEqual([]);
});

test("opening fetches what opens it, and choosing a file what uploads it", async ({
  page,
  widget,
}) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const ours = () => asked.filter((path) => path.startsWith("/plimsoll")).sort();
  await widget.open();
  await expect(widget.browse).toBeFocused();
  await page.waitForLoadState("networkidle");
  const opens = ["/plimsoll-widget.js", "/plimsoll-widget.wasm", "/plimsoll.js"];
  expect(ours()).toEqual(opens);
  const upload = page.waitForRequest("**/plimsoll-upload.wasm");
  const chooser = page.waitForEvent("filechooser");
  await widget.browse.click();
  await upload;
  await (await chooser).setFiles(file("notes.txt"));
  await widget.shows("done", "notes.txt");
  expect(ours().filter((path) => path.endsWith(".wasm"))).toEqual([
    "/plimsoll-upload.wasm",
    "/plimsoll-widget.wasm",
  ]);
});

test("a part of another build is not used, and says what to do", async ({
  page,
  widget,
  provoked,
}) => {
  provoked.push(/plimsoll-upload\.wasm is of another build than the widget: copy all its files/);
  const empty = Buffer.from("0061736d01000000", "hex");
  const answer = { body: empty, contentType: "application/wasm" };
  await page.route("**/plimsoll-upload.wasm", (route) => route.fulfill(answer), { times: 1 });
  await widget.open();
  await widget.choose(file("notes.txt"));
  // Fetched when the person browsed, and once more for the file.
  await widget.shows("done", "notes.txt");
});

test("the script given twice changes nothing", async ({ widget, page }) => {
  await widget.open({}, "/pages/twice.html");
  expect(await page.evaluate(() => window.first === window.plimsoll)).toBe(true);
  await expect(page.locator("plimsoll-widget")).toHaveCount(1);
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
});

test("a missing module is told with its remedy, and the next opening works", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/console\.error: Plimsoll: .*plimsoll-widget\.wasm was answered with 404\. Put/);
  provoked.push(/Failed to load resource.*404/);
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 404 }), { times: 1 });
  await page.goto("/pages/shop.html");
  await page.locator("#opener").click();
  const { error, event } = await widget.until("error");
  expect(error).toMatchObject({ code: "page.load_failed", status: 404, isError: true });
  expect(error.message).toContain("beside plimsoll.js");
  expect(error.text).toBe(error.message);
  expect(event).toBeNull();
  await expect(page.locator("plimsoll-widget")).toHaveCount(0);
  await widget.press();
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
});

test("update() holds from the next opening on", async ({ widget, page }) => {
  const sent = countUploads(page);
  await widget.open();
  await page.evaluate(() => window.widget.update({ maxFileSize: 10 }));
  await widget.cross.click();
  await page.evaluate(() => window.widget.open());
  await widget.choose(file("notes.txt"));
  await widget.shows("refused", "notes.txt");
  expect(sent).toHaveLength(0);
});
