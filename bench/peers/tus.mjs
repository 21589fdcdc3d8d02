// A server that speaks tus, for what speaks nothing else when it is to go on after a break.
import { createServer } from "node:http";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import { scratch } from "../../tests/e2e/support/server.mjs";

export async function tusServer(run) {
  const folder = await scratch("tus");
  const datastore = new FileStore({ directory: folder });
  // It names itself by the address that it was asked at, as behind any proxy.
  const tus = new Server({ path: "/files", datastore, relativeLocation: true });
  const server = createServer(tus.handle.bind(tus));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await run(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  }
}
