// Takes docs/screens: every screen in light, dark, on a phone, and from right to left, as small
// pictures, with an index. Run by `cargo xtask screenshots`; by hand with the variables of
// support/environment.mjs. Judges nothing; look at them before you commit them.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { TOURS } from "./access/states/all.mjs";
import { walk } from "./access/states/walk.mjs";
import { chromium as launch, root } from "./support/environment.mjs";
import { Server, scratch, site } from "./support/server.mjs";
import { Widget } from "./support/widget.mjs";

/** All of them together; they are in the repository. */
const BYTES_MAX = 5_500_000;
const QUALITY = 0.6;
const WIDE = { viewport: { width: 720, height: 720 } };
const PHONE = { viewport: { width: 390, height: 720 }, isMobile: true, hasTouch: true };
const arabic = JSON.parse(await readFile(join(root, "www/locales/ar.json"), "utf8"));

const LOOKS = {
  light: { context: { ...WIDE, colorScheme: "light" } },
  dark: { context: { ...WIDE, colorScheme: "dark" } },
  phone: { context: { ...PHONE, colorScheme: "light" } },
  rtl: { context: { ...WIDE, colorScheme: "light" }, language: "ar", words: arabic },
};

/** Screens that differ in a word only are taken once. */
const LEFT_OUT = new RegExp(
  [
    "^language|^look (light|dark)|^inside the page, 700|^crop: another|^faults: (online|some)",
    "^camera: (the browser can't|there is none|another program|not mirrored|used, and)",
    "^(screen|microphone): it may|^refusals: (too|an empty|a format|another|by the page)",
    "^list: (emptied|one is cancelled)|^questions: left|^web addresses: something",
  ].join("|"),
);

/** What of the tables is wanted, by a part of its name. */
const [wanted = ""] = process.argv.slice(2);

const folder = await scratch("screens");
const www = await site();
const server = await Server.start(www);
const browser = await chromium.launch({
  ...launch,
  args: [
    ...launch.args,
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
  ],
});
const screens = process.env.PLIMSOLL_SCREENS ?? join(root, "docs", "screens");
await mkdir(screens, { recursive: true });
const taken = new Map();
let bytes = 0;

/** Takes a picture of what can be seen. */
async function take(page, state, look) {
  const name = `${state.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}.${look}.webp`;
  const png = (await page.screenshot()).toString("base64");
  const webp = await page.evaluate(
    async ([png, quality]) => {
      const raw = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([raw]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/webp", quality });
      const letters = Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) =>
        String.fromCharCode(byte),
      );
      return btoa(letters.join(""));
    },
    [png, QUALITY],
  );
  const picture = Buffer.from(webp, "base64");
  bytes += picture.length;
  await writeFile(join(screens, name), picture);
  taken.set(state, { ...taken.get(state), [look]: name });
}

/** Walks a tour in one look. */
async function tour(tour, look, { context: given, language, words }) {
  const context = await browser.newContext({
    ...given,
    baseURL: server.origin,
    reducedMotion: "reduce",
    permissions: ["camera", "microphone"],
  });
  const page = await context.newPage();
  // Choosers are taken over only while somebody listens.
  page.on("filechooser", () => {});
  const spoken = { ...tour, options: { ...tour.options, ...(language && { language }) } };
  const widget = new Widget(page, words);
  await walk(spoken, { widget, page, context, folder }, async (state) => {
    if (!LEFT_OUT.test(state)) await take(page, state, look);
  });
  await context.close();
}

try {
  const tours = TOURS.filter(({ name }) => name.includes(wanted) && !LEFT_OUT.test(name));
  for (const [look, how] of Object.entries(LOOKS)) {
    for (const one of tours) {
      // What opens itself in its own way speaks English.
      if (look === "rtl" && one.open) continue;
      await tour(one, look, how);
    }
  }
  const rows = Array.from(taken, ([state, pictures]) => {
    const cells = Object.keys(LOOKS).map((look) =>
      pictures[look] ? `![${state}, ${look}](${pictures[look]})` : "",
    );
    return `| ${state} | ${cells.join(" | ")} |`;
  });
  const index = [
    "<!-- Made by `cargo xtask screenshots`. -->",
    "# Screens",
    "",
    "Every screen of the widget: in light, in dark, on a phone, and from right to left.",
    "",
    `| | ${Object.keys(LOOKS).join(" | ")} |`,
    `|---|${Object.keys(LOOKS).map(() => "---|").join("")}`,
    ...rows,
    "",
  ];
  if (!wanted) await writeFile(join(screens, "README.md"), index.join("\n"));
  console.log(`${screens}: ${taken.size} screens, ${Math.round(bytes / 1000)} KB`);
  if (bytes > BYTES_MAX) throw new Error(`the pictures are larger than ${BYTES_MAX} bytes`);
} finally {
  await browser.close();
  await server.remove();
  await Promise.all([folder, www].map((path) => rm(path, { recursive: true })));
}
