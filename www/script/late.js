// The later parts of the module. Here, in a module that is whole (tests, the contributor's build,
// Rust applications), there is none to wait for; the release build puts its own loader in this
// place (`xtask/finish.mjs`).

/** Loads a part and those before it, given the module's exports. True once it is there. */
export const load = async (_exports, _part) => true;
