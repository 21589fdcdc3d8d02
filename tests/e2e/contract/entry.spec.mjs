// Every entry point of the contract: what a page may call as soon as the script has loaded, and
// what it finds on its globals afterwards.
import { join } from "node:path";
import { file, root } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";


const jquery = join(root, "node_modules/jquery/dist/jquery.min.js");

const ENTRIES = [
  ...["createUploadWidget", "openUploadWidget", "applyUploadWidget"],
  ...["setCloudName", "setAPIKey", "upload"],
];

test("all.js extends the global that is there", proves("entry:global entry:all.js"), async ({
  page,
}) => {
  await page.goto("/pages/dropin.html");
  const kept = await page.evaluate(() => [
    window.cloudinary === window.before.itself,
    window.cloudinary.Cloudinary === window.before.Cloudinary,
    window.cloudinary.createMediaLibrary(),
  ]);
  expect(kept).toEqual([true, true, "another product"]);
  const types = (name) =>
    page.evaluate(
      ([name, entries]) => entries.map((entry) => typeof window[name][entry]),
      [name, ENTRIES],
    );
  expect(await types("cloudinary")).toEqual(ENTRIES.map(() => "function"));
  expect(await types("plimsoll")).toEqual(ENTRIES.map(() => "function"));
});

test("data-global names the global", proves("entry:data-global"), async ({ page, widget }) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(async () => {
    delete window.plimsoll;
    const script = Object.assign(document.createElement("script"), { src: "/plimsoll.js" });
    script.dataset.global = "cloudinary";
    const loaded = new Promise((resolve) => script.addEventListener("load", resolve));
    document.head.append(script);
    await loaded;
    script.remove();
    // The script's own tag is gone: it knows where its files are all the same.
    window.cloudinary.openUploadWidget(window.base, window.callback);
  });
  await expect(widget.browse).toBeFocused();
});

test(
  "the script again, from another host and removed, keeps live widgets",
  proves("entry:global entry:openUploadWidget habit:twice"),
  async ({ page, widget, server, spare }) => {
    await page.goto("/pages/dropin.html");
    const elsewhere = spare.origin;
    await page.route(`${elsewhere}/all.js`, async (route) => {
      const response = await route.fetch({ url: `${server.origin}/all.js` });
      await route.fulfill({ response });
    });
    await page.evaluate(() => {
      window.widget = window.cloudinary.openUploadWidget(window.base, window.callback);
      window.first = window.cloudinary.createUploadWidget;
    });
    await expect(widget.browse).toBeFocused();
    for (const src of ["/all.js", "/plimsoll.js", `${elsewhere}/all.js`]) {
      await page.evaluate(async (src) => {
        const script = Object.assign(document.createElement("script"), { src });
        const loaded = new Promise((resolve) => script.addEventListener("load", resolve));
        document.head.append(script);
        await loaded;
        script.remove();
      }, src);
    }
    const same = await page.evaluate(() => [
      window.cloudinary.createUploadWidget === window.first,
      window.plimsoll.createUploadWidget === window.first,
      document.adoptedStyleSheets.length,
    ]);
    // The button's sheet and the lock of the page's scrolling.
    expect(same).toEqual([true, true, 2]);
    await widget.choose(file("notes.txt"));
    await widget.shows("done", "notes.txt");
    await page.evaluate(() => window.cloudinary.openUploadWidget(window.base).destroy());
    await expect(page.locator("plimsoll-widget")).toHaveCount(1);
  },
);

test(
  "another script's createUploadWidget stays, and the console says so",
  proves("entry:global"),
  async ({ page, provoked }) => {
    provoked.push(/console\.warning: Plimsoll: window\.cloudinary\.createUploadWidget is another/);
    await page.goto("/pages/shop.html");
    const kept = await page.evaluate(async () => {
      const theirs = () => "theirs";
      window.cloudinary = { createUploadWidget: theirs };
      const script = Object.assign(document.createElement("script"), { src: "/all.js" });
      const loaded = new Promise((resolve) => script.addEventListener("load", resolve));
      document.head.append(script);
      await loaded;
      return window.cloudinary.createUploadWidget === theirs;
    });
    expect(kept).toBe(true);
  },
);

test(
  "an element with the global's name as its id is no global",
  proves("entry:global"),
  async ({ page }) => {
    await page.goto("/pages/shop.html");
    const type = await page.evaluate(async () => {
      const own = Object.assign(document.createElement("div"), { id: "cloudinary" });
      document.body.append(own);
      const script = Object.assign(document.createElement("script"), { src: "/all.js" });
      const loaded = new Promise((resolve) => script.addEventListener("load", resolve));
      document.head.append(script);
      await loaded;
      return [typeof window.cloudinary.createUploadWidget, own.createUploadWidget === undefined];
    });
    expect(type).toEqual(["function", true]);
  },
);

