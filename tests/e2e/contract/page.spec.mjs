// The page around the widget: hidden fields, thumbnails, events of old, and the page's say in which
// files go and what of them.
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { file, root } from "../support/environment.mjs";
import { md5 } from "../support/server.mjs";
import { expect, proves, test } from "../support/test.mjs";

const jquery = join(root, "node_modules/jquery/dist/jquery.min.js");

/** Applies the widget to the button of pages/dropin.html, with functions written as text. */
async function applied(page, options = {}, functions = {}) {
  await page.goto("/pages/dropin.html");
  await apply(page, options, functions);
}

async function apply(page, options = {}, functions = {}) {
  await page.evaluate(
    ([options, functions]) => {
      for (const [name, text] of Object.entries(functions)) {
        // The test's own text, in the test's own page.
        options[name] = new Function(`return ${text}`)();
      }
      const { cloudinary, base, callback } = window;
      window.widget = cloudinary.applyUploadWidget("#upload", { ...base, ...options }, callback);
    },
    [options, functions],
  );
}

const upload = async (page, widget, ...names) => {
  await page.locator("#upload").click();
  await expect(widget.browse).toBeFocused();
  await widget.choose(...names.map(file));
  await widget.until("queues-end");
};

const field = (page) => page.locator("input.cloudinary-hidden-field");
const thumbnail = (page) => page.locator("ul.cloudinary-thumbnails > li.cloudinary-thumbnail");

