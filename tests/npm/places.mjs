// Where the packed package is, and where projects are made. Said by `cargo xtask test`.
import { dirname, join } from "node:path";

function named(variable, what) {
  const value = process.env[variable];
  if (value) return value;
  throw new Error(`${variable} must name ${what}. Run \`cargo xtask test --only npm\` instead.`);
}

/** The package as npm would publish it. */
export const tarball = named("PLIMSOLL_TARBALL", "the packed npm package");
/** A folder for projects, kept from run to run for what is installed there. */
export const work = named("PLIMSOLL_NPM", "a folder for projects");
/** The folder for a CDN, made with the package. */
export const cdn = join(dirname(dirname(tarball)), "cdn");
