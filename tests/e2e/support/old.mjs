// Libraries of old pages, as they were: pinned packages of the registry, fetched when first needed
// and kept in .plimsoll/old. They are no dependencies, so that what was found wrong with them since
// is nobody's concern, and neither is what they would install.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { root } from "./environment.mjs";

const run = promisify(execFile);
const kept = join(root, ".plimsoll", "old");

const LIBRARIES = {
  "jquery@1.5.1": {
    file: "dist/node-jquery.js",
    sha512:
      "a2vYRJfoPIabSy0nm0iQ1SskbqA3LbT+LH7EhbDRN2TwvR3fTPBUDbkVrwpHRBW+kyyKz8fnkQJkcv98GdrsDw==",
  },
  "mootools@1.5.2": {
    file: "lib/mootools-core-1.5.2-server.js",
    sha512:
      "S1cOCsakr8GJ3P1j66pXGgQfLtcRpFLcBkRcq0xXQ15T6IYtFWIQhqqqH8RR7eAa7/vFmKz90IIrzTnfrCHPFw==",
  },
  // Prototype.js 1.7 itself is in no registry; this is its language part, as modules.
  "prototype@0.0.5": {
    file: "lib/index.js",
    isModule: true,
    sha512:
      "kWPhAN5bX/2zDuvIyXJgWht2wtennsHY2grl5ChprDAQXrfVgPHBU51uaMf1H+o/DAWsJQmG0KrFxX10c+iuNQ==",
  },
};

/** The text of a library, as a script of a page. */
export async function library(id) {
  const { file, isModule } = LIBRARIES[id];
  const path = join(await unpacked(id), file);
  if (!isModule) return readFile(path, "utf8");
  const how = { bundle: true, format: "iife", write: false, logLevel: "error" };
  const { outputFiles } = await build({ ...how, entryPoints: [path], globalName: "bundled" });
  return outputFiles[0].text;
}

async function unpacked(id) {
  const place = join(kept, id);
  const isThere = await readFile(join(place, "package.json")).then(() => true, () => false);
  if (isThere) return place;
  // Two workers may come here at once; each has a folder of its own until it is whole.
  const own = `${place}.${process.pid}`;
  await mkdir(own, { recursive: true });
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const pack = ["pack", id, "--json", "--prefer-offline", "--pack-destination", own];
  const { stdout } = await run(npm, pack, { cwd: own, shell: npm !== "npm" });
  const tarball = join(own, JSON.parse(stdout)[0].filename);
  const sum = createHash("sha512").update(await readFile(tarball)).digest("base64");
  if (sum !== LIBRARIES[id].sha512) throw new Error(`${id} is another than it was: ${sum}`);
  await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", own]);
  await rename(own, place).catch(() => rm(own, { recursive: true }));
  return place;
}
