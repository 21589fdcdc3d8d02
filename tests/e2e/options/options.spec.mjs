// What a page may ask for: each option changes what a person can do or what the server gets.
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { file } from "../support/environment.mjs";
import { expect, proves, test } from "../support/test.mjs";
import { countUploads, fill, words } from "../support/widget.mjs";

const { errors } = words.uploader;

/** Uploads one file with these options, and gives the server's response. */
async function uploadOne(widget, options, name = "harbour.jpg") {
  await widget.open(options);
  await widget.choose(file(name));
  return (await widget.until("success")).info;
}

test("multiple: false takes one file, in the chooser and of a drop", proves(
  "option:multiple",
), async ({ widget, page }) => {
  await widget.open({ multiple: false });
  const chooser = page.waitForEvent("filechooser");
  await widget.browse.click();
  expect((await chooser).isMultiple()).toBe(false);
  await widget.drop(file("harbour.jpg"), file("evening.png"));
  await widget.until("queues-end");
  await widget.shows("done", "harbour.jpg");
  await expect(widget.rows).toHaveCount(1);
  const left = fill(errors.max_number_of_files_one, { left: 1 });
  await expect(widget.notice).toHaveText(left);
  expect((await widget.until("batch-cancelled")).info).toEqual({ reason: "MAX_EXCEEDED" });
});

test("multiple: true lets the chooser take several", async ({ widget, page }) => {
  await widget.open();
  const chooser = page.waitForEvent("filechooser");
  await widget.browse.click();
  expect((await chooser).isMultiple()).toBe(true);
});

test("maxFiles leaves the surplus out and says so", proves(
  "option:maxFiles event:batch-cancelled event-field:batch-cancelled.reason",
  "text:uploader.errors.max_number_of_files*",
), async ({ widget }) => {
  await widget.open({ maxFiles: 2 });
  const names = ["harbour.jpg", "evening.png", "crossing.mp4", "notes.txt"];
  await widget.drop(...names.map(file));
  const { info } = await widget.until("queues-end");
  expect(info.files.map(({ name }) => name)).toEqual(names.slice(0, 2));
  await expect(widget.rows).toHaveCount(2);
  await expect(widget.notice).toHaveText(fill(errors.max_number_of_files, { max: 2, left: 2 }));
  expect((await widget.until("batch-cancelled")).info).toEqual({ reason: "MAX_EXCEEDED" });
  const events = await widget.events();
  expect(events.filter((event) => event === "upload-added")).toHaveLength(2);
  expect(events.filter((event) => event === "batch-cancelled")).toHaveLength(1);
});

test("room is made by removing a file", async ({ widget }) => {
  await widget.open({ maxFiles: 1 });
  await widget.choose(file("notes.txt"));
  await widget.shows("done", "notes.txt");
  await widget.action("remove", "notes.txt").click();
  await widget.choose(file("harbour.jpg"));
  await widget.shows("done", "harbour.jpg");
  await expect(widget.notice).toBeHidden();
});

test("a file larger than maxFileSize is refused with its size and the limit", proves(
  "option:maxFileSize text:uploader.errors.file_too_large",
), async ({
  widget,
  page,
  folder,
}) => {
  const large = join(folder, "large.bin");
  await writeFile(large, "");
  await truncate(large, 2_400_000);
  const sent = countUploads(page);
  await widget.open({ maxFileSize: 1_000_000 });
  await widget.drop(large);
  await widget.shows("refused", "large.bin");
  const size = fill(words.uploader.filesize.m, { size: "2.4" });
  const allowed = fill(words.uploader.filesize.m, { size: "1" });
  await expect(widget.row("large.bin")).toContainText(
    fill(errors.file_too_large, { size, allowed }),
  );
  // A good file after it is sent, which proves that the refused one would have been by now.
  await widget.drop(file("notes.txt"));
  await widget.until("queues-end");
  expect(sent).toHaveLength(1);
  const events = await widget.events();
  expect(events.filter((event) => event === "upload-added")).toHaveLength(1);
});

