// Colours and letters of the page's: its palette, the named themes, and what can be said in CSS.
import AxeBuilder from "@axe-core/playwright";
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";

const PALETTE = {
  window: "#FDF6E3",
  windowBorder: "#90A0B3",
  tabIcon: "#0E2F5A",
  menuIcons: "#5A616A",
  textDark: "rgb(0, 0, 0)",
  textLight: "#FFF",
  link: "  #0057B8",
  action: "rgba(160, 40, 0, 1)",
  inactiveTabIcon: "#0E2F5A",
  error: "oklch(45% 0.2 29)",
  inProgress: "#0057b8ff",
  complete: "green",
  sourceBg: "#E4EBF1",
};

/** The computed value of a property of something inside. */
const style = (locator, property) =>
  locator.evaluate((node, property) => getComputedStyle(node)[property], property);

/** What axe finds wrong with the colours. */
async function findings(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2aa"]).analyze();
  return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target)}`);
}

test(
  "each colour of the palette is seen where it belongs",
  proves(
    "option:styles palette:frame.background",
    ...Object.keys(PALETTE).map((key) => `palette:${key}`),
  ),
  async ({ widget, page }) => {
    await widget.open({ styles: { palette: PALETTE, frame: { background: "#0E2F5B99" } } });
    const panel = page.locator("plimsoll-widget .panel");
    await expect.poll(() => style(panel, "backgroundColor")).toBe("rgb(253, 246, 227)");
    expect(await style(panel, "borderTopColor")).toBe("rgb(144, 160, 179)");
    expect(await style(panel, "color")).toBe("rgb(0, 0, 0)");
    expect(await style(widget.browse, "backgroundColor")).toBe("rgb(160, 40, 0)");
    expect(await style(widget.browse, "color")).toBe("rgb(255, 255, 255)");
    expect(await style(page.locator("plimsoll-widget .local"), "backgroundColor")).toBe(
      "rgb(228, 235, 241)",
    );
    expect(await style(widget.cross, "color")).toBe("rgb(90, 97, 106)");
    const tab = page.locator("plimsoll-widget [role=tab]");
    const [on, off] = ["[aria-selected=true]", "[aria-selected=false]"];
    const selected = tab.and(page.locator(on));
    expect(await style(selected, "borderBlockEndColor")).toBe("rgb(14, 47, 90)");
    expect(await style(tab.and(page.locator(off)).first(), "color")).toBe("rgb(14, 47, 90)");
    const backdrop = await widget.dialog.evaluate(
      (dialog) => getComputedStyle(dialog, "::backdrop").backgroundColor,
    );
    expect(backdrop).toBe("rgba(14, 47, 91, 0.6)");
    await widget.choose(file("harbour.jpg"));
    await widget.shows("done", "harbour.jpg");
    const mark = page.locator("plimsoll-widget [data-status=done] .meta .icon");
    expect(await style(mark, "color")).toBe("rgb(0, 128, 0)");
    expect(await style(page.locator("plimsoll-widget .fill").first(), "backgroundColor")).toBe(
      "rgb(0, 87, 184)",
    );
    expect(await findings(page)).toEqual([]);
  },
);

test(
  "a pair that is hard to read is told with its ratio, and what is no colour is left out",
  proves("option:styles"),
  async ({ widget, page, provoked }) => {
    provoked.push(/styles\.palette\.error on window has a contrast of 3\.\d\d:1; .*4\.5:1/);
    provoked.push(/styles\.palette\.action is no colour of CSS/);
    provoked.push(/styles\.palette\.button is none of the palette's names/);
    const palette = { window: "#FFF", error: "#F44235", action: "very blue", button: "red" };
    const said = page.waitForEvent("console", (message) => message.text().includes("contrast of"));
    await widget.open({ styles: { palette } });
    await said;
    const panel = page.locator("plimsoll-widget .panel");
    await expect.poll(() => style(panel, "backgroundColor")).toBe("rgb(255, 255, 255)");
    expect(await style(widget.browse, "backgroundColor")).toBe("rgb(11, 92, 214)");
  },
);

const GROUNDS = {
  light: "rgb(255, 255, 255)",
  dark: "rgb(22, 25, 31)",
  default: "rgb(255, 255, 255)",
  white: "rgb(255, 255, 255)",
  minimal: "rgb(255, 255, 255)",
  purple: "rgb(29, 21, 48)",
};

for (const [theme, ground] of Object.entries(GROUNDS)) {
  test(`the theme ${theme} can be read`, proves("option:theme"), async ({ widget, page }) => {
    // Whatever the person prefers: the page said.
    await page.emulateMedia({ colorScheme: theme === "dark" ? "light" : "dark" });
    await widget.open({ theme });
    const panel = page.locator("plimsoll-widget .panel");
    await expect.poll(() => style(panel, "backgroundColor")).toBe(ground);
    await expect(page.locator("plimsoll-widget [data-bare]")).toHaveCount(0);
    await widget.choose(file("harbour.jpg"));
    await widget.shows("done", "harbour.jpg");
    expect(await findings(page)).toEqual([]);
  });
}

test("the theme auto follows the person", proves("option:theme"), async ({ widget, page }) => {
  await widget.open({ theme: "auto" });
  const panel = page.locator("plimsoll-widget .panel");
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    expect(await style(panel, "backgroundColor")).toBe(GROUNDS[colorScheme]);
  }
});

test(
  "fonts come from the page's own addresses, and the active one is used",
  proves("palette:fonts option:styles"),
  async ({ widget, page }) => {
    await page.route("**/fonts.css", (route) =>
      route.fulfill({
        contentType: "text/css",
        body: "@font-face { font-family: 'Fine'; font-weight: 400; src: local('sans-serif'); }",
      }),
    );
    const fonts = { default: null, "'Fine', cursive": { url: "/fonts.css", active: true } };
    await widget.open({ styles: { fonts } });
    const panel = page.locator("plimsoll-widget .panel");
    await expect.poll(() => style(panel, "fontFamily")).toBe("Fine, cursive");
    await expect
      .poll(() => page.evaluate(() => Array.from(document.fonts, ({ family }) => family)))
      .toContain("Fine");
    expect(await style(panel, "backgroundColor")).toBe(GROUNDS.light);
  },
);

test("CSS of the page's sets what it names", proves("dom:tokens"), async ({ widget, page }) => {
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("plimsoll-widget { --plimsoll-accent: #7a1fa2; --plimsoll-radius: 3px }");
    document.adoptedStyleSheets.push(sheet);
  });
  await widget.press();
  expect(await style(widget.browse, "backgroundColor")).toBe("rgb(122, 31, 162)");
});
