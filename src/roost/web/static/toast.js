// A line at the foot of the page that says what happened; screen readers say it too.

const SHOWN_MS = 5000;

export function toast(text, link) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const shown = document.createElement("div");
  shown.className = "toast";
  shown.textContent = text;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    shown.append(anchor);
  }
  place.append(shown);
  while (place.children.length > 3) place.firstElementChild.remove();
  setTimeout(() => shown.remove(), SHOWN_MS);
}
