// The package's types, as its users meet them: the calls, the wrappers, and what must not compile.
import {
  createUploadWidget,
  registerSource,
  setAssetBase,
  upload,
  type UploadWidget,
} from "plimsoll";
import { createUploader } from "plimsoll/engine";
import de from "plimsoll/locales/de";
import { UploadButton, useUpload } from "plimsoll/react";
import dropbox from "plimsoll/sources/dropbox";
import drive from "plimsoll/sources/google_drive";
import search from "plimsoll/sources/image_search";
import unsplash from "plimsoll/sources/unsplash";
import { uploadButton } from "plimsoll/svelte";
import { UploadButton as VueButton, useUpload as useVue } from "plimsoll/vue";
import { h, ref } from "vue";

const options = { cloudName: "demo", uploadPreset: "unsigned", text: { de } };
setAssetBase("/plimsoll/");
for (const source of [dropbox, drive, search, unsplash]) registerSource(source);
// @ts-expect-error: a source shows something
registerSource({ id: dropbox.id, label: dropbox.needs.join() });
const widget: UploadWidget = createUploadWidget(options);
widget.on("success", (info) => console.log(info.secure_url.length));
export const stored = upload(options).then((assets) => assets.map((asset) => asset.public_id));

export function App() {
  const { open, widget } = useUpload(options, {
    onQueuesEnd: ({ files }) => console.log(files.length),
    // @ts-expect-error: there is no such event
    onFinished: () => {},
  });
  return (
    <>
      <button onClick={open} disabled={widget.current?.isShowing()}>
        Upload
      </button>
      <UploadButton
        options={options}
        className="mine"
        onSuccess={(asset, result) => console.log(asset.bytes, result.event)}
        onError={(error) => console.log(error.code, error.remedy)}
      />
      {/* @ts-expect-error: a text is no list of options */}
      <UploadButton options="demo" />
    </>
  );
}

export const vue = h(VueButton, { options, onSuccess: (asset) => console.log(asset.secure_url) });
export const { open } = useVue(ref(options), { onClose: ({ assets }) => console.log(assets) });

const action = uploadButton(document.body, { options, onTags: ({ tags }) => console.log(tags) });
action.update({ options });
action.destroy();

const uploader = createUploader(options).add([new Blob(["a"]), "https://example.com/a.jpg"]);
uploader.subscribe(({ items }) => console.log(items.map((item) => item.progress ?? 0)));
// @ts-expect-error: what is taken out of the list has an id
uploader.remove();
