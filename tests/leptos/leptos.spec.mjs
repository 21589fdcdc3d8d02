// A Leptos application that has the widget as a crate: no script, no bundler, typed options.
import { Server } from "../e2e/support/server.mjs";
import { Widget } from "../e2e/support/widget.mjs";
import { expect, test, uploads } from "../npm/visitor.mjs";

test("the hook opens the dialog, uploads, and lists what is stored", async ({
  page,
  server,
  said,
}) => {
  const site = await Server.start(process.env.PLIMSOLL_LEPTOS);
  await page.goto(`${site.origin}/index.html`);
  await uploads(page, server);
  const widget = new Widget(page);
  await widget.done.click();
  await expect(widget.dialog).toHaveCount(0);
  await page.getByRole("button", { name: "Upload files" }).click();
  await expect(widget.dialog).toBeVisible();
  await expect(page.locator("#results li")).toHaveCount(1);
  await site.remove();
});
