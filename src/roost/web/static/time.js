// Times as of now, and in the reader's own zone.

const whole = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short" });
const short = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const long = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });

export function ago(then, now) {
  const s = Math.floor((now - then) / 1000);
  if (s < 60) return "now";
  if (s < 3600) return `${Math.floor(s / 60)}m`;
  if (s < 86400) return `${Math.floor(s / 3600)}h`;
  if (s < 7 * 86400) return `${Math.floor(s / 86400)}d`;
  return (then.getFullYear() === now.getFullYear() ? short : long).format(then);
}

export function refreshTimes(root = document) {
  const now = new Date();
  for (const element of root.querySelectorAll("time[datetime]")) {
    const then = new Date(element.dateTime);
    const exact = whole.format(then);
    if (element.hasAttribute("data-whole")) element.textContent = exact;
    else {
      const text = ago(then, now);
      if (then <= now && element.textContent !== text) element.textContent = text;
      element.title = exact;
    }
  }
}

export function keepTimes() {
  refreshTimes();
  setInterval(() => document.hidden || refreshTimes(), 30_000);
}
