// Installs what the projects of examples/ need beside the package, once for all of them.
import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../e2e/support/environment.mjs";
import { work } from "./places.mjs";

const npm = (...args) =>
  execFileSync(process.platform === "win32" ? "npm.cmd" : "npm", args, {
    cwd: work,
    stdio: ["ignore", "inherit", "inherit"],
  });

const QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

export default async function install() {
  await mkdir(work, { recursive: true });
  const lock = await readFile(join(root, "tests/npm/package-lock.json"), "utf8");
  const stamp = join(work, "installed");
  if ((await readFile(stamp, "utf8").catch(() => "")) !== lock) {
    for (const name of ["package.json", "package-lock.json"]) {
      await cp(join(root, "tests/npm", name), join(work, name));
    }
    npm("ci", "--prefer-offline", ...QUIET);
    await writeFile(stamp, lock);
  }
}
