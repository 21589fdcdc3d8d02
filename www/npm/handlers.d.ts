// The events as functions, for the wrappers of frameworks.
import type { EventMap, Listener } from "./index.js";

type Capital<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Capitalize<Head>}${Capital<Tail>}`
  : Capitalize<Name>;

/** A function for each event, `success` as `onSuccess`. */
export type Handlers = {
  [Name in keyof EventMap as `on${Capital<Name>}`]?: Listener<Name> | undefined;
};
