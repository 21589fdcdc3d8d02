// The scripts that are loaded when first used, alone in a page: what they keep and tell, with a
// sound storage and with every kind of broken one. Whole journeys with them are in `resume`.
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { root } from "../support/environment.mjs";
import { md5 } from "../support/server.mjs";
import { expect, test } from "../support/test.mjs";

const DAY_MS = 24 * 3600 * 1000;

/** A page with `memory`, the module, and `place(text, scope)` for files that tell no other time. */
async function remembering(page, before = "") {
  await page.addInitScript(before);
  await page.goto("/pages/shop.html");
  await page.evaluate(async () => {
    window.memory = await import("/plimsoll-memory.js");
    window.place = (text, scope = "here") => ({
      file: new File([text], "a.bin", { lastModified: 1 }),
      scope,
    });
  });
}

test("what was remembered of a file is known to the next page, for the same file only", async ({
  page,
}) => {
  await remembering(page);
  await page.evaluate(async (expires) => {
    const first = place("same");
    await memory.recall(first);
    await memory.remember(first, "half", expires);
  }, Date.now() + DAY_MS);
  // The page goes, and its lock with it.
  await remembering(page);
  const known = await page.evaluate(async () => {
    const others = [place("samt"), place("same", "elsewhere"), place("same")];
    others[2].file = new File(["same"], "b.bin", { lastModified: 1 });
    const later = { ...place("same"), file: new File(["same"], "a.bin", { lastModified: 2 }) };
    const texts = [];
    for (const place of [...others, later]) texts.push(await memory.recall(place));
    const same = place("same");
    texts.push(await memory.recall(same));
    await memory.forget(same);
    await memory.leave(same);
    texts.push(await memory.recall(place("same")));
    return texts;
  });
  expect(known).toEqual([undefined, undefined, undefined, undefined, "half", undefined]);
});

test("what has expired is not told, and is swept away", async ({ page }) => {
  await remembering(page);
  await page.evaluate(async (expires) => {
    const old = place("old");
    await memory.recall(old);
    await memory.remember(old, "stale", expires);
    await memory.keep(old, "here", expires);
  }, Date.now() - 1);
  const told = await page.evaluate(async () => {
    const old = place("old", "here");
    old.file = new File(["old"], "a.bin", { lastModified: 1 });
    return (await memory.kept("here")).length;
  });
  expect(told).toBe(0);
  await remembering(page);
  const left = await page.evaluate(async () => {
    const text = await memory.recall(place("old"));
    const base = await new Promise((resolve) => {
      indexedDB.open("plimsoll").onsuccess = ({ target }) => resolve(target.result);
    });
    const count = (name) =>
      new Promise((resolve) => {
        const request = base.transaction(name).objectStore(name).count();
        request.onsuccess = () => resolve(request.result);
      });
    return [text, await count("uploads"), await count("files")];
  });
  expect(left).toEqual([undefined, 0, 0]);
});

test("a file is one tab's at a time, and the next one knows what the first one knew", async ({
  page,
  context,
}) => {
  await remembering(page);
  const first = await page.evaluate(async () => {
    window.mine = place("same");
    return memory.recall(mine);
  });
  const other = await context.newPage();
  await remembering(other);
  const second = await other.evaluate(async () => {
    window.mine = place("same");
    const told = await memory.recall(mine);
    window.later = memory.recallLater(mine);
    return told;
  });
  expect([first, second]).toEqual([undefined, false]);
  await page.evaluate(async (expires) => {
    await memory.remember(mine, "three quarters", expires);
    await memory.leave(mine);
  }, Date.now() + DAY_MS);
  expect(await other.evaluate(() => later)).toBe("three quarters");
  // Who no longer waits takes nothing.
  const third = await page.evaluate(async () => {
    const told = await memory.recall(mine);
    const later = memory.recallLater(mine);
    await memory.leave(mine);
    return [told, await later];
  });
  expect(third).toEqual([false, null]);
  await other.evaluate(() => memory.leave(mine));
  const free = await page.evaluate(() => memory.recall(place("same")));
  expect(free).toBe("three quarters");
});

