// The machine: the drawing of the flow under way, what is lit in it, and the rows that were tried last.

import { $, breakable, calm, element, icon, keep, svgElement, write } from "./dom.js";
import { showState } from "./state.js";
import { word } from "./words.js";

const ZOOM_MIN = 0.05;
const ZOOM_MAX = 2;
const READABLE = { least: 0.5, most: 0.95 };
// Before anything was decided, more of the machine says more than one state.
const FROM_AFAR = 0.58;
const MARGIN = 84;
const PLAYED_FOR_MS = 4200;

const drawings = new Map(); // name → SVG, as text
let tables = null;
let picture = null;
let drawn = ""; // whose drawing stands in the page
let wanted = "";
let zoom = 1;
let byHand = false; // whether the person chose the zoom
let animated = null; // the turn that was played last
let playing = 0;

export const rowsOfTables = () => tables?.rows;

export async function start() {
  $("zoom-in").addEventListener("click", () => zoomBy(1.25));
  $("zoom-out").addEventListener("click", () => zoomBy(0.8));
  $("zoom-fit").addEventListener("click", fit);
  $("zoom-aim").addEventListener("click", () => {
    byHand = false;
    aim();
  });
  $("whole").addEventListener("click", () => {
    $("whole").setAttribute("aria-pressed", String(!isWhole()));
    byHand = false;
    draw();
  });
  dragging($("drawing"));
  $("drawing").addEventListener("click", (event) => choose(event.target));
  $("drawing").addEventListener("keydown", onKey);
  new ResizeObserver(() => byHand || aim()).observe($("drawing"));
  try {
    tables = await (await fetch("/demo/machine.json")).json();
  } catch {
    // Without the tables the drawing still lives; only rows and details stay untold.
  }
  if (picture) show({ machine: picture }, true);
}

export function show({ machine }, fresh) {
  picture = machine;
  const isNew = machine.turn !== animated;
  animated = machine.turn;
  write($("standing"), machine.state);
  showTried();
  draw(isNew && !fresh);
}

const isWhole = () => $("whole").getAttribute("aria-pressed") === "true";

// ── the drawing ──

async function draw(play = false) {
  if (!picture) return;
  const name = isWhole() ? "all" : picture.flow || drawn || "cancel";
  wanted = name;
  if (name !== drawn) {
    const svg = await drawingOf(name);
    if (!svg || wanted !== name) return;
    put(svg, name);
  }
  light();
  if (play) playTurn();
  if (!byHand) aim(play);
}

async function drawingOf(name) {
  if (!drawings.has(name)) {
    try {
      const answer = await fetch(`/demo/machine/${encodeURIComponent(name)}.svg`);
      if (!answer.ok) return null;
      drawings.set(name, await answer.text());
    } catch {
      return null;
    }
  }
  const parsed = new DOMParser().parseFromString(drawings.get(name), "image/svg+xml").documentElement;
  return document.importNode(parsed, true);
}

function put(svg, name) {
  // What is inside is to be used, so it is no single image.
  svg.setAttribute("role", "group");
  svg.removeAttribute("aria-labelledby");
  svg.setAttribute("aria-label", word("drawing"));
  for (const state of svg.querySelectorAll(".state[data-state]")) {
    state.setAttribute("role", "button");
    state.setAttribute("aria-haspopup", "dialog");
    state.querySelector("title")?.remove();
  }
  svg.querySelector(":scope > title")?.remove();
  svg.querySelector(":scope > desc")?.remove();
  $("drawing").replaceChildren(svg);
  $("drawing-save").href = `/demo/machine/${name}.svg?download=1`;
  drawn = name;
}

