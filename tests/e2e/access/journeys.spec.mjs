// Every task of the table by the keyboard alone, and by one pointer that only presses points.
import { windowed } from "../support/environment.mjs";
import { expect, test } from "../support/test.mjs";
import { BY_KEYS, JOURNEYS } from "./journeys.mjs";
import { Keys, Pointer } from "./hands.mjs";

test.use({
  launchOptions: {
    ...windowed,
    args: [
      ...windowed.args,
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  },
});

/** So many tasks must be possible either way. */
const JOURNEYS_MIN = 20;

test("there are enough journeys", () => {
  expect(JOURNEYS.length).toBeGreaterThanOrEqual(JOURNEYS_MIN);
});

const HANDS = [
  { how: "by the keyboard alone", Hand: Keys, journeys: [...JOURNEYS, ...BY_KEYS] },
  { how: "by pressing points alone", Hand: Pointer, journeys: JOURNEYS },
];

for (const { how, Hand, journeys } of HANDS) {
  test.describe(how, () => {
    for (const { name, options, go } of journeys) {
      test(name, async ({ widget, page, context, folder, spare, provoked }) => {
        const hand = await Hand.of(page, widget);
        await context.grantPermissions(["camera", "microphone"]);
        await page.goto("/pages/shop.html");
        await page.evaluate((given) => (window.options = given), {
          uploadPrefix: spare.origin,
          ...options,
        });
        await hand.press(page.locator("#opener"));
        await expect(widget.dialog).toBeVisible();
        await go({ widget, page, context, folder, spare, provoked, hand });
      });
    }
  });
}

test("a hand that does something else is found out", async ({ widget, page, provoked }) => {
  provoked.push(/forbidden: pointerdown/, /forbidden: pointermove/);
  await Keys.of(page, widget);
  await page.goto("/pages/shop.html");
  await page.locator("#opener").click();
  await expect(widget.dialog).toBeVisible();
});

test("a pointer that needs a key is found out", async ({ widget, page, provoked }) => {
  provoked.push(/forbidden: keydown/);
  await Pointer.of(page, widget);
  await page.goto("/pages/shop.html");
  await page.locator("#opener").press("Enter");
  await expect(widget.dialog).toBeVisible();
});
