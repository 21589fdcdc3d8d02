// The preview worker: files in, small bitmaps out, one at a time so that memory stays flat.
// Runs from a blob: URL made by src/shell/preview.rs; not a file that pages load.
let line = Promise.resolve();
const make = async ({ id, file, width }) => {
  let bitmap = null;
  try {
    bitmap = await createImageBitmap(file, { resizeWidth: width, resizeQuality: "medium" });
  } catch {}
  postMessage({ id, bitmap }, bitmap ? [bitmap] : []);
};
onmessage = ({ data }) => {
  line = line.then(() => make(data));
};
