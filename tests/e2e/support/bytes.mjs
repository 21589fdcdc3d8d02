// Files whose every part is different, so that a part at the wrong place is found.
import { createHash } from "node:crypto";
import { open, utimes } from "node:fs/promises";

export const MIB = 1 << 20;
/** The smallest chunk that the Upload API takes. */
export const CHUNK = 5 * MIB;
/** Browsers compare times in whole seconds; nobody chooses a file in its first one. */
const LONG_AGO = 1_700_000_000;

/** Writes such a file and gives its SHA-256. */
export async function make(path, size) {
  const hash = createHash("sha256");
  const file = await open(path, "w");
  for (let start = 0; start < size; start += MIB) {
    const part = Buffer.alloc(Math.min(MIB, size - start), `part at ${start} `);
    hash.update(part);
    await file.write(part);
  }
  await file.close();
  await utimes(path, LONG_AGO, LONG_AGO);
  return hash.digest("hex");
}

/** The `Content-Range` of the bytes from `start` to `end`, which is not among them. */
export const range = (start, end, total) => `bytes ${start}-${end - 1}/${total}`;
