// Types of plimsoll/svelte.
import type { Handlers } from "./handlers.js";
import type { WidgetOptions } from "./index.js";

export type { Handlers };

/** `<button use:uploadButton={{ options, onSuccess }}>` */
export declare function uploadButton(
  element: HTMLElement,
  parameters: { options: WidgetOptions } & Handlers,
): { update(parameters: { options: WidgetOptions } & Handlers): void; destroy(): void };
