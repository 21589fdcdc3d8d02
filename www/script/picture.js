// Pictures: thumbnails, what is shown to be cropped, and what is made anew; in one worker where
// the page's policy allows one. Loaded when first used. Nothing here throws: what a browser can't
// decode answers with nothing.

/** What browsers write; what they only read goes out as one of these. */
const WRITTEN = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };
const INSTEAD = { "image/avif": "image/jpeg", "image/bmp": "image/png" };
/** A canvas of more pixels fails in some browsers, silently. */
const PIXELS_MAX = 100_000_000;
/** A picture of a film that takes longer to decode isn't shown. */
const DECODE_MS = 5000;

/** A small bitmap of a picture, or of the first of its pictures. Free of all around it, so that it
 * can be the worker's text, too. */
const reduced = async ({ file, width }) => {
  const small = { resizeWidth: width, resizeQuality: "medium" };
  try {
    // Reads a photograph at an eighth of its sides: a tenth of the time, a sixtieth of the memory.
    const near = { desiredWidth: width, desiredHeight: width, preferAnimation: false };
    const decoder = new ImageDecoder({ type: file.type, data: file.stream(), ...near });
    const { image } = await decoder.decode();
    const bitmap = await createImageBitmap(image, small);
    image.close();
    decoder.close();
    return bitmap;
  } catch {
    // No such decoder, or not for this type.
    return createImageBitmap(file, small);
  }
};

/** Makes a picture anew; as free. */
const remade = async ({ file, type, quality, quarters, flipped, rect, most, pixelsMax }) => {
  // Upright, as the camera was held.
  const bitmap = await createImageBitmap(file);
  const sides = [bitmap.width, bitmap.height];
  const [wide, high] = quarters % 2 ? [sides[1], sides[0]] : sides;
  const box = rect ?? { x: 0, y: 0, width: wide, height: high };
  let scale = Math.min(1, most.width / box.width, most.height / box.height);
  scale = Math.min(scale, Math.sqrt(pixelsMax / (box.width * box.height)));
  const side = (length) => Math.max(1, Math.round(length * scale));
  const canvas = new OffscreenCanvas(side(box.width), side(box.height));
  const context = canvas.getContext("2d");
  if (type === "image/jpeg") {
    // What is clear would become black.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.imageSmoothingQuality = "high";
  context.scale(canvas.width / box.width, canvas.height / box.height);
  context.translate(-box.x, -box.y);
  if (flipped) context.transform(-1, 0, 0, 1, wide, 0);
  context.translate(wide / 2, high / 2);
  context.rotate((quarters * Math.PI) / 2);
  context.drawImage(bitmap, -sides[0] / 2, -sides[1] / 2);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type, quality });
  return { blob, width: canvas.width, height: canvas.height };
};

const ACTS = { reduced, remade };

let worker;
let line = Promise.resolve();

/** Whether a policy of the page, as it is written in it, forbids a worker of our text. */
const forbids = ({ content }) => {
  const rules = content.split(";").map((rule) => rule.trim().toLowerCase().split(/\s+/));
  const says = Object.fromEntries(rules.map(([name, ...sources]) => [name, sources]));
  if (says["require-trusted-types-for"]) return true;
  const names = ["worker-src", "child-src", "script-src", "default-src"];
  const sources = names.map((name) => says[name]).find(Boolean);
  return !!sources && !sources.includes("blob:");
};

/** Whether a worker may be forbidden here. To try it would be told to those who watch over the
 * page's policy. One that came by a header can't be read; but browsers then hide the nonces of what
 * enters the document, and that can be seen. */
const guarded = () => {
  const policies = document.querySelectorAll('meta[http-equiv="content-security-policy" i]');
  if ([...policies].some(forbids)) return true;
  const place = document.querySelector("plimsoll-widget")?.shadowRoot;
  if (!place) return true;
  const probe = document.createElement("i");
  probe.setAttribute("nonce", "-");
  place.append(probe);
  const hidden = !probe.getAttribute("nonce");
  probe.remove();
  return hidden;
};

/** The worker, once; nothing where a page's policy has none. */
const helper = () => {
  if (worker !== undefined) return worker;
  worker = null;
  if (guarded()) return worker;
  try {
    const acts = Object.entries(ACTS).map(([name, act]) => `${name}: ${act}`);
    const text = `const acts = { ${acts} };
      onmessage = async ({ data }) => {
        try {
          const made = await acts[data.act](data);
          postMessage(made, made instanceof ImageBitmap ? [made] : []);
        } catch { postMessage(null); }
      };`;
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    worker = new Worker(url);
    URL.revokeObjectURL(url);
  } catch {}
  return worker;
};

const inWorker = (it, order) =>
  new Promise((resolve, reject) => {
    it.onmessage = ({ data }) => resolve(data);
    // A policy may also stop it once it has begun.
    it.onerror = (event) => {
      event.preventDefault();
      worker = null;
      reject(event);
    };
    it.postMessage(order);
  });

const make = async (order) => {
  const it = helper();
  if (it) {
    try {
      return await inWorker(it, order);
    } catch {}
  }
  return ACTS[order.act](order).catch(() => null);
};

/** Paints a picture, reduced to so many pixels of width, on a canvas, and shows that. */
export const thumbnail = (file, canvas, width) =>
  (line = line.then(async () => {
    // Gone from the list before its turn.
    const bitmap = canvas.isConnected && (await make({ act: "reduced", file, width }));
    if (!bitmap) return;
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
    canvas.hidden = false;
  }));

