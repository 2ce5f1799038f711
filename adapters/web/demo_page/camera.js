// The camera over the drawing: its zoom, and where it looks.

import { $, calm } from "./dom.js";

const ZOOM_MIN = 0.05;
const ZOOM_MAX = 2;
const READABLE = { least: 0.5, most: 0.95 };
// Before anything was decided, more of the machine says more than one state.
const FROM_AFAR = 0.58;
const MARGIN = 84;

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
  const svg = box.firstElementChild;
  if (!svg) return;
  const { width, height } = size(svg);
  byHand = true;
  zoomTo(Math.min(box.clientWidth / width, box.clientHeight / height));
}

// Shows where the machine stands, with what led there if both have room.
function aim({ smoothly = false } = {}) {
  const svg = box.firstElementChild;
  if (!svg || !box.clientWidth) return;
  const way = ".state.left, .label .row.fired, .arrow.fired .tip";
  // Home is drawn once more at the end of many an arrow, so the way may lead far from home itself.
  const views = [`.state.current, ${way}`, way, ".state.current"].map((marks) => viewOf(svg, marks)).filter(Boolean);
  const view = views.find(({ room }) => room >= READABLE.least) ?? views.at(-1);
  if (!view) return;
  const most = afar ? FROM_AFAR : READABLE.most;
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
