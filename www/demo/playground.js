// The playground's script: makes a control of each option in options.json, keeps what is set in the
// page's address, opens the widget with it, and shows the code that does the same.
import { copy } from "./copy.js";
import { createLog } from "./log.js";
import { RECIPES } from "./recipes.js";

const $ = (id) => document.getElementById(id);
const form = $("options");
const log = createLog();
/** What every page has to give; the server is the one that sent this page. */
const base = { cloudName: "demo", uploadPreset: "unsigned", uploadPrefix: location.origin };
/** What is set, by the options' names. */
const set = {};
/** How to put a value into each control, by the options' names. */
const fillers = {};
let widget;
/** The one inside the page, while it is wanted. */
let shown;
/** Until nobody has typed for a moment: each letter would make a widget anew. */
const PAUSE_MS = 300;
let soon;

const make = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** A text whose `code` parts are marked so. */
const prose = (text) =>
  text.split("`").map((part, at) => (at % 2 ? make("code", { textContent: part }) : part));

/** What a control's text means; throws for what it can't mean. */
const READERS = {
  flag: (text) => text === "true",
  word: (text) => text,
  number: Number,
  text: (text) => text,
  list: (text) => text.split(",").map((part) => part.trim()).filter(Boolean),
  json: JSON.parse,
};

const written = (control, value) => {
  if (control === "json") return JSON.stringify(value);
  return Array.isArray(value) ? value.join(", ") : String(value);
};

/** The element by which an option is set. */
function input({ control, words, example, ...option }, id) {
  const given = { id, name: option.name };
  if (control === "flag" || control === "word") {
    const choices = control === "flag" ? ["true", "false"] : words;
    const first = make("option", { value: "", textContent: shownDefault(option.default) });
    const rest = choices.map((value) => make("option", { value, textContent: value }));
    return make("select", given, first, ...rest);
  }
  const placeholder = example === null ? "" : written(control, example);
  if (control === "json") return make("textarea", { ...given, placeholder, spellcheck: false });
  const type = control === "number" ? "number" : "text";
  return make("input", { ...given, placeholder, type, step: "any", autocomplete: "off" });
}

const shownDefault = (value) => (value === null ? "not set" : `not set (${value})`);

/** One option: its name, its control, and what it is for. */
function row(option) {
  const [id, about] = [`option-${option.name}`, `about-${option.name}`];
  const text = make("p", { id: about }, ...prose(option.text));
  const item = make("div", { className: "option" });
  item.dataset.text = `${option.name} ${option.text}`.toLowerCase();
  if (option.control === "code") {
    const name = make("span", { className: "by-code", textContent: option.name });
    item.append(name, make("span", { textContent: "by code only" }), text);
    return item;
  }
  const control = input(option, id);
  const trouble = make("p", { id: `trouble-${option.name}`, className: "trouble", hidden: true });
  control.setAttribute("aria-describedby", `${about} ${trouble.id}`);
  const read = () => {
    trouble.hidden = true;
    control.removeAttribute("aria-invalid");
    delete set[option.name];
    try {
      if (control.value.trim()) set[option.name] = READERS[option.control](control.value);
    } catch {
      trouble.textContent = `This is no JSON. Write for example ${control.placeholder}`;
      trouble.hidden = false;
      control.setAttribute("aria-invalid", "true");
    }
  };
  fillers[option.name] = (value) => {
    control.value = value === undefined ? "" : written(option.control, value);
    read();
  };
  control.addEventListener("input", () => {
    read();
    show();
  });
  const label = make("label", { htmlFor: id, textContent: option.name });
  item.append(label, control, text, trouble);
  return item;
}

/** Shows the trace of the widget that was opened last, to be read before anybody gets it. */
function showTrace() {
  const text = widget?.trace() ?? "";
  $("trace").textContent = text;
  $("trace").hidden = !text;
  $("trace-save").disabled = !text;
  const hint = "Nothing so far. Choose Record, open the widget, and upload a file.";
  $("trace-none").textContent = text ? "" : hint;
}

/** Saves what is shown. */
function saveTrace() {
  const blob = new Blob([$("trace").textContent], { type: "application/jsonl" });
  const href = URL.createObjectURL(blob);
  make("a", { href, download: "plimsoll-trace.jsonl" }).click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** Writes the code, and what is set into the address. */
function show() {
  $("record").checked = set.flightRecorder === true;
  $("code").textContent = RECIPES[$("recipe").value]({ ...base, ...set });
  const hash = Object.keys(set).length ? `#${encodeURIComponent(JSON.stringify(set))}` : "";
  history.replaceState(null, "", location.pathname + location.search + hash);
  clearTimeout(soon);
  soon = setTimeout(preview, PAUSE_MS);
}

/** Shows the widget inside the page as it is set now, or takes it away. */
function preview() {
  shown?.destroy();
  shown = undefined;
  const wanted = $("live").checked;
  $("preview").hidden = !wanted;
  if (!wanted || !ready()) return;
  const options = { ...base, ...set, inlineContainer: "#preview" };
  shown = window.plimsoll.openUploadWidget(options, log);
}

/** What the address holds; nothing where it holds something else. */
function recalled() {
  try {
    const values = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    return values && typeof values === "object" ? values : {};
  } catch {
    return {};
  }
}

function fill(values) {
  for (const [name, put] of Object.entries(fillers)) {
    put(Object.hasOwn(values, name) ? (values[name] ?? undefined) : undefined);
  }
  show();
}

/** Leaves those options that hold what is looked for, in open sections. */
function find() {
  const wanted = $("find").value.trim().toLowerCase();
  let found = 0;
  for (const section of form.querySelectorAll("details")) {
    const rows = [...section.querySelectorAll(".option")];
    for (const item of rows) item.hidden = !item.dataset.text.includes(wanted);
    const left = rows.filter((item) => !item.hidden).length;
    found += left;
    section.hidden = left === 0;
    section.open = wanted ? left > 0 : section.dataset.first === "";
  }
  $("none").textContent = found ? "" : "No option is about that.";
}

/** Whether the script is there; says so if it isn't. */
function ready() {
  const missing = !window.plimsoll;
  $("alert").hidden = !missing;
  if (missing) $("alert").textContent = "plimsoll.js could not be loaded. Reload this page.";
  return !missing;
}

function open() {
  if (!ready()) return;
  widget?.destroy();
  widget = window.plimsoll.openUploadWidget({ ...base, ...set }, log);
}

const sections = await (await fetch(new URL("options.json", import.meta.url))).json();
sections.forEach(({ section, options }, at) => {
  const details = make("details", { open: at === 0 }, make("summary", { textContent: section }));
  if (at === 0) details.dataset.first = "";
  details.append(...options.map(row));
  form.append(details);
});
fill(recalled());
form.addEventListener("submit", (event) => event.preventDefault());
find();
$("find").addEventListener("input", find);
$("open").addEventListener("click", open);
$("record").addEventListener("change", () => {
  fillers.flightRecorder($("record").checked ? true : undefined);
  show();
});
$("trace-show").addEventListener("click", showTrace);
$("trace-save").addEventListener("click", saveTrace);
$("recipe").addEventListener("change", show);
$("live").addEventListener("change", preview);
$("reset").addEventListener("click", () => fill({}));
$("code-copy").addEventListener("click", () => copy($("code").textContent, $("code-copy"), "Code"));
