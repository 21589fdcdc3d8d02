// The widget's words in other languages than its own English, and a page's own words: loaded when a
// page asks for them. Each language is one JSON file beside this script, with the keys of English;
// what it lacks is said in English. Plurals, numbers and times are the browser's (`Intl`).

/** The file of a language. The build writes each name here, so that bundlers find all of them. */
const fileOf = (tag) => new URL(`../locales/${tag}.json`, import.meta.url);
/** A page whose network hangs waits so long for its language, and goes on in English. */
const LIMIT_MS = 10_000;

const SHIPPED =
  "en ar cs da de el es fi fr he hi hu id it ja ko nb nl pl pt-BR ru sv tr uk vi zh-Hans zh-Hant";
const TAGS = SHIPPED.split(" ");
/** Written from right to left; more than we have words for, as a page may bring its own. */
const RTL = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/;
/** Two ways to write Norwegian; we have words for the one that most people write. */
const NORWEGIAN = /^(no|nn)\b/;

const warn = (text) => console.warn(`Plimsoll: ${text}`);

/** What a page calls a language, as `Intl` calls it: `zh_TW` is zh-TW. Null for no language. */
const canonical = (name) => {
  try {
    return new Intl.Locale(`${name}`.trim().replaceAll("_", "-"));
  } catch {
    return null;
  }
};

/** The names under which words for it may be found, the closest last. */
const namesOf = (locale) => {
  const { language, script, region } = locale.maximize();
  const ours = NORWEGIAN.test(language) ? "nb" : language;
  const names = [ours, `${language}-${script}`, `${language}-${region}`];
  return new Set([...names, locale.baseName, `${locale}`]);
};

/** The shipped language that is closest; undefined for none. */
const shippedFor = (locale) => {
  const names = [...namesOf(locale)].reverse();
  const language = names.at(-1);
  return (
    names.find((name) => TAGS.includes(name)) ??
    TAGS.find((tag) => tag.startsWith(`${language}-`))
  );
};

/** What `auto` means: the page's own language, else the first of the person's that we speak. */
const automatic = () => {
  const wanted = [document.documentElement.lang, ...navigator.languages];
  const found = wanted.find((name) => name && canonical(name) && shippedFor(canonical(name)));
  return canonical(found ?? "en");
};

const files = new Map();

/** The words of a shipped language, by key. */
const fetched = (tag) => {
  if (!files.has(tag)) {
    const loading = read(tag);
    // The next opening tries again.
    loading.catch(() => files.delete(tag));
    files.set(tag, loading);
  }
  return files.get(tag);
};

