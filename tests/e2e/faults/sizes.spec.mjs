// Sizes at the borders of 31 and 32 bits. Nobody uploads gigabytes in a test of seconds, so the
// page reads the first and last bytes of each part and sends these in its place, by the transport
// that the widget uses; the proxy answers. What bytes of such a file really do on their way is
// measured by `cargo xtask bench`.
import { open, utimes } from "node:fs/promises";
import { join } from "node:path";
import { CHUNK, range } from "../support/bytes.mjs";
import { expect, test } from "./trip.mjs";

const DEFAULT_CHUNK = 20_000_000;
const LARGE_CHUNK = 500_000_000;
/** As many bytes of both ends of a part are looked at. */
const EDGE = 16;

/** What the file holds at this place: where it is. */
const mark = (place, bytes) => String(place).padStart(EDGE, ".").slice(-bytes);

/** The parts of a file, each with what its ends hold. */
function parts(size, chunk) {
  return Array.from({ length: Math.ceil(size / chunk) }, (_, at) => {
    const start = at * chunk;
    const end = Math.min(start + chunk, size);
    const tail = mark(end, Math.min(EDGE, end - start));
    return { start, end, head: end - start < EDGE ? tail : mark(start, EDGE), tail };
  });
}

/** A sparse file with these ends of parts. */
async function sparse(path, size, chunk) {
  const file = await open(path, "w");
  await file.truncate(size);
  for (const { start, end, head, tail } of parts(size, chunk)) {
    await file.write(head, start);
    await file.write(tail, end - tail.length);
  }
  await file.close();
  await utimes(path, 1_700_000_000, 1_700_000_000);
}

/** Runs in the page: sends the ends of each part, and notes what they were. */
function shrink(edge) {
  const append = FormData.prototype.append;
  window.parts = [];
  FormData.prototype.append = function (name, value, ...rest) {
    if (!(value instanceof Blob)) return append.call(this, name, value, ...rest);
    const [head, tail] = [value.slice(0, edge), value.slice(Math.max(0, value.size - edge))];
    const texts = Promise.all([head.text(), tail.text()]);
    window.parts.push(texts.then(([head, tail]) => ({ head, tail, size: value.size })));
    return append.call(this, name, head, ...rest);
  };
}

for (const [size, chunk, transport] of [
  [2 ** 31 - 1, LARGE_CHUNK, "fetch"],
  [2 ** 31, LARGE_CHUNK, "xhr"],
  [2 ** 31 + 1, LARGE_CHUNK, "fetch"],
  [2 ** 32 - 1, LARGE_CHUNK, "xhr"],
  [2 ** 32, 2 ** 30, "fetch"],
  [2 ** 32 + 1, 2 ** 30, "xhr"],
  [2 ** 32 + CHUNK, DEFAULT_CHUNK, "fetch"],
  [10_000_000_000, LARGE_CHUNK, "xhr"],
]) {
  test(`C09 ${size} bytes in parts of ${chunk} by ${transport}`, async ({ trip, page, folder }) => {
    const name = "huge.bin";
    await sparse(join(folder, name), size, chunk);
    const body = { public_id: "huge", resource_type: "raw", bytes: size, asset_id: "a" };
    const answer = (name, when, done) => ({
      ...{ name, when, times: null },
      fault: { kind: "answer", status: 200, body: JSON.stringify({ ...body, done }) },
    });
    const last = answer("last", { position: "last" }, true);
    const rules = [last, answer("before it", {}, false)];
    await page.addInitScript(shrink, EDGE);
    const options = { maxChunkSize: chunk, transport };
    await trip.prepare({ sizes: [], options, plan: { rules }, clock: false });
    await trip.widget.choose(join(folder, name));
    const { info } = await trip.widget.until("success");
    expect(info.bytes).toBe(size);
    const wanted = parts(size, chunk);
    const ranges = trip.sent.map((request) => request.headers()["content-range"]);
    expect(ranges.toSorted()).toEqual(
      wanted.map(({ start, end }) => range(start, end, size)).toSorted(),
    );
    const ways = trip.sent.map((request) => request.resourceType());
    expect(new Set(ways)).toEqual(new Set([transport]));
    const seen = await page.evaluate(() => Promise.all(window.parts));
    const byTail = (a, b) => (a.tail < b.tail ? -1 : 1);
    expect(seen.toSorted(byTail)).toEqual(
      wanted
        .map(({ start, end, head, tail }) => ({ head, tail, size: end - start }))
        .toSorted(byTail),
    );
  });
}
