// What uploads leave behind for a later life of the page, in its own IndexedDB: how far a file is
// on the server, and whole files where the page wants that. Web Locks keep two tabs from sending
// the same file. Loaded when first used. Nothing here may harm an upload: whatever storage says,
// each function answers, and soon.

const NAME = "plimsoll";
// A database that another tab's page blocks, or a broken one, may never answer.
const PATIENCE_MS = 2000;
// So much of a file's head and of its tail tells it from others; a middle that alone changed,
// under the same name, size and time, is what the server's digest is for.
const SAMPLE = 65536;

const timely = (promise) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(reject, PATIENCE_MS))]);

/** What `work` gives, or undefined when that fails or takes long. */
const calmly = (work) => timely(work()).catch(() => {});

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

let opening;

// A failure is remembered, too: whoever waits for storage waits once.
const open = () => (opening ??= timely(openOnce()));

const openOnce = async () => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const name of ["uploads", "files"]) {
      request.result.createObjectStore(name).createIndex("expires", "expires");
    }
  };
  const base = await answered(request);
  // Another tab may want to delete it, or to make it anew.
  base.onversionchange = base.onclose = () => {
    base.close();
    opening = undefined;
  };
  for (const name of ["uploads", "files"]) {
    const store = base.transaction(name, "readwrite").objectStore(name);
    const old = store.index("expires").openKeyCursor(IDBKeyRange.upperBound(Date.now()));
    old.onsuccess = () => {
      if (!old.result) return;
      store.delete(old.result.primaryKey);
      old.result.continue();
    };
  }
  return base;
};

const store = async (name, mode) => (await open()).transaction(name, mode).objectStore(name);

/** The name of a file that goes to `scope`, the same in each life of the page. */
const nameOf = async ({ file, scope }) => {
  const about = JSON.stringify([scope, file.name, file.size, file.lastModified]);
  const sample = new Blob([about, file.slice(0, SAMPLE), file.slice(-SAMPLE)]);
  const hash = await crypto.subtle.digest("SHA-256", await sample.arrayBuffer());
  return NAME + [...new Uint8Array(hash)].map((byte) => `:${byte.toString(16)}`).join("");
};

/** Whether this tab holds the lock `name`, now or, with a signal, some time. It is held until
 * `held` is let go, which it may be already. */
const hold = (held, name, signal) =>
  new Promise((resolve, reject) => {
    const how = signal ? { signal } : { ifAvailable: true };
    const taken = (lock) => {
      resolve(!!lock);
      if (lock && !held.over) return new Promise((free) => (held.free = free));
    };
    navigator.locks.request(name, how, taken).catch(reject);
  });

const letGo = (held) => {
  if (!held) return;
  held.over = true;
  held.stop?.abort();
  held.free?.();
};

const find = async (place) => {
  const entry = await answered((await store("uploads")).get(place.key));
  return entry?.expires > Date.now() ? entry.text : undefined;
};

/**
 * What is known of `place.file` in `place.scope`: a text, or undefined; and false while another
 * tab uploads it. The file is this tab's from then on, until the place is left.
 */
export const recall = (place) =>
  calmly(async () => {
    const held = (place.upload = {});
    const key = await nameOf(place);
    if (!(await hold(held, key))) return false;
    place.key = key;
    return find(place);
  });

/** The same once no other tab uploads it, however long that takes; null when it was left before
 * that. */
export const recallLater = async (place) => {
  const held = place.upload;
  const stop = (held.stop = new AbortController());
  if (held.over) stop.abort();
  try {
    const key = await nameOf(place);
    await hold(held, key, stop.signal);
    place.key = key;
  } catch {
    if (stop.signal.aborted) return null;
  }
  return calmly(() => find(place));
};

/** Keeps a text for `recall`, until `expires` (ms since 1970). */
export const remember = (place, text, expires) =>
  calmly(async () => {
    if (place.key) (await store("uploads", "readwrite")).put({ text, expires }, place.key);
  });

/** Drops what `remember` kept. */
export const forget = (place) =>
  calmly(async () => {
    if (place.key) (await store("uploads", "readwrite")).delete(place.key);
  });

/** Lets other tabs upload the file. One that is kept whole stays this tab's. */
export const leave = async (place) => letGo(place.upload);

/** Keeps the file itself for `kept` of the same scope, until `expires`. */
export const keep = (place, scope, expires) =>
  calmly(async () => {
    if (place.kept) return;
    // Sorted as they were chosen, and no two alike.
    const key = (place.kept = `${NAME}:${Date.now()}:${Math.random()}`);
    await hold((place.whole = {}), key);
    const files = await store("files", "readwrite");
    // Unless it was dropped meanwhile.
    if (place.kept === key) files.put({ file: place.file, scope, expires }, key);
  });

/** Drops the file that `keep` kept. */
export const drop = (place) =>
  calmly(async () => {
    const { kept: key, whole } = place;
    place.kept = undefined;
    try {
      if (key) await answered((await store("files", "readwrite")).delete(key));
    } finally {
      letGo(whole);
    }
  });

/** Lets other tabs have all of it, and drops nothing: this tab is done with it. */
export const quit = async (place) => {
  letGo(place.upload);
  letGo(place.whole);
};

/** The places of all files that earlier lives of the page kept for `scope` and no other tab has. */
export const kept = (scope) =>
  calmly(async () => {
    const files = await store("files");
    const all = [answered(files.getAllKeys()), answered(files.getAll())];
    const [keys, entries] = await Promise.all(all);
    const places = [];
    for (const [at, entry] of entries.entries()) {
      const place = { file: entry.file, kept: keys[at], whole: {} };
      const wanted = entry.scope === scope && entry.expires > Date.now();
      if (!wanted || !(await hold(place.whole, place.kept))) continue;
      // Who had it may have been done with it just now.
      if (await answered((await store("files")).getKey(place.kept))) places.push(place);
      else letGo(place.whole);
    }
    return places;
  });