test(
  "createUploadWidget shows nothing, open() does",
  proves("entry:createUploadWidget method:open"),
  async ({ page, widget }) => {
    await page.goto("/pages/shop.html");
    await page.evaluate(() => {
      window.widget = window.plimsoll.createUploadWidget(window.base, window.callback);
    });
    await expect(page.locator("plimsoll-widget")).toHaveCount(0);
    await page.evaluate(() => void window.widget.open());
    await expect(widget.browse).toBeFocused();
  },
);

test(
  "setCloudName and setAPIKey are defaults that options replace",
  proves("entry:setCloudName entry:setAPIKey option:cloudName option:apiKey"),
  async ({ page, widget, provoked }) => {
    provoked.push(/Plimsoll: .*cloudName/);
    await page.goto("/pages/shop.html");
    const sent = page.waitForRequest("**/v1_1/**");
    await page.evaluate(() => {
      const { uploadPreset, uploadPrefix } = window.base;
      window.plimsoll.setCloudName("demo");
      window.plimsoll.setAPIKey("demo");
      // Null is not given.
      const options = { uploadPreset, uploadPrefix, cloudName: null, cloud_name: undefined };
      window.widget = window.plimsoll.openUploadWidget(options, window.callback);
    });
    await widget.choose(file("notes.txt"));
    expect((await sent).url()).toContain("/v1_1/demo/");
    await widget.until("success");
    // What an option says comes first: this one is wrong, and is told so.
    const said = page.waitForEvent("console", (message) => message.text().includes("cloudName"));
    await page.evaluate(() => {
      window.plimsoll.openUploadWidget({ ...window.base, cloudName: "not a name" });
    });
    await expect(page.locator("plimsoll-widget")).toHaveCount(2);
    await said;
  },
);

test(
  "applyUploadWidget makes a button at once, and its click opens the widget",
  proves(
    "entry:applyUploadWidget option:buttonClass option:buttonCaption alias:button_class " +
      "alias:button_caption dom:button",
  ),
  async ({ page, widget }) => {
    // Without any wasm: nothing of it is needed for the button.
    const wasm = [];
    await page.route("**/*.wasm", (route) => wasm.push(route));
    await page.goto("/pages/dropin.html");
    const button = page.locator("#upload");
    const before = await button.evaluate((element) => element.outerHTML);
    await page.evaluate(() => {
      window.widget = window.cloudinary.applyUploadWidget(
        document.querySelector("#upload"),
        { ...window.base, multiple: false },
        window.callback,
      );
    });
    await expect(button).toHaveText("Upload image");
    await expect(button).toHaveClass("cloudinary-button");
    await expect(button).toHaveRole("button");
    await expect(button).toHaveCSS("cursor", "pointer");
    expect((await button.boundingBox()).height).toBeGreaterThanOrEqual(44);
    // An `<a>` without an address is no button by itself.
    await button.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => wasm.length).toBe(1);
    await Promise.all(wasm.splice(0).map((route) => route.continue()));
    await page.unroute("**/*.wasm");
    await expect(widget.browse).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(widget.dialog).toHaveCount(0);
    await button.click();
    await expect(widget.browse).toBeFocused();
    await page.evaluate(() => window.widget.destroy());
    expect(await button.evaluate((element) => element.outerHTML)).toBe(before);
    await button.click();
    await expect(page.locator("plimsoll-widget")).toHaveCount(0);
    await page.evaluate(() => {
      const options = { ...window.base, button_class: "btn  big", button_caption: "Add <b>it</b>" };
      window.widget = window.cloudinary.applyUploadWidget("#upload", options, window.callback);
    });
    await expect(button).toHaveText("Add <b>it</b>");
    await expect(button).toHaveClass("btn big");
  },
);

for (const [what, html] of Object.entries({
  "a button of a form": '<button id="made">x</button>',
  "an input": '<input id="made" type="submit" value="x">',
  "a file input": '<input id="made" type="file" name="photo">',
  "a link": '<a id="made" href="/nowhere">x</a>',
})) {
  test(`applyUploadWidget on ${what} neither sends nor leaves`, async ({ page, widget }) => {
    await page.goto("/pages/dropin.html");
    await page.evaluate((html) => {
      const form = document.querySelector("#form");
      form.append(document.createRange().createContextualFragment(html));
      window.form = form.outerHTML;
      const options = { ...window.base, buttonCaption: "Press me" };
      window.widget = window.cloudinary.applyUploadWidget("#made", options, window.callback);
    }, html);
    await page.getByRole("button", { name: "Press me" }).click();
    await expect(widget.browse).toBeFocused();
    expect(new URL(page.url()).pathname).toBe("/pages/dropin.html");
    await page.evaluate(() => window.widget.destroy());
    const after = await page.evaluate(() => document.querySelector("#form").outerHTML);
    expect(after).toBe(await page.evaluate(() => window.form));
  });
}

