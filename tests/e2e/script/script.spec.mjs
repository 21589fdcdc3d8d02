// The script as sites embed it: from other hosts and folders, early and late, under strict
// policies, by attributes alone; and what a site's owner is told when its files are not as they
// should be.
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { answering } from "../support/answering.mjs";
import { dist, file, root } from "../support/environment.mjs";
import { expect, test as base } from "../support/test.mjs";
import { Widget } from "../support/widget.mjs";

const MIME = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };
const NAMES = { cloudName: "demo", uploadPreset: "unsigned" };

/** A host of files that is no server of ours: `folder` is where they are on it. It has one page,
 * `page`, which a browser must have got from somewhere: one that is made up may not ask this
 * machine for anything. */
const hosting = async (folder, { cors = true } = {}) => {
  const host = await answering(async (request, response) => {
    const { pathname } = new URL(request.url, host.origin);
    if (pathname === "/page.html") {
      const { markup, headers } = host.page;
      response.writeHead(200, { "content-type": "text/html", ...headers });
      return response.end(markup);
    }
    const name = pathname.startsWith(folder) ? pathname.slice(folder.length) : "none";
    const body = await readFile(join(dist, name)).catch(() => undefined);
    if (!cors) response.removeHeader("access-control-allow-origin");
    response.writeHead(body ? 200 : 404, { "content-type": MIME[extname(name)] ?? "text/plain" });
    response.end(body);
  });
  return host;
};

const test = base.extend({
  /** Goes to a page of this markup on the site. */
  visit: async ({ page }, use) => {
    const site = await hosting("/");
    await use(async (markup, headers = {}) => {
      const head = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';
      site.page = { markup: head + markup, headers };
      await page.goto(`${site.origin}/page.html`);
    });
    site.close();
  },

  host: async ({}, use) => {
    const host = await hosting("/lib/v1/");
    await use(host);
    host.close();
  },
});

const uploads = async (page, name = "notes.txt", button = "Upload files") => {
  const widget = new Widget(page);
  await page.getByRole("button", { name: button }).click();
  await expect(widget.dialog).toBeVisible();
  await widget.choose(file(name));
  await widget.shows("done", name);
  return widget;
};

/** The attributes of a script that say where uploads go. */
const attributes = (server) =>
  `data-cloud-name="demo" data-upload-preset="unsigned" data-upload-prefix="${server.origin}"`;

/** A page that makes its widget by code, and opens it by a button. */
const code = (server) => `
  <button id="opener">Upload files</button>
  <script NONCE>
    addEventListener("load", () => {
      const options = ${JSON.stringify({ ...NAMES, uploadPrefix: server.origin })};
      window.told = [];
      const widget = plimsoll.createUploadWidget(options, (error) => error && told.push(error));
      document.querySelector("#opener").addEventListener("click", () => widget.open());
    });
  </script>`;

