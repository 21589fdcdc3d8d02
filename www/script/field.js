// `<plimsoll-upload>`: a field of a form whose values are uploaded files. The loader defines the
// element; this comes with the first one in a page, and does all that it does: a button that opens
// the widget, a list of what is uploaded, and what a form wants of a field (value, validity, reset,
// restoring). Nothing of it is parsed as markup, so any policy of the page lets it through.

const CSS = `
:host { display: inline-block; max-inline-size: 100%; color: var(--text); font: 16px/1.45
  var(--plimsoll-font, system-ui, sans-serif);
  --bg: var(--plimsoll-bg, light-dark(#fff, #16191f));
  --edge: var(--plimsoll-edge, light-dark(#768294, #7d8999));
  --line: var(--plimsoll-line, light-dark(#dfe4ea, #343b46));
  --text: var(--plimsoll-text, light-dark(#12171f, #f1f4f8));
  --soft: var(--plimsoll-soft, light-dark(#54606f, #a9b4c2));
  --accent: var(--plimsoll-accent, light-dark(#0b5cd6, #6aa9ff));
  --bad: var(--plimsoll-bad, light-dark(#bd2525, #ff8f8a)); }
:host([hidden]) { display: none; }
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }
[hidden] { display: none !important; }
.field { display: grid; gap: 8px; justify-items: start; padding: 10px; background: var(--bg);
  border: 1px solid var(--edge); border-radius: var(--plimsoll-radius, 14px); }
.field[data-invalid] { border-color: var(--bad); }
.field[data-inline] { border: 0; padding: 0; justify-items: stretch; }
button { min-block-size: 44px; padding: 10px 18px; font: inherit; font-weight: 600;
  color: var(--text); background: transparent; border: 1px solid var(--edge); border-radius: 10px;
  cursor: pointer; }
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button:is(:disabled, [aria-disabled=true]) { color: var(--soft); border-color: var(--line);
  cursor: not-allowed; }
p { margin: 0; color: var(--soft); }
.bad { color: var(--bad); }
.status.bad { font-weight: 550; }
ul { display: grid; gap: 4px; margin: 0; padding: 0; list-style: none; inline-size: 100%; }
li { display: flex; align-items: center; gap: 10px; border-block-end: 1px solid var(--line); }
li:last-child { border: 0; }
.name { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; }
.remove { min-inline-size: 44px; padding: 0; border-color: transparent; font-size: 20px; }
@media (forced-colors: active) { .field, button { border-color: ButtonText; }
  button:is(:disabled, [aria-disabled=true]) { color: GrayText; border-color: GrayText; } }
`;

/** Attributes that say something to the field or to HTML, and are no options of the widget. */
const NO_OPTION = new RegExp(
  "^(name|required|disabled|value|inline|accept|id|class|style|part|slot|title|dir|hidden|form|" +
    "tabindex|role|autofocus|data-.*|aria-.*|on.*)$",
);
/** What `accept` calls otherwise than the widget. */
const FORMATS = { jpeg: "jpg", "svg+xml": "svg", quicktime: "mov", mpeg: "mp3", plain: "txt" };

let sheet;

/** As the contract has a stored file in a form. */
const identifier = (info) => {
  const format = info.format && info.resource_type !== "raw" ? `.${info.format}` : "";
  const path = `${info.resource_type}/${info.type}/v${info.version}/${info.public_id}${format}`;
  return `${path}#${info.signature ?? ""}`;
};

/** Where the words for people are, for codes that are not called alike. */
const FAULTS = { "page.signature_failed": "page_failed", "page.not_configured": "not_configured" };

/** A name for an identifier of which nothing else is known. */
const nameOf = (value) => value.split("#")[0].split("/").slice(3).join("/") || value;

const isTrue = (text) => text !== null && text !== "false";

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** `accept` as the widget's formats. */
const formats = (accept) =>
  accept
    .split(",")
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one && one !== "*/*")
    .map((one) => {
      if (one.startsWith(".")) return one.slice(1);
      const [group, kind] = one.split("/");
      return kind === "*" || !kind ? group : (FORMATS[kind] ?? kind);
    });

const node = (tag, part, text) => {
  const made = document.createElement(tag);
  if (part) [made.className, made.part] = [part, part];
  if (text) made.textContent = text;
  return made;
};

