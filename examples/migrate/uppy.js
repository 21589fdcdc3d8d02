// What a page of Uppy's Dashboard becomes.
import { createUploadWidget } from "plimsoll";

const widget = createUploadWidget({
  cloudName: "demo",
  uploadPreset: "unsigned",
  maxFileSize: 10_000_000,
  maxFiles: 5,
  clientAllowedFormats: ["image"],
  sources: ["local", "camera", "url"],
});
widget.on("success", (info) => show(info.secure_url));
widget.on("error", (error) => console.error(error.code, error.message));
widget.on("queues-end", ({ files }) => console.info(`${files.length} files have ended`));
document.querySelector("#upload").addEventListener("click", () => widget.open());

function show(address) {
  const item = document.createElement("li");
  item.textContent = address;
  document.querySelector("#results").append(item);
}
