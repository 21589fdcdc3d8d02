// What a page's functions propose: tags that begin like what a person writes, upload presets to
// choose from. Loaded when first used. A function that throws, answers with junk or never answers
// harms nothing: there is nothing to choose from then, and the console says why.

/** More than anybody reads. */
const MOST = 100;

const told = new Set();

const warn = (text) => {
  if (told.has(text)) return;
  told.add(text);
  console.warn(`Plimsoll: ${text}`);
};

/** A list of texts; of objects what names them. */
const texts = (name, list) => {
  if (!Array.isArray(list)) {
    if (list !== undefined && list !== null) {
      warn(`${name} called back with ${typeof list}. Call back with a list of texts.`);
    }
    return [];
  }
  const words = list.map((it) => (typeof it === "object" && it ? it.value ?? it.name : it));
  return words.filter((it) => typeof it === "string" && it).slice(0, MOST);
};

/** Asks by callback; what a promise brings is an answer as well. The first one counts. */
const ask = (name, call) =>
  new Promise((resolve) => {
    const take = (list) => resolve(texts(name, list));
    const threw = (thrown) => {
      reportError(thrown);
      resolve([]);
    };
    try {
      const returned = call(take);
      if (typeof returned?.then === "function") {
        returned.then((list) => list === undefined || take(list), threw);
      } else if (Array.isArray(returned)) {
        take(returned);
      }
    } catch (thrown) {
      threw(thrown);
    }
  });

export const tags = (getTags, prefix) => ask("getTags", (take) => getTags(take, prefix));

export const presets = (getUploadPresets) =>
  ask("getUploadPresets", (take) => getUploadPresets(take));