test(
  "the form gets a field with the identifier, the thumbnails a picture",
  proves("dom:field dom:thumbnails option:form option:thumbnails option:fieldName"),
  async ({ page, widget }) => {
    await applied(page, { fieldName: "photos[]", thumbnails: "#thumbs" });
    await upload(page, widget, "harbour.jpg", "notes.txt");
    await expect(page.locator("#form > input.cloudinary-hidden-field")).toHaveCount(2);
    const calls = (await widget.told()).filter(({ event }) => event === "success");
    const values = calls.map(({ info }) => {
      const { resource_type, type, path, signature } = info;
      return `${resource_type}/${type}/${path}#${signature}`;
    });
    const sent = await page.evaluate(() =>
      new FormData(document.querySelector("#form")).getAll("photos[]"),
    );
    expect(sent.toSorted()).toEqual(values.toSorted());
    const ids = await field(page).evaluateAll((fields) =>
      fields.map((field) => field.dataset.cloudinaryPublicId),
    );
    expect(ids.toSorted()).toEqual(calls.map(({ info }) => info.public_id).toSorted());
    await expect(page.locator("#thumbs > ul.cloudinary-thumbnails > li.active")).toHaveCount(2);
    const picture = thumbnail(page).locator("img");
    await expect(picture).toHaveAttribute("src", /\/c_limit,h_60,w_90\//);
    await expect(picture).toHaveAttribute("alt", "harbour.jpg");
    // It is there, and of that size.
    await expect.poll(() => picture.evaluate((image) => image.naturalWidth)).toBeGreaterThan(0);
    await expect(thumbnail(page).locator("span")).toHaveText("notes.txt");
    // Without a token there is nothing to delete by.
    await expect(page.locator(".cloudinary-delete")).toHaveCount(0);
  },
);

test(
  "the link deletes by token, and thumbnail and field go",
  proves("dom:delete dom:jquery"),
  async ({ page, widget }) => {
    await page.goto("/pages/dropin.html");
    await page.addScriptTag({ path: jquery });
    await apply(page, { uploadPreset: "deletable" });
    await page.evaluate(() => {
      window.heard = [];
      window.jQuery("#upload").on("cloudinarywidgetdeleted", (_, info) =>
        window.heard.push(["jquery", info.public_id]),
      );
      document.addEventListener("cloudinarywidgetdeleted", ({ detail }) =>
        window.heard.push(["document", detail.public_id]),
      );
    });
    await upload(page, widget, "harbour.jpg");
    await widget.done.click();
    const { info } = await widget.until("success");
    const asked = page.waitForResponse("**/delete_by_token");
    await thumbnail(page).getByRole("button").click();
    expect((await asked).status()).toBe(200);
    await expect(thumbnail(page)).toHaveCount(0);
    await expect(page.locator(".cloudinary-thumbnails")).toHaveCount(0);
    await expect(field(page)).toHaveCount(0);
    const heard = await page.evaluate(() => window.heard);
    expect(heard.toSorted()).toEqual([
      ["document", info.public_id],
      ["jquery", info.public_id],
    ]);
    expect((await page.request.get(info.secure_url)).status()).toBe(404);
  },
);

test(
  "a failed deletion leaves everything, and works the next time",
  proves("dom:delete"),
  async ({ page, widget, provoked }) => {
    provoked.push(/Plimsoll: deleting failed \(HTTP 500\): No/, /Failed to load resource.*500/);
    await applied(page, { uploadPreset: "deletable", multiple: false });
    await upload(page, widget, "harbour.jpg");
    await widget.until("queues-end");
    await page.evaluate(() => window.widget.close({ quiet: true }));
    const json = { error: { message: "No" } };
    await page.route("**/delete_by_token", (route) => route.fulfill({ status: 500, json }), {
      times: 1,
    });
    const link = thumbnail(page).getByRole("button");
    await link.click();
    await expect(link).not.toHaveAttribute("aria-disabled");
    await expect(field(page)).toHaveCount(1);
    await link.click();
    await expect(field(page)).toHaveCount(0);
  },
);

test(
  "a single file takes the place of the one before",
  proves("option:multiple dom:field"),
  async ({ page, widget }) => {
    await applied(page, { multiple: false, singleUploadAutoClose: false });
    await upload(page, widget, "notes.txt");
    await widget.choose(file("harbour.jpg"));
    await widget.until("queues-end", 2);
    const { info } = await widget.until("success", 2);
    await expect(field(page)).toHaveCount(1);
    await expect(field(page)).toHaveAttribute("data-cloudinary-public-id", info.public_id);
    await expect(field(page)).toHaveAttribute("name", "image");
  },
);

test(
  "destroy({ removeThumbnails }) takes the thumbnails along, and keeps the fields",
  proves("method:destroy.removeThumbnails"),
  async ({ page, widget }) => {
    await applied(page);
    await upload(page, widget, "harbour.jpg");
    await expect(thumbnail(page)).toHaveCount(1);
    await page.evaluate(() => window.widget.destroy({ removeThumbnails: true }));
    expect(await thumbnail(page).count()).toBe(0);
    await expect(field(page)).toHaveCount(1);
  },
);

test("thumbnails stay after destroy()", proves("method:destroy"), async ({ page, widget }) => {
  await applied(page);
  await upload(page, widget, "harbour.jpg");
  await expect(thumbnail(page)).toHaveCount(1);
  await page.evaluate(() => window.widget.destroy());
  expect(await thumbnail(page).count()).toBe(1);
});

test("a form that isn't there is told", async ({ page, widget, provoked }) => {
  provoked.push(/Plimsoll: form names no element \(#nowhere\)\. Give/);
  await page.goto("/pages/shop.html");
  await widget.press({ form: "#nowhere" });
  await widget.choose(file("notes.txt"));
  await widget.until("queues-end");
});

for (const [how, given] of Object.entries({
  "a text": "c_fill,w_50,h_50",
  "an object": { width: 50, height: 50, crop: "fill" },
  "a list": [{ width: 50, height: 50, crop: "fill" }, { radius: "max" }],
})) {
  test(
    `thumbnailTransformation as ${how}`,
    proves("option:thumbnailTransformation alias:thumbnail_transformation"),
    async ({ page, widget }) => {
      await applied(page, { thumbnail_transformation: given });
      await upload(page, widget, "harbour.jpg");
      const { info } = await widget.until("success");
      const wanted = Array.isArray(given) ? "/c_fill,h_50,w_50/r_max/v" : "/v";
      expect(info.thumbnail_url).toContain(wanted);
      expect(info.thumbnail_url).toMatch(/\/c_fill,(w_50,h_50|h_50,w_50)\//);
      await expect(thumbnail(page).locator("img")).toHaveAttribute("src", info.thumbnail_url);
    },
  );
}

test(
  "the events of the first version, by jQuery and by the DOM",
  proves("dom:jquery"),
  async ({ page, widget, provoked }) => {
    provoked.push(/Failed to load resource.*400/);
    await page.goto("/pages/dropin.html");
    await page.addScriptTag({ path: jquery });
    await apply(page, {});
    await page.evaluate(() => {
      window.heard = [];
      const hear = (who, name, info) => {
        const text = Array.isArray(info) ? info.map((one) => one.original_filename) : info.message;
        window.heard.push([who, name.replace("cloudinarywidget", ""), text ?? info.bytes > 0]);
      };
      for (const name of [
        ...["success", "fileuploadsuccess", "fileuploadfail", "error", "closed"],
      ].map((name) => `cloudinarywidget${name}`)) {
        window.jQuery("#upload").on(name, (_, info) => hear("jquery", name, info));
        document.addEventListener(name, ({ detail }) => hear("dom", name, detail));
      }
    });
    await upload(page, widget, "notes.txt");
    await widget.done.click();
    await widget.until("close");
    const heard = await page.evaluate(() => window.heard);
    for (const who of ["jquery", "dom"]) {
      expect(heard.filter(([by]) => by === who)).toEqual([
        [who, "fileuploadsuccess", true],
        [who, "success", ["notes"]],
        [who, "closed", expect.any(String)],
      ]);
    }
    await page.evaluate(() => {
      window.heard = [];
      window.widget.update({ uploadPreset: "nobody" });
    });
    await page.locator("#upload").click();
    await widget.choose(file("notes.txt"));
    await widget.until("error");
    const heardSince = await page.evaluate(() => window.heard);
    // The end of the batch is told as well, soon after.
    const failed = heardSince.filter(([, name]) => name === "fileuploadfail");
    expect(failed.map(([who, name]) => [who, name]).toSorted()).toEqual([
      ["dom", "fileuploadfail"],
      ["jquery", "fileuploadfail"],
    ]);
  },
);

for (const [how, preBatch] of Object.entries({
  "cb({ cancel: true })": "(cb, { files }) => { window.asked = files; cb({ cancel: true }); }",
  "a promise": "async (cb, { files }) => { window.asked = files; return { cancel: true }; }",
})) {
  test(`preBatch turns a choice away by ${how}`, proves("option:preBatch"), async ({
    page,
    widget,
  }) => {
    await applied(page, {}, { preBatch });
    await page.locator("#upload").click();
    await widget.choose(file("notes.txt"), file("harbour.jpg"));
    expect((await widget.until("batch-cancelled")).info).toEqual({ reason: "PRE_BATCH" });
    await expect(widget.rows).toHaveCount(0);
    const names = await page.evaluate(() => window.asked.map((file) => file.name));
    expect(names.toSorted()).toEqual(["harbour.jpg", "notes.txt"]);
    expect(await widget.events()).not.toContain("upload-added");
  });
}

for (const [how, preBatch, heard] of [
  ["cb()", "(cb) => cb()"],
  ["cb({})", "(cb) => { setTimeout(cb, 10, {}); }"],
  ["throwing", "() => { throw new Error('the hook'); }", /uncaught: the hook/],
]) {
  test(`preBatch lets a choice go by ${how}`, proves("option:preBatch"), async ({
    page,
    widget,
    provoked,
  }) => {
    if (heard) provoked.push(heard);
    await applied(page, {}, { pre_batch: preBatch });
    await upload(page, widget, "notes.txt");
    await widget.until("success");
  });
}

test(
  "validate refuses single files in its own words",
  proves("option:validate error:file.refused_by_page"),
  async ({ page, widget }) => {
    const validate = `async (file) => {
      const text = await file.text();
      if (file.name.endsWith(".txt")) return text.length > 0 ? "No texts, please" : true;
      if (file.name.endsWith(".png")) throw new Error("No evenings");
      return file.name !== "morning.jpg";
    }`;
    await applied(page, {}, { validate });
    await page.locator("#upload").click();
    const names = ["notes.txt", "evening.png", "morning.jpg", "harbour.jpg"];
    await widget.choose(...names.map(file));
    const { info } = await widget.until("queues-end");
    expect(info.files.map(({ name }) => name)).toEqual(["harbour.jpg"]);
    await widget.shows("refused", ...names.slice(0, 3));
    await expect(widget.row("notes.txt")).toContainText("No texts, please");
    await expect(widget.row("evening.png")).toContainText("No evenings");
  },
);

test(
  "encryption sends what only the key opens, as raw",
  proves("option:encryption"),
  async ({ page, widget }) => {
    const encryption = { key: "a key of any length", iv: "and any other text" };
    await applied(page, { encryption });
    await upload(page, widget, "notes.txt", "harbour.jpg");
    const { info } = await widget.until("queues-end");
    const nonces = [];
    for (const item of info.files) {
      const original = await readFile(file(item.name));
      const { resource_type, secure_url, bytes } = item.uploadInfo;
      expect([resource_type, bytes]).toEqual(["raw", original.length + 28]);
      const stored = await (await page.request.get(secure_url)).body();
      // As docs/api.md has it.
      const key = pbkdf2Sync(encryption.key, encryption.iv, 600_000, 32, "sha256");
      const opener = createDecipheriv("aes-256-gcm", key, stored.subarray(0, 12));
      opener.setAuthTag(stored.subarray(-16));
      const plain = Buffer.concat([opener.update(stored.subarray(12, -16)), opener.final()]);
      expect(md5(plain)).toBe(md5(original));
      nonces.push(stored.subarray(0, 12).toString("hex"));
    }
    expect(new Set(nonces).size).toBe(2);
  },
);

test(
  "without a secure context nothing is sent in the clear",
  proves("option:encryption"),
  async ({ page, widget, provoked }) => {
    provoked.push(/console\.error: Plimsoll: notes\.txt could not be encrypted/);
    await page.addInitScript(() => {
      // What a page that is served by http has.
      Object.defineProperty(crypto, "subtle", { value: undefined });
    });
    const sent = [];
    await page.route("**/v1_1/**", (route) => sent.push(route.abort()));
    await applied(page, { encryption: { key: "k", iv: "i" } });
    await page.locator("#upload").click();
    await widget.choose(file("notes.txt"));
    const { error } = await widget.until("error");
    expect(error.code).toBe("file.unreadable");
    expect(sent).toEqual([]);
  },
);
