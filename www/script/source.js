// What the sources of other services have in common: their places in the dialog, the services' own
// scripts, and files that are fetched from them. Bundled into each of them (`xtask/finish.mjs`).

const CSS = `
.service { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; inline-size: 100%; }
.service > .start { display: grid; gap: 14px; justify-items: center; padding: 26px 0 8px;
  text-align: center; }
.start ~ :is([role=status], [role=alert]) { text-align: center; }
.service .mark { display: grid; place-items: center; inline-size: 60px; block-size: 60px;
  border-radius: 50%; background: var(--tint); color: var(--on-tint); }
.service .mark svg { inline-size: 28px; block-size: 28px; fill: none; stroke: currentColor;
  stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.service p { margin: 0; }
.service [role=status] { color: var(--soft); font-size: 14px; min-block-size: 1.4em; }
.service [role=alert] { color: var(--bad); overflow-wrap: anywhere; }
.service :is(button, input, select) { min-block-size: 44px; }
.service form { display: flex; flex-wrap: wrap; gap: 8px; }
.service :is(input, select) { min-inline-size: 0; padding: 0 12px; font: inherit;
  color: var(--text); background: var(--bg); border: 1px solid var(--edge); border-radius: 10px; }
.service input { flex: 1 1 160px; }
.service select { flex: 1 1 140px; max-inline-size: 100%; }
.service form > .wide { flex-basis: 100%; block-size: 0; }
.service ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(124px, 1fr));
  gap: 12px; margin: 0; padding: 0; list-style: none; }
/* So that the bar below does not hide what has the focus. */
.service :is(li :is(button, a), .acts button) { scroll-margin-block: 8px 72px; }
.service li { display: grid; gap: 4px; align-content: start; min-inline-size: 0;
  font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
.service li a { color: inherit; display: inline-block; min-block-size: 24px; }
.service li button { position: relative; display: block; inline-size: 100%; aspect-ratio: 4 / 3;
  padding: 0; overflow: hidden; border-radius: 10px; background: var(--raised); }
.service li img { inline-size: 100%; block-size: 100%; object-fit: cover; display: block; }
.service li button[aria-pressed=true] { outline: 3px solid var(--accent); outline-offset: 2px; }
.service li button[aria-pressed=true]::after { content: "✓"; position: absolute;
  inset-block-start: 6px; inset-inline-end: 6px; inline-size: 26px; line-height: 26px;
  border-radius: 50%; background: var(--accent); color: var(--on-accent); font-weight: 700; }
.service li button:focus-visible { outline: 3px solid var(--accent); outline-offset: 4px; }
.service .acts { display: flex; flex-wrap: wrap; gap: 8px; justify-content: center; }
.service .acts:empty { display: none; }
.service .take { position: sticky; inset-block-end: 0; padding-block: 8px; background: var(--bg); }
.service [hidden] { display: none; }
@media (max-height: 480px) { .service .take { position: static; } }
@media (forced-colors: active) {
  .service li button[aria-pressed=true] { outline-color: Highlight; }
  .service li button[aria-pressed=true]::after { background: Highlight; color: HighlightText; }
}`;

const dressed = new WeakSet();

/** Gives the shadow root around a place the style of all this; once. */
const dress = (place) => {
  const root = place.getRootNode();
  if (dressed.has(root)) return;
  dressed.add(root);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
};

/** An element with attributes and children, of which texts are texts. */
export const el = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
};

export const button = (text, act, attributes = {}) =>
  el("button", { type: "button", click: act, ...attributes }, text);

const drawing = (path) => {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};

/** What a source shows, with a line for what goes on and one for what went wrong. */
export const place = (container, api, ...children) => {
  dress(container);
  const status = el("p", { role: "status" });
  const alert = el("p", { role: "alert", hidden: "" });
  const again = el("div", { class: "acts" });
  container.append(el("div", { class: "service" }, ...children, status, alert, again));
  return {
    say(text) {
      alert.hidden = true;
      alert.textContent = "";
      again.replaceChildren();
      status.textContent = text;
    },
    /** Says what went wrong, with the way to try it again. */
    fail(text, retry) {
      if (api.signal.aborted) return;
      status.textContent = "";
      alert.textContent = text;
      alert.hidden = false;
      again.replaceChildren(...(retry ? [button(api.text("sources.again"), retry)] : []));
    },
  };
};

/** A source that opens a service's own dialog, by a button. */
export const opener = (container, api, { icon, title, action, act }) => {
  const mark = el("span", { class: "mark", "aria-hidden": "true" }, drawing(icon));
  const open = button(action, () => act(), { class: "main" });
  const start = el("div", { class: "start" }, mark, el("p", {}, title), open);
  return { ...place(container, api, start), open };
};

const POLICY = "plimsoll-sources";
/** A script that does not come is not waited for. */
const SCRIPT_MS = 15_000;
const scripts = new Map();

/** An address of a script, for pages that take only those of a policy. */
const trusted = (url) => {
  const { plimsollSources: all } = globalThis;
  all.policy ??= window.trustedTypes?.createPolicy(POLICY, {
    createScriptURL: (text) => text,
  });
  return all.policy?.createScriptURL(url) ?? url;
};

