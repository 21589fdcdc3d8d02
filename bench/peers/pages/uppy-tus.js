// Uppy Dashboard with Tus, its way to send what can go on after a break.
import Uppy from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import Tus from "@uppy/tus";
import "@uppy/core/css/style.min.css";
import "@uppy/dashboard/css/style.min.css";

const query = new URLSearchParams(location.search);
const origin = query.get("upload") ?? location.origin;
let uppy;
let good = 0;
let bad = 0;

function make() {
  const made = new Uppy({ autoProceed: !query.has("hold") });
  made.use(Dashboard, { inline: false });
  made.use(Tus, {
    endpoint: `${origin}/files`,
    // As its documentation advises for lines that break: pieces, and pauses that grow.
    ...(query.has("tuned")
      ? { chunkSize: 5_000_000, retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 30_000] }
      : {}),
  });
  made.on("upload-success", () => (good += 1));
  made.on("upload-error", () => (bad += 1));
  return made;
}

const visible = (selector) => Boolean(document.querySelector(selector)?.checkVisibility());

window.contender = {
  browse: ".uppy-Dashboard-browse",
  open() {
    uppy = make();
    uppy.getPlugin("Dashboard").openModal();
  },
  close() {
    uppy.getPlugin("Dashboard").closeModal();
    uppy.destroy();
  },
  opened: () => visible(".uppy-Dashboard-browse"),
  // It draws those in sight only.
  listed: () =>
    document.querySelector(".uppy-Dashboard-Item") ? Object.keys(uppy.getState().files).length : 0,
  painted() {
    const all = [...document.querySelectorAll(".uppy-Dashboard-Item")];
    const images = all.map((item) => item.querySelector("img.uppy-Dashboard-Item-previewImg"));
    const painted = images.filter((image) => image?.complete && image.naturalWidth > 0).length;
    return { shown: all.length, painted };
  },
  ended: () => ({ good, bad }),
};
