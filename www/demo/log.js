// The live event log of the demo page: every call of the widget's callback, as a page sees it.
// Shows text only, never markup, because names and messages come from files and servers.
import { full, short, time } from "./words.js";

/** Entries kept: the last bursts in full, yet 500 files at once leave the page light. */
const ENTRIES_MAX = 300;

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

/** One entry; its payload is written out when someone first looks. */
function entry(name, line, payload, state) {
  const item = element("li", "entry");
  item.dataset.event = name;
  item.dataset.state = state;
  const now = new Date();
  const stamp = element("time", "entry-time", time(now));
  stamp.dateTime = now.toISOString();
  const head = [stamp, element("span", "entry-name", name), element("span", "entry-short", line)];
  const text = payload === undefined ? "" : full(payload);
  if (!text) {
    const plain = element("div", "entry-head");
    plain.append(...head);
    item.append(plain);
    return item;
  }
  const details = document.createElement("details");
  const summary = element("summary", "entry-head");
  summary.append(...head);
  details.append(summary);
  const write = () => details.append(element("pre", "entry-full", text));
  details.addEventListener("toggle", write, { once: true });
  item.append(details);
  return item;
}

/** Wires the log's list and its clear button; returns the callback that fills it. */
export function createLog() {
  const [list, scroll, empty, clear] = ["log", "log-scroll", "log-empty", "log-clear"].map((id) =>
    document.getElementById(id),
  );

  const settle = () => {
    const blank = list.childElementCount === 0;
    if (blank && document.activeElement === clear) document.getElementById("log-title").focus();
    scroll.hidden = blank;
    empty.hidden = !blank;
    clear.disabled = blank;
  };

  clear.addEventListener("click", () => {
    list.replaceChildren();
    settle();
  });

  const add = (item) => {
    // Someone who has scrolled up is reading: don't pull the list away under them.
    const atEnd = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 24;
    list.append(item);
    if (list.childElementCount > ENTRIES_MAX) list.firstElementChild.remove();
    if (scroll.hidden) settle();
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  };

  return (error, result) => {
    if (error) {
      const { message, status, statusText, code } = error;
      add(entry("error", String(message ?? error), { code, status, statusText, message }, "bad"));
      return;
    }
    const { event, info } = result;
    add(entry(event, short(event, info), info, event === "success" ? "good" : "plain"));
  };
}