/** Loads a service's script, once. After a failure the next call tries again. */
export const script = (url, attributes = {}) => {
  if (!scripts.has(url)) {
    const loading = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${url} does not come.`)), SCRIPT_MS);
      const tag = el("script", {
        ...attributes,
        load() {
          clearTimeout(late);
          resolve();
        },
        error: reject,
      });
      tag.src = trusted(url);
      document.head.append(tag);
      tag.addEventListener("error", () => tag.remove());
    });
    loading.catch(() => scripts.delete(url));
    scripts.set(url, loading);
  }
  return scripts.get(url);
};

/** Takes the dialog from the top of the page while a service shows one of its own there, which
 * nobody could use below it. Gives what brings it back. */
export const aside = (container, api) => {
  const dialog = container.closest("dialog");
  if (!dialog?.open) return () => {};
  dialog.close();
  return () => {
    if (dialog.isConnected && !dialog.open && !api.signal.aborted) dialog.showModal();
  };
};

/** A file from an address, read by the browser: it is previewed, checked and cropped as any. */
export const download = async (url, { name, type, headers, signal }) => {
  const response = await fetch(url, { headers, signal, referrerPolicy: "no-referrer" });
  if (!response.ok) throw Object.assign(new Error(`${response.status}`), response);
  const blob = await response.blob();
  return new File([blob], name, { type: type || blob.type });
};

/** A source that is searched for pictures. `find(query, page, choices)` gives
 * `{ items, more, count }`, an item being `{ thumbnail, label, credit, take }`; what `take` gives
 * is added. */
export const searcher = (container, api, { service, filters = [], find }) => {
  const { signal, text } = api;
  const chosen = new Map();
  const hint = text("image_search.inputPlaceholder");
  const field = el("input", {
    ...{ type: "search", "aria-label": hint, placeholder: hint, autocomplete: "off" },
    ...{ enterkeyhint: "search", "data-focus": "" },
  });
  const list = el("ul", { "aria-label": service });
  const more = button(text("services.more"), () => search(page + 1), { hidden: "" });
  const take = button("", () => add([...chosen.values()]), { class: "main" });
  const bar = el("div", { class: "acts take", hidden: "" }, take);
  const form = el(
    "form",
    {
      role: "search",
      submit(event) {
        event.preventDefault();
        search(1);
      },
    },
    field,
    el("button", { type: "submit", class: "main" }, text("services.search")),
    ...(filters.length ? [el("span", { class: "wide" })] : []),
    ...filters.map(({ node }) => node),
  );
  const { say, fail } = place(container, api, form);
  container.firstElementChild.append(list, el("div", { class: "acts" }, more), bar);
  let page = 0;
  let asked = 0;
  let query = "";

  const search = async (wanted) => {
    if (wanted === 1) query = field.value.trim();
    if (!query) return field.focus();
    asked += 1;
    const mine = asked;
    more.hidden = true;
    if (wanted === 1) {
      list.replaceChildren();
      chosen.clear();
      count();
    }
    say(text("services.fetching", { service }));
    const choices = Object.fromEntries(filters.map(({ name, value }) => [name, value()]));
    try {
      const { items, more: goesOn, count: all } = await find(query, wanted, choices);
      if (signal.aborted || mine !== asked) return;
      page = wanted;
      const nodes = items.map(shown);
      list.append(...nodes);
      more.hidden = !goesOn;
      say(list.children.length ? text("services.found", { count: all }) : text("no_results"));
      // The button that was pressed may be gone.
      if (wanted > 1) nodes[0]?.querySelector("button").focus();
    } catch (problem) {
      if (mine !== asked) return;
      fail(reason(problem), () => search(wanted));
    }
  };

  /** A service that has had enough for now says so by these. */
  const reason = ({ status }) =>
    text([403, 429].includes(status) ? "services.quota" : "image_search.search_error", { service });

  const shown = (item) => {
    const picture = el("img", {
      ...{ src: item.thumbnail, alt: "", loading: "lazy", decoding: "async" },
      referrerpolicy: "no-referrer",
    });
    const press = button("", () => turn(item, press), { "aria-label": item.label });
    if (api.multiple) press.setAttribute("aria-pressed", "false");
    press.append(picture);
    return el("li", {}, press, ...(item.credit ? [item.credit] : []));
  };

  const turn = (item, press) => {
    if (!api.multiple) return add([item]);
    if (!chosen.delete(press)) chosen.set(press, item);
    press.setAttribute("aria-pressed", `${chosen.has(press)}`);
    count();
  };

  const count = () => {
    bar.hidden = chosen.size === 0;
    const [one, many] = [text("url.add_one"), text("url.add", { count: chosen.size })];
    take.textContent = chosen.size === 1 ? one : many;
  };

  const add = async (items) => {
    take.disabled = true;
    say(text("services.fetching", { service }));
    const all = await Promise.allSettled(items.map((item) => item.take()));
    take.disabled = false;
    if (signal.aborted) return;
    const good = all.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
    if (good.length) api.add(good);
    const bad = all.find(({ status }) => status === "rejected");
    for (const press of chosen.keys()) press.setAttribute("aria-pressed", "false");
    chosen.clear();
    count();
    say("");
    field.focus();
    if (bad) fail(reason(bad.reason ?? {}));
  };

  return { field, search };
};

/** What a service's API answers; what it refuses is thrown, with its status. */
export const json = async (url, how) => {
  const response = await fetch(url, how);
  if (!response.ok) {
    throw Object.assign(new Error(`${response.status}`), { status: response.status });
  }
  return response.json();
};

/** A list to choose from, for `searcher`. */
export const choice = (name, label, options) => {
  const node = el(
    "select",
    { "aria-label": label },
    ...options.map(([value, text]) => el("option", { value }, text)),
  );
  return { name, node, value: () => node.value };
};
