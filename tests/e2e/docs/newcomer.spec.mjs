// What README.md and docs/signing.md have a newcomer do without any account: a folder with the
// widget's files and one page, which plimsoll-server serves, and whose uploads it takes.
import { cp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dist, file, root } from "../support/environment.mjs";
import { Server, scratch, sha256 } from "../support/server.mjs";
import { expect, test } from "../support/test.mjs";
import { Widget } from "../support/widget.mjs";

const example = (path) => join(root, "examples", path);

/** Serves the page by a server with these flags, and uploads a picture in it. */
async function uploads(page, markup, flags = []) {
  const site = await scratch("newcomer");
  const ours = (await readdir(dist)).filter((name) => name.startsWith("plimsoll"));
  for (const name of ours) await cp(join(dist, name), join(site, name));
  await writeFile(join(site, "index.html"), markup);
  // Some browsers ask for it, and none would say which page has none.
  await writeFile(join(site, "favicon.ico"), "");
  const server = await Server.start(site, flags);
  const widget = new Widget(page);
  await page.goto(server.origin);
  await page.getByRole("button", { name: "Upload files" }).click();
  await widget.choose(file("harbour.jpg"));
  await expect(page.locator("#results li")).toHaveText(/\/demo\/image\/upload\/.*\.jpg$/);
  const original = sha256(await readFile(file("harbour.jpg")));
  expect((await server.stored()).map((stored) => stored.sha256)).toEqual([original]);
  return { server, leave: () => Promise.all([server.remove(), rm(site, { recursive: true })]) };
}

test("the page of the README, with the prefix that it names, uploads to this server", async ({
  page,
}) => {
  const markup = await readFile(example("script/index.html"), "utf8");
  const tag = "<script src=";
  expect(markup).toContain(tag);
  const prefixed = markup.replace(tag, `<script data-upload-prefix="/" src=`);
  const { leave } = await uploads(page, prefixed);
  await leave();
});

test("the page of docs/signing.md uploads with signatures, and nobody uploads without", async ({
  page,
  request,
}) => {
  const markup = await readFile(example("signing/index.html"), "utf8");
  const signed = page.waitForResponse("**/v1_1/demo/sign");
  const flags = ["--config", example("signing/plimsoll.toml")];
  const { server, leave } = await uploads(page, markup, flags);
  expect(await (await signed).json()).toMatchObject({ api_key: "123456789012345" });
  const bare = { file: { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") } };
  const refused = await request.post(`${server.origin}/v1_1/demo/auto/upload`, {
    multipart: { ...bare, upload_preset: "unsigned" },
  });
  expect(refused.ok()).toBe(false);
  await leave();
});
