// The two ways that requests take, `fetch` and `xhr`: one suite that both must pass, and what only
// one of them can do.
import { randomBytes } from "node:crypto";
import { appendFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { answering, asset, json } from "../support/answering.mjs";
import { sha256 } from "../support/server.mjs";
import { expect, test, proves } from "../support/test.mjs";

const MIB = 1 << 20;
/** The smallest that the Upload API takes. */
const CHUNK = 5 * MIB;
/** More than sockets hold between two programs of one machine. */
const LARGE = 24 * MIB;

/** A server that answers as `answer` says, for one test. */
const serving = test.extend({
  serve: async ({}, use) => {
    const servers = [];
    await use(async (answer) => {
      servers.push(await answering(answer));
      return servers.at(-1);
    });
    servers.forEach((server) => server.close());
  },
});

async function make(folder, name, size) {
  const bytes = randomBytes(size);
  const path = join(folder, name);
  await writeFile(path, bytes);
  // Chromium looks at whole seconds: what changes in the second of its making is not noticed.
  await utimes(path, 1, 1);
  return { path, hash: sha256(bytes) };
}

for (const transport of ["fetch", "xhr"]) {
  serving.describe(transport, () => {
    const files = "files arrive as they are, whole and in chunks, under any name";
    serving(files, proves("option:transport option:uploadPrefix"), async ({
      widget,
      spare,
      folder,
    }) => {
      const small = await make(folder, "ä – 写真 \"1\".bin", 1000);
      const large = await make(folder, "large.bin", 2 * CHUNK + 5);
      await widget.open({ transport, uploadPrefix: spare.origin, maxChunkSize: CHUNK });
      await widget.choose(small.path, large.path);
      const told = [await widget.until("success", 1), await widget.until("success", 2)];
      const names = told.map(({ info }) => info.original_filename);
      expect(names.toSorted()).toEqual(["large", "ä – 写真 \"1\""].toSorted());
      const stored = (await spare.stored()).map((asset) => asset.sha256);
      expect(stored.toSorted()).toEqual([small.hash, large.hash].toSorted());
    });

    serving("a refusal has the server's words, status and name for the request", async ({
      widget,
      serve,
      folder,
      provoked,
    }) => {
      provoked.push(/status of 400/);
      const server = await serve((_request, response) =>
        json(response, 400, { error: { message: "Not today" } }, { "x-request-id": "r-7" }),
      );
      const { path } = await make(folder, "a.bin", 10);
      await widget.open({ transport, uploadPrefix: server.origin });
      await widget.choose(path);
      const { error } = await widget.until("error");
      expect(error).toMatchObject({ code: "server.refused", status: 400, requestId: "r-7" });
      expect(error.message).toContain("Not today");
      expect(error).toMatchObject({ attempts: 1, history: [] });
    });

    serving("an endless page instead of an answer is not read to its end", async ({
      widget,
      serve,
      folder,
      provoked,
    }) => {
      provoked.push(/status of 413/);
      const page = Buffer.alloc(64 * 1024, "<p>Too large</p>");
      let left;
      const hungUp = new Promise((resolve) => (left = resolve));
      const server = await serve((_request, response) => {
        response.writeHead(413, { "content-type": "text/html" });
        const more = () => {
          while (!response.destroyed && response.write(page));
        };
        response.on("drain", more).on("close", left);
        more();
      });
      const { path } = await make(folder, "a.bin", 10);
      await widget.open({ transport, uploadPrefix: server.origin });
      await widget.choose(path);
      const { error } = await widget.until("error");
      expect(error).toMatchObject({ code: "server.refused", status: 413 });
      await hungUp;
    });

    serving("an answer that breaks off is a lost one, and the file goes again", async ({
      widget,
      serve,
      folder,
      provoked,
    }) => {
      provoked.push(/ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE_CHUNKED_ENCODING/);
      const server = await serve((_request, response) => {
        if (server.requests.length > 1) return json(response, 200, asset(10));
        response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
        response.write('{"public_id": ', () => response.destroy());
      });
      const { path } = await make(folder, "a.bin", 10);
      await widget.open({ transport, uploadPrefix: server.origin, verify: "none" });
      await widget.choose(path);
      await widget.until("success");
      const ids = server.requests.map(({ headers }) => headers["x-unique-upload-id"]);
      expect(ids).toHaveLength(2);
      expect(ids[0]).toBe(ids[1]);
    });

    serving("what is cancelled hangs up", async ({ widget, serve, folder }) => {
      let left;
      const hungUp = new Promise((resolve) => (left = resolve));
      const server = await serve((_request, response) => response.on("close", left));
      const { path } = await make(folder, "a.bin", 10);
      await widget.open({ transport, uploadPrefix: server.origin });
      await widget.choose(path);
      await expect.poll(() => server.requests.length).toBe(1);
      await widget.action("cancel", "a.bin").click();
      await hungUp;
      await widget.shows("cancelled", "a.bin");
    });

    for (const [change, act] of [
      ["changed", (path) => appendFile(path, "more")],
      ["vanished", (path) => rm(path)],
    ]) {
      serving(`a file that ${change} is said to have, and is not stored`, async ({
        widget,
        serve,
        folder,
        provoked,
      }) => {
        let release;
        const server = await serve((_request, response, body) => {
          release = () => json(response, 200, asset(body.length));
        });
        const first = await make(folder, "first.bin", 10);
        const second = await make(folder, "second.bin", 10);
        await widget.open({
          ...{ transport, uploadPrefix: server.origin, verify: "none" },
          maxParallelUploads: 1,
        });
        await widget.choose(first.path, second.path);
        await expect.poll(() => server.requests.length).toBe(1);
        await act(second.path);
        // What the browser says of it, in its own words, which are not always to the point.
        provoked.push(/ERR_(UPLOAD_FILE_CHANGED|FILE_NOT_FOUND|ALPN_NEGOTIATION_FAILED)/);
        release();
        const { error } = await widget.until("error");
        expect(error).toMatchObject({ code: "file.unreadable" });
        await widget.until("queues-end");
        expect(await widget.events()).toContain("success");
        expect((await widget.events()).filter((event) => event === "success")).toHaveLength(1);
      });
    }
  });
}

serving("by XHR, a file is seen on its way before the server has answered", async ({
  widget,
  serve,
  folder,
}) => {
  let release;
  const server = await serve((_request, response) => {
    release = () => json(response, 200, asset(LARGE));
  });
  const { path } = await make(folder, "film.bin", LARGE);
  const uploadPrefix = server.origin;
  const verify = "none";
  await widget.open({ transport: "xhr", maxChunkSize: 2 * LARGE, uploadPrefix, verify });
  await widget.choose(path);
  // All of it is sent, and nothing answered.
  await widget.shows("processing", "film.bin");
  await expect.poll(() => server.requests.length).toBe(1);
  release();
  await widget.shows("done", "film.bin");
});
