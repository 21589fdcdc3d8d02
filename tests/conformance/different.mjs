// Where Plimsoll is deliberately different from the contract, and why; and which keys of texts it
// takes without showing them.

/** By row. */
export const different = {};

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