test("the example is one page of at most 15 lines, and uploads", async ({
  page,
  server,
  provoked,
}) => {
  const example = await readFile(join(root, "examples/script/index.html"), "utf8");
  expect(example.trim().split("\n").length).toBeLessThanOrEqual(15);
  await page.route("**/example.html", (route) =>
    route.fulfill({ body: example, contentType: "text/html" }),
  );
  await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  // Whoever copies it has an account; here its requests go to our server.
  await page.route("https://api.cloudinary.com/**", (route) => {
    const location = route.request().url().replace("https://api.cloudinary.com", server.origin);
    const headers = { "access-control-allow-origin": "*", location };
    return route.fulfill({ status: 307, headers });
  });
  provoked.push(/^foreign request: https:\/\/api\.cloudinary\.com\//);
  await page.goto(`${server.origin}/example.html`);
  await uploads(page, "harbour.jpg");
  await expect(page.locator("#results li")).toHaveText(/\/demo\/image\/upload\/.*\.jpg$/);
});

for (const how of ["", "async", "defer"]) {
  test(`from a folder of another host it finds its parts (${how || "plain"})`, async ({
    page,
    server,
    host,
    visit,
  }) => {
    const src = `${host.origin}/lib/v1/plimsoll.js?v=1`;
    await visit(`<script src="${src}" ${how}></script>${code(server)}`);
    await uploads(page);
    const asked = host.requests.map(({ url }) => url);
    expect(asked).toContain("/lib/v1/plimsoll-widget.wasm");
    expect(asked.every((path) => path.startsWith("/lib/v1/plimsoll"))).toBe(true);
  });
}

test("as a module, and added by another script, it finds its parts", async ({
  page,
  server,
  host,
  visit,
}) => {
  const src = `${host.origin}/lib/v1/plimsoll.js`;
  await visit(`<script type="module" src="${src}"></script>${code(server)}`);
  await uploads(page);
  await visit(code(server).replace("NONCE>", `>const script = document.createElement("script");
    document.head.append(Object.assign(script, { src: "${src}" }));`));
  await uploads(page, "harbour.jpg");
});

test("a nonce and strict-dynamic are enough of a policy", async ({ page, server, host, visit }) => {
  const policy = [
    "default-src 'none'; script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'",
    `connect-src ${host.origin} ${server.origin}; img-src data:`,
    "require-trusted-types-for 'script'",
  ].join("; ");
  const src = `${host.origin}/lib/v1/plimsoll.js`;
  const markup = `<script src="${src}" nonce="abc"></script>${code(server)}`;
  const headers = { "content-security-policy": policy };
  await visit(markup.replaceAll("NONCE", 'nonce="abc"'), headers);
  await uploads(page);
});

test("buttons with attributes alone upload, also those that come later, into their form", async ({
  page,
  server,
  visit,
}) => {
  await visit(`
    <script src="/plimsoll.js" defer ${attributes(server)} data-nscript="afterInteractive"></script>
    <form><button data-plimsoll name="photo" data-folder="harbour" data-multiple="false"
      class="mine">Upload files</button></form>
    <div id="later"></div>`);
  const button = page.getByRole("button", { name: "Upload files" });
  await expect(button).toHaveAttribute("aria-haspopup", "dialog");
  await expect(button).toHaveClass("mine");
  const widget = await uploads(page, "morning.jpg");
  const field = page.locator("form input[type=hidden][name=photo]");
  await expect(field).toHaveValue(/^image\/upload\/v\d+\/harbour\/[^.]+\.jpg#/);
  await widget.cross.click();
  await expect(widget.dialog).toHaveCount(0);
  await page.evaluate(() => {
    document.querySelector("#later").innerHTML =
      "<button data-plimsoll data-sources='[\"local\"]'><b>One more</b></button>";
    addEventListener("plimsoll:success", ({ target }) => (window.heard = target.textContent));
  });
  await uploads(page, "notes.txt", "One more");
  expect(await page.evaluate(() => window.heard)).toBe("One more");
});

test("an attribute that is no JSON is told, and the rest holds", async ({
  page,
  server,
  visit,
  provoked,
}) => {
  provoked.push(/console\.error: Plimsoll: data-styles is no JSON: \{palette. Write it as JSON/);
  provoked.push(/console\.error: Plimsoll: styles/);
  await visit(`<script src="/plimsoll.js" ${attributes(server)}></script>
    <button data-plimsoll data-styles="{palette">Upload files</button>`);
  await uploads(page);
});

/** What the site does wrong, how the console says it, and what its callback is told. */
const MISTAKES = [
  {
    name: "a web page in place of the module",
    break: (page) =>
      page.route("**/plimsoll-widget.wasm", (route) =>
        route.fulfill({ body: "<!doctype html>", contentType: "text/html" }),
      ),
    says: /plimsoll-widget\.wasm was answered with a web page\. Put all files whose names begin/,
  },
  {
    name: "the glue sent as plain text",
    break: (page) =>
      page.route("**/plimsoll-widget.js", async (route) => {
        const response = await route.fetch();
        const headers = { "content-type": "text/plain", "x-content-type-options": "nosniff" };
        return route.fulfill({ response, headers });
      }),
    says: /plimsoll-widget\.js could not be loaded: it is missing or not sent as text\/javascript/,
    also: /Failed to load module script/,
  },
  {
    name: "the glue missing",
    break: (page) =>
      page.route("**/plimsoll-widget.js", (route) => route.fulfill({ status: 404 })),
    says: /plimsoll-widget\.js could not be loaded: it is missing.* Put all files whose names/,
    also: /404/,
  },
  {
    name: "a browser without WebAssembly",
    break: (page) => page.addInitScript(() => delete window.WebAssembly),
    says: /could not be started: the browser is too old, .* Update the browser/,
  },
];

for (const mistake of MISTAKES) {
  test(`${mistake.name} is told with its remedy`, async ({ page, server, visit, provoked }) => {
    provoked.push(mistake.says);
    if (mistake.also) provoked.push(mistake.also);
    await mistake.break(page);
    await visit(`<script src="/plimsoll.js"></script>${code(server)}`);
    await page.getByRole("button", { name: "Upload files" }).click();
    await expect.poll(() => page.evaluate(() => window.told.length)).toBe(1);
    const error = await page.evaluate(() => [window.told[0].code, window.told[0].message]);
    expect(error).toEqual(["page.load_failed", expect.stringMatching(mistake.says)]);
  });
}

test("a module of the wrong type is told, and works", async ({ page, server, visit, provoked }) => {
  provoked.push(/console\.warning: .*does not serve Wasm with `application\/wasm`/);
  await page.route("**/plimsoll-widget.wasm", async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, headers: { "content-type": "application/octet-stream" } });
  });
  await visit(`<script src="/plimsoll.js"></script>${code(server)}`);
  await uploads(page);
});

test("a host without CORS is told with its remedy", async ({ page, server, visit, provoked }) => {
  provoked.push(/console\.error: Plimsoll: .*missing CORS headers of that host forbid it/);
  provoked.push(/blocked by CORS policy/, /Failed to load resource/);
  const host = await hosting("/", { cors: false });
  await visit(`<script src="${host.origin}/plimsoll.js"></script>${code(server)}`);
  await page.getByRole("button", { name: "Upload files" }).click();
  await expect.poll(() => page.evaluate(() => window.told.length)).toBe(1);
  host.close();
});
