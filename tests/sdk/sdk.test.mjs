// The official Node SDK, unchanged, against the real server: what it sends is understood, what it
// is answered it accepts, and the addresses it makes are served.
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { after, test } from "node:test";
import {
  CLOUD,
  KEY,
  SECRET,
  cloudinary,
  file,
  md5,
  noise,
  origin,
  png,
  start,
  stop,
} from "./server.mjs";

const { uploader, utils } = cloudinary;

after(stop);

/** Whether the SDK believes the answer. */
const isGenuine = (asset) =>
  utils.verify_api_response_signature(asset.public_id, asset.version, asset.signature);

/** Uploads a stream with one of the SDK's functions. */
const streamed = (make, bytes, ...rest) =>
  new Promise((resolve, reject) => {
    const done = (error, asset) => (error ? reject(error) : resolve(asset));
    make(...rest, done).end(bytes);
  });

/** What an upload that must fail is told. */
async function refusal(upload) {
  try {
    await upload;
  } catch (error) {
    return { status: error.http_code, message: error.message };
  }
  throw new Error("it was not refused");
}

const small = await file("logo é.png", png);
const bytes = noise(17_000_000);
const large = await file("big.bin", bytes);
/** What the server takes, and a part of it. */
const chunk_size = 5_300_000;

test("unsigned uploads are taken and answered as the SDK expects", async () => {
  const asset = await uploader.unsigned_upload(small, "unsigned", {
    tags: ["a", "b c"],
    context: { alt: "x & y", caption: "a=b|c" },
  });
  assert.equal(asset.etag, md5(png));
  assert.deepEqual([asset.width, asset.height, asset.format], [8, 6, "png"]);
  assert.deepEqual(asset.tags, ["a", "b c"]);
  assert.deepEqual(asset.context.custom, { alt: "x & y", caption: "a=b|c" });
  assert.equal(asset.original_filename, "logo é");
  assert.equal(asset.api_key, undefined);
  assert.ok(isGenuine(asset));
});

test("signed uploads hold with both digests and both versions", async () => {
  for (const signature_algorithm of ["sha1", "sha256"]) {
    for (const signature_version of [1, 2]) {
      cloudinary.config({ signature_algorithm, signature_version });
      const asset = await uploader.upload(small, { tags: "a", folder: "f" });
      assert.equal(asset.api_key, KEY);
      assert.equal(asset.folder, "f");
      assert.ok(isGenuine(asset), `${signature_algorithm} ${signature_version}`);
    }
  }
  cloudinary.config({ signature_algorithm: "sha1", signature_version: 2 });
  const context = { alt: "x & y" };
  assert.equal((await uploader.upload(small, { context })).context.custom.alt, "x & y");
});

test("signed parameters do what they say", async () => {
  const asset = await uploader.upload(small, {
    upload_preset: "signed",
    use_filename: true,
    unique_filename: false,
    filename_override: "my logo.png",
    discard_original_filename: true,
    public_id_prefix: "p",
    type: "private",
    tags: ["t"],
    metadata: { id: "7", set: ["x", "y"] },
    custom_coordinates: [1, 2, 3, 4],
    allowed_formats: ["png", "jpg"],
    moderation: "manual",
  });
  assert.equal(asset.public_id, "p/my_logo");
  assert.equal(asset.type, "private");
  assert.equal(asset.original_filename, undefined);
  assert.deepEqual(asset.tags, ["preset", "t"]);
  assert.deepEqual(asset.coordinates.custom, [[1, 2, 3, 4]]);
  assert.deepEqual(asset.metadata, { id: "7", set: ["x", "y"] });
});

test("streams of unknown length are taken", async () => {
  const make = (options, done) => uploader.upload_stream(options, done);
  const asset = await streamed(make, png, { folder: "streams" });
  assert.equal(asset.etag, md5(png));
  const unsigned = (done) => uploader.unsigned_upload_stream("unsigned", {}, done);
  assert.equal((await streamed(unsigned, png)).etag, md5(png));
});

test("data URIs are taken", async () => {
  const uri = `data:image/png;base64,${png.toString("base64")}`;
  assert.equal((await uploader.upload(uri)).etag, md5(png));
});

test("large files go up in chunks and are whole", async () => {
  const done = (upload, path, options) =>
    new Promise((resolve, reject) => {
      upload(path, options, (error, asset) => (error ? reject(error) : resolve(asset)));
    });
  const raw = await done(uploader.upload_large, large, { chunk_size });
  assert.deepEqual([raw.bytes, raw.etag], [bytes.length, md5(bytes)]);
  assert.equal(raw.done, true);
  assert.ok(isGenuine(raw));
  const chunked = await done(uploader.upload_chunked, large, {
    chunk_size,
    resource_type: "auto",
    public_id: "chunks/whole",
  });
  assert.deepEqual([chunked.etag, chunked.public_id], [md5(bytes), "chunks/whole"]);
  // One chunk is the first and the last.
  const single = await done(uploader.upload_chunked, small, { chunk_size });
  assert.equal(single.etag, md5(png));
});

