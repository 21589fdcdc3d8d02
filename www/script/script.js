// Plimsoll's loader: the script that pages embed. It installs `window.plimsoll` at once; what that
// can do is in plimsoll.js, which the build puts into the same file. As `all.js`, or with
// `data-global="cloudinary"`, it also extends the global of that name. Other data attributes of its
// tag are options of all widgets, and buttons with `data-plimsoll` open one without any code.
import { plimsoll } from "./plimsoll.js";

// The other files lie beside this one. A module script has no `currentScript`, and an element of
// that name is what the document has for it.
const { currentScript } = document;
const script =
  (currentScript?.localName === "script" && currentScript) ||
  document.querySelector('script[src*="plimsoll."], script[data-global]');
const source = script?.src || document.baseURI;
const isDropIn = /\/all(\.\w+)?\.js([?#]|$)/.test(source);
const beside = (name) => new URL(name, source).href;
const globalName = script?.dataset.global || (isDropIn ? "cloudinary" : "plimsoll");

const { style, defaults, makeWidget, defineField, ...own } = plimsoll({
  module: () => beside("plimsoll-widget.wasm"),
  glue: () => beside("plimsoll-widget.js"),
  // The fragment makes a second try a new module: browsers may remember that the first one failed.
  load: (again) => import(beside("plimsoll-widget.js") + (again ? `#${again}` : "")),
  words: () => import(beside("plimsoll-words.js")),
  field: () => import(beside("plimsoll-field.js")),
  remedy: "Put all files whose names begin with plimsoll beside plimsoll.js",
});

/** Puts what a page calls into a global, beside what is there: other scripts share it. */
const install = (name, api) => {
  let there = window[name];
  // An element with this id is what `window` has for a name that nobody has set.
  if (!there || there.nodeType) there = window[name] = {};
  // Pages of that global put the class on buttons of their own, too.
  if (name === "cloudinary" && !there.createUploadWidget) style();
  for (const [key, value] of Object.entries(api)) {
    if (!there[key]) there[key] = value;
    else if (there[key] !== value) {
      console.warn(
        `Plimsoll: window.${name}.${key} is another script's and stays. ` +
          "Remove that script, or call plimsoll's.",
      );
    }
  }
};

/** `$(button).cloudinary_upload_widget(options, callback)`, where there is jQuery. */
const extendJquery = () => {
  const fn = window.jQuery?.fn;
  if (!fn || fn.cloudinary_upload_widget) return;
  fn.cloudinary_upload_widget = function (options, callback) {
    return this.each((_, element) => void api.applyUploadWidget(element, options, callback));
  };
};

/** Data attributes that are no options: ours, and what frameworks and hosts put on scripts. */
const NO_OPTION = /^(global|plimsoll|nscript|cfasync|turbo.*)$/;

/** The options that an element's data attributes are: texts, or JSON where they look like it. */
const optionsOf = (element) => {
  const options = {};
  for (const [name, text] of Object.entries(element.dataset)) {
    if (NO_OPTION.test(name)) continue;
    options[name] = text;
    if (!/^\s*[[{]/.test(text)) continue;
    try {
      options[name] = JSON.parse(text);
    } catch (cause) {
      console.error(`Plimsoll: data-${name} is no JSON: ${text}. Write it as JSON.`, cause);
    }
  }
  return options;
};

const BUTTON = "[data-plimsoll]";
const widgets = new WeakMap();

/** The widget of a button without code, made when it is first wanted. */
const widgetOf = (button) => {
  let widget = widgets.get(button);
  if (!widget || widget.isDestroyed()) {
    const options = { ...optionsOf(button), buttonClass: "", buttonCaption: "" };
    widget = api.applyUploadWidget(button, options);
    widgets.set(button, widget);
  }
  return widget;
};

/** Buttons that come later are ready when they are first pressed. */
const press = (event) => {
  const button = event.composedPath().find((node) => node.matches?.(BUTTON));
  // One that is ready opens its widget itself.
  if (!button || event.defaultPrevented || widgets.get(button)?.isDestroyed() === false) return;
  event.preventDefault();
  widgetOf(button).open();
};

// A page may hold the script twice, from one host or from several: what stands goes on, with the
// widgets made by it.
const standing = window.plimsoll;
const isFirst = typeof standing?.openUploadWidget !== "function";
if (!isFirst && Object.keys(own).some((key) => String(own[key]) !== String(standing[key]))) {
  console.warn("Plimsoll: another version of it is on this page and stays. Load one of them.");
}
const api = isFirst ? own : { ...standing };
install("plimsoll", api);
if (globalName !== "plimsoll") install(globalName, api);
const whenParsed = () => {
  extendJquery();
  if (isFirst) document.querySelectorAll(BUTTON).forEach(widgetOf);
};
if (isFirst) {
  defineField();
  if (script) Object.assign(defaults, optionsOf(script));
  document.addEventListener("click", press);
}
if (document.readyState !== "loading") whenParsed();
else addEventListener("DOMContentLoaded", whenParsed, { once: true });