class Field {
  /** What is chosen: `{ value, name, info?, file? }`; with `wrong`, what could not be uploaded. */
  entries = [];
  /** What the page gives by property, functions among it. */
  given = {};
  /** How many files are on their way. */
  pending = 0;
  widget;
  words = { say: (key) => key, lang: "en", rtl: false };

  constructor(host, internals, api) {
    Object.assign(this, { host, internals, api });
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
    }
    root.adoptedStyleSheets = [sheet];
    this.box = node("div", "field");
    this.box.setAttribute("role", "group");
    this.button = node("button", "button");
    this.button.type = "button";
    this.button.setAttribute("aria-haspopup", "dialog");
    this.place = node("div", "inline");
    this.list = node("ul", "list");
    this.status = node("p", "status");
    this.status.setAttribute("role", "status");
    this.status.id = "status";
    this.button.setAttribute("aria-describedby", "status");
    this.box.append(this.button, this.place, this.list, this.status);
    root.replaceChildren(this.box);
    this.button.addEventListener("click", () => this.isFull || this.open());
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.remove([...this.list.querySelectorAll("button")].indexOf(button));
    });
    // A label's click comes to the host itself.
    host.addEventListener("click", (event) => {
      if (event.composedPath()[0] === host && !this.button.disabled) this.button.click();
    });
    // The browser's own message goes by itself; this one stays until the field is right.
    host.addEventListener("invalid", () => {
      this.isTold = true;
      this.show();
    });
    this.watch = new MutationObserver(() => this.changed());
    this.reset();
  }

  connected() {
    this.watch.observe(this.host, { attributes: true });
    this.changed();
  }

  async disconnected() {
    await null;
    // It may have been moved.
    if (this.host.isConnected) return;
    this.watch.disconnect();
    this.widget?.destroy();
    this.widget = undefined;
    this.pending = 0;
  }

  associated() {
    this.show();
  }

  reset() {
    this.isTold = false;
    this.setValue(this.host.getAttribute("value") ?? "");
  }

  disabled(is) {
    this.isOff = is;
    this.show();
  }

  restore(state) {
    try {
      this.entries = JSON.parse(state).map(([value, name]) => ({ value, name }));
    } catch {
      // Another field's state, or another version's.
    }
    this.show();
  }

  get multiple() {
    return isTrue(this.host.getAttribute("multiple"));
  }

  setValue(value) {
    const values = Array.isArray(value) ? value : `${value ?? ""}`.split("\n");
    const given = values.map((one) => `${one}`.trim()).filter(Boolean);
    const known = new Map(this.entries.map((entry) => [entry.value, entry]));
    this.entries = given.map((one) => known.get(one) ?? { value: one, name: nameOf(one) });
    if (!this.multiple) this.entries.splice(1);
    this.show();
  }

  get done() {
    return this.entries.filter(({ wrong }) => wrong === undefined);
  }

  /** Attributes have changed, or are read for the first time. */
  async changed() {
    const language = this.host.getAttribute("language") ?? "en";
    if (this.language !== language) {
      this.language = language;
      const words = await this.api.words().then(
        (script) => script.texts(language),
        () => undefined,
      );
      // Another one may have been asked for meanwhile.
      if (words && this.language === language) this.words = words;
    }
    this.widget?.update(this.options());
    this.show();
    if (isTrue(this.host.getAttribute("inline")) && this.host.isConnected) this.open();
  }

  /** The widget's options: all attributes that are not the field's own, and what was given. */
  options() {
    const { host } = this;
    const options = {};
    for (const { name, value } of host.attributes) {
      if (NO_OPTION.test(name)) continue;
      options[camel(name)] = value === "" ? true : value;
      if (/^\s*[[{]/.test(value)) {
        try {
          options[camel(name)] = JSON.parse(value);
        } catch (cause) {
          console.error(`Plimsoll: ${name}="${value}" is no JSON. Write it as JSON.`, cause);
        }
      }
    }
    const accept = host.getAttribute("accept");
    if (accept) options.clientAllowedFormats = formats(accept);
    Object.assign(options, this.given);
    options.multiple = this.multiple;
    const most = Number(options.maxFiles);
    if (most > 0 && this.multiple) options.maxFiles = Math.max(1, most - this.done.length);
    if (isTrue(host.getAttribute("inline"))) options.inlineContainer = this.place;
    return options;
  }

  open() {
    if (this.isOff) return;
    const options = this.options();
    if (this.widget && !this.widget.isDestroyed()) this.widget.update(options);
    else this.widget = this.api.createUploadWidget(options, (error, it) => this.hear(error, it));
    this.widget.open();
  }

  hear(error, { event, info }) {
    if (error && info?.file) this.fail(info.file, error);
    if (event === "upload-added") this.pending += 1;
    if (event === "success") this.add(info);
    if (event === "retry") this.entries = this.done;
    if (event === "queues-end") this.end(info.files);
    if (event === "close") this.pending = 0;
    this.show();
  }

  /** All of a batch have ended: those that are stored stand in the order that was shown. */
  end(files) {
    this.pending = 0;
    // A file's id is that of its batch alone, and each opening has one of its own.
    const of = ({ uploadInfo }) => uploadInfo && identifier(uploadInfo);
    const at = ({ value, wrong }) =>
      wrong === undefined ? files.findIndex((one) => of(one) === value) : -1;
    for (const entry of this.entries) {
      const { file, name } = files[at(entry)] ?? {};
      if (name) entry.name = name;
      if (file instanceof File) entry.file = file;
    }
    this.entries.sort((one, other) => at(one) - at(other));
  }

  fail(file, error) {
    // One that was refused before has no place in the widget's batch, and takes none here.
    if (!/^(network|server|answer|page|file\.unreadable)/.test(error.code)) return;
    const key = `uploader.faults.${FAULTS[error.code] ?? error.code.replace(".", "_")}`;
    const wrong = this.words.say(key, { status: error.status });
    this.entries.push({ value: "", name: file.name, wrong });
  }

  add(info) {
    const name = info.format ? `${info.original_filename}.${info.format}` : info.original_filename;
    const entry = { value: identifier(info), name: name ?? info.public_id, info };
    const others = this.entries.filter(({ value }) => value !== entry.value);
    this.entries = this.multiple ? [...others, entry] : [entry];
    this.tell();
  }

  remove(at) {
    this.entries.splice(at, 1);
    this.show();
    this.tell();
    const buttons = [...this.list.querySelectorAll("button")];
    (buttons[Math.min(at, buttons.length - 1)] ?? this.button).focus();
  }

  /** As a field does that a person has changed. */
  tell() {
    this.show();
    this.host.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    this.host.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Shows all anew, and tells the form. */
  show() {
    const { host, words, entries } = this;
    const say = (key, values) => words.say(key, values);
    this.box.lang = words.lang;
    this.box.dir = words.rtl ? "rtl" : "ltr";
    const isInline = isTrue(host.getAttribute("inline"));
    this.box.toggleAttribute("data-inline", isInline);
    const most = this.multiple ? Number(host.getAttribute("max-files")) || Infinity : Infinity;
    const browse = this.multiple ? "local.browse" : "local.browse_single";
    const caption = host.getAttribute("button-caption") ?? say(browse);
    const label = [...(this.internals.labels ?? [])].map((it) => it.textContent.trim()).join(", ");
    const named = label || host.getAttribute("aria-label") || host.title;
    this.button.textContent = caption;
    this.button.setAttribute("aria-label", named ? `${caption}, ${named}` : caption);
    this.button.hidden = isInline;
    this.button.disabled = !!this.isOff;
    // The focus comes back to it from the widget, even when no more may be added.
    this.isFull = !isInline && this.done.length >= most;
    this.button.setAttribute("aria-disabled", `${this.isFull}`);
    this.box.setAttribute("aria-label", named || caption);
    this.list.replaceChildren(...entries.map((entry) => this.row(entry)));
    this.list.hidden = !entries.length;
    this.list.setAttribute("aria-label", say("queue.list"));
    const { length } = this.done;
    const count = length === 1 ? say("queue.summary.done_one") : "";
    const done = count || say("queue.summary.done", { done: length });
    const idle = length ? done : say("field.none");
    this.submit();
    const { validity, validationMessage, states } = this.internals;
    this.isTold &&= !validity.valid;
    const isWrong = this.isTold && !this.pending && !this.isOff;
    const text = isWrong ? validationMessage : idle;
    this.status.textContent = this.pending ? say("field.uploading") : text;
    this.status.classList.toggle("bad", isWrong);
    this.box.toggleAttribute("data-invalid", isWrong);
    states?.[isWrong ? "add" : "delete"]("invalid");
  }

  row({ name, wrong }) {
    const row = node("li", "item");
    const what = node("span", "name");
    const title = document.createElement("bdi");
    title.textContent = name;
    what.append(title);
    if (wrong !== undefined) what.append(" ", node("span", "bad", wrong));
    const button = node("button", "remove", "×");
    button.type = "button";
    button.setAttribute("aria-label", this.words.say("queue.actions.remove", { name }));
    button.disabled = !!this.isOff;
    row.append(what, button);
    return row;
  }

  /** Value, state and validity. */
  submit() {
    const { host, internals, done, entries } = this;
    const name = host.getAttribute("name");
    const data = new FormData();
    for (const { value } of done) data.append(name ?? "", value);
    const state = JSON.stringify(done.map(({ value, name }) => [value, name]));
    internals.setFormValue(name && done.length ? data : null, state);
    const anchor = this.button.hidden ? this.box : this.button;
    const say = (key) => this.words.say(key);
    if (this.pending) internals.setValidity({ customError: true }, say("field.uploading"), anchor);
    else if (entries.length > done.length) {
      internals.setValidity({ customError: true }, say("field.failed"), anchor);
    } else if (this.custom) internals.setValidity({ customError: true }, this.custom, anchor);
    else if (isTrue(host.getAttribute("required")) && !done.length) {
      internals.setValidity({ valueMissing: true }, say("field.required"), anchor);
    } else internals.setValidity({});
  }
}

const fields = new WeakMap();
const of = (host) => fields.get(host);

/** What an element has besides its attributes, as fields of forms have it. */
const PROPERTIES = {
  value: {
    get: (it) => it.done.map(({ value }) => value).join("\n"),
    set: (it, value) => it.setValue(value),
  },
  results: { get: (it) => it.done.map(({ info }) => info).filter(Boolean) },
  files: { get: (it) => it.done.map(({ file }) => file).filter(Boolean) },
  options: {
    get: (it) => ({ ...it.given }),
    set(it, options) {
      it.given = { ...options };
      it.changed();
    },
  },
  form: { get: (it) => it.internals.form },
  labels: { get: (it) => it.internals.labels },
  validity: { get: (it) => it.internals.validity },
  validationMessage: { get: (it) => it.internals.validationMessage },
  willValidate: { get: (it) => it.internals.willValidate },
  type: { get: (it) => it.host.localName },
};
/** Properties that are attributes. */
const TEXTS = ["name", "accept"];
const FLAGS = ["required", "multiple", "disabled"];

const METHODS = {
  checkValidity: (it) => it.internals.checkValidity(),
  reportValidity: (it) => it.internals.reportValidity(),
  setCustomValidity(it, message) {
    it.custom = `${message}`;
    it.submit();
  },
  open: (it) => it.open(),
};

/** Gives the elements' class what elements have; once. */
const complete = (type) => {
  if (Object.hasOwn(type, "value")) return;
  const define = (name, get, set) =>
    Object.defineProperty(type, name, { configurable: true, enumerable: true, get, set });
  for (const [name, { get, set }] of Object.entries(PROPERTIES)) {
    const write = set && function (value) { set(of(this), value); };
    define(name, function () { return get(of(this)); }, write);
  }
  for (const name of TEXTS) {
    const read = function () { return this.getAttribute(name) ?? ""; };
    define(name, read, function (value) { this.setAttribute(name, value); });
  }
  for (const name of FLAGS) {
    const read = function () { return this.hasAttribute(name); };
    define(name, read, function (is) { this.toggleAttribute(name, !!is); });
  }
  for (const [name, act] of Object.entries(METHODS)) {
    type[name] = function (...args) { return act(of(this), ...args); };
  }
};

/** Brings an element to life; `state` has its internals, and what has happened to it so far. */
export const begin = (host, state, api) => {
  // A page may have set properties before there were any.
  const own = Object.entries(Object.getOwnPropertyDescriptors(host));
  for (const [name] of own) delete host[name];
  const field = new Field(host, state.internals, api);
  fields.set(host, field);
  complete(Object.getPrototypeOf(host));
  for (const [name, { value }] of own) host[name] = value;
  state.act = (hook, ...args) => field[hook](...args);
  for (const call of state.kept.splice(0)) state.act(...call);
};
