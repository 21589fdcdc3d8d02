// The page's side of the widget: its say in which files go, hidden fields of its form, and
// thumbnails with links that delete. Loaded when first used; everything is set as text, and nothing
// that a page throws harms an upload.

/** So many files are judged at the same time: a page may ask its server about each. */
const JUDGED_AT_ONCE = 10;

/** Fields and thumbnails by the widget that they are of. */
const made = new WeakMap();

const SHEET = `
:where(ul.cloudinary-thumbnails):not(_){list-style:none;margin:8px 0;padding:0;display:flex;
flex-wrap:wrap;gap:8px}
:where(li.cloudinary-thumbnail):not(_){display:flex;align-items:start;gap:4px}
:where(a.cloudinary-delete):not(_){min-inline-size:24px;min-block-size:24px;text-align:center;
color:inherit;text-decoration:none}`;

let sheet;

/** The thumbnails' own style, weaker than any of the page's that means them. */
const style = () => {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
  }
  const sheets = document.adoptedStyleSheets;
  if (!sheets.includes(sheet)) document.adoptedStyleSheets = [...sheets, sheet];
};

/** Whether the page lets a whole choice through: `preBatch(callback, { files })`. */
const agrees = (preBatch, files) =>
  new Promise((resolve) => {
    const reply = (said) => resolve(!said?.cancel);
    const threw = (thrown) => {
      reportError(thrown);
      resolve(true);
    };
    try {
      const returned = preBatch(reply, { files });
      // Called back, it says nothing by its promise.
      const kept = (said) => void (said === undefined || reply(said));
      if (typeof returned?.then === "function") returned.then(kept, threw);
    } catch (thrown) {
      threw(thrown);
    }
  });

/** Why a file may not go, in the page's words; undefined when it may. */
const reason = async (validate, file) => {
  try {
    const said = await validate(file);
    if (said === false) return "";
    if (typeof said === "string" && said) return said;
    return said instanceof Error ? said.message : undefined;
  } catch (thrown) {
    return String(thrown?.message ?? thrown);
  }
};

/** What the page says of a choice: false for none of it, else `[index, words]` of each file that
 * may not go. */
export const vet = async (preBatch, validate, files) => {
  if (typeof preBatch === "function" && !(await agrees(preBatch, files))) return false;
  const refused = [];
  if (typeof validate !== "function") return refused;
  for (let at = 0; at < files.length; at += JUDGED_AT_ONCE) {
    const some = files.slice(at, at + JUDGED_AT_ONCE);
    const reasons = await Promise.all(some.map((file) => reason(validate, file)));
    reasons.forEach((words, index) => {
      if (words !== undefined) refused.push([at + index, words]);
    });
  }
  return refused;
};

/** The element that an option names: itself, by a selector, or in a list such as jQuery's. */
const found = (what, option) => {
  if (!what) return null;
  let element = what.nodeType ? what : what[0];
  if (typeof what === "string") {
    try {
      element = document.querySelector(what);
    } catch {
      element = null;
    }
  }
  if (element?.nodeType) return element;
  console.error(
    `Plimsoll: ${option} names no element (${what}). ` +
      "Give the element, or a selector of one that is there when a file is stored.",
  );
  return null;
};

/** Tells the page by a DOM event and, where it has jQuery, by that: each listener once. */
const fire = (target, name, info) => {
  const { event } = window.jQuery ?? {};
  // What jQuery itself sets while it calls a native method of this name.
  if (event) event.triggered = name;
  target.dispatchEvent(new CustomEvent(name, { detail: info, bubbles: true }));
  if (!event) return;
  event.triggered = undefined;
  window.jQuery(target).trigger(name, [info]);
};

const make = (name, properties) => Object.assign(document.createElement(name), properties);

/** The hidden field that a form sends for an asset. */
const field = (place, info, identifier) => {
  const input = make("input", {
    type: "hidden",
    className: "cloudinary-hidden-field",
    name: place.fieldName,
    value: identifier,
  });
  input.dataset.cloudinaryPublicId = info.public_id;
  return input;
};

