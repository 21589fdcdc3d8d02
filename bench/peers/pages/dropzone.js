// Dropzone. Tuned, it sends chunks as the Upload API takes them, and tries again.
import Dropzone from "dropzone";
import "dropzone/dist/dropzone.css";

const query = new URLSearchParams(location.search);
const origin = query.get("upload") ?? location.origin;
let zone;
let good = 0;
let bad = 0;

const chunkSize = 20_000_000;

/** Of a chunk it tells its index; the range is ours to say. */
function params([file], xhr, chunk) {
  if (chunk) {
    const start = chunk.index * chunkSize;
    const end = Math.min(start + chunkSize, file.size);
    xhr.setRequestHeader("X-Unique-Upload-Id", file.upload.uuid);
    xhr.setRequestHeader("Content-Range", `bytes ${start}-${end - 1}/${file.size}`);
  }
  return { upload_preset: "unsigned" };
}

const tuned = {
  chunking: true,
  chunkSize,
  parallelUploads: 6,
  retryChunks: true,
  retryChunksLimit: 10,
  timeout: 0,
  headers: { "Cache-Control": null, "X-Requested-With": null },
};

window.contender = {
  browse: "#place .dz-button",
  open() {
    const form = Object.assign(document.createElement("div"), { className: "dropzone" });
    document.querySelector("#place").append(form);
    zone = new Dropzone(form, {
      url: `${origin}/v1_1/demo/auto/upload`,
      autoProcessQueue: !query.has("hold"),
      // Its own limit is 256 MiB; a page that takes more has to say so.
      maxFilesize: 2048,
      params,
      ...(query.has("tuned") ? tuned : {}),
    });
    zone.on("success", () => (good += 1));
    zone.on("error", () => (bad += 1));
  },
  close() {
    zone.destroy();
    document.querySelector("#place").replaceChildren();
  },
  opened: () => Boolean(document.querySelector("#place .dz-button")?.checkVisibility()),
  listed: () => document.getElementsByClassName("dz-preview").length,
  painted() {
    const shown = document.getElementsByClassName("dz-preview").length;
    const images = [...document.querySelectorAll(".dz-preview [data-dz-thumbnail]")];
    const painted = images.filter((image) => image.complete && image.naturalWidth > 0).length;
    return { shown, painted };
  },
  ended: () => ({ good, bad }),
};
