"""Signs uploads for the pages of your site: `python3 python.py`. Nothing but Python is needed.

In: {"paramsToSign":{…}}. Out: {"signature","timestamp","api_key"}.
"""

import hashlib
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

API_KEY, API_SECRET = os.environ["API_KEY"], os.environ["API_SECRET"]
# What your pages may choose; all else is yours to decide.
ALLOWED = {"timestamp", "source", "upload_preset", "folder", "public_id", "tags", "context"}


def text(value):
    if isinstance(value, list):
        return ",".join(map(text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def sign(params):
    pairs = [f"{name}={text(value)}" for name, value in params.items() if text(value) != ""]
    to_sign = "&".join(sorted(pair.replace("&", "%26") for pair in pairs))
    return hashlib.sha256((to_sign + API_SECRET).encode()).hexdigest()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        # Ask here who the visitor is: whoever gets a signature can upload.
        length = min(int(self.headers.get("content-length", 0)), 100_000)
        try:
            params = json.loads(self.rfile.read(length))["paramsToSign"]
            unknown = set(params) - ALLOWED
        except (ValueError, KeyError, TypeError):
            return self.answer(400, {"error": 'send {"paramsToSign":{…}}'})
        if unknown:
            return self.answer(400, {"error": f"{unknown.pop()} is not signed here"})
        params.setdefault("timestamp", int(time.time()))
        signed = {"signature": sign(params), "timestamp": params["timestamp"], "api_key": API_KEY}
        return self.answer(200, signed)

    def answer(self, status, value):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "3000"))
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
