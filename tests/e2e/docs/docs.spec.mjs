// The code of the documents, as it stands there, in a page: pasted into one, or run on one that has
// the script. Code with a file's name above it is compared with that file by tests/docs.rs.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";

const documents = ["README.md", "examples/signing/README.md"].concat(
  readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
);

/** Fences in JavaScript and HTML that no file and no "before" speaks for, with their lines. */
function blocks(path) {
  const found = [];
  const fence = /(^|\n)(<!-- \S+\/\S+ -->\n+)?```(js|html)\n([\s\S]*?)\n```/g;
  const text = readFileSync(join(root, path), "utf8");
  for (const { 0: whole, 2: source, 3: language, 4: code, index } of text.matchAll(fence)) {
    if (source || /^(\/\/ before|<!-- before -->)/.test(code)) continue;
    const line = text.slice(0, index + whole.indexOf("```")).split("\n").length;
    found.push({ path, line, language, code });
  }
  return found;
}

/** A page that holds a block: what a site around it would have, and what it says of itself. */
function html({ language, code }) {
  if (language === "html") return `<!doctype html><title>A page</title>${code}`;
  return `<!doctype html><title>A page</title><script src="/plimsoll.js"></script>
    <div id="place"></div>
    <script type="module">
      const [callback, file] = [() => {}, new Blob(["a file"])];
      const account = { cloudName: "demo", uploadPreset: "unsigned" };
      let options = account;
      { ${code}\n }
      window.ran = true;
    </script>`;
}

const all = documents.flatMap(blocks);

test("there is code to run", () => {
  expect(all.map(({ path }) => path)).toContain("README.md");
});

for (const block of all) {
  test(`the ${block.language} of ${block.path}, line ${block.line}, runs`, async ({
    page,
    server,
    provoked,
  }) => {
    // Places of somebody's, which are this server here.
    await page.route("https://your.host/**", (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ path: join(process.env.PLIMSOLL_DIST, pathname) });
    });
    await page.route("https://fonts.googleapis.com/**", (route) =>
      route.fulfill({ contentType: "text/css", body: "" }),
    );
    const hosts = ["your.host", "fonts.googleapis.com"].filter((host) =>
      block.code.includes(`https://${host}`),
    );
    provoked.push(...hosts.map((host) => new RegExp(`foreign.*${host}`)));
    const asked = hosts.map((host) => page.waitForRequest((it) => it.url().includes(host)));
    await page.route("**/a-page.html", (route) =>
      route.fulfill({ contentType: "text/html", body: html(block) }),
    );
    await page.goto(`${server.origin}/a-page.html`);
    await page.waitForFunction(() => window.plimsoll);
    if (block.language === "js") await page.waitForFunction(() => window.ran);
    const button = page.getByRole("button", { name: "Upload" });
    if (block.language === "html" && (await button.count())) await button.click();
    // What opens a widget is seen to have opened it.
    if (/openUploadWidget|widget\.open/.test(block.code)) {
      await expect(page.getByRole("dialog")).toBeVisible();
    }
    await Promise.all(asked);
  });
}