/** How long something lasts, as clocks show it and as people say it. */
const lasting = (ms, lang) => {
  const all = Math.max(1, Math.round(ms / 1000));
  const parts = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const one = new Intl.NumberFormat(lang, { useGrouping: false });
  const two = new Intl.NumberFormat(lang, { minimumIntegerDigits: 2 });
  const [first, ...others] = parts[0] ? parts : parts.slice(1);
  const shown = [one.format(first), ...others.map((part) => two.format(part))].join(":");
  const long = (unit) => ({ style: "unit", unit, unitDisplay: "long" });
  const said = ["hour", "minute", "second"]
    .map((unit, at) => parts[at] && new Intl.NumberFormat(lang, long(unit)).format(parts[at]))
    .filter(Boolean);
  return [shown, new Intl.ListFormat(lang, { type: "unit" }).format(said)];
};

const tell = (place, ms) => {
  const [shown, said] = lasting(ms, place.closest("[lang]")?.lang || "en");
  const seen = document.createElement("span");
  seen.setAttribute("aria-hidden", "true");
  seen.textContent = shown;
  const heard = document.createElement("span");
  heard.className = "sr";
  heard.textContent = said;
  place.replaceChildren(seen, heard);
};

/** Decodes one compressed picture of a film, by itself. */
const decoded = async (file, { codec, description, width, height, start, end }) => {
  const config = { codec, codedWidth: width, codedHeight: height, optimizeForLatency: true };
  if (description) config.description = description;
  const { supported } = await VideoDecoder.isConfigSupported(config);
  if (!supported) return null;
  const data = await file.slice(start, end).arrayBuffer();
  let frame;
  let failed;
  const decoder = new VideoDecoder({
    output(it) {
      frame?.close();
      frame = it;
    },
    error: (problem) => failed?.(problem),
  });
  try {
    decoder.configure(config);
    decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: 0, data }));
    // A decoder that hangs must not keep all others from their turn.
    const limit = new Promise((_, reject) => {
      failed = reject;
      setTimeout(reject, DECODE_MS);
    });
    await Promise.race([decoder.flush(), limit]);
    return frame;
  } catch {
    frame?.close();
    return null;
  } finally {
    if (decoder.state !== "closed") decoder.close();
  }
};

const posted = async (file, canvas, about) => {
  const frame = canvas.isConnected && (await decoded(file, about));
  if (!frame) return;
  const { displayWidth, displayHeight } = frame;
  const scale = Math.min(1, about.side / Math.max(displayWidth, displayHeight));
  const side = (length) => Math.max(1, Math.round(length * scale));
  const [wide, high] = [side(displayWidth), side(displayHeight)];
  const small = { resizeWidth: wide, resizeHeight: high, resizeQuality: "medium" };
  const bitmap = await createImageBitmap(frame, small);
  frame.close();
  const onItsSide = about.quarters % 2;
  canvas.width = onItsSide ? high : wide;
  canvas.height = onItsSide ? wide : high;
  const context = canvas.getContext("2d");
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((about.quarters * Math.PI) / 2);
  context.drawImage(bitmap, -wide / 2, -high / 2);
  bitmap.close();
  canvas.hidden = false;
};

/** Says in `place` how long a film or a sound lasts, and paints a picture of it on a canvas: one
 * that `about` has found in its file, decoded without a media element, which policies forbid. */
export const film = async (file, canvas, place, about) => {
  if (about.ms) tell(place, about.ms);
  if (!about.codec || !globalThis.VideoDecoder) return;
  line = line.then(() => posted(file, canvas, about)).catch(() => {});
  await line;
};

/** Ends the worker, once what it was given is done. The next picture starts another. */
export const rest = () =>
  (line = line.then(() => {
    worker?.terminate();
    if (worker) worker = undefined;
  }));

/** Makes a picture anew: `{blob, extension, width, height}`, or nothing when it stays as it is. One
 * after the other, so that one picture's pixels are in memory and not a dozen's. */
export const remake = async (file, media, how) => {
  const type = INSTEAD[media] ?? media;
  if (!WRITTEN[type]) return null;
  const order = { act: "remade", file, type, pixelsMax: PIXELS_MAX, ...how };
  const made = await (line = line.then(() => make(order)));
  // A browser that can't write a format writes another.
  const extension = made && WRITTEN[made.blob.type];
  if (!extension) return null;
  // What is only scaled must not become heavier by it.
  const heavier = made.blob.size >= file.size && !how.rect && !how.quarters && !how.flipped;
  return heavier ? null : { ...made, extension };
};

/** Paints a picture, turned, on a canvas of at most so many pixels a side. Its own size, or nothing
 * when it can't be shown. */
export const paint = async (file, canvas, side, quarters, flipped) => {
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const scale = Math.min(1, side / Math.max(width, height));
    const sides = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const [wide, high] = quarters % 2 ? [sides[1], sides[0]] : sides;
    canvas.width = wide;
    canvas.height = high;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    if (flipped) context.transform(-1, 0, 0, 1, wide, 0);
    context.translate(wide / 2, high / 2);
    context.rotate((quarters * Math.PI) / 2);
    context.drawImage(bitmap, -sides[0] / 2, -sides[1] / 2, sides[0], sides[1]);
    bitmap.close();
    return { width, height };
  } catch {
    return null;
  }
};
