// Pictures that a search finds, by Google's Custom Search JSON API
// (https://developers.google.com/custom-search/v1/overview) and a search engine of the page's. The
// server fetches what is chosen: most sites let no other page read their pictures.
import { choice, el, json, searcher } from "./source.js";

const API = "https://www.googleapis.com/customsearch/v1";
/** The most that it gives at once, and in all. */
const PER_PAGE = 10;
const FOUND_MAX = 100;
const ICON = "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM15.5 15.5L21 21M7 12l2.5-2.5l4 4";

/** Licences, in the words of the API. */
const FREE = "cc_publicdomain|cc_attribute|cc_sharealike";
const RIGHTS = {
  not_filtered: "",
  free: `(${FREE}|cc_noncommercial|cc_nonderived)`,
  free_com: `(${FREE}|cc_nonderived).-(cc_noncommercial)`,
  free_mod: `(${FREE}|cc_noncommercial).-(cc_nonderived)`,
  free_mod_com: `(${FREE}).-(cc_noncommercial|cc_nonderived)`,
};

export default {
  id: "image_search",
  label: "Image search",
  icon: ICON,
  needs: ["googleApiKey", "googleSearchEngineId"],
  mount(container, api) {
    const { text, options, signal } = api;
    const sites = options.searchBySites;

    const find = async (query, page, { site = sites[0], rights = "" }) => {
      const start = (page - 1) * PER_PAGE + 1;
      const url = new URL(API);
      url.search = new URLSearchParams({
        ...{ key: options.googleApiKey, cx: options.googleSearchEngineId, q: query },
        ...{ searchType: "image", num: PER_PAGE, start, safe: "active" },
        ...(site && site !== "all" && { siteSearch: site, siteSearchFilter: "i" }),
        ...(rights && { rights }),
      });
      const { items = [], queries, searchInformation } = await json(url, { signal });
      const more = Boolean(queries?.nextPage) && start + PER_PAGE <= FOUND_MAX;
      const count = Number(searchInformation?.totalResults ?? items.length);
      return { items: items.map(item), more, count };
    };

    const item = ({ link, title, displayLink, image }) => ({
      thumbnail: image.thumbnailLink,
      label: `${title}. ${displayLink}`,
      credit: el(
        "a",
        { href: image.contextLink, target: "_blank", rel: "noopener noreferrer" },
        displayLink,
      ),
      take: async () => link,
    });

    const filters = [];
    if (sites.length > 1) {
      const named = sites.map((site) => [site, site === "all" ? text("image_search.all") : site]);
      filters.push(choice("site", text("services.sites"), named));
    }
    if (options.searchByRights) {
      const named = Object.entries(RIGHTS).map(([name, value]) => [
        value,
        text(`image_search.rights_options.${name}`),
      ]);
      filters.push(choice("rights", text("image_search.rights"), named));
    }
    searcher(container, api, { service: text("menu.gsearch"), filters, find });
  },
};
