// examples/leptos in Chromium. `cargo xtask test --only leptos` builds it and says where it is.
import { defineConfig } from "@playwright/test";
import { chromium } from "../e2e/support/environment.mjs";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  outputDir: "../../.plimsoll/leptos",
  workers: 1,
  timeout: 30_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: { launchOptions: chromium, actionTimeout: 15_000 },
});
