// Where the browser, the server and the built widget are. `cargo xtask test` says so; whoever runs
// Playwright by hand sets the same variables.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function named(variable, what) {
  const value = process.env[variable];
  if (value) return value;
  throw new Error(`${variable} must name ${what}. Run \`cargo xtask test --only e2e\` instead.`);
}

/** The server's program. */
export const serverProgram = named("PLIMSOLL_SERVER", "the program plimsoll-server");
/** The fault proxy's program. */
export const faultsProgram = named("PLIMSOLL_FAULTS", "the program plimsoll-faults");
/** What tells a trace again, `crates/core/examples/replay.rs`. */
export const replayProgram = named("PLIMSOLL_REPLAY", "the example replay of plimsoll-core");
/** The folder of the built widget and demo page. */
export const dist = named("PLIMSOLL_DIST", "the folder that Trunk has built");
/** This folder. */
export const here = dirname(dirname(fileURLToPath(import.meta.url)));
/** The repository. */
export const root = dirname(dirname(here));

const args = [
  // Containers have no user namespaces for the sandbox; only our own pages are opened.
  "--no-sandbox",
  "--disable-gpu",
  // What a browser fetches for itself would be counted as the page's.
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How the whole browser is started: for people's main journeys, and for what its window has a part
 * in, such as asking whether a page may use the camera. */
export const windowed = {
  executablePath: named("PLIMSOLL_CHROMIUM", "the program of Chromium"),
  args,
};

/** How Chromium is started. Where its headless shell is there, that is it: the same engine, and a
 * page opens in a third of the work, for no window of a browser is made around it. */
export const chromium = {
  executablePath: process.env.PLIMSOLL_HEADLESS_SHELL || windowed.executablePath,
  args,
};

/** A picked file of this name. */
export const file = (name) => join(here, "files", name);
