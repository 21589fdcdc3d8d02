// Files to choose, made once for a run.
import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scratch } from "../../tests/e2e/support/server.mjs";
import { withBrowser } from "./stage.mjs";

/** Runs in a page: a picture of 12 megapixels that compresses as a photo does. */
async function photo(seed) {
  const [width, height, side] = [4032, 3024, 256];
  const tile = new OffscreenCanvas(side, side);
  const grain = new ImageData(side, side);
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < grain.data.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    grain.data[at] = at % 4 === 3 ? 40 : state >>> 24;
  }
  tile.getContext("2d").putImageData(grain, 0, 0);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  const sky = context.createLinearGradient(0, 0, width, height);
  for (let at = 0; at <= 6; at += 1) {
    sky.addColorStop(at / 6, `hsl(${(seed * 47 + at * 60) % 360} 60% 55%)`);
  }
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  context.fillStyle = context.createPattern(tile, "repeat");
  context.fillRect(0, 0, width, height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
}

export class Files {
  #folder;
  #made = new Map();

  static async in(run) {
    const files = new Files();
    files.#folder = await scratch("files");
    try {
      return await run(files);
    } finally {
      await rm(files.#folder, { recursive: true });
    }
  }

  async #once(name, make) {
    if (!this.#made.has(name)) {
      const folder = join(this.#folder, name);
      await mkdir(folder);
      this.#made.set(name, await make(folder));
    }
    return this.#made.get(name);
  }

  /** So many texts of a line. */
  texts(count) {
    return this.#once(`texts-${count}`, async (folder) => {
      const paths = Array.from({ length: count }, (_, at) => join(folder, `note-${at}.txt`));
      for (const [at, path] of paths.entries()) await writeFile(path, `This is note ${at}.\n`);
      return paths;
    });
  }

  /** So many files of so many bytes that are told apart by their first ones only. */
  zeros(count, size) {
    return this.#once(`zeros-${count}-${size}`, async (folder) => {
      const paths = Array.from({ length: count }, (_, at) => join(folder, `file-${at}.bin`));
      for (const [at, path] of paths.entries()) {
        const file = await open(path, "w");
        await file.write(`file ${at}`);
        await file.truncate(size);
        await file.close();
      }
      return paths;
    });
  }

  /** So many photos. */
  photos(count) {
    return this.#once(`photos-${count}`, (folder) =>
      withBrowser(async (browser) => {
        const page = await browser.newPage();
        const paths = [];
        for (let at = 0; at < count; at += 1) {
          const path = join(folder, `photo-${at}.jpg`);
          await writeFile(path, Buffer.from(await page.evaluate(photo, at + 1), "base64"));
          paths.push(path);
        }
        return paths;
      }),
    );
  }
}
