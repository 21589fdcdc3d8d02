// Plimsoll for Svelte: an action that turns an element into an upload button. Thin: options and
// handlers are those of the last update, and the widget is destroyed with its element.
import { createUploadWidget } from "./index.js";
import { callbackOf } from "./events.js";

/** `<button use:uploadButton={{ options, onSuccess }}>` */
export function uploadButton(element, parameters) {
  let last = parameters;
  const widget = createUploadWidget(
    last.options,
    callbackOf(() => last),
  );
  const open = () => {
    widget.update(last.options);
    widget.open();
  };
  element.setAttribute("aria-haspopup", "dialog");
  element.addEventListener("click", open);
  return {
    update(parameters) {
      last = parameters;
    },
    destroy() {
      element.removeEventListener("click", open);
      widget.destroy();
    },
  };
}