function light() {
  const svg = $("drawing").firstElementChild;
  for (const state of svg.querySelectorAll(".state[data-state]")) {
    const name = state.dataset.state;
    const visits = picture.visits[name] ?? 0;
    const current = name === picture.state;
    state.classList.toggle("current", current);
    state.classList.toggle("left", name === picture.from && !current && picture.turn !== null);
    state.setAttribute("tabindex", current ? "0" : "-1");
    state.setAttribute("aria-label", labelOf(name, current, visits));
    badge(state, visits);
  }
  for (const exit of svg.querySelectorAll(".exit")) exit.classList.toggle("current", exit.dataset.state === picture.state);
  if (!svg.querySelector(".state.current")) svg.querySelector(".state[data-state]")?.setAttribute("tabindex", "0");
  lightRows(svg);
}

function labelOf(state, current, visits) {
  if (current) return word("state_here", { state });
  return visits ? word("state_visited", { state, visits }) : state;
}

function lightRows(svg) {
  const held = new Set(picture.tried.filter((one) => one.held).map((one) => one.row));
  const refused = new Set(picture.tried.filter((one) => !one.held).map((one) => one.row));
  for (const arrow of svg.querySelectorAll(".arrow[data-rows]")) {
    const rows = arrow.dataset.rows.split(" ").map(Number);
    arrow.classList.toggle("fired", rows.some((row) => held.has(row)));
    arrow.classList.toggle("used", rows.some((row) => picture.fired[row]));
  }
  let row = -1;
  for (const label of svg.querySelectorAll(".label .row")) {
    // A label's further lines carry no number of their own.
    if (label.id) row = Number(label.id.slice("row-".length));
    label.classList.toggle("fired", held.has(row));
    label.classList.toggle("refused", refused.has(row) && !held.has(row));
  }
}

function badge(state, visits) {
  state.querySelector(".badge")?.remove();
  if (!visits) return;
  const { right, top } = cornerOf(state);
  const made = svgElement("g", { class: "badge", "aria-hidden": "true" });
  const words = svgElement("text", { x: right - 2, y: top + 5, "text-anchor": "middle", "font-size": 11, "font-weight": 700 });
  words.textContent = visits;
  const width = 12 + String(visits).length * 7;
  made.append(svgElement("rect", { x: right - 2 - width / 2, y: top - 8, width, height: 18, rx: 9 }), words);
  state.append(made);
}

// Read from the marks themselves: what is not on the screen has no box.
function cornerOf(state) {
  const box = state.querySelector("rect");
  const number = (name) => Number(box.getAttribute(name));
  if (box) return { right: number("x") + number("width"), top: number("y") };
  const numbers = state.querySelector("polygon").getAttribute("points").split(/[\s,]+/).map(Number);
  const across = numbers.filter((_, place) => place % 2 === 0);
  const down = numbers.filter((_, place) => place % 2 === 1);
  return { right: Math.max(...across) - 8, top: Math.min(...down) };
}

function playTurn() {
  const box = $("drawing");
  box.classList.remove("playing");
  void box.offsetWidth; // so that the animation begins anew
  box.classList.add("playing");
  clearTimeout(playing);
  playing = setTimeout(() => box.classList.remove("playing"), PLAYED_FOR_MS);
}

// ── the camera ──

function size(svg) {
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  return { width, height };
}

function zoomTo(next) {
  const svg = $("drawing").firstElementChild;
  if (!svg) return;
  zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, next));
  const { width, height } = size(svg);
  svg.style.width = `${width * zoom}px`;
  svg.style.height = `${height * zoom}px`;
}

function zoomBy(factor) {
  const box = $("drawing");
  const x = (box.scrollLeft + box.clientWidth / 2) / zoom;
  const y = (box.scrollTop + box.clientHeight / 2) / zoom;
  byHand = true;
  zoomTo(zoom * factor);
  box.scrollTo(x * zoom - box.clientWidth / 2, y * zoom - box.clientHeight / 2);
}

function fit() {
  const svg = $("drawing").firstElementChild;
  if (!svg) return;
  const { width, height } = size(svg);
  byHand = true;
  zoomTo(Math.min($("drawing").clientWidth / width, $("drawing").clientHeight / height));
}