/** An asset's thumbnail, with a link that deletes where the server gave a token for it. */
const thumbnail = (place, info, label, gone) => {
  const item = make("li", { className: "cloudinary-thumbnail active" });
  item.dataset.cloudinary = JSON.stringify(info);
  const { original_filename, format, public_id, thumbnail_url, delete_token } = info;
  // A raw file has no format: its public ID ends with its extension.
  const extension = format ?? public_id.match(/\.(\w+)$/)?.[1];
  const parts = original_filename ? [original_filename, extension] : [public_id];
  const name = parts.filter(Boolean).join(".");
  if (thumbnail_url) item.append(make("img", { src: thumbnail_url, alt: name }));
  else item.append(make("span", { textContent: name }));
  if (!delete_token) return item;
  const link = make("a", { className: "cloudinary-delete", href: "#", textContent: "x" });
  link.setAttribute("role", "button");
  link.setAttribute("aria-label", label);
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    // The second click of a double one.
    if (link.ariaDisabled) return;
    link.ariaDisabled = "true";
    if (await deleted(place.deleteUrl, delete_token)) return gone(item);
    link.ariaDisabled = null;
  });
  item.append(link);
  return item;
};

/** Deletes an asset by its token. */
const deleted = async (url, token) => {
  try {
    const response = await fetch(url, { method: "POST", body: new URLSearchParams({ token }) });
    if (response.ok) return true;
    const message = (await response.json().catch(() => ({})))?.error?.message;
    console.error(`Plimsoll: deleting failed (HTTP ${response.status}): ${message ?? ""}`);
  } catch (problem) {
    console.error(`Plimsoll: deleting failed, ${url} could not be reached.`, problem);
  }
  return false;
};

/** Puts a stored asset into the page. */
export const attach = async (place, info, identifier, label) => {
  const list = made.get(place) ?? [];
  made.set(place, list);
  // A single file takes the place of the one before.
  if (place.single) for (const old of list.splice(0)) remove(old);
  const form = found(place.form, "form");
  const thumbnails = found(place.thumbnails, "thumbnails");
  const entry = {};
  list.push(entry);
  if (form) {
    entry.field = field(place, info, identifier);
    form.append(entry.field);
  }
  if (!thumbnails) return;
  style();
  let root = thumbnails.querySelector(":scope > ul.cloudinary-thumbnails");
  if (!root) {
    root = make("ul", { className: "cloudinary-thumbnails" });
    thumbnails.append(root);
  }
  entry.item = thumbnail(place, info, label, () => {
    remove(entry);
    list.splice(list.indexOf(entry) >>> 0, 1);
    const target = [place.element, form].find((element) => element?.isConnected) ?? document;
    fire(target, "cloudinarywidgetdeleted", info);
    fire(target, "plimsoll:deleted", { event: "deleted", info });
  });
  root.append(entry.item);
};

const remove = ({ field, item }) => {
  field?.remove();
  removeThumbnail(item);
};

const removeThumbnail = (item) => {
  const root = item?.parentElement;
  item?.remove();
  if (root?.matches("ul.cloudinary-thumbnails") && !root.children.length) root.remove();
};

/** Takes a widget's thumbnails from the page. Its fields stay: the assets do, too. */
export const removeThumbnails = async (place) => {
  for (const { item } of made.get(place) ?? []) removeThumbnail(item);
};

const WRITTEN = /^(text|textarea|url|search|number)$/;
const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";

/** Has what is inside an element made anew. The focus, what is written in fields, and how far lists
 * are scrolled stay as they were. */
export const anew = async (whole, make) => {
  const all = () => [...whole.querySelectorAll(FOCUSABLE)];
  const lists = () => [...whole.querySelectorAll("ul")];
  const [before, scrolled] = [all(), lists().map(({ scrollTop }) => scrollTop)];
  const focused = whole.getRootNode().activeElement;
  make();
  // Effects run after what changed them.
  await new Promise((resolve) => setTimeout(resolve));
  const after = all();
  lists().forEach((list, at) => (list.scrollTop = scrolled[at] ?? 0));
  for (const [at, field] of before.length === after.length ? after.entries() : []) {
    const { type, value } = before[at];
    if (field.type !== type || !WRITTEN.test(type) || field.value === value) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (!focused || !before.includes(focused)) return;
  const { localName, className } = focused;
  const alike = (it) => it?.localName === localName && it.className === className;
  const same = after[before.indexOf(focused)];
  const next = alike(same) ? same : (after.find(alike) ?? whole.querySelector("[data-focus]"));
  (next ?? after[0])?.focus();
};
