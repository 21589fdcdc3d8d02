// Types of plimsoll/react.
import type { ButtonHTMLAttributes, FunctionComponent, RefObject } from "react";
import type { Handlers } from "./handlers.js";
import type { UploadWidget, WidgetOptions } from "./index.js";

export type { Handlers };

/** Makes a widget for as long as the component lives; options and handlers are the last ones. */
export declare function useUpload(
  options: WidgetOptions,
  handlers?: Handlers,
): {
  /** Opens it. Can be a click's handler. */
  open: (source?: unknown) => void;
  /** The widget itself, while the component is mounted. */
  widget: RefObject<UploadWidget | null>;
};

export type UploadButtonProps = { options: WidgetOptions } & Handlers &
  Omit<ButtonHTMLAttributes<HTMLButtonElement>, keyof Handlers>;

/** A button that opens the widget. */
export declare const UploadButton: FunctionComponent<UploadButtonProps>;
