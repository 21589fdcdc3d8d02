// Whatever is stored, opening it runs nothing: every file of the corpus is uploaded, opened as a
// page and in a frame, at all its addresses, and used in all ways that a stranger's page has.
import { createServer } from "node:http";
import { once } from "node:events";
import { expect, test as base } from "../support/test.mjs";
import { CONTENTS, rows } from "./corpus.mjs";

/** Pages at once; more than the cores have work for, as most of it is waiting. */
const PAGES = 4;
/** Uploads at once. */
const UPLOADS = 8;
/** Frames on one page. */
const FRAMES_PER_PAGE = 50;
/** Files that one page of a stranger uses, each in many ways. */
const USES_PER_PAGE = 10;
/** What pixels and sound are delivered as; all else is saved to disk. */
const INLINE = /^(image\/(?!svg)|video\/|audio\/)/;
/** Transformations that an image is asked through. */
const STEPS = ["c_limit,w_90,h_60", "c_fill,w_9,h_9,g_custom", "a_30,r_max,f_png", "f_auto,q_auto"];
/** Extensions that are asked for in place of the file's own. */
const EXTENSIONS = ["html", "svg", "webp"];

/** Counts whoever asks, serves the pages of strangers, and one that isn't careful. */
async function stranger() {
  const asked = [];
  const pages = new Map();
  const server = createServer((request, response) => {
    const page = pages.get(request.url);
    if (page === undefined) asked.push(request.url);
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(page ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { asked, pages, origin, close: () => server.close() };
}

/** Does it for all of them, so many at once. */
async function each(items, limit, work) {
  const queue = [...items.entries()];
  const worker = async (lane) => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next[1], lane, next[0]);
  };
  await Promise.all(Array.from({ length: limit }, (_, lane) => worker(lane)));
}

/** Stores a file as what it claims to be or, where that is refused, as something raw. */
async function upload(server, row, at) {
  const send = async (kind) => {
    const form = new FormData();
    form.append("upload_preset", "unsigned");
    form.append("file", new File([row.bytes(at)], row.fileName, { type: row.type }));
    const url = `${server.origin}/v1_1/demo/${kind}/upload`;
    const response = await fetch(url, { method: "POST", body: form });
    return [response.status, await response.json()];
  };
  let [status, answer] = await send(row.kind);
  if (status === 400) [status, answer] = await send("raw");
  expect(status, JSON.stringify(answer)).toBe(200);
  return answer;
}

/** Other addresses under which an asset could be asked for. */
function addresses(asset) {
  const { secure_url: url, resource_type: kind } = asset;
  const found = [url.replace(/\/v\d+\//, "/")];
  const through = (steps) => url.replace("/upload/", `/upload/${steps}/`);
  if (kind === "image") found.push(...STEPS.map(through));
  if (kind !== "raw") {
    const stem = url.replace(/\.\w+$/, "");
    found.push(...EXTENSIONS.map((extension) => `${stem}.${extension}`));
  }
  return found;
}

/** What the headers of a delivered file must say. */
async function checkHeaders(url, asset) {
  const response = await fetch(url);
  await response.arrayBuffer();
  const header = (name) => response.headers.get(name) ?? "";
  expect(header("x-content-type-options"), url).toBe("nosniff");
  if (response.status !== 200) {
    expect(response.status, url).toBeLessThan(500);
    expect(header("content-type"), url).toBe("application/json; charset=utf-8");
    return false;
  }
  if (INLINE.test(header("content-type"))) return true;
  expect(header("content-security-policy"), url).toBe("sandbox; default-src 'none'");
  const disposition = /^attachment; filename\*=UTF-8''([\w.%-]+)$/;
  const [, name] = header("content-disposition").match(disposition);
  expect(decodeURIComponent(name), url).not.toMatch(/[\p{Cc}\p{Cf}/\\]/u);
  expect(decodeURIComponent(name)).toContain(asset.original_filename);
  return true;
}

/** An address in an attribute. */
const quoted = (url) => url.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

const frame = (url) => `<iframe src="${quoted(url)}"></iframe>`;

/** All that a page can do with a file of somebody else. */
function uses(url) {
  const src = quoted(url);
  return `${frame(url)}<script src="${src}"></script><script type="module" src="${src}"></script>
    <link rel="stylesheet" href="${src}"><object data="${src}"></object><embed src="${src}">
    <img src="${src}"><video src="${src}"></video><svg><use href="${src}#a"/></svg>`;
}

/** The items as texts, so many in one. */
function batched(items, count, text) {
  const starts = Array.from({ length: Math.ceil(items.length / count) }, (_, at) => at * count);
  return starts.map((at) => items.slice(at, at + count).map(text).join(""));
}

/** Listens to everything that a page could do by itself. */
async function watched(browser, own) {
  const context = await browser.newContext({ acceptDownloads: false });
  const heard = [];
  await context.exposeBinding("pwn", () => heard.push("a script ran"));
  context.on("dialog", (dialog) => {
    heard.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    const isOwn = own.includes(origin) || ["data:", "chrome-extension:"].includes(protocol);
    if (!isOwn) heard.push(`request: ${request.url()}`);
  });
  context.on("serviceworker", (worker) => heard.push(`worker: ${worker.url()}`));
  return { context, heard };
}

/** Opens an address as a page; what is saved to disk opens nothing. */
async function open(page, url) {
  try {
    await page.goto(url, { waitUntil: "load" });
  } catch (error) {
    if (!/ERR_ABORTED|Download is starting/.test(error.message)) throw error;
  }
}

const state = (page) => page.evaluate(() => [document.title, typeof window.pwned]);

const test = base.extend({
  /** Somebody else's site, which nobody may ask for anything but its pages. */
  away: async ({}, use) => {
    const away = await stranger();
    await use(away);
    away.close();
    expect(away.asked.filter((path) => path !== "/favicon.ico")).toEqual([]);
  },

  /** The corpus as `{ what, asset }`. */
  stored: async ({ spare, away }, use) => {
    const all = rows();
    expect(all.length).toBeGreaterThanOrEqual(160);
    const stored = [];
    await each(all, UPLOADS, async (row, _lane, at) => {
      const asset = await upload(spare, row, `${away.origin}/row-${at}`);
      stored.push({ what: row.what, asset });
    });
    await use(stored);
  },

  /** Pages that are listened to. */
  pages: async ({ spare, away, browser }, use) => {
    const { context, heard } = await watched(browser, [spare.origin, away.origin]);
    await use(await Promise.all(Array.from({ length: PAGES }, () => context.newPage())));
    await context.close();
    expect(heard).toEqual([]);
  },
});

/** Names aside, the same bytes of the same type are delivered alike: one of each. */
const distinct = (stored) =>
  new Map(stored.map((row) => [`${row.what}, ${row.asset.resource_type}`, row.asset])).values();

/** Opens pages of a stranger with these bodies; they stay as calm as they were. */
async function visit(pages, away, bodies) {
  bodies.forEach((body, at) => {
    away.pages.set(`/page-${at}`, `<!doctype html><title>calm</title>${body}`);
  });
  await each([...away.pages.keys()], PAGES, async (path, lane) => {
    await open(pages[lane], away.origin + path);
    expect(await state(pages[lane]), path).toEqual(["calm", "undefined"]);
  });
}

test("every stored file opens as a page without running anything", async ({ stored, pages }) => {
  await each(stored, UPLOADS, async ({ asset }) => {
    expect(await checkHeaders(asset.secure_url, asset)).toBe(true);
  });
  await each([...distinct(stored)], PAGES, async (asset, lane) => {
    await open(pages[lane], asset.secure_url);
    const [title, pwned] = await state(pages[lane]);
    expect([title.includes("pwned"), pwned], asset.secure_url).toEqual([false, "undefined"]);
  });
});

test("no other address of a stored file runs anything", async ({ stored, pages, away }) => {
  const framed = [];
  const assets = [...distinct(stored)];
  await each(assets, UPLOADS, async (asset) => {
    for (const url of addresses(asset)) if (await checkHeaders(url, asset)) framed.push(url);
  });
  // Besides each without its version: transformations of images, and other formats.
  expect(framed.length).toBeGreaterThan(assets.length + 20);
  await visit(pages, away, batched(framed, FRAMES_PER_PAGE, frame));
});

test("a stranger's page can use no stored file to run anything", async ({
  stored,
  pages,
  away,
}) => {
  const all = stored.map(({ asset }) => asset.secure_url);
  const one = new Map(stored.map(({ what, asset }) => [what, asset.secure_url]));
  await visit(pages, away, [
    ...batched(all, FRAMES_PER_PAGE, frame),
    ...batched([...one.values()], USES_PER_PAGE, uses),
  ]);
});

base("a server that is not careful is noticed by the same eyes", async ({ browser }) => {
  const away = await stranger();
  const [, html] = CONTENTS.find(([what]) => what === "html of one script");
  away.pages.set("/careless", html(`${away.origin}/row`));
  const { context, heard } = await watched(browser, [away.origin]);
  const page = await context.newPage();
  await open(page, `${away.origin}/careless`);
  await expect(page).toHaveTitle("pwned");
  await expect.poll(() => heard).toContainEqual("dialog: pwned");
  await expect.poll(() => away.asked).toContainEqual("/row/fetch");
  expect(await state(page)).toEqual(["pwned", "number"]);
  await context.close();
  away.close();
});
