// Where files come from, with all that can go wrong there.
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { file } from "../../support/environment.mjs";
import { press, turn, waitFor } from "./walk.mjs";

const field = ({ widget, words }) =>
  widget.dialog.getByRole("textbox", { name: words.url.inner_title });

const ADDRESSES = {
  name: "web addresses",
  options: { sources: ["local", "url"] },
  states: {
    empty: async (at) => {
      await turn(at, at.words.menu.web);
      await expect(field(at)).toBeVisible();
    },
    "nothing was typed": async (at) => {
      await press(at, at.words.url.add_one);
      await expect(at.widget.notice).toBeVisible();
    },
    "something is typed": (at) => field(at).fill("https://example.com/photo.jpg"),
    "what is typed is no address": async (at) => {
      await field(at).fill("https://x.test/dog.jpg dog.jpg");
      await field(at).press("Enter");
      await expect(at.widget.notice).toBeVisible();
    },
    "a picture is pasted": async (at) => {
      const address = `${new URL(at.page.url()).origin}/pages/seen.jpg`;
      await at.page.route("**/pages/seen.jpg", (route) =>
        route.fulfill({ path: file("harbour.jpg") }),
      );
      await field(at).fill("");
      await turn(at, at.words.menu.files);
      await at.widget.dialog.evaluate((dialog, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        const options = { clipboardData, bubbles: true, composed: true, cancelable: true };
        dialog.dispatchEvent(new ClipboardEvent("paste", options));
      }, address);
      await expect(at.widget.dialog.locator(".seen img")).toBeVisible();
    },
    "below what is listed": async (at) => {
      const bytes = await readFile(file("evening.png"));
      await field(at).fill(`data:image/png;base64,${bytes.toString("base64")}`);
      await field(at).press("Enter");
      await at.widget.until("success");
    },
  },
};

/** Lets a test say how the next opening of a device ends: `window.fails` is a name, or "never". */
const rigged = ({ page }) =>
  page.addInitScript(() => {
    window.streams = [];
    for (const name of ["getUserMedia", "getDisplayMedia"]) {
      const open = MediaDevices.prototype[name];
      MediaDevices.prototype[name] = async function (...args) {
        if (window.fails === "never") return new Promise(() => {});
        if (window.fails) throw new DOMException("", window.fails);
        const stream = await open.apply(this, args);
        window.streams.push(stream);
        return stream;
      };
    }
  });

/** Opens the device again, and it ends so. */
const trouble = (name, again) => async (at) => {
  await at.page.evaluate((name) => (window.fails = name), name);
  await press(at, at.words.camera[again ?? "retry"]);
  await waitFor(at, at.words.camera.retry);
};

/** As if the device was unplugged. */
const unplug = ({ page }) =>
  page.evaluate(() => {
    const tracks = window.streams.flatMap((stream) => stream.getVideoTracks());
    const track = tracks.find(({ readyState }) => readyState === "live");
    track.stop();
    track.dispatchEvent(new Event("ended"));
  });

