// A server of another origin that answers as a test says, byte by byte if need be. For what the
// real one never does; what it does is tested with the real one.
import { once } from "node:events";
import { createServer } from "node:http";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "content-range, content-type, x-unique-upload-id",
  "access-control-expose-headers": "retry-after, x-request-id",
};

/** Calls `answer(request, response, body)` for each request that is no preflight, when its body is
 * there. What is returned has `origin`, all `requests` so far, and `close`. */
export async function answering(answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    requests.push(request);
    const pieces = [];
    try {
      for await (const piece of request) pieces.push(piece);
    } catch {
      return; // The page has hung up.
    }
    answer(request, response, Buffer.concat(pieces));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Answers with JSON. */
export function json(response, status, value, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

/** An asset that holds what an answer to an upload has to. */
export const asset = (bytes) => ({
  asset_id: "a1",
  public_id: "a",
  version: 1,
  resource_type: "raw",
  type: "upload",
  bytes,
  secure_url: "http://127.0.0.1/demo/raw/upload/v1/a",
});
