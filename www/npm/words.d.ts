// Types of plimsoll/locales/*.
import type { Words } from "../index.js";

/** All words of a language, as the option `text` takes them under its tag. */
declare const words: Words;
export default words;
