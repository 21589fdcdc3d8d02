// The API secret stays on the server: it is in no file of the build, in no answer that a page gets
// while it uploads signed, and the module has no code that could sign with it.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { dist, file } from "../support/environment.mjs";
import { API_KEY, secretOf } from "../support/signer.mjs";
import { expect, test } from "../support/test.mjs";

/** All files of the build, the compressed ones as what is in them. */
async function built() {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ name, parentPath, path }) => {
      const bytes = await readFile(join(parentPath ?? path, name));
      if (name.endsWith(".br")) return { name, bytes: brotliDecompressSync(bytes) };
      return { name, bytes: name.endsWith(".gz") ? gunzipSync(bytes) : bytes };
    }),
  );
}

/** A number as WebAssembly's code writes it, and as its tables do. */
function spellings(number) {
  const table = Buffer.alloc(4);
  table.writeUInt32LE(number);
  const code = [];
  for (let rest = number | 0; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    const ends = (rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40);
    code.push(ends ? low : low | 0x80);
    if (ends) return [table, Buffer.from(code)];
  }
}

/** The first constants of SHA-1 and SHA-256, without which nobody computes them. */
const DIGESTS = [0x5a827999, 0x428a2f98].flatMap(spellings);

test("the API secret is in nothing that a page gets", async ({ widget, page, server }) => {
  const secret = (await secretOf(server)).trim();
  expect(secret).toMatch(/^[0-9a-f]{32}$/);
  const answers = [];
  page.on("response", (response) => answers.push(response));
  await page.goto("/pages/shop.html");
  await page.evaluate((apiKey) => {
    const uploadSignature = "/v1_1/demo/sign";
    Object.assign(window.base, { apiKey, uploadPreset: null, uploadSignature });
  }, API_KEY);
  await widget.press();
  await widget.choose(file("notes.txt"));
  const { info } = await widget.until("success");
  expect(info.api_key).toBe(API_KEY);

  const texts = await Promise.all(
    answers.map(async (answer) => {
      const body = await answer.body().catch(() => Buffer.alloc(0));
      return { name: answer.url(), bytes: Buffer.concat([headers(answer), body]) };
    }),
  );
  // Browsers keep no body that was read as it came: the page's callback has what was in one, and
  // the other is asked for once more.
  const told = { name: "callback", bytes: Buffer.from(JSON.stringify(info)) };
  const signed = await page.evaluate(async () => {
    const body = JSON.stringify({ paramsToSign: { source: "uw" } });
    const answer = await fetch("/v1_1/demo/sign", { method: "POST", body });
    return answer.text();
  });
  const again = { name: "signature", bytes: Buffer.from(signed) };
  const all = [...texts, told, again, ...(await built())];
  const having = (text) => all.filter(({ bytes }) => bytes.includes(text)).map(({ name }) => name);
  // What must be found is found, so what isn't is not there.
  const found = having('"signature":"');
  expect(texts.filter(({ name }) => name.endsWith("/sign"))).toHaveLength(1);
  expect(found).toContain("signature");
  expect(found).toContain("callback");
  expect(having(secret)).toEqual([]);
});

const headers = (answer) => Buffer.from(JSON.stringify(answer.headers()));

test("the module can't sign", async () => {
  const modules = (await built()).filter(({ name }) => /\.wasm(\.br|\.gz)?$/.test(name));
  expect(modules).not.toHaveLength(0);
  for (const { name, bytes } of modules) {
    const found = DIGESTS.filter((digits) => bytes.includes(digits));
    expect(found, `${name} can compute a digest`).toEqual([]);
  }
  // As the number -1 and one of five bytes are written.
  expect(spellings(0xffffffff)[1]).toEqual(Buffer.from([0x7f]));
  expect(spellings(0x5a827999)[1]).toEqual(Buffer.from([0x99, 0xf3, 0x89, 0xd4, 0x05]));
});
