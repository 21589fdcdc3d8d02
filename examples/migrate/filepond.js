// What a page of FilePond becomes: the widget in the place of the input, and a hidden field of the
// same name for each stored file.
import { openUploadWidget } from "plimsoll";

openUploadWidget({
  cloudName: "demo",
  uploadPreset: "unsigned",
  inlineContainer: "#place",
  form: "#order",
  fieldName: "photos[]",
  maxFiles: 3,
  maxFileSize: 5_000_000,
});
