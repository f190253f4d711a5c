// What scripts add to the pages. Each of them works without: see the single files.

import { takeOverForms, takeOverParts } from "./actions.js";
import { openCompose, prepareCompose, whenSent } from "./compose.js";
import { keepGoing, keepPlace } from "./feed.js";
import { part } from "./http.js";
import { listenToKeys } from "./keys.js";
import { Live } from "./live.js";
import { noteOpened } from "./opened.js";
import { keepTimes } from "./time.js";
import { keepVisit } from "./visit.js";

document.documentElement.classList.add("scripted");
keepTimes();
takeOverForms();
takeOverParts();
prepareCompose();
document.querySelectorAll("main > .feed").forEach((feed) => {
  keepPlace(feed);
  keepGoing(feed);
});

let live = null;
const feed = document.querySelector(".feed[data-live]");
if (feed) {
  live = new Live(feed, document.querySelector(".pill"));
  live.start();
  if (location.pathname === "/home") keepVisit(feed);
}

const opened = document.querySelector(".tweet.focus[data-click]");
if (opened) noteOpened(opened);

whenSent((tweet, reply) => {
  const focus = document.querySelector(".tweet.focus");
  if (live && !reply) live.own(tweet);
  else if (reply && focus?.dataset.tweet === reply) {
    tweet.classList.add("fresh");
    document.querySelector("section.feed").append(tweet);
  }
});
addEventListener("roost-notification", () => {
  const link = document.querySelector(".nav a[href='/notifications']");
  if (!link) return;
  let badge = link.querySelector(".badge");
  if (!badge) {
    badge = document.createElement("span");
    badge.className = "badge";
    badge.textContent = "0";
    link.append(badge);
  }
  const count = parseInt(badge.textContent, 10) + 1;
  badge.textContent = count > 99 ? "99+" : String(count);
});
listenToKeys({ live, compose: openCompose });

const rail = document.querySelector("[data-load]");
if (rail && getComputedStyle(rail.closest(".rail")).display !== "none") {
  part(rail.dataset.load, "rail").then((found) => found?.childElementCount && rail.replaceChildren(...found.childNodes)).catch(() => {});
}

if ("serviceWorker" in navigator && isSecureContext) {
  navigator.serviceWorker.register("/worker.js").catch(() => {});
}
