// Free photos of Unsplash, by its API (https://unsplash.com/documentation). Its guidelines are
// kept: pictures are shown from Unsplash's own hosts, each photographer is named with links, and a
// download is reported before the photo is used.
import { download, el, json, searcher } from "./source.js";

const API = "https://api.unsplash.com/";
const PER_PAGE = 24;
const ICON = "M9 4h6v5H9zM3.5 11H9v4.5h6V11h5.5v9.5h-17z";

export default {
  id: "unsplash",
  label: "Unsplash",
  icon: ICON,
  needs: ["unsplashAccessKey"],
  mount(container, api) {
    const { text, options, signal } = api;
    const how = {
      headers: { Authorization: `Client-ID ${options.unsplashAccessKey}`, "Accept-Version": "v1" },
      signal,
    };

    const find = async (query, page) => {
      const url = new URL("search/photos", API);
      url.search = new URLSearchParams({ query, page, per_page: PER_PAGE });
      const { results, total, total_pages: pages } = await json(url, how);
      return { items: results.map(item), count: total, more: page < pages };
    };

    const item = (photo) => {
      const name = photo.user.name;
      const described = photo.alt_description ?? photo.description;
      const service = "Unsplash";
      const by = text("services.credit", { name, service });
      return {
        thumbnail: photo.urls.small,
        label: described ? `${described}. ${by}` : by,
        credit: credit(photo, text("services.credit", { name: "\0", service: "\u0001" })),
        take: () => take(photo),
      };
    };

    const take = async (photo) => {
      // Reports the download, and says where the photo is.
      const { url } = await json(photo.links.download_location, how);
      const name = `${photo.user.username ?? "unsplash"}-${photo.id}.jpg`;
      return download(url, { name, signal }).catch(() => url);
    };

    searcher(container, api, { service: "Unsplash", find });
  },
};

/** Where links lead, marked as coming from here, as Unsplash asks for. */
const marked = (url) => `${url}?utm_source=plimsoll&utm_medium=referral`;

/** The words with a link in the place of each of the two names. */
const credit = (photo, words) => {
  const link = (url, text) =>
    el("a", { href: marked(url), target: "_blank", rel: "noopener noreferrer" }, text);
  const parts = words.split(/(\0|\u0001)/).map((part) => {
    if (part === "\0") return link(photo.user.links.html, photo.user.name);
    if (part === "\u0001") return link("https://unsplash.com/", "Unsplash");
    return part;
  });
  return el("span", {}, ...parts);
};