test("chunks may come at once, each with its own signature", async () => {
  const ends = [0, chunk_size, 2 * chunk_size, 3 * chunk_size, bytes.length];
  const send = async (index) => {
    const [start, end] = ends.slice(index, index + 2);
    const params = utils.process_request_params({ timestamp: utils.timestamp() }, {});
    const form = new FormData();
    Object.entries(params).forEach(([name, value]) => form.append(name, value));
    form.append("file", new Blob([bytes.subarray(start, end)]), "big.bin");
    const headers = {
      "content-range": `bytes ${start}-${end - 1}/${bytes.length}`,
      "x-unique-upload-id": "parallel",
    };
    const url = utils.api_url("upload", { resource_type: "raw" });
    const answer = await fetch(url, { method: "POST", body: form, headers });
    return { status: answer.status, ...(await answer.json()) };
  };
  assert.equal((await send(0)).done, false);
  const middle = await Promise.all([send(2), send(1)]);
  assert.deepEqual(middle.map((answer) => answer.done), [false, false]);
  assert.equal((await send(1)).bytes, 3 * chunk_size);
  const last = await send(3);
  assert.deepEqual([last.etag, last.done], [md5(bytes), true]);
  assert.ok(isGenuine(last));
});

test("refusals reach the caller with their words", async () => {
  const unsigned = (path, options = {}) => uploader.unsigned_upload(path, "unsigned", options);
  const text = await file("note.txt", "no image");
  const empty = await file("empty.png", "");
  const huge = await file("huge.bin", noise(6_000_001));
  const table = [
    [unsigned(text), 400, "Invalid image file"],
    [unsigned(empty), 400, "Empty file"],
    [
      unsigned(huge, { resource_type: "raw" }),
      400,
      "File size too large. Got 6000001. Maximum is 6000000.",
    ],
    [uploader.unsigned_upload(small, "nope"), 400, "Upload preset not found"],
    [
      uploader.unsigned_upload(small, "signed"),
      400,
      "Upload preset must be whitelisted for unsigned uploads",
    ],
    [
      unsigned(small, { moderation: "manual" }),
      400,
      "Moderation parameter is not allowed when using unsigned upload. Only upload_preset," +
        "callback,public_id,folder,asset_folder,tags,context,metadata,face_coordinates," +
        "custom_coordinates,source,filename_override,manifest_transformation,manifest_json," +
        "template,template_vars,regions,public_id_prefix upload parameters are allowed.",
    ],
    [
      uploader.upload(small, { ocr: "adv_ocr" }),
      400,
      "Ocr parameter is not supported by this server",
    ],
    [uploader.upload(small, { cloud_name: "nobody" }), 401, "Invalid cloud_name nobody"],
    [uploader.upload(small, { api_key: "1" }), 401, "Unknown API key 1"],
    [
      uploader.upload(small, { timestamp: 1434805181 }),
      400,
      "Stale request - reported time is 2015-06-20 12:59:41 +0000 which is more than 1 hour ago",
    ],
    [uploader.upload(small, { allowed_formats: "jpg" }), 400, "Image file format png not allowed"],
  ];
  for (const [upload, status, message] of table) {
    assert.deepEqual(await refusal(upload), { status, message });
  }
  const wrong = await refusal(uploader.upload(small, { api_secret: "wrong", tags: "a&b" }));
  assert.equal(wrong.status, 401);
  assert.match(
    wrong.message,
    /^Invalid Signature [0-9a-f]{40}\. String to sign - 'tags=a%26b&timestamp=\d+'\.$/,
  );
});

test("what has no room is told in words", async () => {
  await uploader.unsigned_upload(small, "tight");
  assert.deepEqual(await refusal(uploader.unsigned_upload(small, "tight")), {
    status: 400,
    message: "Quota exceeded. Maximum is 1 files.",
  });
  const upload_prefix = await start("full", "store_bytes_max = 50");
  await uploader.upload(small, { upload_prefix, resource_type: "raw" });
  const another = uploader.upload(small, { upload_prefix, resource_type: "raw" });
  assert.deepEqual(await refusal(another), {
    status: 500,
    message: "The storage is full. Try again later.",
  });
});

test("an upload that nobody waits for is pending, and then there", async () => {
  const { status, batch_id } = await uploader.upload(small, { async: true, public_id: "later" });
  assert.equal(status, "pending");
  assert.match(batch_id, /^[0-9a-f]{32}$/);
  let found = 404;
  for (let tries = 0; found === 404 && tries < 5_000; tries += 1) {
    const response = await fetch(`${origin}/${CLOUD}/image/upload/later.png`);
    await response.arrayBuffer();
    found = response.status;
  }
  assert.equal(found, 200);
});