const CAMERA = {
  name: "camera",
  options: { sources: ["local", "camera"] },
  media: true,
  before: rigged,
  states: {
    off: (at) => turn(at, at.words.menu.camera),
    "it may not be used": trouble("NotAllowedError", "capture"),
    "there is none": trouble("NotFoundError"),
    "another program has it": trouble("NotReadableError"),
    "the browser can't": trouble("TypeError"),
    "the browser asks": async (at) => {
      await turn(at, at.words.menu.files);
      await at.page.evaluate(() => (window.fails = "never"));
      await turn(at, at.words.menu.camera);
      await press(at, at.words.camera.capture);
      await expect(at.widget.dialog.getByText(at.words.camera.starting)).toBeVisible();
    },
    on: async (at) => {
      await turn(at, at.words.menu.files);
      await at.page.evaluate(() => (window.fails = ""));
      await turn(at, at.words.menu.camera);
      await press(at, at.words.camera.capture);
      await waitFor(at, at.words.camera.take_pic);
    },
    "not mirrored": (at) => press(at, at.words.camera.mirror),
    "it counts down": async (at) => {
      const { camera } = at.words;
      await at.widget.dialog.getByRole("combobox", { name: camera.timer }).selectOption("10");
      await press(at, camera.take_pic);
      await waitFor(at, camera.cancel);
    },
    "a photo": async (at) => {
      const { camera } = at.words;
      await press(at, camera.cancel);
      await at.widget.dialog.getByRole("combobox", { name: camera.timer }).selectOption("0");
      await press(at, camera.take_pic);
      await waitFor(at, camera.use);
    },
    "it records": async (at) => {
      await press(at, at.words.camera.again);
      await press(at, at.words.camera.record);
      await waitFor(at, at.words.camera.pause);
    },
    "it records, paused": async (at) => {
      await expect(at.widget.dialog.getByText(/^0:0[1-9] \//)).toBeVisible();
      await press(at, at.words.camera.pause);
      await waitFor(at, at.words.camera.resume);
    },
    "a film": async (at) => {
      await press(at, at.words.camera.finish);
      await waitFor(at, at.words.camera.use);
    },
    "used, and on again": async (at) => {
      await press(at, at.words.camera.use);
      await at.widget.until("success");
    },
    "it was unplugged": async (at) => {
      await unplug(at);
      await waitFor(at, at.words.camera.retry);
    },
  },
};

const MICROPHONE = {
  name: "microphone",
  options: { sources: ["local", "audio"], defaultSource: "audio" },
  media: true,
  before: rigged,
  states: {
    off: (at) => waitFor(at, at.words.camera.listen),
    "it may not be used": trouble("NotAllowedError", "listen"),
    on: async (at) => {
      await at.page.evaluate(() => (window.fails = ""));
      await press(at, at.words.camera.retry);
      await waitFor(at, at.words.camera.record);
    },
    "it records": async (at) => {
      await press(at, at.words.camera.record);
      await waitFor(at, at.words.camera.pause);
    },
    "a recording": async (at) => {
      await expect(at.widget.dialog.getByText(/^0:0[1-9] \//)).toBeVisible();
      await press(at, at.words.camera.finish);
      await waitFor(at, at.words.camera.use);
    },
  },
};

const SCREEN = {
  name: "screen",
  options: { sources: ["screen", "local"] },
  media: true,
  before: rigged,
  states: {
    off: (at) => waitFor(at, at.words.camera.share),
    "it may not be used": trouble("NotAllowedError", "share"),
    on: async (at) => {
      await at.page.evaluate(() => (window.fails = ""));
      await press(at, at.words.camera.retry);
      await waitFor(at, at.words.camera.take_pic);
    },
    "a picture": async (at) => {
      await press(at, at.words.camera.take_pic);
      await waitFor(at, at.words.camera.use);
    },
  },
};

const ALONE = {
  name: "a camera alone",
  options: { sources: ["camera"] },
  before: ({ page }) =>
    page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "mediaDevices", { value: undefined });
    }),
  states: {
    "off, without tabs": (at) => waitFor(at, at.words.camera.capture),
    "in a browser that has none": async (at) => {
      await press(at, at.words.camera.capture);
      await waitFor(at, at.words.camera.retry);
    },
  },
};

const PLUGIN = {
  name: "the page's own source",
  options: { sources: ["local", "archive", "broken"] },
  provokes: [/Plimsoll: a source could not be shown/],
  open: async (at) => {
    await at.page.goto("/pages/shop.html");
    await at.page.evaluate(() => {
      const mount = (container) => {
        const button = document.createElement("button");
        button.textContent = "Choose from the archive";
        container.append(button);
      };
      const fails = () => {
        throw new Error("broken");
      };
      window.plimsoll.registerSource({ id: "archive", label: "Our archive", mount });
      window.plimsoll.registerSource({ id: "broken", label: "Broken", mount: fails });
    });
    await at.widget.press(PLUGIN.options);
  },
  states: {
    shown: async (at) => {
      await turn(at, "Our archive");
      await waitFor(at, "Choose from the archive");
    },
    "it could not be shown": async (at) => {
      await turn(at, "Broken");
      await expect(at.widget.dialog.getByText(at.words.sources.missing)).toBeVisible();
    },
  },
};

export const TOURS = [ADDRESSES, CAMERA, MICROPHONE, SCREEN, ALONE, PLUGIN];
