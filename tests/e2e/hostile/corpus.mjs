// Files that try to run where they are stored, as tables: what the bytes are, what they are called,
// what they are declared to be, and as what they are uploaded. The rows are made from the tables.
// Whatever runs calls `pwn(...)` or asks the collector; the spec looks for both.
import { readFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { file } from "../support/environment.mjs";

const latin1 = (text) => Buffer.from(text, "latin1");
const utf16le = (text) => Buffer.from(`\ufeff${text}`, "utf16le");
const utf16be = (text) => utf16le(text).swap16();
const join = (...parts) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));

/** A script that does all that a page could do to whoever opens it. */
const script = (at) =>
  `document.title='pwned';window.pwned=1;try{alert('pwned')}catch(e){};` +
  `new Image().src='${at}/image';fetch('${at}/fetch',{mode:'no-cors'}).catch(()=>{});` +
  `try{top.postMessage('pwned','*')}catch(e){}`;

const html = (at) =>
  `<!doctype html><title>pwned</title><script>${script(at)}</script>` +
  `<img src="${at}/img" onerror="${script(at).replaceAll('"', "&quot;")}">` +
  `<iframe src="${at}/frame"></iframe>` +
  `<link rel=stylesheet href="${at}/css"><meta http-equiv=refresh content="0;url=${at}/refresh">`;

const svg = (at, inside, attributes = "") =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
  `width="9" height="9" ${attributes}>${inside}</svg>`;

/** The sum of a PNG's chunk; Node has it since 20.15 only. */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A PNG with one pixel and these chunks before its data. */
function png(...chunks) {
  const chunk = (kind, data) => {
    const body = join(latin1(kind), data);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return join(length, body, sum);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  const data = deflateSync(Buffer.from([0, 200, 0, 0]));
  return join(
    latin1("\x89PNG\r\n\x1a\n"),
    chunk("IHDR", header),
    ...chunks.map(([kind, text]) => chunk(kind, Buffer.from(text))),
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  );
}

/** A GIF of one pixel, with a text in its comment and behind its end. */
const gif = (text) =>
  join(
    latin1("GIF89a\x01\x00\x01\x00\x80\x00\x00\xc8\x00\x00\x00\x00\x00\x21\xfe"),
    Buffer.from([Math.min(255, text.length)]),
    text.slice(0, 255),
    latin1("\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"),
    text,
  );

/** A photo with a text as its comment, and behind its end. */
function jpeg(text) {
  const photo = readFileSync(file("morning.jpg"));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length + 2);
  return join(photo.subarray(0, 2), latin1("\xff\xfe"), length, text, photo.subarray(2), text);
}

/** An ISO media file of this brand with a text in a box that players skip. */
function iso(brand, text) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length + 8);
  return join(latin1(`\0\0\0\x10ftyp${brand}\0\0\0\0`), length, "free", text);
}

