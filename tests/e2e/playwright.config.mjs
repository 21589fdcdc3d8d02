// Journeys in a real browser against the real server. `cargo xtask test --only e2e` builds both
// and names them in the environment; support/environment.mjs says how.
import { defineConfig } from "@playwright/test";
import { chromium } from "./support/environment.mjs";

const report = process.env.PLIMSOLL_E2E_REPORT;

export default defineConfig({
  testDir: ".",
  testMatch: "*/*.spec.mjs",
  outputDir: "../../.plimsoll/e2e",
  fullyParallel: true,
  // Each worker has a browser and a server; two keep a small machine busy without timing games.
  workers: 2,
  // A journey takes a few seconds; what takes longer than this hangs.
  timeout: 30_000,
  expect: { timeout: 8_000 },
  // Clocks that are moved and connections that are cut meet a machine with two busy cores. What
  // needs a second try is named in the report and counted by `cargo xtask test`: never hidden.
  retries: 1,
  forbidOnly: true,
  // The second one for docs/conformance.md, which `cargo xtask test` makes of it.
  reporter: [["list"], ...(report ? [["json", { outputFile: report }]] : [])],
  use: {
    launchOptions: chromium,
    viewport: { width: 1280, height: 800 },
    actionTimeout: 8_000,
    // The dialog's entrance is not what is looked at; waiting for it would be.
    contextOptions: { reducedMotion: "reduce" },
  },
});
