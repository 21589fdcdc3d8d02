// The demo page's own script: opens the widget, and hands what the callback gets to the gallery
// and to the log. It does what any site would do, and nothing that only this page could.
import { copy } from "./copy.js";
import { createGallery } from "./gallery.js";
import { createLog } from "./log.js";

const open = document.getElementById("open");
const alertBox = document.getElementById("alert");
const showAsset = createGallery();
const log = createLog();
/** The one widget of this page, made by the first click. */
let widget;

function complain(message) {
  alertBox.textContent = message;
  alertBox.hidden = message === "";
}

function callback(error, result) {
  log(error, result);
  // A widget that could not load has no dialog in which to say so.
  if (error?.code?.startsWith("page.")) complain(error.message);
  if (!error && result.event === "success") showAsset(result.info);
}

/** The script tag is `async`: a click may come before it has run, or after it has failed. */
async function loaded() {
  const script = document.querySelector('script[src="plimsoll.js"]');
  // The page's load event waits for async scripts, so afterwards there is nothing to wait for.
  if (!window.plimsoll && document.readyState !== "complete") {
    await new Promise((resolve) => {
      for (const name of ["load", "error"]) script.addEventListener(name, resolve);
      addEventListener("load", resolve);
    });
  }
  if (window.plimsoll) return window.plimsoll;
  const remedy = "Build it with `cargo xtask demo`, then reload this page.";
  throw new Error(`${script.src} could not be loaded. ${remedy}`);
}

async function start() {
  complain("");
  open.setAttribute("aria-busy", "true");
  try {
    const plimsoll = await loaded();
    const { origin } = location;
    const options = { cloudName: "demo", uploadPreset: "unsigned", uploadPrefix: origin };
    if (widget) widget.open();
    else widget = plimsoll.openUploadWidget(options, callback);
  } catch (error) {
    complain(error.message);
  } finally {
    open.removeAttribute("aria-busy");
  }
}

open.addEventListener("click", start);

// The code to paste names the server that sent this page, so that it works as it is.
document.getElementById("code-origin").textContent = location.origin;
const copyCode = document.getElementById("code-copy");
copyCode.addEventListener("click", () =>
  copy(document.getElementById("code").textContent, copyCode, "Code"),
);
