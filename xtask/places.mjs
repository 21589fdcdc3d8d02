// Takes out of the module where in the source each panic would be: the compiler keeps file, line
// and column of every place that could panic, which nobody is told in a page (the build for
// debugging keeps them), and which compress badly.

const DATA = 11;
/** File (where its name is, and how long it is), line and column: four words of 32 bits. */
const PLACE_BYTES = 16;
const LINE_MAX = 100_000;
const COLUMN_MAX = 1_000;
/** With fewer than these, the compiler writes them in another way than we read them. */
const PLACES_MIN = 100;

/** Blanks the places and the names of files in a module's constants. */
export function withoutPlaces(module) {
  const bytes = Buffer.from(module);
  const segments = segmentsOf(bytes);
  const blank = [];
  for (const { address, start, length } of segments) {
    const first = start + ((PLACE_BYTES - address) & 3);
    for (let at = first; at + PLACE_BYTES <= start + length; at += 4) {
      const [name, size, line, column] = [0, 4, 8, 12].map((word) => bytes.readUInt32LE(at + word));
      if (line < 1 || line > LINE_MAX || column < 1 || column > COLUMN_MAX) continue;
      const holds = (it) => name >= it.address && name + size <= it.address + it.length;
      const home = segments.find(holds);
      if (!home) continue;
      const from = home.start + name - home.address;
      if (!/^[\x21-\x7e]+\.rs$/.test(bytes.toString("latin1", from, from + size))) continue;
      blank.push([at, PLACE_BYTES], [from, size]);
    }
  }
  // Only now: places share the names of their files.
  for (const [at, length] of blank) bytes.fill(0, at, at + length);
  const places = blank.length / 2;
  if (places < PLACES_MIN) throw new Error(`Only ${places} places of panics are in the module.`);
  return bytes;
}

/** The module's constants: the address of each piece in memory, and where it is in the file. */
function segmentsOf(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const segments = [];
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === DATA) {
      for (let left = number(); left > 0; left -= 1) {
        // An active piece of the one memory, at a constant: `i32.const address end`.
        if (number() !== 0 || bytes[at++] !== 0x41) throw new Error("Constants of another kind.");
        const address = number();
        if (bytes[at++] !== 0x0b) throw new Error("Constants of another kind.");
        const length = number();
        segments.push({ address, start: at, length });
        at += length;
      }
    }
    at = end;
  }
  return segments;
}