const read = async (tag) => {
  const url = fileOf(tag);
  const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}.`);
  const texts = new Map();
  flatten("", await response.json(), texts);
  return texts;
};

const flatten = (prefix, node, texts) => {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === "string") texts.set(prefix + key, value);
    else flatten(`${prefix}${key}.`, value, texts);
  }
};

/** As build.rs makes it of the keys that the module has. */
const digest = (keys) => {
  let hash = 0x811c9dc5;
  for (const char of keys.map((key) => `${key}\n`).join("")) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  return hash >>> 0;
};

/** The page's own words for a language, by key. `given` are all of them: language, key, text. */
const ownWords = (locale, given) => {
  const names = [...namesOf(locale)];
  const closeness = ([name]) => names.indexOf(`${canonical(name)}`);
  const meant = given.filter((entry) => closeness(entry) >= 0);
  meant.sort((a, b) => closeness(a) - closeness(b));
  return new Map(meant.map(([, key, text]) => [key, text]));
};

/** A page that wrote its words without a language. */
const lost = (given, english) => {
  const places = new Set([...english.keys()].map((key) => key.split(".")[0]));
  const misplaced = given.find(([name]) => places.has(name) && name !== "or");
  if (misplaced) {
    const [name] = misplaced;
    warn(`text.${name} is not read: write the language first, text: {en: {${name}: …}}.`);
  }
};

/** Begins to fetch a language before anybody needs it. */
export const prepare = async (name) => {
  const locale = name === "auto" ? automatic() : canonical(name);
  const tag = locale && shippedFor(locale);
  await Promise.all(["en", tag ?? "en"].map(fetched));
};

const spoken = new Map();

/**
 * All texts in the order of the module's keys, whose digest is given, with what says numbers; or
 * undefined, which is English as the module has it. `given` are a page's words as [language, key,
 * text]. The same question has the same answer, so that the module keeps it once.
 */
export const speak = async (keys, name, given) => {
  const question = JSON.stringify([name, given]);
  if (spoken.has(question)) return spoken.get(question);
  try {
    const { answer, whole } = await answerTo(keys, name, given);
    if (whole) spoken.set(question, answer);
    return answer;
  } catch (problem) {
    warn(`the words could not be loaded, so the widget speaks English. ${problem.message}`);
    return undefined;
  }
};

/** Texts by key, for scripts beside the module: `say(key, values)`, and how they are written. */
export const texts = async (name) => {
  const asked = name === "auto" ? automatic() : canonical(name);
  const tag = (asked && shippedFor(asked)) ?? "en";
  const [english, theirs] = await Promise.all([fetched("en"), fetched(tag)]);
  const filled = (text, values) =>
    text.replaceAll(/\{\{-?\s*(\w+)\s*\}\}/g, (_, key) => values?.[key] ?? "");
  return {
    lang: tag,
    rtl: RTL.test(tag),
    say: (key, values) => filled(theirs.get(key) ?? english.get(key) ?? "", values),
  };
};

const answerTo = async (keys, name, given) => {
  const asked = name === "auto" ? automatic() : canonical(name);
  const tag = asked && shippedFor(asked);
  const [english, theirs] = await Promise.all([
    fetched("en"),
    tag && fetched(tag).catch((problem) => problem),
  ]);
  const order = [...english.keys()].sort();
  if (digest(order) !== keys) {
    files.delete("en");
    throw new Error("Its files are of different builds: copy all of them again.");
  }
  lost(given, english);
  const own = asked ? ownWords(asked, given) : new Map();
  const failed = theirs instanceof Error;
  if (failed) warn(`${tag} could not be loaded, so the widget speaks English. ${theirs.message}`);
  if (!tag && own.size === 0) {
    warn(
      `there are no words for the language "${name}", so the widget speaks English. ` +
        `There are ${SHIPPED.replaceAll(" ", ", ")}; give others by the option text.`,
    );
  }
  const known = (tag && !failed) || own.size > 0;
  const locale = known ? asked : canonical("en");
  const answer = speaker(order, `${locale}`, {
    own,
    theirs: failed || !theirs ? new Map() : theirs,
    english,
  });
  return { answer, whole: !failed };
};

/** i18next's way to say that a placeholder is to be filled as it is; here all are. */
const plain = (text) => text.replaceAll(/\{\{-?\s*(\w+)\s*\}\}/g, "{{$1}}");

const speaker = (order, lang, { own, theirs, english }) => {
  const rules = new Intl.PluralRules(lang);
  const whole = new Intl.NumberFormat(lang);
  const tenths = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  const clock = new Intl.DateTimeFormat(lang, { timeStyle: "short" });
  const englishRules = new Intl.PluralRules("en");
  const textOf = (key) => own.get(key) ?? theirs.get(key) ?? english.get(key);
  /** The text for so many: what a page said itself counts more than the right form. */
  const counted = (key, n) => {
    const sources = [
      [own, rules],
      [theirs, rules],
      [english, englishRules],
    ];
    for (const [texts, by] of sources) {
      const text = texts.get(`${key}_${by.select(n)}`) ?? texts.get(key);
      if (text !== undefined) return plain(text);
    }
    return "";
  };
  return {
    lang,
    rtl: RTL.test(lang),
    /** A text by its key, for sources that are scripts. `count` decides about its form. */
    text(key, facts = {}) {
      const many = "count" in facts;
      const text = many ? counted(key, facts.count) : plain(textOf(key) ?? "");
      const value = (name) => (name === "count" ? whole.format(facts.count) : facts[name]);
      return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => value(name) ?? "");
    },
    texts: order.map((key) => plain(textOf(key))),
    /** The text at a place for so many, or (at -1 to -3) a whole number, tenths, a time of day. */
    say(at, n) {
      if (at >= 0) return counted(order[at], n);
      return [whole, tenths, clock][-1 - at].format(n);
    },
  };
};
