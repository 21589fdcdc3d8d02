// The form field `<plimsoll-upload>`, its element and what defines it.
import type { UploadResult } from "./index.js";
import type { Options } from "./options.js";

/** `<plimsoll-upload>`: a field of a form whose values are uploaded files. */
export interface PlimsollUploadElement extends HTMLElement {
  name: string;
  accept: string;
  required: boolean;
  multiple: boolean;
  disabled: boolean;
  /** The identifiers of its files, a line each; also to be set. */
  value: string;
  /** What the server has answered for each file of this visit. */
  readonly results: UploadResult[];
  /** The files themselves, of this visit. */
  readonly files: File[];
  /** Options beside those of its attributes, functions among them. */
  options: Partial<Options>;
  readonly form: HTMLFormElement | null;
  readonly labels: NodeList;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  readonly type: string;
  checkValidity(): boolean;
  reportValidity(): boolean;
  setCustomValidity(message: string): void;
  /** Opens the widget. */
  open(): void;
}

/** Defines `<plimsoll-upload>`. The script does so by itself. */
export function defineField(): void;

declare global {
  interface HTMLElementTagNameMap {
    "plimsoll-upload": PlimsollUploadElement;
  }
}
