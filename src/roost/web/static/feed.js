// Lists that go on when their end comes near. Without script, the link at their end does the same.

import { part } from "./http.js";
import { refreshTimes } from "./time.js";
import { toast } from "./toast.js";

const NEAR = "900px";

export function keepGoing(feed) {
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) load(entry.target);
    },
    { rootMargin: NEAR },
  );
  const watch = () => {
    const more = feed.querySelector(":scope > a.more[rel=next], :scope > .people ~ a.more[rel=next]");
    if (more) watcher.observe(more);
  };

  async function load(more) {
    if (more.hasAttribute("aria-busy")) return;
    more.setAttribute("aria-busy", "true");
    feed.setAttribute("aria-busy", "true");
    const words = more.textContent;
    const bones = skeletons();
    more.replaceChildren(bones);
    try {
      const found = await part(more.href, "feed");
      watcher.unobserve(more);
      const known = new Set([...feed.querySelectorAll("[data-id]")].map((tweet) => tweet.dataset.id));
      for (const tweet of found.querySelectorAll(":scope > [data-id]")) {
        if (known.has(tweet.dataset.id)) tweet.remove();
      }
      refreshTimes(found);
      more.replaceWith(...found.childNodes);
      watch();
    } catch (refused) {
      more.textContent = words;
      watcher.unobserve(more);
      more.removeAttribute("aria-busy");
      toast(refused.message);
    } finally {
      feed.setAttribute("aria-busy", "false");
    }
  }

  watch();
  return watch;
}

/** Coming back to a page finds it as it was left: as long, and at the same place. Nobody finds what another left. */
export function keepPlace(feed) {
  const viewer = document.documentElement.dataset.viewer ?? "";
  if (sessionStorage.getItem("viewer") !== viewer) {
    sessionStorage.clear();
    sessionStorage.setItem("viewer", viewer);
  }
  const key = `feed ${location.pathname}${location.search}`;
  const how = performance.getEntriesByType("navigation")[0]?.type;
  if (how === "back_forward") {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (kept) {
      feed.innerHTML = kept.html;
      if (feed.dataset.newest) feed.dataset.newest = kept.newest;
      requestAnimationFrame(() => scrollTo(0, kept.top));
    }
  }
  addEventListener("pagehide", () => {
    const ids = [...feed.querySelectorAll("[data-id]")].map((tweet) => BigInt(tweet.dataset.id));
    const newest = ids.reduce((most, id) => (id > most ? id : most), 0n);
    try {
      sessionStorage.setItem(key, JSON.stringify({ html: feed.innerHTML, top: scrollY, newest: String(newest || feed.dataset.newest || 0) }));
    } catch {
      sessionStorage.clear(); // full: what was kept longest is not worth more than this
    }
  });
}

function skeletons() {
  const shown = document.createDocumentFragment();
  for (let index = 0; index < 2; index++) {
    const bone = document.createElement("span");
    bone.className = "tweet";
    for (const kind of ["round", "half", ""]) {
      const line = document.createElement("span");
      line.className = `bone ${kind}`;
      bone.append(line);
    }
    shown.append(bone);
  }
  return shown;
}
