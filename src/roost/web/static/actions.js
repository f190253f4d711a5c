// Buttons that change something, without leaving the page. Each is a form's button, which works without script.

import { ask, part } from "./http.js";
import { refreshTimes } from "./time.js";
import { toast } from "./toast.js";

const TURNED = { like: "unlike", unlike: "like", retweet: "unretweet", unretweet: "retweet" };

export function takeOverForms() {
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.id !== "act" || !button) return;
    const question = button.dataset.confirm;
    event.preventDefault();
    if (question && !confirm(question)) return;
    act(button).catch((refused) => toast(refused.message));
  });
  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(copy.href).then(() => toast("The link is copied"));
      copy.closest("details").open = false;
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const back = event.target.closest("[data-back]");
    if (back && history.length > 1 && document.referrer.startsWith(location.origin)) {
      event.preventDefault();
      history.back();
    }
    open(event);
  });
}

/** A press anywhere on a post opens it, but not one on something else, nor the end of a selection. */
function open(event) {
  const tweet = event.target.closest(".tweet[data-url]:not(.focus)");
  if (!tweet || event.defaultPrevented || event.target.closest("a, button, summary, input, label, video, audio, form")) return;
  if (String(getSelection())) return;
  if (event.metaKey || event.ctrlKey) window.open(tweet.dataset.url, "_blank", "noopener");
  else location.assign(tweet.dataset.url);
}

async function act(button) {
  const url = new URL(button.formAction);
  const [, kind, id, verb] = url.pathname.split("/");
  const menu = button.closest("details.menu");
  if (menu) menu.open = false;
  if (kind === "tweets") return verb in TURNED || verb.endsWith("bookmark") ? mark(button, url, id, verb) : change(button, url, id, verb);
  if (kind === "users") return relate(button, url, verb);
  return plain(button, url);
}

async function mark(button, url, id, verb) {
  const was = button.getAttribute("aria-pressed");
  const group = button.closest(".acts");
  button.setAttribute("aria-pressed", was === "true" ? "false" : "true");
  try {
    const fresh = await part(url, "actions", { method: "POST" });
    const at = [...group.children].indexOf(button);
    const focused = group.contains(document.activeElement);
    for (const tweet of document.querySelectorAll(`[data-tweet="${id}"]`)) {
      const old = tweet.querySelector(":scope > .body > .acts");
      old?.replaceWith(fresh.cloneNode(true));
      if (focused && old === group) tweet.querySelector(":scope > .body > .acts").children[at]?.focus();
    }
    toast(SAID[verb] ?? "Done");
  } catch (refused) {
    button.setAttribute("aria-pressed", was);
    throw refused;
  }
}

const SAID = {
  like: "Liked",
  unlike: "Like taken back",
  retweet: "Retweeted",
  unretweet: "Retweet taken back",
  bookmark: "Bookmarked",
  unbookmark: "Bookmark removed",
};

async function change(button, url, id, verb) {
  if (verb !== "delete") return plain(button, url);
  await ask(url, { method: "POST", part: "none" });
  if (location.pathname.endsWith(`/${id}`)) return location.assign("/home");
  for (const tweet of document.querySelectorAll(`[data-tweet="${id}"]`)) tweet.remove();
  toast("The post is deleted");
}

async function relate(button, url, verb) {
  if (button.classList.contains("follow")) {
    button.setAttribute("aria-busy", "true");
    try {
      const fresh = await part(url, "follow", { method: "POST" });
      button.replaceWith(fresh);
      fresh.focus();
    } finally {
      button.removeAttribute("aria-busy");
    }
    return;
  }
  await ask(url, { method: "POST", part: "none" });
  const tweet = button.closest(".tweet");
  const person = button.closest(".person");
  if (tweet && (verb === "mute" || verb === "block")) {
    const name = tweet.querySelector(".byline .handle, .focus-name .handle")?.textContent;
    for (const other of document.querySelectorAll(".feed .tweet")) {
      if (other.querySelector(".handle")?.textContent === name) other.remove();
    }
    toast(verb === "mute" ? `${name} is muted` : `${name} is blocked`);
  } else if (person) person.remove();
  else location.reload();
}

/** Any other form: send it, and show the page as it is then. */
async function plain(button, url) {
  await ask(url, { method: "POST", part: "none" });
  location.reload();
}

/** Forms with [data-part]: what they answer takes the place of what they name. */
export function takeOverParts() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset?.part) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const fresh = await part(form.action, form.dataset.part, { body });
      refreshTimes(fresh);
      form.replaceWith(fresh);
    } catch (refused) {
      toast(refused.message);
    }
  });
}
