// The projects of examples/, word for word: installed from the packed package, built by their own
// tools, served, and used by a person who uploads a real file to a real server.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { file, root } from "../e2e/support/environment.mjs";
import { dropbox } from "../e2e/sources/services.mjs";
import { Server, sha256 } from "../e2e/support/server.mjs";
import { words } from "../e2e/support/widget.mjs";
import { cdn, tarball, work } from "./places.mjs";
import { expect, test, uploads } from "./visitor.mjs";

const run = promisify(execFile);
const german = JSON.parse(await readFile(join(root, "www/locales/de.json"), "utf8"));

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
built("angular", ".");

test("cdn: a loader with a hash in its name finds parts with hashes in theirs", async ({
  page,
  server,
  said,
}) => {
  const { files, hashed } = JSON.parse(await readFile(join(cdn, "../integrity.json"), "utf8"));
  await rm(join(work, "cdn"), { recursive: true, force: true });
  await cp(cdn, join(work, "cdn"), { recursive: true });
  const loader = hashed["plimsoll.js"];
  const site = await Server.start(join(work, "cdn"));
  const markup = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
    <script src="${loader}" integrity="${files[loader]}" crossorigin data-cloud-name="demo"
      data-upload-preset="unsigned" data-language="de"></script>
    <button data-plimsoll>Upload files</button>`;
  await writeFile(join(work, "cdn/page.html"), markup);
  const asked = [];
  page.on("request", (request) => asked.push(basename(new URL(request.url()).pathname)));
  await page.goto(`${site.origin}/page.html`);
  await page.getByRole("button", { name: "Upload files" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: german.local.browse }).click();
  await (await chooser).setFiles(file("harbour.jpg"));
  await expect(page.locator("[data-status=done]")).toBeVisible();
  const ours = asked.filter((name) => name.startsWith("plimsoll"));
  expect(ours.length).toBeGreaterThan(5);
  const withHash = /^plimsoll(-[\w-]+)?\.[0-9a-f]{12}\.(js|json|wasm)$/;
  for (const name of ours) expect(name).toMatch(withHash);
  await site.remove();
});

test("cdn: each script has a map beside it, with the source in it", async () => {
  const { hashed } = JSON.parse(await readFile(join(cdn, "../integrity.json"), "utf8"));
  const scripts = Object.keys(hashed).filter((name) => name.endsWith(".js"));
  expect(scripts).toContain("plimsoll-source-dropbox.js");
  for (const name of scripts) {
    expect(await readFile(join(cdn, name), "utf8")).toContain(`# sourceMappingURL=${name}.map`);
    const { sources, sourcesContent } = JSON.parse(
      await readFile(join(cdn, `${name}.map`), "utf8"),
    );
    expect(sourcesContent.length).toBe(sources.length);
    expect(sourcesContent.join("").length).toBeGreaterThan(200);
  }
});

test("headless: a page with a list of its own uploads, stops and refuses", async ({
  page,
  server,
  said,
}) => {
  const folder = await project("headless");
  await build(folder);
  const site = await Server.start(folder);
  await page.goto(`${site.origin}/index.html`);
  const rows = page.locator("#list li");
  await page.getByLabel("Photos").setInputFiles([file("harbour.jpg"), file("notes.txt")]);
  await expect(rows).toHaveText([
    /^harbour\.jpg: http.*\/demo\/image\/upload\/.* 100 %$/,
    /^notes\.txt: http.*\/demo\/raw\/upload\/.* 100 %$/,
  ]);
  const original = sha256(await readFile(file("harbour.jpg")));
  expect((await server.stored()).map((stored) => stored.sha256)).toContain(original);
  await expect(page.locator("plimsoll-widget")).toHaveCount(0);
  // Held back, so that there is something to stop.
  await page.route("**/v1_1/**", () => {});
  await page.getByLabel("Photos").setInputFiles([file("morning.jpg")]);
  await expect(rows.nth(2)).toHaveText(/^morning\.jpg: uploading/);
  await page.getByRole("button", { name: "Stop all" }).click();
  await expect(rows.nth(2)).toHaveText(/^morning\.jpg: cancelled/);
  await site.remove();
});

test("sources: a service's by its sub-path, one that is fetched, and the page's own", async ({
  page,
  server,
  said,
}) => {
  const folder = await project("sources");
  await build(folder);
  const site = await Server.start(join(folder, "dist"));
  await dropbox(page, ["harbour.jpg"]);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${site.origin}/index.html`);
  await page.getByRole("button", { name: "Upload files" }).click();
  const { menu } = words;
  const names = [menu.files, menu.dropbox, menu.unsplash, "Note"];
  await expect(page.getByRole("tab")).toHaveText(names);
  const fetched = asked.filter((path) => path.includes("plimsoll-source"));
  expect(fetched).toEqual([expect.stringMatching(/plimsoll-source-unsplash[\w-]*\.js$/)]);
  await page.getByRole("tab", { name: menu.dropbox }).click();
  await page.getByRole("button", { name: words.dropbox.no_auth_action }).click();
  await expect(page.locator("#results li")).toHaveText([/\/demo\/image\/upload\/.*\.jpg$/]);
  const original = sha256(await readFile(file("harbour.jpg")));
  expect((await server.stored()).map((stored) => stored.sha256)).toEqual([original]);
  await page.getByRole("tab", { name: "Note" }).click();
  await page.getByRole("button", { name: "Add a note" }).click();
  await expect(page.locator("#results li").nth(1)).toHaveText(/\/demo\/raw\/upload\/.*\.txt$/);
  await site.remove();
});

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

test("module: with the widget's files elsewhere, where setAssetBase says", async ({
  page,
  server,
  said,
}) => {
  const folder = await project("module", "elsewhere");
  const place = join(folder, "node_modules/plimsoll");
  const isData = (path) => path === place || basename(path).startsWith("plimsoll-");
  await cp(place, join(folder, "files"), { recursive: true, filter: isData });
  for (const name of await readdir(place)) {
    if (name.startsWith("plimsoll-")) await rm(join(place, name));
  }
  const code = await readFile(join(folder, "main.js"), "utf8");
  const module = "./node_modules/plimsoll/index.js";
  const before = `import { setAssetBase } from "${module}";\nsetAssetBase("/files/");\n`;
  await writeFile(join(folder, "main.js"), before + code);
  const site = await Server.start(folder);
  await page.goto(`${site.origin}/index.html`);
  await uploads(page, server);
  await site.remove();
});

test("node: importing it on a server does nothing, and needs no browser", async () => {
  const folder = await project("module", "server");
  const program = `
    import * as plimsoll from "plimsoll";
    const widget = plimsoll.createUploadWidget({ cloudName: "demo" });
    console.log([...Object.keys(plimsoll).sort(), widget.isShowing(), typeof window].join(" "));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: folder,
  });
  const names = "applyUploadWidget createUploadWidget createUploader defineField openUploadWidget";
  const more = "registerSource setAPIKey setAssetBase";
  expect(stdout.trim()).toBe(`${names} ${more} setCloudName upload false undefined`);
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
