// The machine: the drawing of the flow under way, what is lit in it, and the rows that were tried last.

import * as camera from "./camera.js";
import { $, svgElement, write } from "./dom.js";
import { showState } from "./state.js";
import { Patient } from "./stream.js";
import { showTried } from "./tried.js";
import { word } from "./words.js";

const PLAYED_FOR_MS = 4200;
const WAITS_S_MIN = 2;

const drawings = new Map(); // name → what asks for its SVG
const machine = new Patient("/demo/machine.json");
let tables = null;
let waits = null; // since when the machine waits for YClients, in ms; null: it does not
let picture = null;
let drawn = ""; // whose drawing stands in the page
let wanted = "";
let animated = null; // the turn that was played last
let playing = 0;

export const rowsOfTables = () => tables?.rows;

export async function start() {
  camera.start($("drawing"));
  $("whole").addEventListener("click", () => {
    $("whole").setAttribute("aria-pressed", String(!isWhole()));
    camera.letGo();
    draw();
  });
  $("drawing").addEventListener("click", (event) => choose(event.target));
  $("drawing").addEventListener("keydown", onKey);
  setInterval(showStanding, 500);
  await read();
}

// Without the tables the drawing still lives; only rows and details stay untold.
async function read() {
  if (tables) return;
  const text = await machine.text();
  if (!text || tables) return;
  tables = JSON.parse(text);
  if (picture) showTried(picture, tables.rows);
}

// `since`: when the turn was taken, by the clock of this browser; null: in the past nothing goes on.
export function show({ machine }, fresh, since) {
  picture = machine;
  waits = since;
  const isNew = machine.turn !== animated;
  animated = machine.turn;
  showStanding();
  showTried(machine, tables?.rows);
  draw(isNew && !fresh);
  read();
}

// A call that takes long is seen to take long.
function showStanding() {
  if (!picture) return;
  const isCalling = tables?.states[picture.state]?.kind === "calling";
  const s = isCalling && waits !== null ? Math.floor((Date.now() - waits) / 1000) : 0;
  write($("standing"), picture.state);
  write($("waits"), s >= WAITS_S_MIN ? word("waits_for_yclients", { s }) : "");
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
  camera.follow({ afar: picture.turn === null, smoothly: play });
}

async function drawingOf(name) {
  if (!drawings.has(name)) drawings.set(name, new Patient(`/demo/machine/${encodeURIComponent(name)}.svg`));
  const text = await drawings.get(name).text();
  if (!text) return null;
  return document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
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
  for (const exit of svg.querySelectorAll(".exit")) {
    exit.classList.toggle("current", exit.dataset.state === picture.state);
  }
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
  const words = svgElement("text", { x: right - 2, y: top + 5, "text-anchor": "middle" });
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

// ── the states as buttons ──

async function choose(target) {
  const name = target.closest?.("[data-state]")?.dataset.state;
  if (!name) return;
  // The drawing may be there before what it tells of.
  await read();
  if (tables?.states[name]) showState(name, tables, picture);
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
