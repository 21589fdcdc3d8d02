// A page with a list of its own: the engine says what there is of each file.
import { createUploader } from "plimsoll/engine";

const uploader = createUploader({ cloudName: "demo", uploadPreset: "unsigned" });
const input = document.querySelector("#files");
const list = document.querySelector("#list");

input.addEventListener("change", () => uploader.add(input.files));
document.querySelector("#stop").addEventListener("click", () => uploader.cancel());

uploader.subscribe(({ items }) => {
  list.replaceChildren(
    ...items.map(({ name, status, progress, url }) => {
      const row = document.createElement("li");
      row.textContent = `${name}: ${url ?? status} ${progress ?? 0} %`;
      return row;
    }),
  );
});
