// Requests to our own pages. All carry the page's token; parts of pages come as elements.

const token = () => document.querySelector("meta[name=csrf]")?.content ?? "";

export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/**
 * Asks for something; throws Refused with words for people where it is not had. A press of a button is sent to its end
 * even where the page is left at once (keepalive); what has a body may be too large for that (64 KiB), and says so itself.
 */
export async function ask(url, { part = "", body, method, signal, keepalive = method === "POST" && !body, headers = {} } = {}) {
  const sent = { "X-Roost-Token": token(), Accept: "*/*", ...headers };
  if (part) sent["X-Fragment"] = part;
  let response;
  try {
    response = await fetch(url, {
      method: method ?? (body ? "POST" : "GET"),
      body,
      headers: sent,
      signal,
      keepalive,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "follow",
    });
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new Refused(0, "The server cannot be reached");
  }
  if (response.ok) return response;
  let text = `That did not work (${response.status})`;
  try {
    text = (await response.json()).error ?? text;
  } catch {
    // an answer that is not ours, of a proxy say
  }
  throw new Refused(response.status, text);
}

/** The first element of a part of a page. */
export async function part(url, name, options = {}) {
  const response = await ask(url, { ...options, part: name });
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content.firstElementChild;
}
