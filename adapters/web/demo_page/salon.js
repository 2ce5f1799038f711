// The journal of the salon: a day as masters × hours, and what has changed in it.

import { $, element, keep, option, write } from "./dom.js";
import { openRecord } from "./record.js";
import { language, word } from "./words.js";

const CHANGED_FOR_MS = 4000;
const HOUR = 60;

let salon = null;
let day = ""; // the day that is shown
let followed = { world: null, persona: null }; // whose day was jumped to
let looks = new Map(); // record id → what it looked like

export function start() {
  $("day").addEventListener("change", () => turnTo($("day").value));
  $("day-before").addEventListener("click", () => step(-1));
  $("day-after").addEventListener("click", () => step(1));
  $("days").addEventListener("click", (event) => {
    const id = event.target.closest(".record")?.dataset.record;
    if (id) openRecord(salon.rows.find((row) => String(row.record_id) === id), salon);
  });
}

export function show(picture, fresh) {
  salon = { ...picture.salon, number: picture.phone.number, iso: picture.clock.iso };
  const changed = fresh ? [] : salon.rows.filter((row) => looks.get(row.record_id) !== looksOf(row));
  if (fresh) calmDown();
  looks = new Map(salon.rows.map((row) => [row.record_id, looksOf(row)]));
  const focused = document.activeElement.closest(".record")?.dataset.record;
  showDays();
  follow(picture, changed);
  showJournal();
  if (focused) focusOn(focused);
  for (const row of changed) flash(row);
}

function calmDown() {
  tell(word("watch_it"), "quiet");
  for (const item of $("days").querySelectorAll(".changed")) item.classList.remove("changed");
}

export function tell(words, kind) {
  write($("news"), words);
  $("news").className = kind === "quiet" ? "news" : `news fresh ${kind}`;
}

const looksOf = (row) => [row.on, row.time, row.services, row.master, row.status].join("|");
const isMine = (row) => salon.number !== "" && row.phone === salon.number;

// ── days ──

function showDays() {
  const dayOption = ({ on }) => option(on, "");
  keep($("day"), salon.days, ({ on }) => on, dayOption, (made, { label }) => write(made, label));
  if (!salon.days.some(({ on }) => on === day)) day = salon.days[0]?.on ?? "";
}

// A new face at the phone is shown with its next record; later the day of whatever changes.
function follow(picture, changed) {
  if (picture.world !== followed.world || picture.persona !== followed.persona) {
    followed = { world: picture.world, persona: picture.persona };
    const own = salon.rows.filter((row) => isMine(row) && row.on >= salon.today);
    const [mine] = own.sort((a, b) => a.on.localeCompare(b.on));
    day = mine?.on ?? salon.today;
    if (mine) setTimeout(() => reveal(mine));
    else setTimeout(() => ($("days").scrollTop = 0));
  }
  const last = changed.at(-1);
  if (last) day = last.on;
}

function turnTo(on) {
  day = on;
  showJournal();
}

function step(by) {
  const place = salon.days.findIndex(({ on }) => on === day) + by;
  if (salon.days[place]) turnTo(salon.days[place].on);
}

// ── the grid ──

function showJournal() {
  const from = Math.min(10 * HOUR, ...salon.rows.map((row) => row.from_min));
  const to = Math.max(20 * HOUR, ...salon.rows.map((row) => row.from_min + row.length_min));
  const hours = { from: Math.floor(from / HOUR), to: Math.ceil(to / HOUR) };
  // The day that is seen comes first; the others are there, hidden.
  const dates = [...new Set([day, ...salon.days.map(({ on }) => on), ...salon.rows.map((row) => row.on)])];
  keep($("days"), dates, (on) => on, dayOf, (section, on) => showDay(section, on, hours));
  $("day").value = day;
  const place = salon.days.findIndex(({ on }) => on === day);
  $("day-before").disabled = place <= 0;
  $("day-after").disabled = place === salon.days.length - 1;
}

function dayOf() {
  const section = element("div", "day");
  section.append(element("div", "hours"), element("div", "lanes"));
  section.firstElementChild.setAttribute("aria-hidden", "true");
  return section;
}

function showDay(section, on, hours) {
  section.hidden = on !== day;
  section.style.setProperty("--hours", hours.to - hours.from);
  const rows = salon.rows.filter((row) => row.on === on);
  const names = [...new Set([...salon.masters.map(({ name }) => name), ...rows.map((row) => row.master)])];
  const all = Array.from({ length: hours.to - hours.from }, (_, place) => hours.from + place);
  keep(section.querySelector(".hours"), all, (hour) => hour, (hour) => element("span", "", `${hour}:00`));
  keep(section.querySelector(".lanes"), names, (name) => name, laneOf, (lane, name) => {
    const own = placed(rows.filter((row) => row.master === name));
    const show = (item, place) => showRecord(item, place, hours.from);
    keep(lane.querySelector("ul"), own, ({ row }) => row.record_id, recordOf, show);
  });
  showNow(section, on, hours);
}

