// MD5 of a file, as servers name it in the `etag`: to tell a damaged upload from a good one, not to
// keep secrets. The browser's own digests have no MD5 and can't read a file piece by piece. Loaded
// when first used.

// A piece takes a few milliseconds, so that nobody feels a file being read.
const PIECE = 1 << 19;

const TURNS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
/** The algorithm's table: the sine's digits, which nobody could have chosen. */
const SINES = Int32Array.from({ length: 64 }, (_, at) => Math.abs(Math.sin(at + 1)) * 2 ** 32);

/** Takes in whole blocks of 64 bytes. */
const blend = (state, bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Int32Array(16);
  for (let start = 0; start < bytes.length; start += 64) {
    for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(start + 4 * at, true);
    let [a, b, c, d] = state;
    for (let at = 0; at < 64; at += 1) {
      let mixed, word;
      if (at < 16) {
        mixed = (b & c) | (~b & d);
        word = at;
      } else if (at < 32) {
        mixed = (d & b) | (~d & c);
        word = 5 * at + 1;
      } else if (at < 48) {
        mixed = b ^ c ^ d;
        word = 3 * at + 5;
      } else {
        mixed = c ^ (b | ~d);
        word = 7 * at;
      }
      const sum = (a + mixed + SINES[at] + words[word & 15]) | 0;
      const turn = TURNS[at >> 4][at & 3];
      a = d;
      d = c;
      c = b;
      b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
};

const digest = async (file) => {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  let rest = new Uint8Array(0);
  for (let start = 0; start < file.size; start += PIECE) {
    rest = new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer());
    // Read short: it is not the file any more that was chosen.
    if (rest.length !== Math.min(PIECE, file.size - start)) return undefined;
    const whole = rest.length & ~63;
    blend(state, rest.subarray(0, whole));
    rest = rest.subarray(whole);
  }
  // The end: a bit, then nothing, then the length in bits, in a block or two.
  const end = new Uint8Array(rest.length < 56 ? 64 : 128);
  end.set(rest);
  end[rest.length] = 128;
  const bits = new DataView(end.buffer, end.length - 8);
  bits.setUint32(0, file.size << 3, true);
  bits.setUint32(4, Math.floor(file.size / 2 ** 29), true);
  blend(state, end);
  const bytes = new Uint8Array(state.buffer);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

let line = Promise.resolve();

/** The MD5 in hexadecimal digits; undefined when the file can't be read. One file at a time. */
export const md5 = (file) => {
  line = line.then(() => digest(file)).catch(() => {});
  return line;
};
