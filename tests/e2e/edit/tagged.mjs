// Pictures with all that phones and programs write into them: a position, a serial number, words,
// a preview. The bytes that hold pixels are a browser's own.
import { crc32 } from "node:zlib";

/** What must not be sent. */
export const SERIAL = "SN-4711-0815";

/** EXIF: the orientation, the serial number, and a position. */
export function exif(orientation) {
  const entry = (tag, kind, count, value) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(tag, 0);
    bytes.writeUInt16BE(kind, 2);
    bytes.writeUInt32BE(count, 4);
    if (kind === 3) bytes.writeUInt16BE(value, 8);
    else bytes.writeUInt32BE(value, 8);
    return bytes;
  };
  const directory = (...entries) => {
    const count = Buffer.from([0, entries.length]);
    return Buffer.concat([count, ...entries, Buffer.alloc(4)]);
  };
  const gpsAt = 8 + 2 + 3 * 12 + 4;
  const dataAt = gpsAt + 2 + 2 * 12 + 4;
  const first = directory(
    entry(0x0112, 3, 1, orientation),
    entry(0x8825, 4, 1, gpsAt),
    entry(0xa431, 2, SERIAL.length, dataAt + 24),
  );
  const gps = directory(entry(1, 2, 2, 0x4e000000), entry(2, 5, 3, dataAt));
  const degrees = Buffer.alloc(24);
  [52, 1, 31, 1, 12, 1].forEach((number, at) => degrees.writeUInt32BE(number, at * 4));
  const head = Buffer.from("4d4d002a00000008", "hex");
  return Buffer.concat([head, first, gps, degrees, Buffer.from(SERIAL)]);
}

const XMP = `<x:xmpmeta exif:GPSLatitude="52,31.2N" aux:SerialNumber="${SERIAL}"/>`;

/** A JPEG with all of it, and a second picture behind its end. */
export function taggedJpeg(jpeg, orientation) {
  const segment = (marker, ...parts) => {
    const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(content.length + 2, 2);
    return Buffer.concat([head, content]);
  };
  return Buffer.concat([
    jpeg.subarray(0, 2),
    segment(0xe1, "Exif\0\0", exif(orientation)),
    segment(0xe1, "http://ns.adobe.com/xap/1.0/\0", XMP),
    segment(0xed, "Photoshop 3.0\0", `8BIM ${SERIAL}`),
    segment(0xfe, `by ${SERIAL}`),
    jpeg.subarray(2),
    Buffer.from(`a preview of ${SERIAL}`),
  ]);
}

/** A PNG with all of it. */
export function taggedPng(png, orientation) {
  const chunk = (name, ...parts) => {
    const named = Buffer.concat([name, ...parts].map((part) => Buffer.from(part)));
    const around = Buffer.alloc(8);
    around.writeUInt32BE(named.length - 4, 0);
    around.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
  };
  const header = png.subarray(0, 33);
  const pixels = png.subarray(33, png.length - 12);
  return Buffer.concat([
    header,
    chunk("eXIf", exif(orientation)),
    chunk("iTXt", "XML:com.adobe.xmp\0\0\0\0\0", XMP),
    chunk("tEXt", "Author\0", SERIAL),
    pixels,
    chunk("tIME", Buffer.alloc(7, 1)),
    png.subarray(png.length - 12),
    Buffer.from(`a larger picture of ${SERIAL}`),
  ]);
}

/** A WebP with all of it. */
export function taggedWebp(webp, orientation, width, height) {
  const chunk = (name, content) => {
    const head = Buffer.from(`${name}    `);
    head.writeUInt32LE(content.length, 4);
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
  };
  const extended = Buffer.alloc(10);
  extended[0] = 0x08 | 0x04;
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  // A browser writes the header with or without flags.
  const own = webp.subarray(12);
  const pixels = own.toString("latin1", 0, 4) === "VP8X" ? own.subarray(18) : own;
  const content = Buffer.concat([
    Buffer.from("WEBP"),
    chunk("VP8X", extended),
    pixels,
    chunk("EXIF", exif(orientation)),
    chunk("XMP ", Buffer.from(XMP)),
  ]);
  const head = Buffer.from("RIFF    ");
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}
