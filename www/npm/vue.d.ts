// Types of plimsoll/vue.
import type { DefineComponent, MaybeRefOrGetter } from "vue";
import type { Handlers } from "./handlers.js";
import type { UploadWidget, WidgetOptions } from "./index.js";

export type { Handlers };

/** Makes a widget for as long as the component lives; options are read at each opening. */
export declare function useUpload(
  options: MaybeRefOrGetter<WidgetOptions>,
  handlers?: Handlers,
): {
  /** Opens it. Can be a click's handler. */
  open: (source?: unknown) => void;
  /** The widget itself, while the component is mounted. */
  widget: () => UploadWidget | undefined;
};

/** A button that opens the widget, and emits each event. */
export declare const UploadButton: DefineComponent<{ options: WidgetOptions } & Handlers>;
