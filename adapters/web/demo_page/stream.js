// What goes between the page and its server: the stream of pictures, and what a person does.

import { word } from "./words.js";
import { $, write } from "./dom.js";

const AGAIN_MS = 2000;
const PROBLEM_STAYS_MS = 6000;
let source = null;

export function listen(persona, receive) {
  source?.close();
  const mine = (source = new EventSource(`/demo/events?${seenBy(persona)}`));
  mine.onopen = () => ($("connection").hidden = true);
  mine.onmessage = (message) => mine === source && receive(JSON.parse(message.data));
  mine.onerror = () => {
    if (mine !== source) return;
    tellWhy(persona);
    // The browser tries again by itself, except after an answer that it takes for final.
    const again = () => mine === source && listen(persona, receive);
    if (mine.readyState === EventSource.CLOSED) setTimeout(again, AGAIN_MS);
  };
}

// A stream does not tell why it broke off; another question does.
async function tellWhy(persona) {
  $("connection").hidden = false;
  const status = await fetch(`/demo/moment?n=1&${seenBy(persona)}`).then((answer) => answer.status, () => 0);
  write($("connection"), word(status === 503 ? "full" : "lost"));
}

const seenBy = (persona) => new URLSearchParams({ persona, lang: document.documentElement.lang });

export function hangUp() {
  source?.close();
}

// Returns what went wrong, in words; "" if nothing did.
export async function post(what, body) {
  try {
    const answer = await fetch(`/demo/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.ok ? "" : firstLine(await answer.text());
  } catch {
    return word("not_sent");
  }
}

export async function act(what, body) {
  const problem = await post(what, body);
  if (problem) tell(problem);
  return !problem;
}

const firstLine = (text) => text.trim().split("\n")[0] || word("not_sent");

let hiding = 0;
export function tell(problem) {
  $("problem").textContent = problem;
  $("problem").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => ($("problem").hidden = true), PROBLEM_STAYS_MS);
}

// A file that is asked for until it comes; after a failure not at once again, and less and less often.
export class Patient {
  #address;
  #text = null;
  #asking = null;
  #failed = 0;
  #notBefore = 0;

  constructor(address) {
    this.#address = address;
  }

  // Returns null as long as it is not there.
  async text() {
    if (this.#text !== null || Date.now() < this.#notBefore) return this.#text;
    this.#asking ??= this.#ask();
    await this.#asking;
    return this.#text;
  }

  async #ask() {
    try {
      const answer = await fetch(this.#address);
      if (answer.ok) this.#text = await answer.text();
    } catch {}
    if (this.#text === null) this.#notBefore = Date.now() + Math.min(60_000, AGAIN_MS * 2 ** this.#failed++);
    this.#asking = null;
  }
}

let asked = null;
// Returns the picture as of an entry: null if there is none, undefined if another one was asked for meanwhile.
export async function moment(n, persona) {
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(`/demo/moment?n=${n}&${seenBy(persona)}`, { signal: asked.signal });
    if (answer.ok) return await answer.json();
    tell(firstLine(await answer.text()));
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    tell(word("not_loaded"));
  }
  return null;
}
