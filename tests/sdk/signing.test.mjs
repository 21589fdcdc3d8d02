// The programs of examples/signing, each whose language is on this machine: what they sign is taken
// by the real server.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { KEY, SECRET, origin, png, stop } from "./server.mjs";

after(stop);

const example = (name) => fileURLToPath(new URL(`../../examples/signing/${name}`, import.meta.url));

const LANGUAGES = [
  { name: "Node", needs: ["node", "--version"], run: ["node", example("node.mjs")] },
  { name: "Python", needs: ["python3", "--version"], run: ["python3", example("python.py")] },
  {
    name: "PHP",
    needs: ["php", "--version"],
    run: (port) => ["php", "-S", `127.0.0.1:${port}`, example("php.php")],
  },
  { name: "Go", needs: ["go", "version"], run: ["go", "run", example("go.go")] },
  // Built by cargo, which is how this server came about, too.
  { name: "Rust", needs: [], run: [process.env.PLIMSOLL_SIGNING] },
];

const runs = ({ needs: [program, ...args] }) =>
  program === undefined || spawnSync(program, args).status === 0;
const [there, absent] = [LANGUAGES.filter(runs), LANGUAGES.filter((language) => !runs(language))];
for (const { name } of absent) console.log(`Not tested, as it is not on this machine: ${name}`);

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Asks until somebody listens. */
async function ask(url, body) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await fetch(url, { method: "POST", body: JSON.stringify(body) });
    } catch (error) {
      // Go compiles first; each try waits for the refusal of the system, and then a little.
      if (tries > 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const PARAMETERS = {
  source: "uw",
  folder: "visitors/日本",
  tags: ["a", "b & c"],
  context: "alt=x & y|caption=a\\=b",
  public_id: "",
  upload_preset: null,
};

for (const { name, run } of there) {
  test(`what ${name} signs is taken`, async (t) => {
    const port = await freePort();
    const [program, ...args] = typeof run === "function" ? run(port) : run;
    const env = { ...process.env, API_KEY: KEY, API_SECRET: SECRET, PORT: String(port) };
    const child = spawn(program, args, { env, stdio: "ignore", detached: true });
    // `go run` starts a program of its own, so the whole group goes.
    t.after(() => process.kill(-child.pid));
    const url = `http://127.0.0.1:${port}/`;
    const answer = await ask(url, { paramsToSign: PARAMETERS });
    assert.equal(answer.status, 200);
    const { signature, timestamp, api_key } = await answer.json();
    const form = new FormData();
    for (const [field, value] of Object.entries(PARAMETERS)) form.append(field, value ?? "");
    for (const [field, value] of Object.entries({ signature, timestamp, api_key })) {
      form.append(field, value);
    }
    form.append("file", new Blob([png]), "a.png");
    const upload = await fetch(`${origin}/v1_1/demo/image/upload`, { method: "POST", body: form });
    const asset = await upload.json();
    assert.equal(upload.status, 200, asset.error?.message);
    assert.equal(asset.context.custom.alt, "x & y");
    const more = await ask(url, { paramsToSign: { ...PARAMETERS, overwrite: "1" } });
    assert.equal(more.status, 400);
    assert.equal((await ask(url, { nothing: 1 })).status, 400);
  });
}
