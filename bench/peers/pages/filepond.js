// FilePond with its usual plugins.
import * as FilePond from "filepond";
import Exif from "filepond-plugin-image-exif-orientation";
import Preview from "filepond-plugin-image-preview";
import Size from "filepond-plugin-file-validate-size";
import Type from "filepond-plugin-file-validate-type";
import "filepond/dist/filepond.min.css";
import "filepond-plugin-image-preview/dist/filepond-plugin-image-preview.min.css";

const query = new URLSearchParams(location.search);
const origin = query.get("upload") ?? location.origin;
let pond;
let good = 0;
let bad = 0;

FilePond.registerPlugin(Exif, Preview, Size, Type);

/** It sends its metadata under the file's name first; the Upload API wants the file alone. */
function fields(form) {
  const file = form.getAll("file").at(-1);
  form.delete("file");
  form.append("upload_preset", "unsigned");
  form.append("file", file);
  return form;
}

const tuned = {
  maxParallelUploads: 6,
  itemInsertInterval: 0,
  imagePreviewHeight: 120,
  // Else each upload is shown as running for three quarters of a second at least.
  allowMinimumUploadDuration: false,
};

window.contender = {
  browse: ".filepond--label-action",
  open() {
    pond = FilePond.create({
      allowMultiple: true,
      name: "file",
      instantUpload: !query.has("hold"),
      server: { process: { url: `${origin}/v1_1/demo/auto/upload`, ondata: fields }, revert: null },
      onprocessfile: (error) => (error ? (bad += 1) : (good += 1)),
      ...(query.has("tuned") ? tuned : {}),
    });
    document.querySelector("#place").append(pond.element);
  },
  close() {
    pond.destroy();
    document.querySelector("#place").replaceChildren();
  },
  opened: () => Boolean(document.querySelector(".filepond--label-action")?.checkVisibility()),
  listed: () => document.getElementsByClassName("filepond--item").length,
  painted() {
    const shown = document.getElementsByClassName("filepond--item").length;
    const painted = document.querySelectorAll(".filepond--image-preview canvas").length;
    return { shown, painted };
  },
  ended: () => ({ good, bad }),
};
