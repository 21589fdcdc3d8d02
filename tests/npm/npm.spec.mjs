// The projects of examples/, word for word: installed from the packed package, built by their own
// tools, served, and used by a person who uploads a real file to a real server.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { promisify } from "node:util";
import { file, root } from "../e2e/support/environment.mjs";
import { Server } from "../e2e/support/server.mjs";
import { words } from "../e2e/support/widget.mjs";
import { tarball, work } from "./places.mjs";
import { expect, test, uploads } from "./visitor.mjs";

const run = promisify(execFile);

/** A fresh copy of an example, with the package in it as npm puts it there; what else it needs is
 * in the folder above. `as` tells copies of one example apart. */
async function project(name, as = name) {
  const folder = join(work, as);
  await rm(folder, { recursive: true, force: true });
  await cp(join(root, "examples", name), folder, { recursive: true });
  const place = join(folder, "node_modules", "plimsoll");
  await mkdir(place, { recursive: true });
  await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", place]);
  return folder;
}

test("types: a program that uses all of it compiles, and what is wrong doesn't", async () => {
  const folder = await project("module", "types");
  await cp(join(root, "tests/npm/types"), folder, { recursive: true });
  const compiler = join(root, "node_modules/.bin/tsc");
  await run(compiler, ["--project", folder]).catch(({ stdout }) => {
    throw new Error(stdout);
  });
});

/** Runs a script of its package.json, as `npm run` does. */
async function script(folder, name, ...args) {
  const { scripts } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const [program, ...words] = scripts[name].split(" ");
  const bin = join(work, "node_modules/.bin", program);
  const path = program === "node" ? process.execPath : bin;
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "1" };
  return { path, args: [...words, ...args], options: { cwd: folder, env } };
}

async function build(folder) {
  const { path, args, options } = await script(folder, "build");
  await run(path, args, options).catch(({ stdout, stderr }) => {
    throw new Error(`${folder} doesn't build:\n${stdout}\n${stderr}`);
  });
}

/** A server of the project's own tools; `ready` finds the address in what it prints. */
async function serve(folder, name, ...more) {
  const { path, args, options } = await script(folder, name, ...more);
  const child = spawn(path, args, { ...options, stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface(child.stdout)) {
    const plain = line.replaceAll(/\u001b\[[\d;]*m/g, "");
    const origin = plain.match(/http:\/\/(localhost|127\.0\.0\.1):\d+/)?.[0];
    if (!origin) continue;
    child.stdout.resume();
    return { origin, stop: () => ended(child) };
  }
  throw new Error(`${args.join(" ")} ended before it was ready`);
}

async function ended(child) {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** Builds an example, serves what came of it as files, and uploads. */
const built = (name, folderOf) =>
  test(`${name}: built, and uploads`, async ({ page, server, said }) => {
    const folder = await project(name);
    await build(folder);
    const site = await Server.start(join(folder, folderOf));
    await page.goto(`${site.origin}/index.html`);
    await uploads(page, server);
    await site.remove();
  });

built("react", "dist");
built("vue", "dist");
built("svelte", "dist");
built("webpack", ".");
built("esbuild", ".");

test("migrate: what pages of Uppy and FilePond become", async ({ page, server, said }) => {
  const folder = await project("migrate");
  await build(folder);
  const site = await Server.start(folder);
  await page.goto(`${site.origin}/uppy.html`);
  await uploads(page, server);
  await page.goto(`${site.origin}/filepond.html`);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: words.local.browse }).click();
  await (await chooser).setFiles(file("morning.jpg"));
  await expect(page.locator("#order input[name='photos[]']")).toHaveValue(/^image\/upload\/v/);
  // An event of Uppy's page that is worth a word, not a complaint.
  said.splice(0, said.length, ...said.filter((text) => text !== "info: 1 files have ended"));
  await site.remove();
});

test("module: as it is, without a build", async ({ page, server, said }) => {
  const folder = await project("module");
  const site = await Server.start(folder);
  await page.goto(`${site.origin}/index.html`);
  await uploads(page, server);
  await site.remove();
});

test("react: while it is developed, by Vite's own server", async ({ page, server, said }) => {
  const folder = await project("react", "react-dev");
  const site = await serve(folder, "dev", "--port", "0", "--host", "127.0.0.1");
  await page.goto(site.origin);
  await uploads(page, server);
  await site.stop();
});

test("next: rendered on the server, and uploads", async ({ page, server, said }) => {
  const folder = await project("next");
  await build(folder);
  const site = await serve(folder, "start", "--port", "0");
  const html = await (await fetch(site.origin)).text();
  expect(html).toContain("Upload files");
  await page.goto(site.origin);
  await uploads(page, server);
  await site.stop();
});
