// Files that change, vanish or are of odd sizes: what was chosen arrives, or the person reads what
// is wrong with it. Never half a file, never an empty one.
import { appendFile, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CHUNK } from "../support/bytes.mjs";
import { words } from "../support/widget.mjs";
import { NETWORK, expect, test } from "./trip.mjs";

const stall = (when) => ({
  ...{ name: "stall", when },
  fault: { kind: "cut", end: "stall", at: { percent: 50 } },
});

for (const [id, what, harm] of [
  ["C12", "grew", (path) => appendFile(path, "and more")],
  ["C12", "shrank", (path) => truncate(path, CHUNK + 1)],
  ["C12", "was written anew", (path, size) => writeFile(path, Buffer.alloc(size, "other"))],
  ["C14", "was unplugged", (path) => rename(path, `${path}.gone`)],
]) {
  test(`${id} a file that ${what} in mid-upload is said to have changed`, async ({
    trip,
    widget,
  }) => {
    const rules = [stall({ start: CHUNK })];
    await trip.start({ sizes: [3 * CHUNK], plan: { rules }, heard: [NETWORK] });
    await trip.hit("stall");
    const [{ path, name, size }] = trip.files;
    await harm(path, size);
    // The browser looks at times in whole seconds; the ones of these files lie far back.
    await utimes(path, 1_750_000_000, 1_750_000_000).catch(() => {});
    await trip.faults.drop();
    await trip.fails("file.unreadable");
    await expect(widget.row(name)).toContainText(words.uploader.faults.file_unreadable);
    expect(await trip.spare.stored()).toEqual([]);
    expect(await trip.requestsFrom(0), "nothing begins anew").toHaveLength(1);
  });
}

test("C13 a file that was deleted before its turn is never stored empty", async ({
  trip,
  widget,
}) => {
  const rules = [stall({})];
  const options = { maxParallelUploads: 1 };
  const row = { sizes: [100_000, 50_000], options, plan: { rules }, heard: [NETWORK] };
  await trip.start(row);
  await trip.hit("stall");
  await rm(trip.files[1].path);
  await trip.faults.drop();
  await trip.ends();
  await widget.shows("done", trip.files[0].name);
  await widget.shows("failed", trip.files[1].name);
  expect((await widget.until("error")).error.code).toBe("file.unreadable");
  const [{ sha256, size }] = trip.files;
  expect(await trip.spare.stored()).toEqual([{ sha256, size }]);
});

test("C15 a file without bytes is refused, and nothing of it is sent", async ({
  trip,
  widget,
  folder,
}) => {
  await trip.prepare({ sizes: [0] });
  await trip.pick();
  await widget.shows("refused", trip.files[0].name);
  expect((await widget.until("error")).error.code).toBe("file.empty");
  expect(trip.sent).toEqual([]);
  expect(await trip.spare.stored()).toEqual([]);
  // One that was emptied after it was chosen is no such file, and doesn't come out as one.
  const path = join(folder, "emptied.bin");
  await writeFile(path, "some bytes");
  await utimes(path, 1_700_000_000, 1_700_000_000);
  await trip.faults.down();
  trip.provoked.push(NETWORK);
  await widget.choose(path);
  await widget.shows("resting", "emptied.bin");
  await truncate(path);
  await trip.faults.up();
  await trip.pass(async () => (await trip.count("error")) === 2);
  expect((await widget.until("error", 2)).error.code).toBe("file.unreadable");
  expect(await trip.spare.stored()).toEqual([]);
});

for (const size of [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]) {
  test(`C09 ${size} bytes go up in as few parts as they need`, async ({ trip }) => {
    await trip.start({ sizes: [size], clock: false });
    await trip.arrived();
    const uploads = await trip.faults.uploads();
    expect(uploads).toHaveLength(Math.ceil(size / CHUNK));
    expect(uploads.map(({ range }) => range?.total ?? size)).toEqual(uploads.map(() => size));
  });
}
