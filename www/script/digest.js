// MD5 of a file, as servers name it in the `etag`: to tell a damaged upload from a good one, not to
// keep secrets. The browser's own digests have no MD5 and can't read a file piece by piece. Loaded
// when first used.

// A piece takes a few milliseconds, so that nobody feels a file being read.
const PIECE = 1 << 19;

/** The algorithm's table: the sine's digits, which nobody could have chosen. */
const SINES = Int32Array.from({ length: 64 }, (_, at) => Math.abs(Math.sin(at + 1)) * 2 ** 32);

/** A step's end: the sum turned by so many bits, upon the neighbour. */
const turn = (sum, bits, on) => (((sum << bits) | (sum >>> (32 - bits))) + on) | 0;

/**
 * Takes in whole blocks of 64 bytes. Four steps stand in a row, so that nothing changes places and
 * every turn is a constant: three times as fast as a loop over the steps.
 */
const blend = (state, bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const x = new Int32Array(16);
  const k = SINES;
  for (let start = 0; start < bytes.length; start += 64) {
    for (let at = 0; at < 16; at += 1) x[at] = view.getInt32(start + 4 * at, true);
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    for (let i = 0; i < 16; i += 4) {
      a = turn((a + (d ^ (b & (c ^ d))) + k[i] + x[i]) | 0, 7, b);
      d = turn((d + (c ^ (a & (b ^ c))) + k[i + 1] + x[i + 1]) | 0, 12, a);
      c = turn((c + (b ^ (d & (a ^ b))) + k[i + 2] + x[i + 2]) | 0, 17, d);
      b = turn((b + (a ^ (c & (d ^ a))) + k[i + 3] + x[i + 3]) | 0, 22, c);
    }
    for (let i = 16; i < 32; i += 4) {
      a = turn((a + (c ^ (d & (b ^ c))) + k[i] + x[(5 * i + 1) & 15]) | 0, 5, b);
      d = turn((d + (b ^ (c & (a ^ b))) + k[i + 1] + x[(5 * i + 6) & 15]) | 0, 9, a);
      c = turn((c + (a ^ (b & (d ^ a))) + k[i + 2] + x[(5 * i + 11) & 15]) | 0, 14, d);
      b = turn((b + (d ^ (a & (c ^ d))) + k[i + 3] + x[(5 * i) & 15]) | 0, 20, c);
    }
    for (let i = 32; i < 48; i += 4) {
      a = turn((a + (b ^ c ^ d) + k[i] + x[(3 * i + 5) & 15]) | 0, 4, b);
      d = turn((d + (a ^ b ^ c) + k[i + 1] + x[(3 * i + 8) & 15]) | 0, 11, a);
      c = turn((c + (d ^ a ^ b) + k[i + 2] + x[(3 * i + 11) & 15]) | 0, 16, d);
      b = turn((b + (c ^ d ^ a) + k[i + 3] + x[(3 * i + 14) & 15]) | 0, 23, c);
    }
    for (let i = 48; i < 64; i += 4) {
      a = turn((a + (c ^ (b | ~d)) + k[i] + x[(7 * i) & 15]) | 0, 6, b);
      d = turn((d + (b ^ (a | ~c)) + k[i + 1] + x[(7 * i + 7) & 15]) | 0, 10, a);
      c = turn((c + (a ^ (d | ~b)) + k[i + 2] + x[(7 * i + 14) & 15]) | 0, 15, d);
      b = turn((b + (d ^ (c | ~a)) + k[i + 3] + x[(7 * i + 21) & 15]) | 0, 21, c);
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
  // Not by `Array.from`: old libraries on a page put one there that takes no function.
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** While one file is blended, the next ones are read; so many pieces are in memory at most. */
const lines = Array(3).fill(Promise.resolve());
let next = 0;

/** The MD5 in hexadecimal digits; undefined when the file can't be read. A few files at a time. */
export const md5 = (file) => {
  const at = next++ % lines.length;
  lines[at] = lines[at].then(() => digest(file)).catch(() => {});
  return lines[at];
};
