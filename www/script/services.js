// Fetches the sources of other services, each a file beside this one, for pages that name them and
// have the service's key, and registers them as a page does its own. Loaded when first used.

/** A page whose network hangs waits so long for them, and goes on without. */
const LIMIT_MS = 8_000;

const FILES = {
  dropbox: () => import("./plimsoll-source-dropbox.js"),
  google_drive: () => import("./plimsoll-source-google_drive.js"),
  image_search: () => import("./plimsoll-source-image_search.js"),
  unsplash: () => import("./plimsoll-source-unsplash.js"),
};

const fetched = async (name) => {
  try {
    const { default: source } = await FILES[name]();
    const all = (globalThis.plimsollSources ??= []);
    if (!all.some(({ id }) => id === name)) all.push(source);
  } catch (problem) {
    console.error(
      `Plimsoll: the source "${name}" was left out: plimsoll-source-${name}.js could not be ` +
        "loaded. Put it beside plimsoll.js, and allow that host in script-src.",
      problem,
    );
  }
};

/** Comes to what `before` comes to, once they are there. */
export const services = async (names, before) => {
  const limit = new Promise((resolve) => setTimeout(resolve, LIMIT_MS));
  await Promise.race([Promise.all(names.map(fetched)), limit]);
  return before;
};
