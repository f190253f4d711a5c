// Where a visit ended: when the page is left for something else than this site, the newest post on it is the read
// marker, from which the next visit can catch up.

import { ask } from "./http.js";

const FOLLOWED_MS = 3000;

export function keepVisit(feed) {
  let goingOnMs = 0;
  for (const kind of ["click", "submit"]) {
    document.addEventListener(kind, (event) => {
      if (kind === "submit" || event.target.closest("a[href], .tweet[data-url]")) goingOnMs = Date.now();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || Date.now() - goingOnMs < FOLLOWED_MS) return;
    const ids = [...feed.querySelectorAll("[data-id]")].map((tweet) => BigInt(tweet.dataset.id));
    const newest = ids.reduce((most, id) => (id > most ? id : most), 0n);
    if (newest) ask("/home/read", { body: new URLSearchParams({ id: String(newest) }), part: "none", keepalive: true }).catch(() => {});
  });
}
