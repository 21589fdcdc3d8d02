// Files of a person's Google Drive, by Google's own Picker and Identity Services
// (https://developers.google.com/workspace/drive/picker/guides/overview). The browser fetches what
// is chosen with the person's leave; neither the page's server nor the upload server gets that.
import { aside, download, opener, script } from "./source.js";

const LOADER = "https://apis.google.com/js/api.js";
const IDENTITY = "https://accounts.google.com/gsi/client";
const FILES = "https://www.googleapis.com/drive/v3/files/";
/** Only the files that a person chooses. */
const SCOPE = "https://www.googleapis.com/auth/drive.file";
/** A token is not used in its last minute. */
const MARGIN_S = 60;
const OFFICE = "application/vnd.openxmlformats-officedocument.";
/** What Google's own documents are fetched as. */
const EXPORTS = {
  document: [`${OFFICE}wordprocessingml.document`, "docx"],
  spreadsheet: [`${OFFICE}spreadsheetml.sheet`, "xlsx"],
  presentation: [`${OFFICE}presentationml.presentation`, "pptx"],
  drawing: ["image/png", "png"],
};
const OTHERWISE = ["application/pdf", "pdf"];
const OWN = "application/vnd.google-apps.";
const ICON = "M8.5 4h7L22 15l-3.5 5.5h-13L2 15zM8.5 4L15 15h7M15.5 4L5.5 20.5M2 15h13";

/** The leave that was given, by client ID: `{ token, until }`. */
const given = new Map();

export default {
  id: "google_drive",
  label: "Google Drive",
  icon: ICON,
  needs: ["googleDriveClientId", "googleApiKey"],
  mount(container, api) {
    const { text, options, signal } = api;
    const { googleDriveClientId: client, googleApiKey: key } = options;
    const facts = { service: "Google Drive" };
    const { say, fail, open } = opener(container, api, {
      icon: ICON,
      title: text("google_drive.no_auth_title"),
      action: text("google_drive.no_auth_action"),
      act: () => choose(),
    });

    const choose = async () => {
      say("");
      try {
        await load();
      } catch {
        return fail(text("services.blocked", facts), choose);
      }
      let token;
      try {
        token = await leave(client);
      } catch {
        return fail(text("services.denied", facts), choose);
      }
      if (signal.aborted) return;
      try {
        await fetchAll(await pick(token), token);
      } catch {
        fail(text("services.blocked", facts), choose);
      }
    };

    /** Shows the Picker; comes to what was chosen, nothing when it was cancelled. */
    const pick = (token) =>
      new Promise((resolve, reject) => {
        const { picker } = window.google;
        const back = aside(container, api);
        const view = new picker.DocsView(viewOf(picker, options.clientAllowedFormats));
        const builder = new picker.PickerBuilder()
          .addView(view)
          .setOAuthToken(token)
          .setDeveloperKey(key)
          // The number of the project is the first part of its clients' IDs.
          .setAppId(client.split("-")[0])
          .setOrigin(location.origin)
          .setLocale(api.language)
          .setCallback((said) => {
            const { PICKED, CANCEL } = picker.Action;
            if (said.action === PICKED || said.action === CANCEL) end(said.docs ?? []);
            else if (said.action === "error") end(null);
          });
        if (api.multiple) builder.enableFeature(picker.Feature.MULTISELECT_ENABLED);
        const shown = builder.build();
        const end = (docs) => {
          signal.removeEventListener("abort", stop);
          shown.setVisible(false);
          shown.dispose?.();
          back();
          open.focus();
          if (docs) resolve(docs);
          else reject(new Error("The Picker failed."));
        };
        const stop = () => end([]);
        signal.addEventListener("abort", stop);
        shown.setVisible(true);
      });

    const fetchAll = async (docs, token) => {
      if (docs.length === 0) return;
      say(text("services.fetching", facts));
      const all = await Promise.allSettled(docs.map((doc) => fetched(doc, token, signal)));
      if (signal.aborted) return;
      const files = all.filter(({ status }) => status === "fulfilled");
      if (files.length) api.add(files.map(({ value }) => value));
      const lost = docs.filter((_, at) => all[at].status === "rejected");
      if (all.some(({ reason }) => reason?.status === 401)) given.delete(client);
      say("");
      if (lost.length === 0) return;
      const name = lost.map((doc) => doc.name).join(", ");
      const retry = async () => fetchAll(lost, await leave(client).catch(() => token));
      fail(text("google_drive.notifications.retrieve_failed", { name }), retry);
    };

    // Ahead of the click, because a window opens only at once after it.
    load().catch(() => fail(text("services.blocked", facts), choose));
  },
};

/** Google's scripts, and of the first the part that is the Picker. */
const load = async () => {
  await Promise.all([script(LOADER), script(IDENTITY)]);
  if (window.google?.picker) return;
  await new Promise((resolve, reject) => {
    const how = { callback: resolve, onerror: reject, timeout: 15_000, ontimeout: reject };
    window.gapi.load("picker", how);
  });
};

/** A token of the person's, who is asked for it where it isn't known. */
const leave = (client) =>
  new Promise((resolve, reject) => {
    const known = given.get(client);
    if (known && known.until > Date.now()) return resolve(known.token);
    const asking = window.google.accounts.oauth2.initTokenClient({
      client_id: client,
      scope: SCOPE,
      callback({ access_token: token, expires_in: seconds, error }) {
        if (error || !token) return reject(new Error(error));
        given.set(client, { token, until: Date.now() + (seconds - MARGIN_S) * 1_000 });
        resolve(token);
      },
      error_callback: reject,
    });
    asking.requestAccessToken();
  });

/** A view of pictures, or films, where nothing else is welcome. */
const viewOf = ({ ViewId }, formats) => {
  if (formats.length === 1 && /^images?$/.test(formats[0])) return ViewId.DOCS_IMAGES;
  if (formats.length === 1 && formats[0] === "video") return ViewId.DOCS_VIDEOS;
  return ViewId.DOCS;
};

const fetched = (doc, token, signal) => {
  const headers = { Authorization: `Bearer ${token}` };
  if (doc.resourceKey) headers["X-Goog-Drive-Resource-Keys"] = `${doc.id}/${doc.resourceKey}`;
  const address = FILES + encodeURIComponent(doc.id);
  if (!doc.mimeType?.startsWith(OWN)) {
    const url = `${address}?alt=media&supportsAllDrives=true`;
    return download(url, { name: doc.name, type: doc.mimeType, headers, signal });
  }
  const [type, extension] = EXPORTS[doc.mimeType.slice(OWN.length)] ?? OTHERWISE;
  const url = `${address}/export?mimeType=${encodeURIComponent(type)}`;
  return download(url, { name: `${doc.name}.${extension}`, type, headers, signal });
};
