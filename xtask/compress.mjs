// Precompressed siblings, so that a server need not compress. Quality and level are the highest:
// this is done once, and what is loaded is counted by every visitor.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Writes `.br` and `.gz` beside each text and module below a folder. */
export async function compress(folder) {
  const entries = await readdir(folder, { recursive: true });
  for (const entry of entries.filter((name) => /\.(css|html|js|json|svg|wasm)$/.test(name))) {
    const path = join(folder, entry);
    const bytes = await readFile(path);
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }));
    await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
