// Cropping, in what a page may want of it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { file } from "../../support/environment.mjs";
import { press, waitFor } from "./walk.mjs";

const crops = async (at, ...names) => {
  await at.widget.choose(...names.map(file));
  await waitFor(at, at.words.crop.crop_btn);
  // The size of a canvas that nobody has painted.
  const canvas = at.widget.dialog.locator(".picture canvas");
  await expect(canvas).not.toHaveJSProperty("width", 300);
};

const COORDINATES = {
  name: "crop",
  options: { cropping: true, croppingDefaultSelectionRatio: 0.6, croppingShowDimensions: true },
  states: {
    "the first of two": (at) => crops(at, "harbour.jpg", "evening.png"),
    "another ratio": ({ widget, words }) =>
      widget.dialog.getByLabel(words.crop.ratio).selectOption("1:1"),
    "the last one": async (at) => {
      await press(at, at.words.crop.crop_btn);
      await expect(at.widget.dialog.getByText("evening.png", { exact: true }).last()).toBeVisible();
      await waitFor(at, at.words.crop.crop_btn);
    },
    "done, and the list": async (at) => {
      await press(at, at.words.crop.crop_btn);
      await at.widget.until("queues-end");
    },
  },
};

const PIXELS = {
  name: "crop to pixels",
  options: { cropping: true, croppingOutput: "pixels", multiple: false },
  states: {
    "as it is": (at) => crops(at, "harbour.jpg"),
    turned: (at) => press(at, at.words.crop.rotate),
    flipped: (at) => press(at, at.words.crop.flip),
  },
};

const FORCED = {
  name: "crop by the page's rules",
  options: {
    cropping: true,
    croppingAspectRatio: 1,
    croppingShowBackButton: false,
    multiple: false,
    showSkipCropButton: false,
  },
  states: {
    "a fixed ratio, and no way round": (at) => crops(at, "harbour.jpg"),
  },
};

const BROKEN = {
  name: "crop of a broken picture",
  options: { cropping: true, multiple: false },
  states: {
    "it can't be shown": async (at) => {
      const path = join(at.folder, "half.png");
      await writeFile(path, (await readFile(file("evening.png"))).subarray(0, 60));
      await at.widget.choose(path);
      await waitFor(at, at.words.crop.skip_btn);
      await expect(at.widget.dialog.getByText(at.words.crop.image_error)).toBeVisible();
    },
  },
};

export const TOURS = [COORDINATES, PIXELS, FORCED, BROKEN];
