// What goes between the page and its server: the stream of pictures, and what a person does.

import { word } from "./words.js";
import { $ } from "./dom.js";

const AGAIN_MS = 2000;
const PROBLEM_STAYS_MS = 6000;
let source = null;

export function listen(persona, receive) {
  source?.close();
  const mine = (source = new EventSource(`/demo/events?persona=${encodeURIComponent(persona)}`));
  mine.onopen = () => ($("connection").hidden = true);
  mine.onmessage = (message) => mine === source && receive(JSON.parse(message.data));
  mine.onerror = () => {
    if (mine !== source) return;
    $("connection").hidden = false;
    // The browser tries again by itself, except after an answer that it takes for final.
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => mine === source && listen(persona, receive), AGAIN_MS);
  };
}

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
    return answer.ok ? "" : (await answer.text()).trim() || word("not_sent");
  } catch {
    return word("not_sent");
  }
}

export async function act(what, body) {
  const problem = await post(what, body);
  if (problem) tell(problem);
  return !problem;
}

let hiding = 0;
export function tell(problem) {
  $("problem").textContent = problem;
  $("problem").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => ($("problem").hidden = true), PROBLEM_STAYS_MS);
}

const moments = { asked: null };
export async function moment(n, persona) {
  moments.asked?.abort();
  moments.asked = new AbortController();
  try {
    const answer = await fetch(`/demo/moment?n=${n}&persona=${encodeURIComponent(persona)}`, { signal: moments.asked.signal });
    if (answer.ok) return await answer.json();
    tell((await answer.text()).trim());
  } catch (error) {
    if (error.name !== "AbortError") tell(word("lost"));
  }
  return null;
}
