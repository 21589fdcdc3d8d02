// Every entry point, method and event, as pages use them, and as they must not.
import type {
  EventMap,
  Listener,
  PlimsollError,
  UploadResult,
  UploadWidget,
} from "../../www/npm/index.js";

const options = { cloudName: "demo", uploadPreset: "unsigned" };
const button = document.createElement("button");

const widget: UploadWidget = plimsoll.createUploadWidget(options, (error, result) => {
  if (error) {
    const said: string = `${error.code} ${error.status} ${error.statusText} ${error.message}`;
    const known: string | null | undefined = error.requestId;
    return console.error(said, known, error.history?.[0]?.code, error.remedy, error.option);
  }
  if (result.event === "success") {
    const address: string = result.info.secure_url;
    return console.log(address, result.data.info.public_id, result.info.delete_token);
  }
  if (result.event === "queues-end") {
    return console.log(result.info.files.map((file) => file.uploadInfo?.secure_url));
  }
  if (result.event === "display-changed" && result.info === "hidden") return console.log("closed");
  // @ts-expect-error: there is no such event
  if (result.event === "finished") return console.log("never");
  // @ts-expect-error: `close` tells of what is stored, not of files
  if (result.event === "close") return console.log(result.info.files);
});

plimsoll.registerSource({
  id: "archive",
  label: "Our archive",
  icon: "M4 5.5h16v13H4z",
  async mount(container, api) {
    container.append("…");
    const response = await fetch("/logo.png", { signal: api.signal });
    api.add(api.multiple ? [await response.blob(), "https://example.com/a.png"] : "data:,a");
    return () => container.replaceChildren();
  },
});
// @ts-expect-error: it can't be shown
plimsoll.registerSource({ id: "archive", label: "Our archive" });
plimsoll.setCloudName("demo");
plimsoll.setAPIKey("1234");
window.plimsoll.openUploadWidget(options);
window.plimsoll.openUploadWidget();
plimsoll.applyUploadWidget("#upload", options);
plimsoll.applyUploadWidget(button, options, () => {});
plimsoll.applyUploadWidget(document.querySelectorAll("button"), options);
// @ts-expect-error: no element
plimsoll.applyUploadWidget(5, options);
// @ts-expect-error: no options
plimsoll.createUploadWidget("demo");
// @ts-expect-error: no function
plimsoll.createUploadWidget(options, "done");
// @ts-expect-error: no such entry point
plimsoll.openMediaLibrary(options);

export async function uploaded(): Promise<string[]> {
  const assets: UploadResult[] = await plimsoll.upload({ ...options, maxFiles: 3 });
  // @ts-expect-error: a promise of a list, not of one
  const one: UploadResult = await plimsoll.upload(options);
  void one;
  return assets.map((asset) => asset.secure_url);
}

/** Each of them, so that one that widgets get has to be called here. */
export const methods: { [Method in keyof UploadWidget]: () => unknown } = {
  open: () => widget.open("camera", { files: ["https://example.com/dog.jpg"] }),
  close: () => widget.close({ quiet: true }),
  hide: () => widget.hide(),
  show: () => widget.show(),
  minimize: () => widget.minimize(),
  update: () => widget.update({ folder: "b" }),
  isShowing: (): boolean => widget.isShowing(),
  isMinimized: (): boolean => widget.isMinimized(),
  isDestroyed: (): boolean => widget.isDestroyed(),
  trace: (): string => widget.trace(),
  on: () => widget.on("success", (info) => console.log(info.secure_url))(),
  off: () => widget.off("success"),
  destroy: (): Promise<void> => widget.destroy({ removeThumbnails: true }).finally(() => {}),
};

// As React and Svelte pass it: with the click's event.
button.addEventListener("click", widget.open);
widget.open().update({ folder: "a" }).minimize().show().hide();
widget.open(null, { files: [] });
// @ts-expect-error: no number
widget.open(5);
// @ts-expect-error: a list
widget.open("local", { files: "https://example.com/dog.jpg" });
// @ts-expect-error: no such option
widget.update({ maxFile: 3 });
// @ts-expect-error: true or false
widget.close({ quiet: "yes" });
// @ts-expect-error: no such method
widget.toggle();

/** Each of them, so that one that widgets get has to be listened to here. */
const listeners: { [Name in keyof EventMap]: Listener<Name> } = {
  "display-changed": (info) => console.log(info === "minimized"),
  "source-changed": ({ source }) => console.log(source.length),
  "upload-added": ({ file, publicId }) => console.log(file.name, publicId),
  "queues-start": (info, result) => console.log(info, result.uw_event),
  success: (info, result) => console.log(info.bytes, result.event),
  "queues-end": ({ files }) => console.log(files[0]?.progress, files[0]?.file?.size),
  abort: ({ ids, all }) => console.log(ids.length, all),
  retry: ({ ids, all }) => console.log(ids.length, all),
  "batch-cancelled": ({ reason }) => console.log(reason === "MAX_EXCEEDED"),
  "show-completed": ({ items }) => console.log(items.length),
  publicid: ({ id }) => console.log(id),
  tags: ({ tags }) => console.log(tags.join(" ")),
  close: ({ message, assets }) => console.log(message, assets[0]?.secure_url),
  error: (error: PlimsollError, result) => console.log(error.code, result.info?.file),
};
widget.on("error", listeners.error);
// @ts-expect-error: no such event
widget.on("finished", () => {});
// @ts-expect-error: `success` tells of an asset, which has no list of files
widget.on("success", ({ files }: { files: File[] }) => console.log(files));
// @ts-expect-error: no function
widget.on("success", "done");

document.addEventListener("plimsoll:success", ({ detail }) => {
  const asset: UploadResult = detail.info;
  console.log(asset.secure_url, detail.widget.isShowing());
  // @ts-expect-error: what is told has no such field
  console.log(detail.files);
});
button.addEventListener("plimsoll:error", ({ detail }) => console.log(detail.error.code));
