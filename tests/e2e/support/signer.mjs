// A page's own signing server: it holds the secret, signs what it is asked to, and can be told to
// misbehave. The signature is made here anew, from the wire's description, so that the widget and
// the server are compared with a third.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

/** The name of the built-in key; its secret is in the data folder. */
export const API_KEY = "demo";

/** The wire's signature (second version, SHA-1 or SHA-256) of these texts. */
export function sign(params, secret, digest = "sha1") {
  const pairs = Object.entries(params)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${value}`.replaceAll("&", "%26"));
  return createHash(digest).update(pairs.toSorted().join("&") + secret).digest("hex");
}

export const secretOf = (server) =>
  readFile(join(server.data, "secrets", `demo.${API_KEY}`), "utf8");

export class Signer {
  /** What was asked so far: the parameters. */
  asked = [];
  /** The most questions at once. */
  most = 0;
  /** Answers a question in place of `sign`: `(params, response, count)`. */
  answer = (params, response) => this.give(params, response);
  #open = 0;

  static async start(server) {
    const signer = new Signer();
    signer.secret = (await secretOf(server)).trim();
    signer.http = createServer((request, response) => signer.#serve(request, response));
    signer.http.listen(0, "127.0.0.1");
    await once(signer.http, "listening");
    signer.url = `http://127.0.0.1:${signer.http.address().port}/sign`;
    return signer;
  }

  /** The right answer. */
  give(params, response, more = {}) {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ signature: sign(params, this.secret), ...more }));
  }

  stop() {
    this.http.closeAllConnections();
    this.http.close();
  }

  async #serve(request, response) {
    response.setHeader("Access-Control-Allow-Origin", request.headers.origin ?? "*");
    response.setHeader("Access-Control-Allow-Credentials", "true");
    response.setHeader("Access-Control-Allow-Headers", "content-type");
    if (request.method === "OPTIONS") return response.end();
    this.most = Math.max(this.most, ++this.#open);
    response.on("close", () => this.#open--);
    let text = "";
    for await (const part of request) text += part;
    // A login page, where a test sends a question on to one.
    if (request.method !== "POST") return response.end("<!doctype html><title>Sign in</title>");
    const { paramsToSign } = JSON.parse(text);
    this.asked.push(paramsToSign);
    this.answer(paramsToSign, response, this.asked.length);
  }
}
