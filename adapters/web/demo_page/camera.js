// The camera over the drawing: its zoom, and where it looks.

import { $, calm } from "./dom.js";

const ZOOM_MIN = 0.05;
const ZOOM_MAX = 2;
const READABLE = { least: 0.5, most: 0.95 };
// Seen from further away than this nobody reads the rules, so only the states are shown, larger.
const FAR = 0.3;
const LARGER = { by: 0.68, most: 4 };
const MARGIN = { near: 84, far: 36 };

let box = null;
let zoom = 1;
let byHand = false; // whether the person chose the zoom
let afar = true;

export function start(drawing) {
  box = drawing;
  $("zoom-in").addEventListener("click", () => zoomBy(1.25));
  $("zoom-out").addEventListener("click", () => zoomBy(0.8));
  $("zoom-fit").addEventListener("click", fit);
  $("zoom-aim").addEventListener("click", () => {
    letGo();
    afar = false;
    aim();
  });
  dragging();
  new ResizeObserver(() => byHand || aim()).observe(box);
}

// Takes the zoom back from the person.
export function letGo() {
  byHand = false;
}

export function follow(how) {
  afar = how.afar;
  if (!byHand) aim(how);
}

function size(svg) {
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  return { width, height };
}

function zoomTo(next) {
  const svg = box.firstElementChild;
  if (!svg) return;
  zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, next));
  box.classList.toggle("far", zoom < FAR);
  svg.style.setProperty("--larger", Math.min(LARGER.most, Math.max(1, LARGER.by / zoom)));
  const { width, height } = size(svg);
  svg.style.width = `${width * zoom}px`;
  svg.style.height = `${height * zoom}px`;
}

function zoomBy(factor) {
  const x = (box.scrollLeft + box.clientWidth / 2) / zoom;
  const y = (box.scrollTop + box.clientHeight / 2) / zoom;
  byHand = true;
  zoomTo(zoom * factor);
  box.scrollTo(x * zoom - box.clientWidth / 2, y * zoom - box.clientHeight / 2);
}

function fit() {
  byHand = true;
  showAll();
}

function showAll() {
  const svg = box.firstElementChild;
  if (!svg || !box.clientWidth) return;
  box.classList.remove("far");
  const view = viewOf(svg, ".frame, .state[data-state]", MARGIN.far);
  zoomTo(view.room);
  lookAt(view);
}

// Shows where the machine stands, with what led there if both have room.
function aim({ smoothly = false } = {}) {
  // Before anything was decided, the whole way says more than the one state.
  if (afar) return showAll();
  const svg = box.firstElementChild;
  if (!svg || !box.clientWidth) return;
  box.classList.remove("far");
  const way = ".state.left, .label .row.fired, .arrow.fired .tip";
  // Home is drawn once more at the end of many an arrow, so the way may lead far from home itself.
  const views = [`.state.current, ${way}`, way, ".state.current"].map((marks) => viewOf(svg, marks)).filter(Boolean);
  const view = views.find(({ room }) => room >= READABLE.least) ?? views.at(-1);
  if (!view) return;
  zoomTo(Math.min(READABLE.most, Math.max(view.room, READABLE.least)));
  lookAt(view, smoothly && !calm.matches);
}

function lookAt({ x, y }, smoothly = false) {
  const [left, top] = [x * zoom - box.clientWidth / 2, y * zoom - box.clientHeight / 2];
  box.scrollTo({ left, top, behavior: smoothly ? "smooth" : "auto" });
}

// The middle of all these marks, and the zoom at which they have just room.
function viewOf(svg, marks, margin = MARGIN.near) {
  const places = [...svg.querySelectorAll(marks)].map((place) => placeOf(svg, place));
  if (!places.length) return null;
  const left = Math.min(...places.map((one) => one.left));
  const right = Math.max(...places.map((one) => one.right));
  const top = Math.min(...places.map((one) => one.top));
  const bottom = Math.max(...places.map((one) => one.bottom));
  const room = Math.min((box.clientWidth - margin) / (right - left), (box.clientHeight - margin) / (bottom - top));
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

function dragging() {
  let from = null;
  let moved = false;
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = { x: event.clientX + box.scrollLeft, y: event.clientY + box.scrollTop };
    moved = false;
  });
  addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = [from.x - event.clientX, from.y - event.clientY];
    moved ||= Math.hypot(x - box.scrollLeft, y - box.scrollTop) > 4;
    box.scrollTo(x, y);
  });
  addEventListener("pointerup", () => (from = null));
  // The end of a drag is no choice of what lies below it.
  box.addEventListener("click", (event) => moved && event.stopPropagation(), true);
}