test("addresses that the SDK makes are served", async () => {
  const asset = await uploader.upload(small, { public_id: "shown/é b" });
  const cname = new URL(origin).host;
  const fetched = async (options) => {
    const url = cloudinary.url("shown/é b", { secure: false, cname, ...options });
    assert.ok(url.startsWith(`${origin}/${CLOUD}/`), url);
    const answer = await fetch(url);
    assert.equal(answer.status, 200, url);
    return Buffer.from(await answer.arrayBuffer());
  };
  const { version } = asset;
  assert.deepEqual(await fetched({ format: "png" }), png);
  assert.deepEqual(await fetched({ version, format: "png" }), png);
  const thumbnail = await fetched({ version, width: 4, height: 4, crop: "fill", format: "png" });
  assert.deepEqual([thumbnail.readUInt32BE(16), thumbnail.readUInt32BE(20)], [4, 4]);
  const signed = await fetched({ version, width: 2, crop: "limit", format: "png", sign_url: true });
  assert.equal(signed.readUInt32BE(16), 2);
  assert.equal((await fetch(asset.secure_url)).status, 200);

  await uploader.upload(small, { public_id: "hidden", type: "authenticated" });
  const hidden = { type: "authenticated", format: "png", secure: false, cname };
  assert.equal((await fetch(cloudinary.url("hidden", hidden))).status, 401);
  const open = await fetch(cloudinary.url("hidden", { ...hidden, sign_url: true }));
  assert.deepEqual(Buffer.from(await open.arrayBuffer()), png);
});

test("transformations of the SDK are made before the answer", async () => {
  const asset = await uploader.upload(small, {
    transformation: { width: 6, crop: "limit" },
    format: "jpg",
    eager: [
      { width: 4, height: 4, crop: "fill" },
      { width: 2, crop: "scale", format: "webp" },
    ],
  });
  assert.deepEqual([asset.width, asset.format], [6, "jpg"]);
  const made = asset.eager.map(({ width, format }) => [width, format]);
  assert.deepEqual(made, [[4, "jpg"], [2, "webp"]]);
  for (const { secure_url } of asset.eager) assert.equal((await fetch(secure_url)).status, 200);
});

test("assets are replaced, changed, listed and deleted", async () => {
  const options = { public_id: "life/dog", return_delete_token: true };
  const first = await uploader.upload(small, options);
  const second = await uploader.upload(small, { ...options, tags: "second" });
  assert.equal(second.overwritten, true);
  const kept = await uploader.upload(small, { ...options, overwrite: false });
  assert.deepEqual([kept.existing, kept.tags], [true, ["second"]]);
  const changed = await uploader.explicit("life/dog", { type: "upload", tags: ["x", "y"] });
  assert.deepEqual(changed.tags, ["x", "y"]);
  assert.ok(isGenuine(changed));
  const listed = await cloudinary.api.resources({ type: "upload", prefix: "life/" });
  assert.deepEqual(listed.resources.map((asset) => asset.public_id), ["life/dog"]);

  // As the jQuery SDK deletes from a page.
  const url = `${origin}/v1_1/${CLOUD}/delete_by_token`;
  const byToken = (token) =>
    fetch(url, { method: "POST", body: new URLSearchParams({ token }) });
  assert.equal((await byToken(first.delete_token)).status, 400);
  assert.deepEqual(await (await byToken(second.delete_token)).json(), { result: "ok" });
  await uploader.upload(small, { public_id: "life/cat" });
  assert.deepEqual(await uploader.destroy("life/cat"), { result: "ok" });
  assert.deepEqual(await uploader.destroy("life/cat"), { result: "not found" });
});

test("the SDK's form parameters make an upload from a page", async () => {
  const params = JSON.parse(uploader.upload_tag_params({ folder: "page", tags: ["a", "b"] }));
  const form = new FormData();
  Object.entries(params).forEach(([name, value]) => form.append(name, value));
  form.append("file", new Blob([png]), "page.png");
  const answer = await fetch(uploader.upload_url(), { method: "POST", body: form });
  const asset = await answer.json();
  assert.equal(answer.status, 200, asset.error?.message);
  assert.deepEqual([asset.folder, asset.tags], ["page", ["a", "b"]]);
  assert.ok(isGenuine(asset));
  assert.equal(params.api_key, KEY);
  assert.ok(!JSON.stringify(params).includes(SECRET));
});

test("files are read as they are sent", async () => {
  const make = (options, done) => uploader.upload_stream(options, done);
  const asset = await new Promise((resolve, reject) => {
    const upload = make({ resource_type: "raw" }, (error, asset) =>
      error ? reject(error) : resolve(asset),
    );
    createReadStream(large, { end: 5_999_999 }).pipe(upload);
  });
  assert.deepEqual([asset.bytes, asset.etag], [6_000_000, md5(bytes.subarray(0, 6_000_000))]);
});
