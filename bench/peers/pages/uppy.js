// Uppy Dashboard with XHRUpload, as its documentation sets them up.
import Uppy from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import XHRUpload from "@uppy/xhr-upload";
import "@uppy/core/css/style.min.css";
import "@uppy/dashboard/css/style.min.css";

const query = new URLSearchParams(location.search);
const origin = query.get("upload") ?? location.origin;
let uppy;
let good = 0;
let bad = 0;

function make() {
  const made = new Uppy({ autoProceed: !query.has("hold"), meta: { upload_preset: "unsigned" } });
  made.use(Dashboard, { inline: false });
  made.use(XHRUpload, {
    endpoint: `${origin}/v1_1/demo/auto/upload`,
    allowedMetaFields: ["upload_preset"],
    ...(query.has("tuned") ? { limit: 6, timeout: 0 } : {}),
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
