// Signs uploads for the pages of your site: `node node.mjs`. Nothing but Node is needed.
// In: {"paramsToSign":{…}}. Out: {"signature","timestamp","api_key"}.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const { API_KEY, API_SECRET, PORT = "3000" } = process.env;
/** What your pages may choose; all else is yours to decide. */
const ALLOWED = ["timestamp", "source", "upload_preset", "folder", "public_id", "tags", "context"];

function sign(params) {
  const pairs = Object.entries(params)
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : String(value ?? "")])
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${value}`.replaceAll("&", "%26"))
    .sort();
  return createHash("sha256").update(pairs.join("&") + API_SECRET).digest("hex");
}

createServer(async (request, response) => {
  // Ask here who the visitor is: whoever gets a signature can upload.
  let body = "";
  for await (const piece of request) if ((body += piece).length > 100_000) break;
  const answer = (status, value) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  try {
    const params = JSON.parse(body).paramsToSign;
    const unknown = Object.keys(params).find((name) => !ALLOWED.includes(name));
    if (unknown) return answer(400, { error: `${unknown} is not signed here` });
    params.timestamp ??= Math.floor(Date.now() / 1000);
    answer(200, { signature: sign(params), timestamp: params.timestamp, api_key: API_KEY });
  } catch {
    answer(400, { error: "send {\"paramsToSign\":{…}}" });
  }
}).listen(Number(PORT), "127.0.0.1");
