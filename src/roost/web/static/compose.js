// Writing: a dialog where there is script, the same form as a page where there is none. What is written is kept
// in this browser until it is sent.

import { prepareAttachments, preparePoll } from "./attach.js";
import { ask, part } from "./http.js";
import { refreshTimes } from "./time.js";
import { toast } from "./toast.js";

const CONFIRM_MS = 500;
const LINK = /https?:\/\/[^\s<>"]+|(?<![@\w.])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|de|fr|uk|eu|jp|br|social|info|app|example)\b(?:\/[^\s<>"]*)?/giu;
const EMOJI = /\p{Regional_Indicator}{2}|[\d#*]\u{FE0F}?\u{20E3}|\p{Extended_Pictographic}(?:\u{FE0F}|\p{Emoji_Modifier})?(?:\u{200D}\p{Extended_Pictographic}(?:\u{FE0F}|\p{Emoji_Modifier})?)*/gu;
const onSent = new Set();

export const whenSent = (work) => onSent.add(work);

/** The length by the rules of twitter-text, near enough; the server says it exactly. */
export function weigh(text, urlLength) {
  let links = 0;
  const rest = text.normalize("NFC").replace(LINK, () => (links++, ""));
  let emoji = 0;
  const plain = rest.replace(EMOJI, (found) => (/^[©®]$/.test(found) ? found : (emoji++, "")));
  let weight = 0;
  for (const letter of plain) {
    const code = letter.codePointAt(0);
    const light = code <= 0x10ff || (code >= 0x2000 && code <= 0x200d) || (code >= 0x2010 && code <= 0x201f) || (code >= 0x2032 && code <= 0x2037);
    weight += light ? 1 : 2;
  }
  return weight + emoji * 2 + links * urlLength;
}

export function openCompose(url) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Write");
  dialog.innerHTML = '<div class="dialog-head"><h2>Write</h2><form method="dialog"><button class="icon-button" title="Close (Esc)"><span class="hidden">Close</span><svg class="icon" aria-hidden="true"><use/></svg></button></form></div><div class="bone half"></div>';
  const sprite = document.querySelector(".icon use")?.getAttribute("href").split("#")[0];
  dialog.querySelector("use").setAttribute("href", `${sprite}#close`);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.showModal();
  part(url, "compose")
    .then((form) => {
      dialog.querySelector(".bone")?.remove();
      dialog.append(form);
      prepare(form);
      refreshTimes(form);
      const text = form.querySelector("textarea[name=text]");
      text.focus();
      text.setSelectionRange(text.value.length, text.value.length);
    })
    .catch((refused) => {
      dialog.close();
      toast(refused.message);
    });
}

export function prepareCompose() {
  document.querySelectorAll("form.compose").forEach(prepare);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-compose]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("details")?.removeAttribute("open");
    openCompose(link.href);
  });
}

function prepare(form) {
  const text = form.elements.text;
  const counter = form.querySelector(".counter");
  const send = form.querySelector(".send");
  const limit = Number(form.dataset.max);
  const key = `draft ${document.documentElement.dataset.viewer} ${form.dataset.draft}`;
  const first = text.value;
  let exact = 0;

  const kept = localStorage.getItem(key);
  if (kept && (!text.value || kept.startsWith(text.value))) text.value = kept;

  function show(length) {
    const left = limit - length;
    counter.textContent = length ? String(left) : "";
    counter.classList.toggle("close", left <= 20 && left >= 0);
    counter.classList.toggle("over", left < 0);
    text.required = !form.querySelector(".attach");
    const busy = form.querySelector(".attach[aria-busy=true]");
    send.disabled = left < 0 || Boolean(busy) || (!text.value.trim() && text.required);
  }

  function count() {
    show(weigh(text.value, Number(form.dataset.urlLength)) + weigh(form.elements.spoiler?.value ?? "", Number(form.dataset.urlLength)));
    if (text.value && text.value !== first) localStorage.setItem(key, text.value);
    else localStorage.removeItem(key);
    clearTimeout(exact);
    const sent = text.value;
    if (sent.length > limit / 3 || /[^\x00-\x7f]|\./.test(sent)) exact = setTimeout(() => confirmLength(sent), CONFIRM_MS);
  }

  async function confirmLength(sent) {
    try {
      const body = new URLSearchParams({ text: sent, spoiler: form.elements.spoiler?.value ?? "" });
      const { length } = await (await ask("/compose/length", { body })).json();
      if (text.value === sent) show(length);
    } catch {
      // the estimate stands
    }
  }

  form.addEventListener("input", count);
  form.addEventListener("roost-attached", count);
  const warn = form.querySelector("[data-warn]");
  const row = form.querySelector(".warning-row");
  if (warn) {
    warn.hidden = false;
    warn.addEventListener("click", () => {
      const shown = row.toggleAttribute("data-hide");
      warn.setAttribute("aria-pressed", String(!shown));
      if (shown) form.elements.spoiler.value = "";
      else form.elements.spoiler.focus();
      count();
    });
  }
  prepareAttachments(form);
  preparePoll(form);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) form.requestSubmit(send);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    send.disabled = true;
    send.setAttribute("aria-busy", "true");
    try {
      const body = new FormData(form);
      body.set("key", (form.dataset.key ??= `${Date.now()}-${Math.random()}`));
      const tweet = await part(form.action, "tweet", { body }); // nothing, where it is for later
      localStorage.removeItem(key);
      delete form.dataset.key;
      sent(form, tweet);
    } catch (refused) {
      toast(refused.message);
    } finally {
      send.removeAttribute("aria-busy");
      count();
    }
  });
  count();
}

function sent(form, tweet) {
  const reply = form.elements.reply?.value;
  form.reset();
  form.querySelectorAll(".attach").forEach((attached) => attached.remove());
  form.closest("dialog")?.close();
  if (!tweet?.dataset.url) return toast("It will be posted when its time comes");
  refreshTimes(tweet);
  for (const work of onSent) work(tweet, reply);
  if (form.classList.contains("page")) return location.assign(tweet.dataset.url);
  toast("Posted", { href: tweet.dataset.url, text: "Show" });
}