test("files that were kept whole come back in order, once, and to where they were going", async ({
  page,
  context,
}) => {
  await remembering(page);
  const own = await page.evaluate(async (expires) => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((text) => place(text));
    for (const at of [a, b, d]) await memory.keep(at, "here", expires);
    await memory.keep(c, "there", expires);
    // Begun and ended in one breath.
    const gone = place("e");
    memory.keep(gone, "here", expires);
    await memory.drop(gone);
    await memory.drop(b);
    // Somebody else may upload it, but not get it from here.
    await memory.recall(a);
    await memory.leave(a);
    return (await memory.kept("here")).length;
  }, Date.now() + DAY_MS);
  expect(own, "they are on their way in this tab").toBe(0);
  const other = await context.newPage();
  await remembering(other);
  expect(await other.evaluate(async () => (await memory.kept("here")).length)).toBe(0);
  await page.close();
  // The locks of a page go some time after it.
  const count = () =>
    other.evaluate(async () => (window.places = await memory.kept("here")).length);
  await expect.poll(count).toBe(2);
  const texts = await other.evaluate(async () => {
    const found = await Promise.all(
      places.map(async ({ file }) => [file.name, file.lastModified, await file.text()]),
    );
    for (const place of places) await memory.drop(place);
    return [found, (await memory.kept("here")).length];
  });
  expect(texts).toEqual([[["a.bin", 1, "a"], ["a.bin", 1, "d"]], 0]);
});

const BROKEN = {
  "without IndexedDB": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
  "where IndexedDB throws": "IDBFactory.prototype.open = () => { throw new Error('denied') }",
  "where it never answers": "IDBFactory.prototype.open = () => ({})",
  "where writing fails": `IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError");
  }`,
  "with somebody else's database": `indexedDB.open("plimsoll", 7).onsuccess =
    ({ target }) => target.result.close()`,
  "without locks": "Object.defineProperty(navigator, 'locks', { value: undefined })",
  "where locks are denied": "LockManager.prototype.request = async () => { throw new Error() }",
  "in an insecure context": "Object.defineProperty(crypto, 'subtle', { value: undefined })",
};

for (const [how, script] of Object.entries(BROKEN)) {
  test(`${how}, each function answers with nothing and soon`, async ({ page }) => {
    await remembering(page, script);
    const [answers, ms] = await page.evaluate(async (expires) => {
      const start = performance.now();
      const at = place("text");
      const answers = [await memory.recall(at)];
      answers.push(await memory.remember(at, "half", expires));
      answers.push(await memory.forget(at));
      answers.push(await memory.keep(at, "here", expires));
      answers.push(await memory.drop(at));
      answers.push(await memory.leave(at));
      answers.push(await memory.quit(at));
      const kept = await memory.kept("here");
      answers.push(kept?.length ? kept : undefined);
      return [answers, performance.now() - start];
    }, Date.now() + DAY_MS);
    expect(answers).toEqual(Array(8).fill(undefined));
    // Whoever waits for storage waits once: two seconds, and what a busy machine adds.
    expect(ms).toBeLessThan(4000);
  });
}

test("the MD5 of a file is the one that servers name, whatever its length", async ({ page }) => {
  await page.goto("/pages/shop.html");
  const film = await readFile(join(root, "tests/e2e/files/crossing.mp4"));
  const piece = 1 << 19;
  const lengths = [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, piece - 1, piece, piece + 1];
  const wanted = [...lengths, 2 * piece + 63].map((length) => md5(Buffer.alloc(length, film)));
  const digits = await page.evaluate(
    async ([film, lengths]) => {
      const { md5 } = await import("/plimsoll-digest.js");
      const bytes = Uint8Array.from(atob(film), (letter) => letter.charCodeAt(0));
      const times = Math.ceil(Math.max(...lengths) / bytes.length);
      const whole = new Blob(Array(times).fill(bytes));
      // All at once: they are read one after the other.
      return Promise.all(lengths.map((length) => md5(whole.slice(0, length))));
    },
    [film.toString("base64"), [...lengths, 2 * piece + 63]],
  );
  expect(digits).toEqual(wanted);
});

test("a file that can't be read has no MD5, and the next one has", async ({ page }) => {
  await page.goto("/pages/shop.html");
  const digits = await page.evaluate(async () => {
    const { md5 } = await import("/plimsoll-digest.js");
    const broken = new File(["text"], "a.txt");
    broken.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException()) });
    const short = new File(["text"], "a.txt");
    short.slice = () => new Blob([]);
    return Promise.all([broken, short, new File(["text"], "a.txt")].map(md5));
  });
  expect(digits).toEqual([undefined, undefined, md5("text")]);
});
