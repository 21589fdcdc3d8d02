// The late half of the module. Here, in an unsplit module (tests, the contributor's build, Rust
// applications), there is none to wait for; the release build puts its own loader in this place
// (`xtask/split.mjs`).

/** Loads it, given the module's exports. True once it is there. */
export const load = async () => true;