test("a file of exactly maxFileSize is taken", async ({ widget, folder }) => {
  await writeFile(join(folder, "just.bin"), Buffer.alloc(1000, 7));
  await writeFile(join(folder, "over.bin"), Buffer.alloc(1001, 7));
  await widget.open({ maxFileSize: 1000 });
  await widget.drop(join(folder, "just.bin"), join(folder, "over.bin"));
  await widget.shows("done", "just.bin");
  await widget.shows("refused", "over.bin");
});

test("clientAllowedFormats refuses other formats and names the accepted ones", proves(
  "option:clientAllowedFormats text:uploader.errors.allowed_formats",
), async ({
  widget,
  page,
}) => {
  const sent = countUploads(page);
  await widget.open({ clientAllowedFormats: ["png", "video"] });
  await widget.drop(file("harbour.jpg"), file("evening.png"), file("crossing.mp4"));
  await widget.until("queues-end");
  await widget.shows("done", "evening.png", "crossing.mp4");
  await widget.shows("refused", "harbour.jpg");
  await expect(widget.row("harbour.jpg")).toContainText(
    fill(errors.allowed_formats, { allowed: "png, video" }),
  );
  expect(sent).toHaveLength(2);
});

test("the chooser offers the accepted formats first", async ({ widget, page }) => {
  await widget.open({ clientAllowedFormats: ["image", "pdf"] });
  const chooser = page.waitForEvent("filechooser");
  await widget.browse.click();
  const input = (await chooser).element();
  expect(await input.getAttribute("accept")).toBe("image/*,.pdf");
});

test("publicId, tags and context arrive at the server", proves(
  "option:publicId option:context",
), async ({ widget }) => {
  const publicId = `voyage/${test.info().testId}`;
  const context = { alt: "A quiet harbour", caption: "a=b|c" };
  const info = await uploadOne(widget, { publicId, tags: ["sea", "dawn"], context });
  expect(info.public_id).toBe(publicId);
  expect(info.secure_url).toContain(`/${publicId}.jpg`);
  expect(info.tags).toEqual(["sea", "dawn"]);
  expect(info.context).toEqual({ custom: context });
  expect((await widget.until("upload-added")).info.publicId).toBe(publicId);
});

test("folder and tags as comma text arrive at the server", proves(
  "option:folder option:tags",
), async ({ widget }) => {
  const info = await uploadOne(widget, { folder: "ships/old", tags: "sea, dawn" });
  expect(info.public_id).toMatch(/^ships\/old\//);
  expect(info.tags).toEqual(["sea", "dawn"]);
});

test("names in snake_case and numbers as text work", async ({ widget }) => {
  await widget.open({
    cloudName: null,
    uploadPreset: null,
    cloud_name: "demo",
    upload_preset: "unsigned",
    max_files: "1",
    max_file_size: "60000",
    client_allowed_formats: ["jpg", "txt"],
  });
  await widget.drop(file("evening.png"), file("harbour.jpg"), file("notes.txt"));
  await widget.shows("refused", "evening.png");
  await widget.shows("done", "harbour.jpg");
  await expect(widget.rows).toHaveCount(2);
  await expect(widget.notice).toHaveText(fill(errors.max_number_of_files_one, { left: 1 }));
});

test("resourceType raw stores a picture as mere bytes", proves(
  "option:resourceType",
), async ({ widget }) => {
  const info = await uploadOne(widget, { resourceType: "raw" });
  expect(info.resource_type).toBe("raw");
  expect(info.secure_url).toContain("/raw/upload/");
  expect(info.width).toBeUndefined();
});

test("the limits are said before they are met", proves("text:hints.*"), async ({ widget }) => {
  await widget.open({ maxFileSize: 5_000_000, maxFiles: 3, clientAllowedFormats: ["jpg"] });
  const hints = [
    "JPG",
    fill(words.hints.size, { size: fill(words.uploader.filesize.m, { size: "5" }) }),
    fill(words.hints.count, { count: 3 }),
  ];
  for (const hint of hints) await expect(widget.dialog).toContainText(hint);
});
