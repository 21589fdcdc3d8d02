// A service worker between the page and its server: it answers the first uploads with 504, as one
// whose cache has nothing and whose network has failed does.
let left = 2;
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "POST" || left === 0) return;
  left -= 1;
  event.respondWith(new Response("no answer", { status: 504 }));
});