/** What the bytes are: a name, and the bytes for a collector at this address. */
export const CONTENTS = [
  ["html", (at) => html(at)],
  ["html after blanks", (at) => `${" \r\n\t".repeat(400)}${html(at)}`],
  ["html after a comment", (at) => `<!-- ${"x".repeat(5000)} -->${html(at)}`],
  ["html in utf-8 with a mark", (at) => `\ufeff${html(at)}`],
  ["html in utf-16le", (at) => utf16le(html(at))],
  ["html in utf-16be", (at) => utf16be(html(at))],
  ["html in utf-7", (at) => `+ADw-script+AD4-${script(at)}+ADw-/script+AD4-`],
  ["html with zeros", (at) => `\0<html>\0${html(at)}`],
  ["html of one script", (at) => `<script>${script(at)}</script>`],
  ["html by an image", (at) => `<img src=x onerror="${script(at).replaceAll('"', "")}">`],
  ["html with a base", (at) => `<base href="${at}/">${html(at)}<script src=x></script>`],
  ["html that refreshes", (at) => `<meta http-equiv=refresh content="0;url=${at}/refresh">`],
  ["html that frames", (at) => `<iframe srcdoc="<script>${script(at)}</script>"></iframe>`],
  ["html with a form", (at) =>
    `<form action="${at}/form"><input autofocus onfocus="${script(at)}">`],
  ["html application", (at) => `<HTA:APPLICATION>${html(at)}`],
  ["xhtml", (at) =>
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>` +
    `<![CDATA[${script(at)}]]></script></html>`],
  ["xml with an xhtml script", (at) =>
    `<?xml version="1.0"?><a><s:script xmlns:s="http://www.w3.org/1999/xhtml">${script(at)
      .replaceAll("&", "&amp;").replaceAll(">", "&gt;").replaceAll("<", "&lt;")}</s:script></a>`],
  ["xml with a style sheet", (at) =>
    `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="${at}/xsl"?><a/>`],
  ["xml with an entity", (at) =>
    `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "${at}/entity">]><a>&b;</a>`],
  ["xml that grows", () =>
    `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">${Array.from("cdefgh", (name, at) =>
      `<!ENTITY ${name} "${`&${"bcdefg"[at]};`.repeat(10)}">`).join("")}]><a>&h;</a>`],
  ["rss", (at) => `<?xml version="1.0"?><rss><channel><title>${html(at)}</title></channel></rss>`],
  ["mathml", (at) => `<math href="javascript:${script(at)}"><mtext>x</mtext></math>`],
  ["xslt", (at) =>
    `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
    `<xsl:template match="/"><script>${script(at)}</script></xsl:template></xsl:stylesheet>`],
  ["svg with a script", (at) => svg(at, `<script>${script(at)}</script>`)],
  ["svg with a handler", (at) => svg(at, "", `onload="${script(at).replaceAll("&", "&amp;")}"`)],
  ["svg with html", (at) =>
    svg(at, `<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"><script>${script(at)}</script>` +
      `<iframe src="${at}/frame"/></div></foreignObject>`)],
  ["svg with other files", (at) =>
    svg(at, `<image xlink:href="${at}/svg-image"/><use href="${at}/use#a"/>` +
      `<style>@import url("${at}/import");</style>`)],
  ["svg that animates a link", (at) =>
    svg(at, `<a><animate attributeName="href" values="javascript:${script(at)}"/>` +
      `<text>x</text></a>`)],
  ["svg behind a doctype", (at) =>
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "${at}/entity">]>` +
    svg(at, `<script>${script(at)}</script><text>&x;</text>`)],
  ["svg in capitals", (at) => `<SVG onload="${script(at)}"><script>${script(at)}</script></SVG>`],
  ["svg in utf-16", (at) => utf16le(svg(at, `<script>${script(at)}</script>`))],
  ["svg, zipped", (at) => gzipSync(svg(at, `<script>${script(at)}</script>`))],
  ["script", (at) => script(at)],
  ["module", (at) => `import "${at}/module";export {};${script(at)}`],
  ["worker", (at) => `self.onfetch=e=>e.respondWith(fetch("${at}/worker"));`],
  ["style sheet", (at) => `@import "${at}/import";*{background:url(${at}/css)}`],
  ["json that calls", (at) => `pwn(${JSON.stringify({ at })})`],
  ["manifest", (at) => `{"start_url":"${at}/start","icons":[{"src":"${at}/icon"}]}`],
  ["cache manifest", (at) => `CACHE MANIFEST\n${at}/cache\nFALLBACK:\n/ ${at}/fallback`],
  ["mhtml", (at) =>
    `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n` +
    `Content-Type: text/html\r\nContent-Location: http://a/\r\n\r\n${html(at)}\r\n--b--`],
  ["playlist", (at) => `#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\n${at}/segment\n#EXT-X-ENDLIST`],
  ["subtitles", (at) => `WEBVTT\n\n00:00.000 --> 00:01.000\n${html(at)}`],
  ["server settings", (at) => `AddType text/html .png\nRewriteRule . ${at}/`],
  ["php", (at) => `<?php echo "<script>${script(at)}</script>"; ?>`],
  ["shortcut", (at) => `[InternetShortcut]\r\nURL=javascript:${script(at)}\r\nIconFile=${at}/icon`],
  ["flash", (at) => join(latin1("FWS\x08\xff\0\0\0"), html(at))],
  ["wasm", (at) => join(latin1("\0asm\x01\0\0\0"), html(at))],
  ["program", (at) => join(latin1("MZ\x90\0"), html(at))],
  ["zip with html", (at) => join(latin1("PK\x03\x04"), html(at))],
  ["html, zipped", (at) => gzipSync(html(at))],
  ["pdf with a script", (at) =>
    `%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript` +
    `/JS(app.alert\\(1\\))>>>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n` +
    `3 0 obj<</Type/Page/Parent 2 0 R/AA<</O<</S/URI/URI(${at}/pdf)>>>>>>endobj\n` +
    `trailer<</Root 1 0 R>>`],
  ["pdf and html", (at) => `%PDF-1.7\n${html(at)}`],
  ["gif and html", (at) => gif(html(at))],
  ["gif and script", (at) => join(latin1("GIF89a/*"), Buffer.alloc(90), `*/=1;${script(at)}`)],
  ["png and html", (at) => png(["tEXt", `Comment\0${html(at)}`], ["prVt", html(at)])],
  ["png and svg behind it", (at) => join(png(), svg(at, `<script>${script(at)}</script>`))],
  ["jpeg and html", (at) => jpeg(html(at))],
  ["webp and html", (at) => join(latin1("RIFF\xff\xff\0\0WEBPVP8 \xff\xff\0\0"), html(at))],
  ["bmp and script", (at) =>
    join(latin1("BM/*\0\0\0\0\0\0\x36\0\0\0"), html(at), `*/=1;${script(at)}`)],
  ["icon and html", (at) => join(latin1("\0\0\x01\0\x01\0\x01\x01\0\0\x01\0\x20\0"), html(at))],
  ["tiff and html", (at) => join(latin1("II*\0\x08\0\0\0"), html(at))],
  ["avif and html", (at) => iso("avif", html(at))],
  ["mp4 and html", (at) => iso("isom", html(at))],
  ["mp4 and svg", (at) => iso("mp42", svg(at, `<script>${script(at)}</script>`))],
  ["webm and html", (at) => join(latin1("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"), html(at))],
  ["mp3 and html", (at) => join(latin1("ID3\x04\0\0\0\0\0\0"), html(at))],
  ["wav and html", (at) => join(latin1("RIFF\xff\xff\0\0WAVEfmt "), html(at))],
  ["ogg and html", (at) => join(latin1("OggS\0\x02"), html(at))],
  ["flac and html", (at) => join(latin1("fLaC\0\0\0\x22"), html(at))],
  ["flv and html", (at) => join(latin1("FLV\x01\x05\0\0\0\x09"), html(at))],
];

