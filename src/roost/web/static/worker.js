// Keeps one page for when the server cannot be reached, and does nothing else.

const PAGE = "/offline";
const KEPT = "roost-1";

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(KEPT);
      const page = await fetch(PAGE, { cache: "reload", credentials: "omit" });
      const html = await page.clone().text();
      await cache.put(PAGE, page);
      await cache.addAll([...new Set(html.match(/\/assets\/[\w]+\/[\w.-]+\.(?:css|svg)/g) ?? [])]);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  } else if (request.method === "GET" && new URL(request.url).pathname.startsWith("/assets/")) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
