// The timeline: every entry in order, and the scrubber over them.

import { $, button, element, icon, label, stayAtEnd, write, writeBreakable } from "./dom.js";
import { behind, hasMore, told } from "./entry.js";
import { showFork } from "./fork.js";
import { rowsOfTables } from "./machine.js";
import { word } from "./words.js";

// Entries that are mostly words of people; the others hold long names.
const PEOPLES = new Set(["client", "message", "salon"]);

let entries = [];
let chosen = null; // the number of the entry that is looked at; null: now
let onChoice = () => {};

export const chosenEntry = () => entries[chosen - 1] ?? null;
export const entryOf = (n) => entries[n - 1] ?? null;

export function start(changed) {
  onChoice = changed;
  $("show-all").addEventListener("change", () => {
    $("entries").classList.toggle("all", $("show-all").checked);
    if (chosen === null) toEnd();
    else bring();
  });
  $("scrub").addEventListener("input", () => {
    const n = Number($("scrub").value);
    choose(n === entries.length ? null : n);
  });
  $("scrub-first").addEventListener("click", () => choose(1));
  $("scrub-back").addEventListener("click", () => choose(neighbour(-1)));
  $("scrub-on").addEventListener("click", () => choose(neighbour(1)));
  $("scrub-last").addEventListener("click", () => choose(null));
  $("to-now").addEventListener("click", () => choose(null));
  stayAtEnd($("entries-box"), isAtEnd, () => chosen === null && toEnd());
  $("entries").addEventListener("click", onClick);
  $("entries").addEventListener("keydown", onKey);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen !== null && !document.querySelector("dialog[open]")) choose(null);
  });
}

export function clear() {
  entries = [];
  chosen = null;
  $("entries").replaceChildren();
  showChoice();
}

export function add(more) {
  // A stream that was opened anew tells everything once more; and of some entries more is known later.
  for (const entry of more.filter(({ n }) => n <= entries.length)) revise(entry);
  const fresh = more.filter((entry) => entry.n > entries.length);
  if (!fresh.length) return false;
  const atEnd = isAtEnd();
  const many = fresh.length > 1 && !entries.length;
  $("entries").append(...fresh.map((entry) => itemOf(entry, many)));
  entries.push(...fresh);
  $("timeline-empty").hidden = entries.some(({ kind }) => kind === "client");
  $("scrub").max = entries.length;
  if (chosen === null) $("scrub").value = entries.length;
  $("scrub").setAttribute("aria-valuetext", valueText());
  rove();
  if (chosen === null && (atEnd || many)) toEnd();
  return true;
}

function revise(entry) {
  if (JSON.stringify(entry) === JSON.stringify(entries[entry.n - 1])) return;
  entries[entry.n - 1] = entry;
  const item = $("entries").children[entry.n - 1];
  tell(item, entry);
  if (item.querySelector(".behind")) unfold(item, true);
}

// ── the list ──

function itemOf(entry, still) {
  const item = element("li", `entry of-${entry.kind}`);
  item.classList.toggle("still", still);
  item.dataset.n = entry.n;
  const head = element("button", "entry-head");
  head.type = "button";
  head.tabIndex = -1;
  const words = element("span", "entry-words");
  words.append(element("span", "line"), element("span", "note"));
  head.append(icon(told(entry).icon), words, element("time", "", entry.at));
  item.append(head);
  if (hasMore(entry)) item.append(moreOf(item));
  tell(item, entry);
  return item;
}

function moreOf(item) {
  const more = button("more", null, () => unfold(item));
  more.tabIndex = -1;
  more.setAttribute("aria-expanded", "false");
  more.append(icon("down"));
  return more;
}

function tell(item, entry) {
  const { line, note, bad, quiet, cause, awaited } = told(entry);
  const traits = { bad, "quiet-entry": quiet, cause, awaited };
  for (const trait of Object.keys(traits)) item.classList.toggle(trait, Boolean(traits[trait]));
  const put = PEOPLES.has(entry.kind) ? write : writeBreakable;
  put(item.querySelector(".line"), line);
  write(item.querySelector(".note"), note ?? "");
  const more = item.querySelector(".more");
  if (more) label(more, `${word("details")}: ${line}`.slice(0, 80));
}

function unfold(item, open = item.querySelector(".more").getAttribute("aria-expanded") === "false") {
  const more = item.querySelector(".more");
  if (!more) return;
  more.setAttribute("aria-expanded", String(open));
  item.querySelector(".behind")?.remove();
  if (!open) return;
  const box = element("div", "behind");
  box.append(behind(entries[item.dataset.n - 1], rowsOfTables()));
  item.append(box);
}

function onClick(event) {
  const head = event.target.closest(".entry-head");
  if (!head) return;
  const n = Number(head.parentElement.dataset.n);
  choose(n === chosen ? null : n);
}

function onKey(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const item = event.target.closest(".entry");
  if (!by || !item || event.target.closest(".behind")) return;
  let next = item;
  do next = by > 0 ? next.nextElementSibling : next.previousElementSibling;
  while (next && !isSeen(next));
  if (!next) return;
  event.preventDefault();
  for (const control of item.querySelectorAll(".entry-head, .more")) control.tabIndex = -1;
  stand(next);
  next.querySelector(".entry-head").focus();
}

function isSeen(item) {
  const { classList } = item;
  return !classList.contains("quiet-entry") || classList.contains("at") || $("entries").classList.contains("all");
}

// One entry at a time is in the order of Tab; the arrows lead to the others.
function rove() {
  if ($("entries").contains(document.activeElement)) return;
  for (const control of $("entries").querySelectorAll("[tabindex='0']:not(pre)")) control.tabIndex = -1;
  const last = chosen === null ? [...$("entries").children].findLast(isSeen) : $("entries").children[chosen - 1];
  if (last) stand(last);
}

function stand(item) {
  for (const control of item.querySelectorAll(".entry-head, .more")) control.tabIndex = 0;
}

function isAtEnd() {
  const box = $("entries-box");
  return box.scrollHeight - box.scrollTop - box.clientHeight < 60;
}

export function toEnd() {
  $("entries-box").scrollTop = $("entries-box").scrollHeight;
}

// ── travelling ──

function neighbour(by) {
  const items = [...$("entries").children];
  let n = (chosen ?? entries.length + (by < 0 ? 0 : 1)) + by;
  while (items[n - 1] && !isSeen(items[n - 1])) n += by;
  if (n < 1) return chosen ?? 1;
  return n > entries.length ? null : n;
}

export function choose(n) {
  if (n === chosen || (n !== null && !entries[n - 1])) return;
  chosen = n;
  showChoice();
  onChoice(n);
}

function showChoice() {
  for (const item of $("entries").children) {
    const n = Number(item.dataset.n);
    const at = n === chosen;
    if (!at && item.classList.contains("at")) unfold(item, false);
    item.classList.toggle("at", at);
    item.classList.toggle("later", chosen !== null && n > chosen);
    const head = item.querySelector(".entry-head");
    if (at) head.setAttribute("aria-current", "true");
    else head.removeAttribute("aria-current");
    if (at && item.querySelector(".more")) unfold(item, true);
  }
  $("scrub").max = Math.max(1, entries.length);
  $("scrub").value = chosen ?? entries.length;
  $("scrub").setAttribute("aria-valuetext", valueText());
  rove();
  showFork(chosenEntry());
  if (chosen === null) toEnd();
  else bring();
}

function valueText() {
  return chosen === null ? word("now") : entries[chosen - 1].at;
}

function bring() {
  $("entries").children[chosen - 1]?.scrollIntoView({ block: "nearest" });
}
