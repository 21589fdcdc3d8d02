// Stand-ins for other services, at their own addresses: what their documentation says that their
// scripts and APIs do, and no more. This is the only place where the suite answers in a stranger's
// name; a test that uses it lists the requests in `provoked`, or it fails.
import { readFile } from "node:fs/promises";
import { file } from "../support/environment.mjs";

const OPEN = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };

/** Answers as an API of another origin does: the browser's question before it, too. */
export const answer = (route, response) =>
  route.request().method() === "OPTIONS"
    ? route.fulfill({ status: 204, headers: OPEN })
    : route.fulfill({ ...response, headers: { ...OPEN, ...response.headers } });

const javascript = (act, given) => ({
  contentType: "text/javascript",
  body: `(${act})(${JSON.stringify(given)})`,
});

/** What the requests look like that a service's source makes, for `provoked`. */
export const asks = (...hosts) =>
  hosts.map((host) => new RegExp(`^foreign request: https://${host.replaceAll(".", "\\.")}/`));

/** https://www.dropbox.com/developers/chooser */
const chooser = ({ files }) => {
  const appKey = document.getElementById("dropboxjs").getAttribute("data-app-key");
  window.Dropbox = {
    appKey,
    choose(options) {
      // It opens a window, which browsers let nobody do unasked.
      if (!navigator.userActivation.isActive) throw new Error("The window was blocked.");
      window.choosing = { ...options, appKey };
      if (!files) return options.cancel();
      const one = options.multiselect ? files : files.slice(0, 1);
      setTimeout(() => options.success(one), 30);
    },
  };
};

/** Dropbox with these of our files chosen, or the window closed without any. */
export async function dropbox(page, names) {
  const host = "https://dl.dropboxusercontent.com/1/view";
  const files = await Promise.all(
    (names ?? []).map(async (name) => ({
      ...{ id: `id:${name}`, name, link: `${host}/${name}`, isDir: false },
      bytes: (await readFile(file(name))).length,
    })),
  );
  await page.route("https://www.dropbox.com/static/api/2/dropins.js", (route) =>
    route.fulfill(javascript(chooser, { files: names && files })),
  );
  await page.route(`${host}/*`, (route) =>
    answer(route, { path: file(new URL(route.request().url()).pathname.split("/").pop()) }),
  );
}

/** https://developers.google.com/workspace/drive/picker: a dialog in the page itself. */
const picker = ({ docs }) => {
  const { Feature, ViewId } = { Feature: { MULTISELECT_ENABLED: "multi" }, ViewId: {} };
  for (const name of ["DOCS", "DOCS_IMAGES", "DOCS_VIDEOS"]) ViewId[name] = name;
  const Action = { PICKED: "picked", CANCEL: "cancel" };
  class DocsView {
    constructor(id) {
      this.id = id;
    }
  }
  class PickerBuilder {
    said = { features: [] };
    addView = (view) => this.set("view", view.id);
    setOAuthToken = (token) => this.set("token", token);
    setDeveloperKey = (key) => this.set("key", key);
    setAppId = (id) => this.set("app", id);
    setOrigin = (origin) => this.set("origin", origin);
    setLocale = (locale) => this.set("locale", locale);
    setCallback = (act) => this.set("act", act);
    enableFeature = (feature) => this.set("features", [...this.said.features, feature]);
    set(name, value) {
      this.said[name] = value;
      return this;
    }
    build() {
      const { act, ...said } = this.said;
      window.picking = said;
      const box = document.createElement("div");
      box.className = "picker-dialog";
      box.style.cssText = "position:fixed;inset:10%;background:#fff;color:#000;z-index:1001";
      const press = (text, data) => {
        const button = document.createElement("button");
        button.textContent = text;
        button.onclick = () => act(data);
        box.append(button);
      };
      const many = said.features.includes(Feature.MULTISELECT_ENABLED);
      press("Select", { action: Action.PICKED, docs: many ? docs : docs.slice(0, 1) });
      press("Cancel the Picker", { action: Action.CANCEL });
      return {
        setVisible: (yes) => (yes ? document.body.append(box) : box.remove()),
        dispose: () => box.remove(),
      };
    }
  }
  const all = { Action, DocsView, Feature, PickerBuilder, ViewId };
  window.gapi = {
    load(_name, { callback }) {
      window.google = { ...window.google, picker: all };
      setTimeout(callback, 10);
    },
  };
};

