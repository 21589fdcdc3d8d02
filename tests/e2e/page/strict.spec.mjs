// The widget under the page's own security policy.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { file, root } from "../support/environment.mjs";
import { colours } from "../support/pictures.mjs";
import { expect, test } from "../support/test.mjs";

const german = JSON.parse(readFileSync(join(root, "www/locales/de.json"), "utf8"));

const NONCE = "c2hvcA";
const POLICY =
  `default-src 'none'; script-src 'nonce-${NONCE}' 'wasm-unsafe-eval'; connect-src 'self'; ` +
  "img-src data:; require-trusted-types-for 'script'; trusted-types 'none'; " +
  // Not `report-to`, whose reports browsers collect for a minute, and send over TLS only.
  "report-uri /reports";

/** A site before the server, whose shop has its policy in a header, with nonces, and which hears
 * of each breach. */
async function guarded(server) {
  const reports = [];
  const site = createServer(async (request, response) => {
    if (request.url === "/reports") {
      reports.push(await text(request));
      return response.writeHead(204).end();
    }
    const { method, url, headers } = request;
    const isShop = url.endsWith("strict.html");
    if (isShop) delete headers["accept-encoding"];
    const asked = ask(server.origin + url, { method, headers }, async (answer) => {
      if (!isShop) return answer.pipe(response.writeHead(answer.statusCode, answer.headers));
      const html = await text(answer);
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("content-security-policy", POLICY);
      const bare = html.replace(/<meta\s+http-equiv[^>]*>/, "");
      response.end(bare.replaceAll("<script", `<script nonce="${NONCE}"`));
    });
    // A page that leaves takes its requests along.
    asked.on("error", () => response.destroy());
    request.pipe(asked);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  const close = () => site.close() && site.closeAllConnections();
  return { origin: `http://127.0.0.1:${site.address().port}`, reports, close };
}

test("H03 H04 a full journey breaches nothing of the strictest policy", async ({
  widget,
  page,
  server,
  provoked,
}) => {
  provoked.push(/requires 'TrustedHTML' assignment/);
  const { origin, reports, close } = await guarded(server);
  await page.addInitScript(() => {
    window.breaches = [];
    document.addEventListener("securitypolicyviolation", (breach) =>
      window.breaches.push(`${breach.effectiveDirective} ${breach.blockedURI} ${breach.sample}`),
    );
  });
  const options = { cropping: true, croppingOutput: "pixels", theme: "purple", language: "de" };
  await widget.open({ ...options, showCompletedButton: true }, `${origin}/pages/strict.html`);
  const done = page.waitForEvent("filechooser");
  await widget.dialog.getByRole("button", { name: german.local.browse, exact: true }).click();
  await (await done).setFiles([file("harbour.jpg"), file("notes.txt")]);
  await widget.dialog.getByRole("button", { name: german.crop.crop_btn, exact: true }).click();
  const row = widget.dialog.getByRole("listitem").filter({ hasText: "harbour.jpg" });
  await expect(row).toHaveAttribute("data-status", "done");
  const canvas = row.locator("canvas");
  await expect(canvas).toBeVisible();
  expect((await colours(canvas)).spread).toBeGreaterThan(10);
  await page.evaluate(() => window.widget.minimize());
  await page.evaluate(() => window.widget.show());
  await page.evaluate(() => window.widget.close());
  await expect(widget.dialog).toHaveCount(0);
  expect(await page.evaluate(() => window.breaches)).toEqual([]);
  expect(await page.evaluate(() => document.styleSheets.length)).toBe(0);
  // One of the page's own comes after all that the widget may have caused.
  await page.evaluate(() => {
    try {
      document.createElement("div").innerHTML = "<b>";
    } catch {}
  });
  await expect.poll(() => reports.length).toBeGreaterThan(0);
  expect(reports.filter((text) => !text.includes("innerHTML"))).toEqual([]);
  close();
});

test("it works under a policy without workers, inline styles and markup", async ({
  widget,
  page,
}) => {
  await widget.open({}, "/pages/strict.html");
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "notes.txt");
  const canvas = widget.row("harbour.jpg").locator("canvas");
  await expect(canvas).toBeVisible();
  expect((await colours(canvas)).spread).toBeGreaterThan(10);
  await expect(widget.browse).toHaveCSS("cursor", "pointer");
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
  expect(await page.evaluate(() => document.styleSheets.length)).toBe(0);
});

test("elsewhere a worker makes thumbnails, and ends with the widget", async ({
  widget,
  page,
}) => {
  await widget.open();
  const worker = page.waitForEvent("worker");
  await widget.choose(file("harbour.jpg"));
  const ended = (await worker).waitForEvent("close");
  const canvas = widget.row("harbour.jpg").locator("canvas");
  await expect(canvas).toBeVisible();
  expect((await colours(canvas)).spread).toBeGreaterThan(10);
  await widget.shows("done", "harbour.jpg");
  await widget.done.click();
  await ended;
});

test("a policy that forbids the module is told with its remedy", async ({
  widget,
  page,
  provoked,
}) => {
  provoked.push(/console\.error: Plimsoll: .*'wasm-unsafe-eval'/);
  provoked.push(/Content Security Policy/);
  await page.route("**/pages/strict.html", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("'wasm-unsafe-eval'", "");
    await route.fulfill({ response, body });
  });
  await page.goto("/pages/strict.html");
  await page.locator("#opener").click();
  const { error } = await widget.until("error");
  expect(error).toMatchObject({ code: "page.load_failed", isError: true });
  expect(error.message).toContain("script-src");
});
