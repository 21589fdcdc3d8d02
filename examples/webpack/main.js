// Bundled by webpack.
import { createUploadWidget } from "plimsoll";

const options = { cloudName: "demo", uploadPreset: "unsigned" };
const widget = createUploadWidget(options);
widget.on("success", (info) => {
  const item = document.createElement("li");
  item.textContent = info.secure_url;
  document.querySelector("#results").append(item);
});
document.querySelector("#upload").addEventListener("click", () => widget.open());
