// What is written for the community's types of Cloudinary's widget
// (@types/cloudinary-uploadwidget-browser, which declares `cloudinary`) works with these as well.

/** The whole of it can stand in its place. */
const cloudinary: CloudinaryBase = plimsoll;
export const widget: CloudinaryUploadWidget = cloudinary.createUploadWidget({ cloudName: "demo" });

/** A program of those types, given Plimsoll's functions. */
const options: CloudinaryUploadWidgetOptions = {
  cloudName: "demo",
  uploadPreset: "unsigned",
  sources: ["local", "facebook", "shutterstock"],
  cropping: true,
  croppingAspectRatio: null,
  thumbnailTransformation: [{ width: 90, crop: "limit" }],
  styles: { palette: { window: "#fff" } },
  uploadSignature: (callback, params) => callback(params.cloudName),
  prepareUploadParams: (callback, params) => callback({ folder: params.folder }),
  getTags: (callback, prefix) => callback([prefix]),
  preBatch: (callback, data) => callback({ cancel: data["files"].length > 3 }),
  inlineContainer: document.createElement("div"),
};

const told = (error: string | null, result: CloudinaryEvent) => {
  if (error) return console.error(error);
  if (result.event === "success") console.log(result.info.secure_url);
  if (result.event === "display-changed") console.log(result.info === "hidden");
};

const made: CloudinaryUploadWidget = plimsoll.createUploadWidget(options, told);
plimsoll.openUploadWidget(options, told);
plimsoll.applyUploadWidget(document.createElement("button"), options, told);
made.open();
made.close({ quiet: true });
made.update({ folder: "b" });
made.destroy({ removeThumbnails: true });
