// What the page is told of files that may not go: nothing of them is sent, and its callback hears
// why, with the file.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { countUploads } from "../support/widget.mjs";

const cases = [
  ["file.too_large", "maxFileSize", { maxFileSize: 1000 }, "harbour.jpg"],
  ["file.too_small", "minFileSize", { minFileSize: 1_000_000 }, "harbour.jpg"],
  ["file.format_not_allowed", "clientAllowedFormats", pngOnly(), "notes.txt"],
  ["file.picture_too_small", "minImageWidth", { minImageWidth: 9000 }, "harbour.jpg"],
  ["file.picture_too_large", "maxImageWidth", tooWide(), "harbour.jpg"],
];

function pngOnly() {
  return { clientAllowedFormats: ["png"] };
}

function tooWide() {
  return { maxImageWidth: 10, validateMaxWidthHeight: true };
}

for (const [code, option, options, name] of cases) {
  test(`${code} is told with the file and the way out`, proves(`error:${code}`), async ({
    widget,
    page,
  }) => {
    const sent = countUploads(page);
    await widget.open(options);
    await widget.choose(file(name));
    await widget.shows("refused", name);
    const { error, info, event } = await widget.until("error");
    expect(event).toBe(null);
    expect(error).toMatchObject({ code, status: 0, isError: true });
    // For people's eyes, in the words that they read in the list.
    expect(await widget.row(name).textContent()).toContain(error.message);
    expect(error.statusText).toBe(error.message);
    expect(error.remedy).toContain(option);
    expect(info.file).toMatchObject({ isFile: true, name });
    expect(await widget.events()).toEqual(["display-changed", "error"]);
    expect(sent).toEqual([]);
  });
}

test("too many are told as a batch that was cut, the rest goes up", async ({ widget }) => {
  await widget.open({ maxFiles: 1 });
  await widget.choose(file("notes.txt"), file("harbour.jpg"));
  const { info } = await widget.until("batch-cancelled");
  expect(info).toEqual({ reason: "MAX_EXCEEDED" });
  await widget.until("queues-end");
  expect(await widget.events()).not.toContain("error");
});

test("an empty file and one that the page itself refuses are told, too", async ({
  widget,
  page,
  folder,
}) => {
  const empty = join(folder, "empty.txt");
  await writeFile(empty, "");
  await page.goto("/pages/shop.html");
  await page.evaluate(() => {
    window.base.validate = ({ name }) => (name === "notes.txt" ? "No notes, please." : undefined);
  });
  await widget.press();
  await widget.choose(empty, file("notes.txt"));
  const codes = [(await widget.until("error", 1)).error, (await widget.until("error", 2)).error];
  expect(codes.map((error) => error.code)).toEqual(["file.empty", "file.refused_by_page"]);
  expect(codes[1].message).toBe("No notes, please.");
});
