// The tabs of sources: by pointer, by keyboard, and by the page's options.
import { expect, test } from "../support/test.mjs";
import { words } from "../support/widget.mjs";

const tab = (widget, name) => widget.dialog.getByRole("tab", { name, exact: true });
const changes = async (widget) => {
  const told = await widget.told();
  return told.filter((call) => call.event === "source-changed").map(({ info }) => info);
};

test(
  "without a word of the page's there are files, addresses and the camera",
  { annotation: { type: "proves", description: "option:sources option:defaultSource" } },
  async ({ widget }) => {
    await widget.open();
    const { files, web, camera } = words.menu;
    await expect(widget.dialog.getByRole("tab")).toHaveText([files, web, camera]);
    await expect(tab(widget, files)).toHaveAttribute("aria-selected", "true");
    await expect(widget.browse).toBeFocused();
    expect(await changes(widget)).toEqual([]);
  },
);

test("one source has no tabs", async ({ widget }) => {
  await widget.open({ sources: ["local"] });
  await expect(widget.browse).toBeVisible();
  await expect(widget.dialog.getByRole("tab")).toHaveCount(0);
});

test(
  "the tabs stand in the page's order, and arrow keys go round them",
  {
    annotation: {
      type: "proves",
      description: "event:source-changed event-field:source-changed.source option:sources",
    },
  },
  async ({ widget, page }) => {
    await widget.open({ sources: ["url", "local"] });
    const { files, web } = words.menu;
    await expect(widget.dialog.getByRole("tab")).toHaveText([web, files]);
    await tab(widget, web).focus();
    await page.keyboard.press("ArrowRight");
    await expect(tab(widget, files)).toBeFocused();
    await expect(tab(widget, files)).toHaveAttribute("aria-selected", "true");
    const panel = widget.dialog.getByRole("tabpanel", { name: files });
    await expect(panel.getByRole("button", { name: words.local.browse })).toBeVisible();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await expect(widget.dialog.getByRole("tabpanel", { name: web })).toBeVisible();
    const sources = (await changes(widget)).map(({ source }) => source);
    expect(sources).toEqual(["local", "url", "local", "url"]);
    // One stop for all tabs: the next one is in the panel.
    await expect(widget.dialog.locator('[role=tab][tabindex="-1"]')).toHaveCount(1);
  },
);

test("the tabs are as large as a thumb, and scroll where the screen is narrow", async ({
  widget,
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await widget.open();
  const tabs = widget.dialog.getByRole("tab");
  for (const one of await tabs.all()) {
    const { width, height } = await one.boundingBox();
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
  }
  await tab(widget, words.menu.files).focus();
  await page.keyboard.press("End");
  const last = await tab(widget, words.menu.camera).boundingBox();
  expect(last.x).toBeGreaterThanOrEqual(0);
  expect(last.x + last.width).toBeLessThanOrEqual(320);
});
