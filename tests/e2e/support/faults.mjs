// The fault proxy as a process: it stands before a server and breaks what a plan says. The plan's
// words are those of crates/faults/src/plan.rs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { faultsProgram } from "./environment.mjs";

export class Faults {
  #process;
  #control;

  /** A running proxy before the server at this origin. */
  static async start(upstream) {
    const faults = new Faults();
    const flags = ["--upstream", new URL(upstream).host];
    faults.#process = spawn(faultsProgram, flags, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(faults.#process, "exit").then(([code]) => {
      throw new Error(`plimsoll-faults ended with ${code} before it was ready`);
    });
    const ready = once(createInterface(faults.#process.stdout), "line");
    const [line] = await Promise.race([ready, ended]);
    ended.catch(() => {});
    [faults.origin, faults.#control] = line.match(/http:\/\/\S+/g);
    return faults;
  }

  /** Puts a plan in force and begins the account anew. */
  plan(plan) {
    return this.#tell("PUT", "/plan", JSON.stringify(plan));
  }

  /** All requests so far, and how often each rule was hit. */
  account() {
    return this.#tell("GET", "/account");
  }

  /** The upload requests so far. */
  async uploads() {
    const { requests } = await this.account();
    return requests.filter(({ method }) => method === "POST");
  }

  /** How often the rule of this name was hit. */
  async hits(name) {
    const { rules } = await this.account();
    return rules.find((rule) => rule.name === name).hits;
  }

  /** Resets all connections and refuses new ones. */
  down() {
    return this.#tell("POST", "/down");
  }

  /** Takes connections again. */
  up() {
    return this.#tell("POST", "/up");
  }

  /** Breaks every connection, once. */
  async drop() {
    await this.down();
    await this.up();
  }

  async stop() {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }

  async #tell(method, path, body) {
    const answer = await fetch(`${this.#control}${path}`, { method, body });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`plimsoll-faults refused ${method} ${path}: ${json.error}`);
    return json;
  }
}
