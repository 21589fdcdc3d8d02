// Types of plimsoll/sources/*.
import type { ServiceSource } from "../index.js";

/** A source of another service, to be given to `registerSource`. */
declare const source: ServiceSource;
export default source;
