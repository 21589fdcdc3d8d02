// Sources of other services, with what stands in for each (sources/services.mjs).
import { expect } from "@playwright/test";
import { file } from "../../support/environment.mjs";
import * as services from "../../sources/services.mjs";
import { press, turn, waitFor } from "./walk.mjs";

const { asks } = services;
const LOST = /Failed to load resource/;
const DOCS = [
  { id: "a1", name: "harbour.jpg", mimeType: "image/jpeg", path: file("harbour.jpg") },
];

const DROPBOX = {
  name: "Dropbox",
  options: { sources: ["local", "dropbox"], dropboxAppKey: "our-app-key" },
  provokes: [...asks("www.dropbox.com", "dl.dropboxusercontent.com"), LOST],
  before: ({ page }) => page.route("https://www.dropbox.com/**", (route) => route.abort()),
  states: {
    "it is blocked": async (at) => {
      await turn(at, at.words.menu.dropbox);
      await waitFor(at, at.words.sources.again);
    },
    "before its window": async (at) => {
      await at.page.unroute("https://www.dropbox.com/**");
      await services.dropbox(at.page, ["harbour.jpg", "notes.txt"]);
      await turn(at, at.words.menu.files);
      await turn(at, at.words.menu.dropbox);
      await waitFor(at, at.words.dropbox.no_auth_action);
    },
    "files are chosen": async (at) => {
      await press(at, at.words.dropbox.no_auth_action);
      await at.widget.until("queues-end");
    },
  },
};

const DRIVE = {
  name: "Google Drive",
  options: {
    sources: ["local", "google_drive"],
    googleApiKey: "our-api-key",
    googleDriveClientId: "4711-abc.apps.googleusercontent.com",
  },
  provokes: asks("apis.google.com", "accounts.google.com"),
  before: ({ page }) => services.drive(page, DOCS, "denied"),
  states: {
    "before its window": async (at) => {
      await turn(at, at.words.menu.gdrive);
      await waitFor(at, at.words.google_drive.no_auth_action);
    },
    "it gave no access": async (at) => {
      await press(at, at.words.google_drive.no_auth_action);
      await waitFor(at, at.words.sources.again);
    },
  },
};

const photos = ({ widget }) => widget.dialog.locator(".service li button");

const search = async (at, query) => {
  await at.widget.dialog.getByRole("searchbox").fill(query);
  await at.page.keyboard.press("Enter");
};

/** Searches, and waits for the pictures in view. */
const found = async (at, count) => {
  await search(at, "boats");
  await expect(photos(at)).toHaveCount(count);
  const isPainted = (images) => images.slice(0, 8).every((image) => image.naturalWidth > 0);
  await expect.poll(() => photos(at).locator("img").evaluateAll(isPainted)).toBe(true);
};

const UNSPLASH = {
  name: "Unsplash",
  options: { sources: ["local", "unsplash"], unsplashAccessKey: "our-access-key" },
  provokes: [...asks("api.unsplash.com", "images.unsplash.com"), LOST],
  before: ({ page }) => services.unsplash(page, 30),
  states: {
    "nothing is asked yet": async (at) => {
      await turn(at, at.words.menu.unsplash);
      await waitFor(at, at.words.services.search);
    },
    "photos are found": (at) => found(at, 24),
    "two are chosen": async (at) => {
      await photos(at).nth(1).click();
      await photos(at).nth(2).click();
      await expect(photos(at).nth(2)).toHaveAttribute("aria-pressed", "true");
    },
    "nothing is found": async (at) => {
      await at.page.unrouteAll({ behavior: "ignoreErrors" });
      await services.unsplash(at.page, 0);
      await search(at, "nothing");
      await expect(at.widget.dialog.getByText(at.words.no_results)).toBeVisible();
    },
    "no more may be asked": async (at) => {
      await at.page.unrouteAll({ behavior: "ignoreErrors" });
      await services.unsplash(at.page, 3, 403);
      await search(at, "boats");
      await waitFor(at, at.words.sources.again);
    },
  },
};

const SEARCH = {
  name: "image search",
  options: {
    sources: ["local", "image_search"],
    googleApiKey: "our-api-key",
    googleSearchEngineId: "our-engine",
    searchBySites: ["all", "boats.example"],
    searchByRights: true,
  },
  provokes: asks("www.googleapis.com", "encrypted-tbn0.gstatic.com"),
  before: ({ page }) => services.imageSearch(page, 12),
  states: {
    "nothing is asked yet": async (at) => {
      await turn(at, at.words.menu.gsearch);
      await waitFor(at, at.words.services.search);
    },
    "pictures are found": (at) => found(at, 10),
    "one is chosen": async (at) => {
      await photos(at).nth(3).click();
      await waitFor(at, at.words.url.add_one);
    },
  },
};

export const TOURS = [DROPBOX, DRIVE, UNSPLASH, SEARCH];
