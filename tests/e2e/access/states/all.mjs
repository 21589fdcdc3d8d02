// Every state that people may meet, in tours of one page each.
import { TOURS as edit } from "./edit.mjs";
import { TOURS as field } from "./field.mjs";
import { TOURS as list } from "./list.mjs";
import { TOURS as modes } from "./modes.mjs";
import { TOURS as review } from "./review.mjs";
import { TOURS as services } from "./services.mjs";
import { TOURS as sources } from "./sources.mjs";

export const TOURS = [
  ...[list, review, sources, services, edit, field, modes].flat(),
];

/** How many states there are. */
export const COUNT = TOURS.reduce((sum, { states }) => sum + Object.keys(states).length, 0);