test(
  "applied twice, a button opens one widget",
  proves("entry:applyUploadWidget dom:button"),
  async ({ page, widget }) => {
    await page.goto("/pages/dropin.html");
    await page.evaluate(() => {
      const { cloudinary, base, callback } = window;
      window.old = cloudinary.applyUploadWidget("#upload", base, callback);
      window.widget = cloudinary.applyUploadWidget("#upload", base, callback);
    });
    await page.locator("#upload").click();
    await expect(widget.browse).toBeFocused();
    await expect(page.locator("plimsoll-widget")).toHaveCount(1);
    expect(await page.evaluate(() => window.old.isShowing())).toBe(false);
  },
);

test("no element is an error that says what to do", async ({ page, provoked, widget }) => {
  provoked.push(/console\.error: .* applyUploadWidget found no element for "#nobody"\. Call/);
  await page.goto("/pages/dropin.html");
  await page.evaluate(() => {
    window.cloudinary.applyUploadWidget("#nobody", window.base, window.callback).open();
  });
  await expect(widget.browse).toBeFocused();
});

test(
  "jQuery's function applies to each element of a set",
  proves("entry:cloudinary_upload_widget entry:applyUploadWidget"),
  async ({ page, widget }) => {
    await page.goto("/pages/dropin.html");
    await page.addScriptTag({ path: jquery });
    const chained = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const script = Object.assign(document.createElement("script"), { src: "/all.js" });
          script.addEventListener("load", () => {
            const set = window.jQuery("#upload");
            resolve(set.cloudinary_upload_widget(window.base, window.callback) === set);
          });
          document.head.append(script);
        }),
    );
    expect(chained).toBe(true);
    await page.locator("#upload").click();
    await expect(widget.browse).toBeFocused();
    await page.keyboard.press("Escape");
    // A set is an element, too.
    await page.evaluate(() => {
      const options = { ...window.base, buttonCaption: "By a set" };
      window.cloudinary.applyUploadWidget(window.jQuery("#upload"), options, window.callback);
    });
    await expect(page.locator("#upload")).toHaveText("By a set");
  },
);

test(
  "upload() comes to the results in shown order",
  proves("entry:upload"),
  async ({ page, widget }) => {
    await page.goto("/pages/shop.html");
    await page.evaluate(() => {
      window.assets = window.plimsoll.upload(window.base, window.callback);
    });
    await widget.choose(file("harbour.jpg"), file("notes.txt"));
    await widget.shows("done", "harbour.jpg", "notes.txt");
    await widget.until("queues-end");
    await widget.done.click();
    const assets = await page.evaluate(() => window.assets);
    expect(assets.map((asset) => asset.original_filename)).toEqual(["harbour", "notes"]);
    for (const { secure_url, public_id } of assets) expect(secure_url).toContain(public_id);
    await expect(page.locator("plimsoll-widget")).toHaveCount(0);
  },
);

test("upload() that is closed comes to nothing", proves("entry:upload"), async ({
  page,
  widget,
}) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => void (window.assets = window.plimsoll.upload(window.base)));
  await widget.cross.click();
  expect(await page.evaluate(() => window.assets)).toEqual([]);
});

test(
  "upload() without its files is broken with the reason",
  proves("entry:upload error:page.load_failed"),
  async ({ page, provoked }) => {
    provoked.push(/console\.error: Plimsoll: .*was answered with 404/);
    provoked.push(/Failed to load resource.*404/);
    await page.route("**/*.wasm", (route) => route.fulfill({ status: 404 }));
    await page.goto("/pages/shop.html");
    const code = await page.evaluate(() =>
      window.plimsoll.upload(window.base).catch((problem) => problem.code),
    );
    expect(code).toBe("page.load_failed");
  },
);

test(
  "a signal ends upload() and every widget it was given to",
  proves("option:signal entry:upload"),
  async ({ page, widget }) => {
    await page.goto("/pages/shop.html");
    await page.evaluate(() => {
      window.control = new AbortController();
      const options = { ...window.base, signal: window.control.signal };
      window.assets = window.plimsoll.upload(options).catch((reason) => reason);
      window.widget = window.plimsoll.createUploadWidget(options, window.callback);
    });
    await expect(widget.browse).toBeFocused();
    const told = await page.evaluate(async () => {
      window.control.abort("enough");
      return [await window.assets, window.widget.isDestroyed()];
    });
    expect(told).toEqual(["enough", true]);
    await expect(page.locator("plimsoll-widget")).toHaveCount(0);
    const dead = await page.evaluate(async () => {
      const options = { ...window.base, signal: AbortSignal.abort("before") };
      return window.plimsoll.upload(options).catch((reason) => reason);
    });
    expect(dead).toBe("before");
  },
);
