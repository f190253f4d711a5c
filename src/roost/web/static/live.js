// New posts. They are fetched as they come and kept aside, and shown when the reader says so: what is being
// read never moves. Whatever the reason to look (an event, a connection that came back, a page that was woken),
// what is fetched is everything above the newest post that is known, so that nothing can be missed.

import { ask, part } from "./http.js";
import { refreshTimes } from "./time.js";

const LOOK_MS = 12_000;
const SOON_MS = 300;
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];
const STREAM = "/api/v1/streaming/user";
const SILENCE_MS = 40_000; // the server says something every 15 s
const OWED_MS = [1000, 4000, 12_000];

export class Live {
  constructor(feed, pill) {
    this.feed = feed;
    this.pill = pill;
    this.newest = BigInt(feed.dataset.newest || "0");
    this.waiting = []; // newest first
    this.known = new Set([...feed.querySelectorAll("[data-id]")].map((tweet) => tweet.dataset.id));
    this.looking = null;
    this.again = false;
    this.owed = new Map(); // ids of posts that were announced and not found yet, and how often they were looked for
    this.heardMs = 0; // when the stream last said something; 0 while there is none
    pill.addEventListener("click", () => this.show());
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    addEventListener("online", () => this.look());
    addEventListener("pageshow", (event) => event.persisted && this.look());
  }

  start() {
    this.look();
    this.listen();
    setInterval(() => document.hidden || this.flows() || this.look(), LOOK_MS);
  }

  /** Whether the stream is up, so that nobody needs to ask. */
  flows() {
    return Date.now() - this.heardMs < SILENCE_MS;
  }

  /** Fetch what is above the newest known post; one look at a time, and one more if asked meanwhile. */
  look() {
    if (this.looking) this.again = true;
    else {
      this.looking = this.fetch()
        .catch(() => {}) // the next look finds it
        .finally(() => {
          this.looking = null;
          if (this.again) {
            this.again = false;
            this.look();
          }
        });
    }
    return this.looking;
  }

  async fetch() {
    // an announced post may be below the newest that is known, where it came late
    let above = [...this.owed.keys()].reduce((low, id) => (id <= low ? id - 1n : low), this.newest);
    for (;;) {
      const url = new URL(this.feed.dataset.live, location.href);
      url.searchParams.set("min_id", String(above));
      const found = await part(url, "new");
      const tweets = [...found.querySelectorAll(":scope > [data-id]")];
      const fresh = tweets.filter((tweet) => !this.known.has(tweet.dataset.id));
      for (const tweet of fresh) this.known.add(tweet.dataset.id);
      this.waiting = [...fresh, ...this.waiting].sort((a, b) => (BigInt(a.dataset.id) < BigInt(b.dataset.id) ? 1 : -1));
      const newest = BigInt(found.dataset.newest);
      if (newest > this.newest) this.newest = newest;
      if (found.dataset.full !== "1" || newest <= above) break;
      above = newest;
    }
    this.tell();
    this.lookForOwed();
  }

  /** An announced post may be told of before it can be fetched; one that stays away (hidden by a filter, say) is let go. */
  lookForOwed() {
    for (const [id, looks] of this.owed) {
      if (this.known.has(String(id)) || looks >= OWED_MS.length) this.owed.delete(id);
      else this.owed.set(id, looks + 1);
    }
    if (!this.owed.size) return;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.look(), OWED_MS[Math.max(...this.owed.values()) - 1]);
  }

  tell() {
    const count = this.waiting.length;
    this.pill.hidden = count === 0;
    this.pill.querySelector("span").textContent = count === 1 ? "1 new post" : `${count} new posts`;
    const title = document.title.replace(/^\(\d+\) /, "");
    document.title = count ? `(${count}) ${title}` : title;
  }

  /** Put the new posts on top and go there. */
  show() {
    if (!this.waiting.length) return;
    this.insert();
    scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    this.feed.querySelector("[data-id]")?.focus({ preventScroll: true });
  }

  insert() {
    for (const tweet of this.waiting) tweet.classList.add("fresh");
    this.feed.querySelector(":scope > .empty")?.remove();
    this.feed.prepend(...this.waiting);
    refreshTimes(this.feed);
    this.waiting = [];
    this.tell();
  }

  /** One's own new post is shown at once, above what it was written after. */
  own(tweet) {
    this.known.add(tweet.dataset.id);
    tweet.classList.add("fresh");
    this.feed.querySelector(":scope > .empty")?.remove();
    this.feed.prepend(tweet);
  }

  /** Events say that there is something to fetch; a server without them is looked at now and then. */
  async listen() {
    for (let failures = 0; ; failures++) {
      const began = Date.now();
      try {
        await this.stream();
      } catch (refused) {
        this.heardMs = 0;
        if (refused.status === 404 || refused.status === 401 || refused.status === 403) return;
      }
      this.heardMs = 0;
      if (Date.now() - began > 20_000) failures = 0;
      await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]));
      this.look();
    }
  }

  async stream() {
    const stop = new AbortController();
    let alarm = setTimeout(() => stop.abort(), SILENCE_MS);
    const response = await ask(STREAM, { signal: stop.signal, headers: { Accept: "text/event-stream" } });
    if (!(response.headers.get("Content-Type") ?? "").startsWith("text/event-stream")) {
      throw Object.assign(new Error("not a stream"), { status: 404 });
    }
    this.heardMs = Date.now();
    this.look();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      this.heardMs = Date.now();
      clearTimeout(alarm);
      alarm = setTimeout(() => stop.abort(), SILENCE_MS);
      text += value;
      const blocks = text.split("\n\n");
      text = blocks.pop();
      for (const block of blocks) this.hear(block);
    }
    clearTimeout(alarm);
  }

  /** What a post says has changed, or a preview of its link has come. */
  async renew(id) {
    const shown = () => [...this.waiting, ...document.querySelectorAll(".feed [data-tweet]")].filter((tweet) => tweet.dataset.tweet === id);
    if (!shown().length) return;
    const said = await part(`/tweets/${id}/said`, "said").catch(() => null); // the next visit shows it
    if (!said) return;
    for (const tweet of shown()) tweet.querySelector(".said")?.replaceWith(said.cloneNode(true));
  }

  hear(block) {
    const event = /^event: ?(.+)$/m.exec(block)?.[1];
    if (event === "update" || event === "refetch") {
      const id = /^data: ?\{[^]*?"id":"(\d+)"/m.exec(block)?.[1];
      if (id && !this.known.has(id)) this.owed.set(BigInt(id), 0);
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.look(), SOON_MS);
    } else if (event === "status.update") {
      const id = /^data: ?\{[^]*?"id":"(\d+)"/m.exec(block)?.[1];
      if (id) this.renew(id);
    } else if (event === "delete") {
      const id = /^data: ?(\d+)/m.exec(block)?.[1];
      this.waiting = this.waiting.filter((tweet) => tweet.dataset.tweet !== id);
      document.querySelectorAll(`.feed [data-tweet="${id}"]`).forEach((tweet) => tweet.remove());
      this.tell();
    } else if (event === "notification") {
      dispatchEvent(new CustomEvent("roost-notification"));
    }
  }
}