// Shows where the machine stands, with what led there if both have room.
export function aim(smoothly = false) {
  const box = $("drawing");
  const svg = box.firstElementChild;
  if (!svg || !box.clientWidth) return;
  const way = ".state.left, .label .row.fired, .arrow.fired .tip";
  // Home is drawn once more at the end of many an arrow, so the way may lead far from home itself.
  const views = [`.state.current, ${way}`, way, ".state.current"].map((marks) => viewOf(svg, marks)).filter(Boolean);
  const view = views.find(({ room }) => room >= READABLE.least) ?? views.at(-1);
  if (!view) return;
  const most = picture.turn === null ? FROM_AFAR : READABLE.most;
  zoomTo(Math.min(most, Math.max(view.room, READABLE.least)));
  box.scrollTo({
    left: view.x * zoom - box.clientWidth / 2,
    top: view.y * zoom - box.clientHeight / 2,
    behavior: smoothly && !calm.matches ? "smooth" : "auto",
  });
}

// The middle of all these marks, and the zoom at which they have just room.
function viewOf(svg, marks) {
  const places = [...svg.querySelectorAll(marks)].map((place) => placeOf(svg, place));
  if (!places.length) return null;
  const box = $("drawing");
  const left = Math.min(...places.map((one) => one.left));
  const right = Math.max(...places.map((one) => one.right));
  const top = Math.min(...places.map((one) => one.top));
  const bottom = Math.max(...places.map((one) => one.bottom));
  const room = Math.min((box.clientWidth - MARGIN) / (right - left), (box.clientHeight - MARGIN) / (bottom - top));
  return { x: (left + right) / 2, y: (top + bottom) / 2, room };
}

// In the drawing's own units.
function placeOf(svg, place) {
  const outer = svg.getBoundingClientRect();
  const inner = place.getBoundingClientRect();
  const scale = size(svg).width / outer.width;
  return {
    left: (inner.left - outer.left) * scale,
    right: (inner.right - outer.left) * scale,
    top: (inner.top - outer.top) * scale,
    bottom: (inner.bottom - outer.top) * scale,
  };
}

function dragging(box) {
  let from = null;
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = { x: event.clientX + box.scrollLeft, y: event.clientY + box.scrollTop };
  });
  addEventListener("pointermove", (event) => from && box.scrollTo(from.x - event.clientX, from.y - event.clientY));
  addEventListener("pointerup", () => (from = null));
}

// ── the states as buttons ──

function choose(target) {
  const name = target.closest?.("[data-state]")?.dataset.state;
  if (name && tables?.states[name]) showState(name, tables, picture);
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function onKey(event) {
  const state = event.target.closest(".state[data-state]");
  if (!state) return;
  if (event.key === "Enter" || event.key === " ") choose(state);
  else if (event.key in STEPS) {
    const states = [...$("drawing").querySelectorAll(".state[data-state]")];
    const next = states[(states.indexOf(state) + STEPS[event.key] + states.length) % states.length];
    state.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else return;
  event.preventDefault();
}

// ── what was tried ──

function showTried() {
  $("turn-none").hidden = picture.tried.length > 0;
  const steps = tables ? picture.tried : [];
  keep($("tried"), steps.map((one, place) => ({ ...one, place })), ({ place, row, held }) => `${picture.turn} ${place} ${row} ${held}`, triedOf);
  $("turn").scrollTop = $("turn").scrollHeight;
}

function triedOf({ row, held }) {
  const rule = tables.rows[row];
  const item = element("li", held ? "held" : "refused");
  item.append(icon(held ? "tick" : "close", "sign"), element("span", "unseen", word(held ? "fired" : "said_no")));
  if (!rule) item.append(element("span", "", `#${row}`));
  else if (held) item.append(firedOf(rule));
  else item.append(breakable("guard", rule.guard || rule.event));
  return item;
}

function firedOf(rule) {
  const box = element("div", "rule");
  const way = element("p", "way");
  way.append(breakable("", rule.source), " → ", breakable("", rule.to));
  const what = element("p", "event");
  what.append(breakable("", rule.event));
  if (rule.guard) what.append(" ", breakable("guard", `[${rule.guard}]`));
  box.append(way, what);
  return box;
}
