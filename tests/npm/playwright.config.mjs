// The package in fresh projects, each built by its own tools and used in Chromium.
// `cargo xtask test --only npm` makes the package and says where it is.
import { defineConfig } from "@playwright/test";
import { chromium } from "../e2e/support/environment.mjs";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  outputDir: "../../.plimsoll/npm",
  fullyParallel: true,
  // A build uses both cores of a small machine by itself.
  workers: 2,
  // Next.js builds an application for half a minute where others share the machine.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  globalSetup: "./install.mjs",
  reporter: [["list"]],
  use: { launchOptions: chromium, actionTimeout: 15_000 },
});
