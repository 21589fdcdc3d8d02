// Where Plimsoll is deliberately different from the contract, and why; and which keys of texts it
// takes without showing them.

/** By row. */
const advanced =
  "told by what `showAdvancedOptions` shows, which has no effect in this version.";
export const different = Object.fromEntries(
  ["event:publicid", "event:tags", "event-field:publicid.id", "event-field:tags.tags"].map((id) => [
    id,
    advanced,
  ]),
);

/** Branches of `text`. */
export const silent = [
  {
    keys: ["facebook", "instagram", "menu.facebook", "menu.instagram"],
    why: "these services closed their interfaces",
  },
  {
    keys: ["shutterstock", "getty", "istock", "menu.shutterstock", "menu.getty", "menu.istock"],
    why: "their shops are Cloudinary's own contracts",
  },
];