function laneOf(name) {
  const lane = element("div", "lane");
  const head = element("p", "lane-head");
  const does = salon.masters.find((one) => one.name === name)?.does ?? "";
  head.append(element("b", "", name), element("small", "", does));
  lane.setAttribute("role", "group");
  lane.setAttribute("aria-label", name);
  lane.lang = "ru";
  lane.append(head, element("ul", "lane-rows"));
  return lane;
}

// Records at the same time stand side by side: a cancelled one stays in its place beside who came instead.
function placed(rows) {
  const sorted = [...rows].sort((a, b) => a.from_min - b.from_min || a.record_id - b.record_id);
  const made = [];
  let group = [];
  let until = -1;
  for (const row of sorted) {
    if (row.from_min >= until) group = [];
    const column = firstFree(group, row);
    const place = { row, column, group };
    group.push(place);
    made.push(place);
    until = Math.max(until, row.from_min + row.length_min);
  }
  const columns = (beside) => 1 + Math.max(...beside.map((one) => one.column));
  return made.map(({ row, column, group: beside }) => ({ row, column, columns: columns(beside) }));
}

function firstFree(group, row) {
  let column = 0;
  const taken = (one) => one.column === column && one.row.from_min + one.row.length_min > row.from_min;
  while (group.some(taken)) column += 1;
  return column;
}

function recordOf() {
  const item = element("li");
  const open = element("button", "open");
  open.type = "button";
  open.setAttribute("aria-haspopup", "dialog");
  const who = element("span", "who");
  const name = element("span");
  who.append(element("span", "unseen", word("client_is")), name);
  const pill = element("span", "pill");
  pill.append(element("span", "full"));
  open.append(element("span", "what"), element("time"), who, pill);
  for (const words of [open.firstElementChild, name]) words.lang = "ru";
  item.append(open);
  return item;
}

function showRecord(item, { row, column, columns }, from) {
  const changed = item.classList.contains("changed") ? "changed" : "";
  item.className = `record ${row.status} ${isMine(row) ? "mine" : ""} ${changed}`;
  item.dataset.record = row.record_id;
  item.style.setProperty("--from", row.from_min - from * HOUR);
  item.style.setProperty("--length", Math.max(row.length_min, 25));
  item.style.setProperty("--column", column);
  item.style.setProperty("--columns", columns);
  write(item.querySelector(".what"), row.services);
  write(item.querySelector("time"), row.time);
  write(item.querySelector(".who").lastChild, row.client || word("nameless"));
  write(item.querySelector(".full"), row.status_words);
  const pill = item.querySelector(".pill");
  pill.className = `pill ${row.status}`;
  pill.dataset.short = word(`short_${row.status}`);
  item.firstElementChild.title = [row.time, row.services, row.client || word("nameless"), row.status_words].join(", ");
}

function showNow(section, on, hours) {
  section.querySelector(".now-line")?.remove();
  if (on !== salon.today) return;
  const [hour, minute] = salon.iso.slice(11, 16).split(":").map(Number);
  if (hour < hours.from || hour >= hours.to) return;
  const line = element("div", "now-line");
  line.style.setProperty("--from", (hour - hours.from) * HOUR + minute);
  section.append(line);
}

// ── what changed ──

function flash(row) {
  const item = $("days").querySelector(`[data-record="${row.record_id}"]`);
  item.classList.add("changed");
  setTimeout(() => item.classList.remove("changed"), CHANGED_FOR_MS);
  reveal(row);
  const label = salon.days.find(({ on }) => on === row.on);
  const when = label?.label ?? row.on;
  const day = language === "ru" ? when.toLowerCase() : when;
  const words = `${row.services}, ${day}, ${row.time.split("–")[0]}: ${row.status_words}`;
  tell(words, ["no_show", "deleted"].includes(row.status) ? "gone" : "other");
}

export function reveal(row = salon?.rows.find((one) => isMine(one) && one.on === day)) {
  const item = row && $("days").querySelector(`[data-record="${row.record_id}"]`);
  if (!item) return;
  const box = $("days").getBoundingClientRect();
  const place = item.getBoundingClientRect();
  $("days").scrollBy({ top: place.top + place.height / 2 - box.top - box.height / 2 - 12, behavior: "auto" });
}

// A record that goes over to another master is another element there.
export function focusOn(id) {
  const open = $("days").querySelector(`[data-record="${id}"] .open`);
  if (open && open !== document.activeElement) open.focus({ preventScroll: true });
}