/** What a client may say that it sends: the name's extension, the type, and the path. */
const CLAIMS = [
  ["html", "text/html", "auto"],
  ["svg", "image/svg+xml", "image"],
  ["png", "image/png", "auto"],
  ["xhtml", "application/xhtml+xml", "raw"],
  ["mp4", "video/mp4", "video"],
  ["js", "text/javascript", "raw"],
  ["pdf", "application/pdf", "auto"],
  ["", "application/octet-stream", "image"],
  ["xml", "text/xml; charset=utf-7", "raw"],
  ["jpg.html", "multipart/related", "auto"],
];

/** How many of the claims each content is sent with. */
const CLAIMS_PER_CONTENT = 3;

/** Names of files, which end up in headers. */
const NAMES = [
  "plain",
  "two words",
  'a"; filename="b.html',
  "a\r\nContent-Type: text/html\r\n\r\n<script>",
  "résumé – 日本語",
  "\u202egnp",
  "a;b=c,d*=e%20f'g",
  "..\\..\\index",
  "%0d%0aSet-Cookie: a=b",
  `long ${"é".repeat(300)}`,
];

/** All rows: each content with some of the claims and of the names. */
export function rows() {
  return CONTENTS.flatMap(([what, bytes], at) =>
    Array.from({ length: CLAIMS_PER_CONTENT }, (_, turn) => {
      const [extension, type, kind] = CLAIMS[(at + turn * 3) % CLAIMS.length];
      const name = NAMES[(at * CLAIMS_PER_CONTENT + turn) % NAMES.length];
      const fileName = extension ? `${name}.${extension}` : name;
      return { what, bytes, fileName, type, kind };
    }),
  );
}
