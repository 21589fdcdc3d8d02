// Sources beside the usual ones: a service's, bundled with this page's own code, another that is
// fetched when it is first shown, and one of the page's own.
import { createUploadWidget, registerSource } from "plimsoll";
import dropbox from "plimsoll/sources/dropbox";

registerSource(dropbox);
registerSource({
  id: "note",
  label: "Note",
  mount(container, { add }) {
    const button = document.createElement("button");
    button.textContent = "Add a note";
    button.onclick = () => add(new File(["Fair winds."], "note.txt", { type: "text/plain" }));
    container.append(button);
  },
});

const widget = createUploadWidget({
  cloudName: "demo",
  uploadPreset: "unsigned",
  sources: ["local", "dropbox", "unsplash", "note"],
  dropboxAppKey: "your-app-key",
  unsplashAccessKey: "your-access-key",
});
widget.on("success", (info) => {
  const item = document.createElement("li");
  item.textContent = info.secure_url;
  document.querySelector("#results").append(item);
});
document.querySelector("#upload").addEventListener("click", () => widget.open());
