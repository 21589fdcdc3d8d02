// Takes the README's pictures from the running demo page: light, dark, and as on a phone. Run by
// `cargo xtask screenshots`; by hand with the variables of support/environment.mjs. Not a test.
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { chromium as launch, file, root } from "./support/environment.mjs";
import { Server, scratch, site } from "./support/server.mjs";
import { UPLOADS, Widget, hold } from "./support/widget.mjs";

/** What a README may cost those who read it on the way. */
const BYTES_MAX = 300_000;
const WIDE = { viewport: { width: 1200, height: 780 } };
const PHONE = { viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true };

const PICTURES = {
  light: { ...WIDE, colorScheme: "light" },
  dark: { ...WIDE, colorScheme: "dark" },
  phone: { ...PHONE, colorScheme: "light" },
};

/** How long the first pictures seem to take: then the film, whose pace is estimated from theirs,
 * is on its way for a few seconds. */
const SEEMING_MS = 9000;

/** Brings the widget of this page into a batch that shows what can become of a file. */
async function fillBatch(page, folder) {
  const widget = new Widget(page);
  await page.clock.install();
  const gate = await hold(page);
  await page.goto("/");
  await page.getByRole("button", { name: "Upload files" }).click();
  await widget.choose(file("harbour.jpg"), file("morning.jpg"), file("evening.png"));
  await gate.reaches(3);
  await page.clock.fastForward(SEEMING_MS);
  await gate.release();
  await widget.shows("done", "harbour.jpg", "morning.jpg", "evening.png");
  const empty = join(folder, "logbook.txt");
  await writeFile(empty, "");
  // The film stays on its way for as long as the picture takes.
  await page.route(UPLOADS, () => {});
  await widget.choose(file("crossing.mp4"), empty);
  await widget.shows("refused", "logbook.txt");
  await page.waitForFunction(() => {
    const { shadowRoot } = document.querySelector("plimsoll-widget");
    const bars = shadowRoot.querySelectorAll("li [role=progressbar]");
    const canvases = Array.from(shadowRoot.querySelectorAll("canvas:not([hidden])"));
    return (
      canvases.length === 3 &&
      Array.from(bars).some((bar) => {
        const value = Number(bar.getAttribute("aria-valuenow"));
        return value > 40 && value < 90;
      })
    );
  });
  // Nothing is pointed at; a ring around a button is for those who use the keyboard.
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    document.querySelector("plimsoll-widget").shadowRoot.activeElement?.blur();
  });
}

const folder = await scratch("shots");
const www = await site();
const server = await Server.start(www);
const browser = await chromium.launch(launch);
const images = join(root, "docs", "images");
await mkdir(images, { recursive: true });
try {
  for (const [name, look] of Object.entries(PICTURES)) {
    const context = await browser.newContext({
      ...look,
      baseURL: server.origin,
      deviceScaleFactor: 2,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await fillBatch(page, folder);
    const path = join(images, `${name}.png`);
    await page.screenshot({ path });
    await context.close();
    const { size } = await stat(path);
    console.log(`${path} (${Math.round(size / 1000)} KB)`);
    if (size > BYTES_MAX) throw new Error(`${path} is larger than ${BYTES_MAX} bytes`);
  }
} finally {
  await browser.close();
  await server.remove();
  await Promise.all([folder, www].map((path) => rm(path, { recursive: true })));
}