/** https://developers.google.com/identity/oauth2/web/reference/js-reference */
const identity = ({ denied }) => {
  const initTokenClient = ({ client_id: client, scope, callback, error_callback: failed }) => ({
    requestAccessToken() {
      if (!navigator.userActivation.isActive) return failed({ type: "popup_failed_to_open" });
      window.asked = [...(window.asked ?? []), { client, scope }];
      const refused = denied === "closed" ? () => failed({ type: "popup_closed" }) : null;
      const leave = { access_token: "leave", expires_in: 3600 };
      const said = denied ? { error: "access_denied" } : leave;
      setTimeout(refused ?? (() => callback(said)), 10);
    },
  });
  window.google = { ...window.google, accounts: { oauth2: { initTokenClient } } };
};

/** Google Drive with these documents, `{ id, name, mimeType, path }`; one without a path is
 * lost. */
export async function drive(page, docs, denied) {
  const asked = [];
  const script = (act, given) => (route) => route.fulfill(javascript(act, given));
  await page.route("https://apis.google.com/js/api.js", script(picker, { docs }));
  await page.route("https://accounts.google.com/gsi/client", script(identity, { denied }));
  await page.route("https://www.googleapis.com/drive/v3/files/**", async (route) => {
    const request = route.request();
    if (request.method() === "OPTIONS") return answer(route, {});
    const url = new URL(request.url());
    asked.push(url.pathname + url.search);
    const doc = docs.find(({ id }) => url.pathname.includes(`/${id}`));
    const headers = await request.allHeaders();
    if (headers.authorization !== "Bearer leave") return answer(route, { status: 401 });
    return answer(route, doc.path ? { path: doc.path } : { status: 404, json: {} });
  });
  return asked;
}

/** https://unsplash.com/documentation#search-photos: `total` photos, in pages as asked for. */
export async function unsplash(page, total, status = 200) {
  const asked = [];
  await page.route("https://api.unsplash.com/**", async (route) => {
    const request = route.request();
    if (request.method() === "OPTIONS") return answer(route, {});
    const url = new URL(request.url());
    asked.push(url.pathname + url.search);
    const { authorization } = await request.allHeaders();
    if (status !== 200) return answer(route, { status, body: "Rate Limit Exceeded" });
    if (authorization !== "Client-ID our-access-key") return answer(route, { status: 401 });
    if (url.pathname.endsWith("/download")) {
      const id = url.pathname.split("/").at(-2);
      return answer(route, { json: { url: `https://images.unsplash.com/${id}?dl=1` } });
    }
    const size = Number(url.searchParams.get("per_page"));
    const from = (Number(url.searchParams.get("page")) - 1) * size;
    const length = Math.min(size, Math.max(0, total - from));
    const ids = Array.from({ length }, (_, at) => from + at);
    const results = ids.map((id) => ({
      id: `photo${id}`,
      alt_description: `a boat, number ${id}`,
      urls: { small: `https://images.unsplash.com/photo${id}?w=400` },
      user: {
        ...{ name: "Ada Shore", username: "ada" },
        links: { html: "https://unsplash.com/@ada" },
      },
      links: { download_location: `https://api.unsplash.com/photos/photo${id}/download?ixid=1` },
    }));
    return answer(route, { json: { total, total_pages: Math.ceil(total / size), results } });
  });
  await page.route("https://images.unsplash.com/**", (route) =>
    answer(route, { path: file("harbour.jpg") }),
  );
  return asked;
}

/** https://developers.google.com/custom-search/v1/reference/rest/v1/cse/list */
export async function imageSearch(page, total, status = 200) {
  const asked = [];
  await page.route("https://www.googleapis.com/customsearch/v1?**", (route) => {
    const { searchParams } = new URL(route.request().url());
    const query = Object.fromEntries(searchParams);
    asked.push(query);
    if (status !== 200) return answer(route, { status, json: { error: { code: status } } });
    const start = Number(query.start);
    const count = Math.max(0, Math.min(Number(query.num), total - start + 1));
    const items = Array.from({ length: count }, (_, at) => ({
      title: `Boat ${start + at}`,
      link: `https://boats.example/${start + at}.jpg`,
      displayLink: "boats.example",
      image: {
        contextLink: `https://boats.example/${start + at}.html`,
        thumbnailLink: `https://encrypted-tbn0.gstatic.com/images?q=${start + at}`,
      },
    }));
    const more = start + count <= total ? { nextPage: [{ startIndex: start + count }] } : {};
    const searchInformation = { totalResults: `${total}` };
    // Of nothing there is no list.
    const found = count > 0 ? { items } : {};
    const queries = { request: [{}], ...more };
    return answer(route, { json: { queries, searchInformation, ...found } });
  });
  await page.route("https://encrypted-tbn0.gstatic.com/**", (route) =>
    route.fulfill({ path: file("evening.png") }),
  );
  return asked;
}
