// The master's phone beside the journal: what the bot tells the masters and the administrator.

import { $, element, keep, option, write } from "./dom.js";

// A master and the administrator are told of the same thing one after the other.
const TOGETHER_MS = 4000;

let phones = []; // the masters', and last the administrator's
let heard = new Map(); // master → how many messages
let rangAt = 0;

export function start() {
  $("master").addEventListener("change", showPhone);
}

// It turns to whoever got news.
export function show({ masters }, fresh) {
  phones = masters;
  keep($("master"), phones, ({ name }) => name, ({ name }) => option(name, name));
  const rung = fresh ? [] : phones.filter(({ name, bubbles }) => bubbles.length > (heard.get(name) ?? 0));
  heard = new Map(phones.map(({ name, bubbles }) => [name, bubbles.length]));
  if (rung.length && !isOnlyTheAdministrators(rung)) {
    $("master").value = rung[0].name;
    rangAt = Date.now();
    ring();
  }
  showPhone();
}

// What a master was told says more to whoever watches than the administrator's copy of it.
const isOnlyTheAdministrators = (rung) => rung[0] === phones.at(-1) && Date.now() - rangAt < TOGETHER_MS;

function showPhone() {
  const phone = phones.find(({ name }) => name === $("master").value) ?? phones[0];
  if (!phone) return;
  $("master").value = phone.name;
  write($("master-number"), phone.shown);
  $("pocket-empty").hidden = phone.bubbles.length > 0;
  const bubbles = phone.bubbles.map((bubble, place) => ({ ...bubble, key: `${phone.name} ${place} ${bubble.text}` }));
  keep($("pocket"), bubbles, ({ key }) => key, noticeOf);
  $("pocket-chat").scrollTop = $("pocket-chat").scrollHeight;
}

function noticeOf({ text, time }) {
  const item = element("li", "notice");
  item.append(element("p", "text", text), element("time", "", time));
  return item;
}

function ring() {
  const pocket = $("pocket").closest(".pocket");
  pocket.classList.remove("rings");
  void pocket.offsetWidth; // so that the animation begins anew
  pocket.classList.add("rings");
}
