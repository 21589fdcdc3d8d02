// Files of a person's Dropbox, by Dropbox's own Chooser
// (https://www.dropbox.com/developers/chooser): a window in which the person signs in and chooses.
import { download, opener, script } from "./source.js";

const SCRIPT = "https://www.dropbox.com/static/api/2/dropins.js";
/** What is larger goes to the server as an address: a browser would have to hold it. */
const FETCHED_MAX = 256 * 1024 * 1024;
/** Groups of formats that the Chooser has a name for. */
const GROUPS = { image: "images", images: "images", video: "video", audio: "audio" };
const ICON =
  "M7 4L2.5 7L7 10L11.5 7zM17 4L12.5 7L17 10L21.5 7zM7 10L2.5 13L7 16L11.5 13z" +
  "M17 10L12.5 13L17 16L21.5 13zM7.5 18.2L12 21l4.5-2.8";

export default {
  id: "dropbox",
  label: "Dropbox",
  icon: ICON,
  needs: ["dropboxAppKey"],
  mount(container, api) {
    const { text, options } = api;
    const facts = { service: "Dropbox" };
    const load = () => script(SCRIPT, { id: "dropboxjs", "data-app-key": options.dropboxAppKey });
    const { say, fail, open } = opener(container, api, {
      icon: ICON,
      title: text("dropbox.no_auth_title"),
      action: text("dropbox.no_auth_action"),
      act: () => choose(),
    });

    const choose = async () => {
      say("");
      try {
        await load();
      } catch {
        return fail(text("services.blocked", facts), choose);
      }
      if (api.signal.aborted) return;
      try {
        window.Dropbox.choose({
          linkType: "direct",
          multiselect: api.multiple,
          folderselect: false,
          extensions: extensions(options.clientAllowedFormats),
          ...(options.maxFileSize && { sizeLimit: options.maxFileSize }),
          success: (files) => take(files),
          cancel: () => open.focus(),
        });
      } catch {
        fail(text("services.blocked", facts), choose);
      }
    };

    const take = async (files) => {
      say(text("services.fetching", facts));
      const all = await Promise.all(files.map(fetched));
      if (api.signal.aborted) return;
      api.add(all);
      say("");
      open.focus();
    };

    /** The file, or its address for the server where the browser can't have it. */
    const fetched = async ({ link, name, bytes }) => {
      if (bytes > FETCHED_MAX) return link;
      return download(link, { name, signal: api.signal }).catch(() => link);
    };

    // Ahead of the click, because a window opens only at once after it.
    load().catch(() => fail(text("services.blocked", facts), choose));
  },
};

const extensions = (formats) => formats.map((format) => GROUPS[format] ?? `.${format}`);
