// The real server as a process: with a data folder of its own, stoppable and restartable at the
// same address.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { dist, here, serverProgram } from "./environment.mjs";

/** A new folder that nobody else has. */
export const scratch = (name) => mkdtemp(join(tmpdir(), `plimsoll-${name}-`));

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
export const md5 = (bytes) => createHash("md5").update(bytes).digest("hex");

/** What a site serves: the built widget and demo page, and the pages that embed it. */
export async function site() {
  const folder = await scratch("www");
  await cp(dist, folder, { recursive: true });
  await cp(join(here, "pages"), join(folder, "pages"), { recursive: true });
  return folder;
}

export class Server {
  #process;
  #flags;
  #port = "0";

  /** A running server; `www` is the folder that it serves beside the API, if any. */
  static async start(www, flags = []) {
    const server = new Server();
    server.data = await scratch("data");
    server.#flags = ["--data", server.data, ...(www ? ["--www", www] : []), ...flags];
    await server.start();
    return server;
  }

  /** Starts it again after `stop`, at the address it had. */
  async start() {
    const flags = ["--port", this.#port, ...this.#flags];
    this.#process = spawn(serverProgram, flags, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(this.#process, "exit").then(([code]) => {
      throw new Error(`plimsoll-server ended with ${code} before it was ready`);
    });
    const ready = once(createInterface(this.#process.stdout), "line");
    const [line] = await Promise.race([ready, ended]);
    ended.catch(() => {});
    this.origin = line.match(/http:\/\/\S+/)[0];
    this.#port = new URL(this.origin).port;
  }

  /** Stops it. Killed by default: what was answered must be on disk without a farewell. */
  async stop(signal = "SIGKILL") {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    await ended;
  }

  /** Stops it for good. */
  async remove() {
    await this.stop();
    await rm(this.data, { recursive: true });
  }

  /** Every stored original, as `{ sha256, size }`. */
  async stored() {
    const entries = await readdir(join(this.data, "assets"), {
      recursive: true,
      withFileTypes: true,
    });
    const originals = entries.filter((entry) => entry.name === "blob");
    return Promise.all(
      originals.map(async (entry) => {
        const bytes = await readFile(join(entry.parentPath ?? entry.path, entry.name));
        return { sha256: sha256(bytes), size: bytes.length };
      }),
    );
  }
}
