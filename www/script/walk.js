// Walks through folders that were dropped, however deep. Loaded when first used.

/** So many files are asked for at once, each of which takes the browser two round trips to
 * another process. More are no faster, and their answers come in one task, which gets long. */
const TOGETHER = 32;
/** What systems leave in every folder and nobody means to upload. */
const LITTER = [".DS_Store", "Thumbs.db", "desktop.ini"];

/** A task of its own for what follows: people are answered before it. */
const turn = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });

/** What is in a folder, by name: the browser gives it in pages and in no order. What can't be read
 * is left out. */
const children = async (folder) => {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const page = await new Promise((done) => reader.readEntries(done, () => done([])));
    if (!page.length) break;
    all.push(...page);
  }
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** The file of an entry, or undefined when it can't be read. */
const fileOf = (entry) => new Promise((done) => entry.file(done, () => done()));

/** All files of these folders, up to so many: as people see them, each folder in its place. */
export const walk = async (folders, most) => {
  // The next to look at stands last.
  const open = folders.reverse();
  const files = [];
  while (open.length && files.length < most) {
    const entry = open.pop();
    if (entry.isDirectory) {
      // Not spread: a folder may have more in it than a call may have arguments.
      for (const child of (await children(entry)).reverse()) open.push(child);
    } else if (!LITTER.includes(entry.name)) {
      files.push(fileOf(entry));
      if (files.length % TOGETHER) continue;
      await Promise.all(files.slice(-TOGETHER));
      await turn();
    }
  }
  return (await Promise.all(files)).filter((file) => file);
};
