// The rows that need nothing but data: what is planned, and what must come of it.
import { CHUNK } from "../support/bytes.mjs";
import { CORS, NETWORK } from "./trip.mjs";

const FOUR = 4 * CHUNK;
const HTML = "<!doctype html><title>Sign in</title><p>Welcome to the hotel's network";
const html = [["Content-Type", "text/html"]];
const json = [["Content-Type", "application/json"]];

const reset = (percent) => ({ kind: "cut", end: "reset", at: { percent } });
const fin = (percent) => ({ kind: "cut", end: "fin", at: { percent } });
const lost = { kind: "lose_answer", end: "reset" };
const status = (status, more = {}) => ({ kind: "answer", status, headers: html, ...more });
/** An answer in the server's place, after it has stored what came. */
const stored = (body, more = {}) => ({
  ...{ kind: "answer", status: 200, server: "everything", headers: json, body },
  ...more,
});
const refusal = (status, message) => ({
  ...{ kind: "answer", status, headers: json },
  body: JSON.stringify({ error: { message } }),
});

const first = { position: "first" };
const middle = { position: "middle" };
const last = { position: "last" };
const at = (chunk) => ({ start: chunk * CHUNK });
/** A rule for every request that fits, for as long as the test lasts. */
const always = { times: null };

/** What ends well: every byte is stored, once. */
export const good = [
  {
    id: "N01",
    what: "resets at 1 %, 50 % and 99 % of a chunk",
    sizes: [FOUR],
    rules: [
      { name: "1 %", when: at(0), fault: reset(1) },
      { name: "50 %", when: at(1), fault: reset(50) },
      { name: "99 %", when: at(3), fault: reset(99) },
    ],
    heard: [NETWORK],
  },
  {
    id: "N02",
    what: "an orderly end in the middle of a chunk",
    sizes: [FOUR],
    rules: [
      { name: "first", when: first, fault: fin(50) },
      { name: "last", when: last, fault: fin(10) },
    ],
    heard: [NETWORK],
  },
  {
    id: "N14",
    what: "500, 502, 503 and 504, one at each place of a file",
    sizes: [FOUR],
    rules: [
      { name: "first", when: at(0), fault: status(500) },
      { name: "second", when: at(1), fault: status(502, { body: HTML }) },
      { name: "third", when: at(2), fault: status(503) },
      { name: "last", when: at(3), fault: status(504) },
    ],
    heard: [NETWORK],
  },
  {
    id: "N14",
    what: "500, 502, 503, 504 and 408, one after the other",
    sizes: [100_000],
    rules: [500, 502, 503, 504, 408].map((code) => ({ name: `${code}`, fault: status(code) })),
    heard: [NETWORK],
  },
  {
    id: "N15",
    what: "503 upon 503 for the same chunk starts nothing from the beginning",
    sizes: [FOUR],
    rules: [{ name: "busy", when: at(2), times: 3, fault: status(503) }],
    heard: [NETWORK],
  },
  {
    id: "N20",
    what: "an answer whose JSON breaks off, after the asset was stored",
    sizes: [CHUNK * 2],
    rules: [
      { name: "middle", when: first, fault: { kind: "cut_answer", end: "fin", bytes: 9 } },
      { name: "short", when: last, fault: { kind: "cut_answer", end: "reset", bytes: 9 } },
      { name: "whole but half", when: last, fault: stored('{"public_id": "do') },
    ],
    heard: [NETWORK],
  },
  {
    id: "N21",
    what: "successes that are nothing, HTML, null and a list are asked again",
    sizes: [2 * CHUNK],
    rules: ["", HTML, "null", "[]"].flatMap((body) => [
      { name: `first: ${body}`, when: first, fault: stored(body) },
      { name: `last: ${body}`, when: last, fault: stored(body) },
    ]),
  },
  {
    id: "N25",
    what: "answers lost after chunks were stored",
    sizes: [FOUR],
    rules: [
      { name: "first", when: first, fault: lost },
      { name: "middle", when: middle, fault: lost },
    ],
    heard: [NETWORK],
  },
  {
    id: "N26",
    what: "the answer lost after the last chunk was stored",
    sizes: [FOUR],
    rules: [{ name: "last", when: last, times: 2, fault: lost }],
    heard: [NETWORK],
  },
  {
    id: "N27",
    what: "the answer lost after a whole file was stored",
    sizes: [100_000],
    rules: [{ name: "lost", fault: lost }],
    heard: [NETWORK],
  },
  {
    id: "N32",
    what: "bytes that come in slices of 1 to 64",
    sizes: [CHUNK + 1],
    link: { slice: 64 },
  },
  {
    id: "N34",
    what: "an answer that lost its headers of CORS on the way",
    sizes: [2 * CHUNK],
    rules: [first, last].map((when) => ({
      ...{ name: `${when.position}`, when },
      fault: { kind: "strip", headers: ["access-control-allow-origin"] },
    })),
    heard: [CORS, NETWORK],
  },
  {
    id: "N36",
    what: "a captive portal that goes away",
    sizes: [100_000],
    rules: [{ name: "portal", times: 3, fault: { kind: "answer", status: 200, body: HTML } }],
  },
  {
    id: "N19",
    what: "a failure with 10 MB of HTML leaves no trace in memory",
    sizes: [100_000],
    rules: [{ name: "huge", fault: status(503, { body: "<p>Sorry</p>", repeat: 873_814 }) }],
    heard: [NETWORK],
    heap: true,
  },
];

/** What the file can't survive: one clear error, and no endless loop. */
export const bad = [
  {
    id: "N17",
    what: "413 of a proxy is not tried again, and the size is named",
    rules: [{ name: "413", fault: status(413, { body: "<h1>Entity Too Large</h1>" }) }],
    heard: [NETWORK],
    code: "server.refused",
    requests: 1,
    says: /too large/,
  },
  ...[
    [401, "Invalid Signature <b>abc</b>"],
    [403, "Not <i>yours</i>"],
    [404, "Nothing & nobody"],
  ].map(([code, message]) => ({
    id: "N18",
    what: `${code} is not tried again, and its words are shown as text`,
    rules: [{ name: `${code}`, fault: refusal(code, message) }],
    heard: [NETWORK],
    code: "server.refused",
    requests: 1,
    shows: message,
  })),
  ...[
    ["N21", "nothing", ""],
    ["N21", "a list", "[]"],
    ["N36", "a captive portal that stays", HTML],
  ].map(([id, what, body]) => ({
    id,
    what: `a success that is always ${what} is an error in the end`,
    rules: [{ ...always, name: "junk", fault: { kind: "answer", status: 200, body } }],
    code: "answer.unreadable",
    says: /sign-in page/,
  })),
  {
    id: "N22",
    what: "200 with an error inside is a failure",
    rules: [{ name: "inside", fault: refusal(200, "Internal trouble") }],
    code: "server.refused",
    requests: 1,
    shows: "Internal trouble",
  },
  {
    id: "N23",
    what: "200 with another number of bytes is never a success",
    rules: [{ ...always, name: "bytes", fault: { kind: "alter", fields: { bytes: 1 } } }],
    code: "answer.mismatch",
    requests: 1,
  },
];
