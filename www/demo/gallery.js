// The result gallery of the demo page: what this browser tab has uploaded, newest first, kept in
// sessionStorage so that a reload shows it again. The pictures are the server's own deliveries.
// Everything that came from a file or a server is set as text, never as markup.
import { copy } from "./copy.js";
import { assets, extension, fileName, size } from "./words.js";

const KEY = "plimsoll.demo.assets";
/** Records kept over a reload: about 150 KB, far below the 5 MB that browsers allow a tab. */
const KEPT_MAX = 500;
/** Bursts of results are written down once: each write costs the whole list. */
const WRITE_DELAY_MS = 250;
/** Twice the tile's 240 × 180, for dense screens. */
const THUMBNAIL = { width: 480, height: 360 };
/** Formats that the embedded server can scale. */
const SCALED = ["jpg", "jpeg", "png", "gif", "webp"];
/** Formats that it delivers as they are, and that browsers paint. */
const PAINTED = ["avif", "svg", "bmp"];

const SVG = "http://www.w3.org/2000/svg";

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** The few fields that the gallery shows; null when the URL is not one to link to. */
function record(info) {
  if (!/^https?:\/\//i.test(info.secure_url)) return null;
  const { public_id, resource_type, format = "", bytes, width, height } = info;
  const [name, label] = [fileName(info), extension(info).toUpperCase()];
  const url = info.secure_url;
  return { public_id, resource_type, format, label, bytes, width, height, name, url };
}

/** Where the tile's picture is delivered, or null for an icon. */
function pictureUrl({ resource_type, format, url }) {
  if (resource_type !== "image") return null;
  if (PAINTED.includes(format)) return url;
  if (!SCALED.includes(format)) return null;
  const { width, height } = THUMBNAIL;
  return url.replace("/image/upload/", `/image/upload/c_fill,w_${width},h_${height}/`);
}

function symbol(asset) {
  const badge = element("span", "tile-icon");
  const kind = ["image", "video"].includes(asset.resource_type) ? asset.resource_type : "file";
  badge.append(icon(kind), element("span", "tile-format", asset.label || "FILE"));
  return badge;
}

function picture(asset) {
  const src = pictureUrl(asset);
  if (!src) return symbol(asset);
  const image = element("img", "tile-picture");
  // The name stands beside the picture and names the link; to say it twice helps nobody.
  image.alt = "";
  image.width = THUMBNAIL.width / 2;
  image.height = THUMBNAIL.height / 2;
  image.decoding = "async";
  image.loading = "lazy";
  // Assets of an earlier server may be gone; the tile then shows what it still knows.
  image.addEventListener("error", () => image.replaceWith(symbol(asset)), { once: true });
  image.src = src;
  return image;
}

/** Pixels and bytes, each in one piece, so that a narrow tile breaks between them. */
function facts({ width, height, bytes }) {
  const box = element("div", "tile-facts");
  const pixels = width && height ? `${width} × ${height}` : "";
  box.append(...[pixels, size(bytes)].filter(Boolean).map((fact) => element("span", "", fact)));
  return box;
}

function tile(asset) {
  const item = element("li", "tile");
  item.dataset.publicId = asset.public_id;
  const link = element("a", "tile-link");
  link.href = asset.url;
  link.target = "_blank";
  link.rel = "noopener";
  link.title = asset.name;
  link.append(picture(asset), element("span", "tile-name", asset.name));
  const foot = element("div", "tile-foot");
  const button = element("button", "quiet tile-copy");
  button.type = "button";
  button.title = "Copy link";
  button.append(icon("link"), element("span", "said", `Copy link to ${asset.name}`));
  button.addEventListener("click", () => copy(asset.url, button, "Link"));
  foot.append(facts(asset), button);
  item.append(link, foot);
  return item;
}

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Wires the gallery, shows what was kept, and returns the function that adds an asset. */
export function createGallery() {
  const ids = ["gallery", "empty", "count", "below"];
  const [list, empty, count, below] = ids.map((id) => document.getElementById(id));
  let shown = recall();
  let timer = 0;

  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    try {
      sessionStorage.setItem(KEY, JSON.stringify(shown.slice(0, KEPT_MAX)));
    } catch {
      // Storage is full or forbidden: the gallery lives until the page is left.
    }
  };

  const settle = () => {
    list.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
    count.textContent = shown.length ? assets(shown.length) : "";
    below.hidden = shown.length === 0;
    below.textContent = `See your ${assets(shown.length)}`;
  };

  addEventListener("pagehide", () => timer && keep());
  list.append(...shown.map(tile));
  settle();

  return (info) => {
    const asset = record(info);
    if (!asset) return;
    shown = [asset, ...shown];
    list.prepend(tile(asset));
    settle();
    timer ||= setTimeout(keep, WRITE_DELAY_MS);
  };
}
