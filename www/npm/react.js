// Plimsoll for React: a hook and a button. Thin: the widget is made in an effect, options and
// handlers are those of the last render, and it is destroyed with its component.
"use client";

import { createElement, useCallback, useEffect, useRef } from "react";
import { createUploadWidget } from "./index.js";
import { callbackOf, HANDLERS } from "./events.js";

/** Makes a widget for as long as the component lives. `handlers` are `onSuccess` and the like. */
export function useUpload(options, handlers) {
  const last = useRef({});
  const widget = useRef(null);
  useEffect(() => {
    last.current = { options, handlers };
  });
  useEffect(() => {
    const made = createUploadWidget(
      last.current.options,
      callbackOf(() => last.current.handlers),
    );
    widget.current = made;
    return () => {
      widget.current = null;
      made.destroy();
    };
  }, []);
  const open = useCallback((source) => {
    widget.current?.update(last.current.options);
    widget.current?.open(typeof source === "string" ? source : null);
  }, []);
  return { open, widget };
}

/** A button that opens the widget. Takes `options`, a handler for each event, and whatever a button
 * takes. */
export function UploadButton({ options, children = "Upload files", onClick, ...rest }) {
  const handlers = {};
  const attributes = {};
  for (const [name, value] of Object.entries(rest)) {
    (HANDLERS.includes(name) ? handlers : attributes)[name] = value;
  }
  const { open } = useUpload(options, handlers);
  const press = (event) => {
    onClick?.(event);
    if (!event.defaultPrevented) open();
  };
  const own = { type: "button", "aria-haspopup": "dialog" };
  return createElement("button", { ...own, ...attributes, onClick: press }, children);
}
