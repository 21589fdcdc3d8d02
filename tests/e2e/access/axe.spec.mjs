// axe (WCAG 2.0 to 2.2, A and AA, and best practices) finds nothing in any state of the widget:
// light, dark, in forced colours, and from right to left. Each state is reached once.
import AxeBuilder from "@axe-core/playwright";
import axe from "axe-core";
import { chromium, file } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { COUNT, TOURS } from "./states/all.mjs";
import { walk } from "./states/walk.mjs";

const TAGS = [
  ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
];
const LOOKS = [
  { look: "light", media: { colorScheme: "light" } },
  { look: "dark", media: { colorScheme: "dark" } },
  { look: "from right to left", media: { colorScheme: "light" }, dir: "rtl" },
  { look: "forced colours", media: { colorScheme: "dark", forcedColors: "active" } },
];
/** As many as we said we would look at; there are more. */
const STATES_MIN = 80;

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

/** Runs in the page: what axe finds in the widget, a line each. Under forced colours it would read
 * the colours that the style sheet asked for, not the painted ones: `legible` looks at those. */
const findings = async ([tags, dir, forced]) => {
  const root = window.looked().querySelector(".root, [role=group]");
  const spoken = root.getAttribute("dir");
  if (dir) root.setAttribute("dir", dir);
  const { violations } = await window.axe.run(root, {
    runOnly: tags,
    resultTypes: ["violations"],
    elementRef: false,
    rules: { "color-contrast": { enabled: !forced } },
  });
  if (dir) root.setAttribute("dir", spoken);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  );
};

/** Runs in the page: buttons whose painted pixels hold no two colours that can be told apart. */
const illegible = async ([image, needed]) => {
  const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const share = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const table = Array.from({ length: 256 }, (_, value) => share(value));
  const shadowRoot = window.looked();
  const found = [];
  // What lies under the place to drop on is not to be read meanwhile.
  if (shadowRoot.querySelector("[data-dragging]")) return found;
  for (const button of shadowRoot.querySelectorAll("button")) {
    const { x, y, width, height } = button.getBoundingClientRect();
    const middle = shadowRoot.elementFromPoint(x + width / 2, y + height / 2);
    const seen = width > 4 && button.contains(middle) && !button.disabled;
    if (!seen || y < 0 || y + height > bitmap.height) continue;
    const { data } = context.getImageData(x, y, width, height);
    let [darkest, lightest] = [1, 0];
    for (let at = 0; at < data.length; at += 4) {
      const light =
        0.2126 * table[data[at]] + 0.7152 * table[data[at + 1]] + 0.0722 * table[data[at + 2]];
      darkest = Math.min(darkest, light);
      lightest = Math.max(lightest, light);
    }
    const contrast = (lightest + 0.05) / (darkest + 0.05);
    if (contrast < needed) found.push(`${button.textContent || button.ariaLabel}: ${contrast}`);
  }
  return found;
};

test("there are enough states", () => {
  expect(COUNT).toBeGreaterThanOrEqual(STATES_MIN);
});

for (const tour of TOURS) {
  test(`axe finds nothing in ${tour.name}`, async ({
    widget,
    page,
    context,
    folder,
    provoked,
  }) => {
    test.slow();
    provoked.push(...(tour.provokes ?? []));
    if (tour.media) await context.grantPermissions(["camera", "microphone"]);
    await page.addInitScript({ content: axe.source });
    await walk(tour, { widget, page, context, folder }, async (state) => {
      for (const { look, media, dir } of LOOKS) {
        await page.emulateMedia({ forcedColors: "none", ...media });
        const forced = media.forcedColors === "active";
        const found = await page.evaluate(findings, [TAGS, dir, forced]);
        expect(found, `${state}, ${look}`).toEqual([]);
        if (!forced) continue;
        const image = (await page.screenshot()).toString("base64");
        expect(await page.evaluate(illegible, [image, 4.5]), `${state}, ${look}`).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
    });
  });
}

test("axe finds nothing in the demo page, without results and with them", async ({
  widget,
  page,
}) => {
  const clean = async () => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
      const found = violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html)}`);
      expect(found, colorScheme).toEqual([]);
    }
  };
  await page.goto("/");
  await clean();
  await page.getByRole("button", { name: "Upload files" }).click();
  await widget.choose(file("harbour.jpg"), file("notes.txt"));
  await widget.shows("done", "harbour.jpg", "notes.txt");
  await widget.done.click();
  await expect(page.locator("#gallery li")).toHaveCount(2);
  await clean();
});
