// Sources of a page's own, by `plimsoll.registerSource`.
import { readFile } from "node:fs/promises";
import { file } from "../support/environment.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, test } from "../support/test.mjs";
import { words } from "../support/widget.mjs";

/** Opens a page that has registered a source. */
async function open(widget, mount, options = {}) {
  await widget.page.goto("/pages/shop.html");
  await widget.page.evaluate((mount) => {
    window.left = 0;
    window.plimsoll.registerSource({
      id: "archive",
      label: "Our archive",
      mount: new Function(`return ${mount}`)(),
    });
  }, mount.toString());
  await widget.press({ sources: ["local", "archive"], ...options });
  await widget.dialog.getByRole("tab", { name: "Our archive" }).click();
}

const withButton = (container, api) => {
  const button = document.createElement("button");
  button.textContent = "Add both";
  button.onclick = () => {
    const text = new File(["from the archive"], "archive.txt", { type: "text/plain" });
    api.add([text, `data:image/png;base64,${window.picture}`]);
  };
  container.append(button);
  api.signal.onabort = () => (window.left += 1);
  return () => (window.left += 10);
};

test(
  "it adds files and addresses, is told about, and is left tidily",
  { annotation: { type: "proves", description: "event:source-changed option:sources" } },
  async ({ widget, page, spare }) => {
    await open(widget, withButton, { uploadPrefix: spare.origin });
    const picture = await readFile(file("evening.png"));
    await page.evaluate((text) => (window.picture = text), picture.toString("base64"));
    const { info } = await widget.until("source-changed");
    expect(info).toEqual({ source: "archive" });
    await widget.button("Add both").click();
    await widget.until("queues-end");
    const stored = (await spare.stored()).map((asset) => asset.sha256);
    const wanted = [sha256("from the archive"), sha256(picture)];
    expect(stored.toSorted()).toEqual(wanted.toSorted());
    await widget.dialog.getByRole("tab", { name: words.menu.files }).click();
    await expect.poll(() => page.evaluate(() => window.left)).toBe(11);
  },
);

test("one that throws is explained, and the widget goes on", async ({ widget, provoked }) => {
  provoked.push(/Plimsoll: a source could not be shown/);
  await open(widget, () => {
    throw new Error("broken");
  });
  await expect(widget.dialog.getByText(words.sources.missing)).toBeVisible();
  await widget.dialog.getByRole("tab", { name: words.menu.files }).click();
  await widget.choose(file("notes.txt"));
  await widget.until("success");
});

test("one that can't work is told when it is registered", async ({ page, provoked }) => {
  provoked.push(/registerSource needs id, label and mount/);
  await page.goto("/pages/shop.html");
  await page.evaluate(() => window.plimsoll.registerSource({ id: "archive" }));
});
