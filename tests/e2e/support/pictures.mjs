// What is really painted: pixels of a canvas, and of a picture loaded from an address.

/** Runs in the page: mean colour and its spread over a source that can be drawn. */
const measure = async (source) => {
  const side = 32;
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d");
  context.drawImage(source, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const mean = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    for (const channel of [0, 1, 2]) mean[channel] += data[at + channel] / (side * side);
  }
  let spread = 0;
  for (let at = 0; at < data.length; at += 4) {
    for (const channel of [0, 1, 2]) spread += Math.abs(data[at + channel] - mean[channel]);
  }
  return { mean, spread: spread / (side * side) };
};

/** The colours of a canvas. */
export const colours = (canvas) => canvas.evaluate(measure);

/** The colours and the size of the picture at an address, as the page's browser shows it. */
export const picture = (page, url) =>
  page.evaluate(
    async ([url, measure]) => {
      const image = new Image();
      image.crossOrigin = "anonymous";
      image.src = url;
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      return { width, height, ...(await new Function(`return ${measure}`)()(image)) };
    },
    [url, measure.toString()],
  );

/** How far two mean colours are apart, 0 to 255. */
export const distance = (one, other) =>
  Math.max(...one.mean.map((value, channel) => Math.abs(value - other.mean[channel])));
