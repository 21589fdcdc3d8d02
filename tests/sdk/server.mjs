// The real server as a process, and the official SDK pointed at it. `cargo xtask test --only sdk`
// builds the server and names it in the environment.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = process.env.PLIMSOLL_SERVER;
if (!program) {
  throw new Error("PLIMSOLL_SERVER must name the program. Run `cargo xtask test --only sdk`.");
}

export const CLOUD = "demo";
export const KEY = "123456789012345";
export const SECRET = "the-secret-of-the-tests";

const CONFIG = `
[limits]
file_bytes_max = 6000000

[clouds.${CLOUD}.keys.${KEY}]
secret = "${SECRET}"

[clouds.${CLOUD}.presets.unsigned]
unsigned = true

[clouds.${CLOUD}.presets.signed]
tags = ["preset"]

[clouds.${CLOUD}.presets.tight]
unsigned = true
quota = { files_max = 1 }
`;

/** A folder for files of the tests. */
export const folder = await mkdtemp(join(tmpdir(), "plimsoll-sdk-"));
const servers = [];

/** Starts a server with these limits besides, and says where it listens. */
export async function start(name, limits = "") {
  const config = join(folder, `${name}.toml`);
  await writeFile(config, CONFIG.replace("[limits]", `[limits]\n${limits}`));
  const flags = ["--config", config, "--port", "0", "--data", join(folder, name)];
  const server = spawn(program, flags, { stdio: ["ignore", "pipe", "inherit"] });
  servers.push(server);
  const [line] = await once(createInterface(server.stdout), "line");
  return line.match(/http:\/\/\S+/)[0];
}

/** Where the server listens. */
export const origin = await start("data");

// The SDK reads it when it is loaded, and then chooses between http and https.
process.env.CLOUDINARY_URL =
  `cloudinary://${KEY}:${SECRET}@${CLOUD}` +
  `?upload_prefix=${encodeURIComponent(origin)}`;
export const { v2: cloudinary } = await import("cloudinary");

/** Ends the servers and takes their files away. */
export async function stop() {
  const ended = servers.map((server) => once(server, "exit"));
  servers.forEach((server) => server.kill());
  await Promise.all(ended);
  await rm(folder, { recursive: true });
}

export const md5 = (bytes) => createHash("md5").update(bytes).digest("hex");

/** A file with these bytes. */
export async function file(name, bytes) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** Bytes without a pattern, the same at each run. */
export function noise(count) {
  const bytes = Buffer.alloc(count);
  let state = 1;
  for (let at = 0; at < count; at += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** A PNG of 8 × 6 pixels, one half red and one blue. */
export const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAFElEQVR4nGP4z8AAR0jM/wwDKQEAA1gv0QO/dfYAAAAA" +
    "SUVORK5CYII=",
  "base64",
);
