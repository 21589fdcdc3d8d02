// What an upload may cost, whatever its size: the bounds of tests and of `cargo xtask bench`.
const MIB = 1 << 20;

export const BOUNDS = {
  /** A page that doesn't answer for longer feels broken. */
  taskMs: 100,
  /** Taking in ten thousand files, beside what the browser takes to tell what they are. */
  listedS: 1.5,
  /** However many files there are: what is beyond the view is not there. */
  rows: 200,
  /** Bytes of files never enter JavaScript; what is left are a few objects per request. */
  heapBytes: 32 * MIB,
  /** Nor the widget's own memory, where one item has some 100 bytes. */
  wasmBytes: 8 * MIB,
  /** Of the throughput of a bare loop of the same shape. */
  throughput: 0.9,
};
