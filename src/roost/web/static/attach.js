// Files and polls on what is being written. A file is sent at once; its description goes along with the post.

import { ask } from "./http.js";
import { toast } from "./toast.js";

const FILES_MAX = 4;
const LOOK_MS = 1500;

export function prepareAttachments(form) {
  const press = form.querySelector("[data-attach]");
  const picker = form.querySelector(".attach-file");
  const list = form.querySelector(".attach-list");
  if (!press || !picker) return;
  press.hidden = false;
  for (const input of form.querySelectorAll(".extra-plain input[type=file]")) input.disabled = true;
  press.addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => {
    for (const file of picker.files) add(file);
    picker.value = "";
  });
  form.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) event.preventDefault();
    files.forEach(add);
  });
  form.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  form.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length) event.preventDefault();
    files.forEach(add);
  });

  async function add(file) {
    if (list.children.length >= FILES_MAX) return toast(`At most ${FILES_MAX} files can be attached`);
    const row = makeRow(file);
    list.append(row);
    told();
    try {
      const body = new FormData();
      body.set("file", file);
      const media = await finished(await ask("/api/v2/media", { body }));
      row.append(hidden("media_ids[]", media.id));
      row.querySelector("textarea").name = `alt[${media.id}]`;
      if (media.type !== "image" && media.preview_url) row.querySelector("img").src = new URL(media.preview_url).pathname;
      row.removeAttribute("aria-busy");
      row.querySelector("textarea").focus();
    } catch (refused) {
      row.remove();
      toast(refused.message);
    }
    told();
  }

  const told = () => form.dispatchEvent(new CustomEvent("roost-attached"));

  function makeRow(file) {
    const row = document.createElement("div");
    row.className = "attach";
    row.setAttribute("aria-busy", "true");
    const picture = document.createElement("img");
    picture.alt = "";
    if (file.type.startsWith("image/")) {
      picture.src = URL.createObjectURL(file);
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
    }
    const words = document.createElement("textarea");
    words.placeholder = "What it shows, for those who cannot see it";
    words.setAttribute("aria-label", `Description of ${file.name}`);
    words.maxLength = 1500;
    const away = document.createElement("button");
    away.type = "button";
    away.className = "button";
    away.textContent = "Remove";
    away.addEventListener("click", () => {
      row.remove();
      told();
    });
    row.append(picture, words, away);
    return row;
  }
}

/** Films and sounds are worked on for a while after they were sent. */
async function finished(response) {
  let media = await response.json();
  for (let status = response.status; status !== 200; ) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const again = await ask(`/api/v1/media/${media.id}`);
    status = again.status;
    media = await again.json();
  }
  return media;
}

function hidden(name, value) {
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = name;
  input.value = value;
  return input;
}

export function preparePoll(form) {
  prepareToggle(form, "[data-poll]", ".extra-poll");
  prepareToggle(form, "[data-later]", ".extra-time");
  const offset = form.elements.offset;
  if (offset) offset.value = String(new Date().getTimezoneOffset());
  form.querySelector(".zone")?.remove();
}

/** A button that opens and closes a part of the form; what is closed is emptied. */
function prepareToggle(form, button, place) {
  const press = form.querySelector(button);
  const part = form.querySelector(place);
  if (!press || !part) return;
  press.hidden = false;
  press.addEventListener("click", () => {
    part.open = !part.open;
    press.setAttribute("aria-pressed", String(part.open));
    if (part.open) part.querySelector("input").focus();
    else for (const input of part.querySelectorAll("input:not([type=hidden], [type=checkbox])")) input.value = "";
  });
  form.addEventListener("reset", () => {
    part.open = false;
    press.setAttribute("aria-pressed", "false");
  });
}
