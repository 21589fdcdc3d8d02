// Plimsoll for Vue: a composable and a button. Thin: the widget is made when the component is
// mounted, options are read at each opening, and it is destroyed with its component.
import { defineComponent, h, onBeforeUnmount, onMounted, toValue } from "vue";
import { createUploadWidget } from "./index.js";
import { callbackOf, EVENTS, HANDLERS } from "./events.js";

/** Makes a widget for as long as the component lives. `options` may be a ref or a getter;
 * `handlers` are `onSuccess` and the like. */
export function useUpload(options, handlers) {
  let widget;
  onMounted(() => {
    widget = createUploadWidget(toValue(options), callbackOf(() => handlers));
  });
  onBeforeUnmount(() => widget?.destroy());
  const open = (source) => {
    widget?.update(toValue(options));
    widget?.open(typeof source === "string" ? source : null);
  };
  return { open, widget: () => widget };
}

/** A button that opens the widget, and emits each event. */
export const UploadButton = defineComponent({
  name: "UploadButton",
  props: { options: { type: Object, required: true } },
  emits: EVENTS,
  setup(props, { emit, slots }) {
    const handlers = {};
    EVENTS.forEach((event, at) => {
      handlers[HANDLERS[at]] = (first, result) => emit(event, first, result);
    });
    const { open } = useUpload(() => props.options, handlers);
    const own = { type: "button", "aria-haspopup": "dialog", onClick: () => open() };
    return () => h("button", own, slots.default?.() ?? "Upload files");
  },
});
