// Room for fingers and for eyes: in every state, targets are as large as they must be, and nothing
// is cut off or needs scrolling both ways at 320 pixels, at 400 %, with text of 200 % or spaced as
// WCAG says, on a phone that lies on its side, and with motion reduced.
import { chromium } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { TOURS } from "./states/all.mjs";
import { walk } from "./states/walk.mjs";

/** What a finger needs (Apple, Google, WCAG 2.5.5), and what WCAG 2.5.8 asks at least. */
const FINGER_PX = 44;
const TARGET_PX = 24;

/** The widget's own text spacing is overridden as WCAG 1.4.12 says. */
const SPACED =
  "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}" +
  "p{margin-block-end:2em!important}";
/** 200 % of the text, as browsers that enlarge only text do it. */
const LARGE = ".root{font-size:30px!important}";

/** How the same state is looked at. A page at 400 % is one of a quarter of its width. */
const ROOMS = [
  { room: "320 pixels wide", size: { width: 320, height: 640 } },
  { room: "1280 × 1024 at 400 %", size: { width: 320, height: 256 } },
  { room: "a phone on its side", size: { width: 667, height: 375 } },
  { room: "spaced text", size: { width: 390, height: 760 }, css: SPACED },
  { room: "text of 200 %", size: { width: 640, height: 800 }, css: LARGE },
];

test.use({
  launchOptions: {
    ...chromium,
    args: [
      ...chromium.args,
      "--use-fake-device-for-media-stream=device-count=3",
      "--use-fake-ui-for-media-stream",
    ],
  },
});

/** Runs in the page: gives the widget another style sheet, or takes it away. */
const dress = (css) => {
  const shadowRoot = window.looked();
  const others = shadowRoot.adoptedStyleSheets.filter((sheet) => sheet !== window.worn);
  window.worn = new CSSStyleSheet();
  window.worn.replaceSync(css ?? "");
  shadowRoot.adoptedStyleSheets = [...others, window.worn];
};

/** Runs in the page: what is too small to be hit, and what is cut off, a line each. */
const cramped = ([finger, isTouch]) => {
  const shadowRoot = window.looked();
  const found = [];
  const name = (node) =>
    `${node.localName}.${node.className.baseVal ?? node.className} “${(
      node.ariaLabel || node.textContent
    ).slice(0, 40)}”`;
  const isShown = (node) => node.checkVisibility() && node.getClientRects().length > 0;
  const controls = shadowRoot.querySelectorAll("button, select, textarea, input:not([hidden])");
  for (const control of controls) {
    if (!isShown(control)) continue;
    // A box to tick is as large as the label around it.
    const { width, height } = (control.closest("label") ?? control).getBoundingClientRect();
    // By a hundredth: boxes of parts of a pixel are rounded.
    if (isTouch && Math.min(width, height) < finger - 0.01) {
      found.push(`${name(control)} is ${width} × ${height}`);
    }
  }
  // The tabs alone may be longer than their place, and scroll. Names of files are cut with
  // dots, and so are tags, and what a row in review says of both: its details have all of it.
  const free =
    ".tabs, .tabs *, .name, .name *, .seen bdi, .sr, .shade, .shade *, svg, svg *" +
    ", .chip bdi, .draft .meta, .draft .meta *, .describe-head .meta, .describe-head .meta *" +
    // Whose handles stick out.
    ", .area, .picture, .edit-stage";
  for (const node of shadowRoot.querySelectorAll("*")) {
    if (node.matches(free) || !isShown(node) || node.clientWidth < 2) continue;
    const style = getComputedStyle(node);
    if (node.scrollWidth > node.clientWidth + 1 && style.display !== "inline") {
      found.push(`${name(node)} is ${node.scrollWidth - node.clientWidth} px too wide`);
    }
    const cut = style.overflowY === "hidden" && node.scrollHeight > node.clientHeight + 1;
    if (cut && !node.matches(".scene, .tile, .picture, .bar")) {
      found.push(`${name(node)} is cut by ${node.scrollHeight - node.clientHeight} px`);
    }
  }
  return found;
};

/** Runs in the page: what can't be scrolled into view, and so not be used. */
const unreachable = () => {
  const shadowRoot = window.looked();
  const found = [];
  const covered = shadowRoot.querySelector("[data-dragging]");
  // The small form of the widget floats over a page, which scrolls below it.
  const tray = document.querySelector("plimsoll-widget")?.shadowRoot;
  const floats = (x, y) => tray !== shadowRoot && tray?.elementFromPoint(x, y)?.closest(".tray");
  for (const button of covered ? [] : shadowRoot.querySelectorAll("button, select, textarea")) {
    if (!button.checkVisibility() || button.closest("[inert]")) continue;
    button.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    const { x, y, width, height } = button.getBoundingClientRect();
    const top = shadowRoot.elementFromPoint(x + width / 2, y + height / 2);
    // A list that hangs over the next field goes when it is left.
    if (top?.closest(".offers")) continue;
    if (floats(x + width / 2, y + height / 2)) continue;
    if (!top || !(button.contains(top) || top.contains(button))) {
      found.push(`${button.ariaLabel || button.textContent} can't be reached`);
    }
  }
  return found;
};

/** Runs in the page: what moves although it should not. */
const moving = () =>
  window
    .looked()
    .getAnimations()
    .filter(({ playState }) => playState === "running")
    .map(({ animationName, transitionProperty, effect }) => {
      const { className } = effect.target;
      return `${className}: ${animationName ?? transitionProperty}`;
    });

for (const tour of TOURS) {
  test(`there is room in ${tour.name}`, async ({ widget, page, context, folder, provoked }) => {
    test.slow();
    provoked.push(...(tour.provokes ?? []));
    if (tour.media) await context.grantPermissions(["camera", "microphone"]);
    const usual = page.viewportSize();
    await walk(tour, { widget, page, context, folder }, async (state) => {
      const all = [];
      for (const { room, size, css } of ROOMS) {
        await page.setViewportSize(size);
        await page.evaluate(dress, css);
        const found = await page.evaluate(cramped, [TARGET_PX, true]);
        found.push(...(await page.evaluate(unreachable)));
        all.push(...found.map((line) => `${room}: ${line}`));
      }
      await page.evaluate(dress);
      await page.setViewportSize(usual);
      expect(all, state).toEqual([]);
      expect(await page.evaluate(moving), `${state}: motion`).toEqual([]);
    });
  });
}

test.describe("by touch", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 760 } });
  for (const tour of TOURS.filter(({ name }) => !name.startsWith("inside"))) {
    test(`fingers hit all of ${tour.name}`, async ({
      widget,
      page,
      context,
      folder,
      provoked,
    }) => {
      test.slow();
      provoked.push(...(tour.provokes ?? []));
      if (tour.media) await context.grantPermissions(["camera", "microphone"]);
      await walk(tour, { widget, page, context, folder }, async (state) => {
        expect(await page.evaluate(cramped, [FINGER_PX, true]), state).toEqual([]);
      });
    });
  }
});
