// Journeys in a real browser against the real server. `cargo xtask test --only e2e` builds both
// and names them in the environment; support/environment.mjs says how.
import { defineConfig } from "@playwright/test";
import { chromium } from "./support/environment.mjs";

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
  // A test that passes at the second try has found something: never hide it.
  retries: 0,
  forbidOnly: true,
  reporter: "list",
  use: {
    launchOptions: chromium,
    viewport: { width: 1280, height: 800 },
    actionTimeout: 8_000,
    // The dialog's entrance is not what is looked at; waiting for it would be.
    contextOptions: { reducedMotion: "reduce" },
  },
});
