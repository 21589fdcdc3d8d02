// Pictures whose corners are red, green, blue and white, 320 × 240, and what is seen of a picture.

/** Runs in the page: such a picture as base64, drawn so that its orientation puts it upright. */
const draw = async ([type, orientation]) => {
  const [width, height] = [320, 240];
  const upright = new OffscreenCanvas(width, height);
  const paint = upright.getContext("2d");
  for (const [colour, x, y] of [
    ["#e00000", 0, 0],
    ["#00c000", 1, 0],
    ["#0000e0", 0, 1],
    ["#ffffff", 1, 1],
  ]) {
    paint.fillStyle = colour;
    paint.fillRect((x * width) / 2, (y * height) / 2, width / 2, height / 2);
  }
  const turned = orientation >= 5;
  const stored = new OffscreenCanvas(turned ? height : width, turned ? width : height);
  const context = stored.getContext("2d");
  // From upright to stored: the inverse of what a viewer does.
  const ways = [
    [1, 0, 0, 1, 0, 0],
    [-1, 0, 0, 1, width, 0],
    [-1, 0, 0, -1, width, height],
    [1, 0, 0, -1, 0, height],
    [0, 1, 1, 0, 0, 0],
    [0, -1, 1, 0, 0, width],
    [0, -1, -1, 0, height, width],
    [0, 1, -1, 0, height, 0],
  ];
  context.setTransform(...ways[orientation - 1]);
  context.drawImage(upright, 0, 0);
  const blob = await stored.convertToBlob({ type, quality: 0.95 });
  let text = "";
  for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
  return btoa(text);
};

/** The picture, upright, without EXIF. */
export const drawn = async (page, type, orientation = 1) =>
  Buffer.from(await page.evaluate(draw, [type, orientation]), "base64");

/** The picture as a JPEG of this EXIF orientation. */
export async function withOrientation(page, orientation) {
  const jpeg = await drawn(page, "image/jpeg", orientation);
  const tiff = Buffer.from("4d4d002a00000008000101120003000000010000000000000000", "hex");
  tiff.writeUInt16BE(orientation, 18);
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([head, exif, jpeg.subarray(2)]);
}

/** The colour at a place of the picture at an address. */
export const pixel = (page, url, x, y) =>
  page.evaluate(
    async ([url, x, y]) => {
      const image = new Image();
      image.crossOrigin = "anonymous";
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(image, 0, 0);
      const [red, green, blue] = context.getImageData(x, y, 1, 1).data;
      if (red > 190 && green < 60 && blue < 60) return "red";
      if (green > 150 && red < 60 && blue < 60) return "green";
      if (blue > 190 && red < 60 && green < 60) return "blue";
      return `${red} ${green} ${blue}`;
    },
    [url, x, y],
  );
