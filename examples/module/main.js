// A page without any build: the package's own files, as the browser loads them.
import { createUploadWidget } from "./node_modules/plimsoll/index.js";

const options = { cloudName: "demo", uploadPreset: "unsigned" };
const widget = createUploadWidget(options);
widget.on("success", (info) => {
  const item = document.createElement("li");
  item.textContent = info.secure_url;
  document.querySelector("#results").append(item);
});
document.querySelector("#upload").addEventListener("click", () => widget.open());
