// That a reader opened a post is told to the server: a faint sign of what they like. Once the page is looked at, not
// where a browser loads it beforehand, and not again where it is reloaded or come back to.

import { ask } from "./http.js";

export function noteOpened(tweet) {
  if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
  const tell = () => ask(tweet.dataset.click, { method: "POST", part: "none" }).catch(() => {});
  if (document.hidden) document.addEventListener("visibilitychange", tell, { once: true });
  else tell();
}
