// Keyboard shortcuts. Off while something is typed.

const PLACES = { h: "/home", e: "/explore", n: "/notifications", s: "/settings", l: "/lists", b: "/bookmarks" };
let waiting = false;

export function listenToKeys({ live, compose }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return;
    if (event.key === "Escape") return escape();
    if (document.querySelector("dialog[open]")) return;
    const key = event.key;
    if (waiting) {
      waiting = false;
      const viewer = document.documentElement.dataset.viewer;
      const place = key === "p" && viewer ? `/@${viewer}` : PLACES[key];
      if (place) location.assign(place);
      return;
    }
    const done = press(key, live, compose);
    if (done) event.preventDefault();
  });
  document.querySelector("[data-keys]")?.addEventListener("click", (event) => {
    event.preventDefault();
    help();
  });
}

function press(key, live, compose) {
  switch (key) {
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "l":
      return click(".act.like");
    case "b":
      return click(".act.retweet");
    case "r":
      return click(".act.reply[data-compose]");
    case "Enter":
      return document.activeElement === current() ? (location.assign(current().dataset.url), true) : false;
    case "n":
      return document.documentElement.dataset.viewer ? (compose("/compose"), true) : false;
    case ".":
      return live ? (live.show(), true) : false;
    case "/": {
      const field = [...document.querySelectorAll("input[type=search]")].find((input) => input.offsetParent);
      return field ? (field.focus(), true) : false;
    }
    case "g":
      waiting = true;
      setTimeout(() => (waiting = false), 1500);
      return true;
    case "?":
      return help();
    default:
      return false;
  }
}

const typing = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const current = () => document.activeElement?.closest(".tweet");

/** From the post in focus, else from the first one in sight. */
function move(step) {
  const tweets = [...document.querySelectorAll("main .tweet[data-id]")];
  if (!tweets.length) return false;
  const here = tweets.indexOf(current());
  const seen = tweets.findIndex((tweet) => tweet.getBoundingClientRect().top >= 50);
  const next = here >= 0 ? here + step : Math.max(seen, 0);
  const tweet = tweets[Math.min(Math.max(next, 0), tweets.length - 1)];
  tweet.focus({ preventScroll: true });
  tweet.scrollIntoView({ block: "nearest" });
  const top = tweet.getBoundingClientRect().top;
  if (top < 70) scrollBy(0, top - 70);
  return true;
}

function click(selector) {
  const button = current()?.querySelector(`:scope > .body > .acts ${selector}`);
  button?.click();
  return Boolean(button);
}

function escape() {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
}

const KEYS = [
  ["j k", "Next and previous post"], ["Enter", "Open the post"], ["l", "Like"], ["b", "Retweet"], ["r", "Reply"],
  ["n", "Write"], [".", "Show new posts"], ["/", "Search"], ["g h", "Home"], ["g e", "Explore"],
  ["g n", "Notifications"], ["g l", "Lists"], ["g b", "Bookmarks"], ["g p", "Your profile"], ["g s", "Settings"],
  ["Ctrl Enter", "Send what you write"], ["?", "This list"], ["Esc", "Close"],
];

function help() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "keys-head");
  const rows = KEYS.map(([keys, text]) => `<div><dt>${keys.split(" ").map((key) => `<kbd>${key}</kbd>`).join(" ")}</dt><dd>${text}</dd></div>`).join("");
  dialog.innerHTML = `<div class="dialog-head"><h2 id="keys-head">Keyboard</h2><form method="dialog"><button class="button" autofocus>Close</button></form></div><div class="prose"><dl class="keys">${rows}</dl></div>`;
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return true;
}
