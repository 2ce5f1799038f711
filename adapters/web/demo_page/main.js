// The demo's page: takes the stream's pictures and hands each to the panes, or a picture of the past.

import { translate, word } from "./words.js";
import { $, write } from "./dom.js";
import * as faults from "./faults.js";
import * as fork from "./fork.js";
import * as machine from "./machine.js";
import * as panes from "./panes.js";
import * as phone from "./phone.js";
import * as pocket from "./pocket.js";
import * as record from "./record.js";
import * as salon from "./salon.js";
import * as strip from "./strip.js";
import * as stream from "./stream.js";
import * as timeline from "./timeline.js";

let live = null; // the last picture of the stream
let shown = { world: null, persona: null, past: null, parts: {} };

function receive(picture) {
  if (picture.world !== live?.world) {
    timeline.clear();
  }
  live = picture;
  const more = timeline.add(picture.entries);
  if (more && shown.world === picture.world) panes.mark("timeline");
  if (timeline.chosenEntry() === null) show(picture, null);
}

// `past`: the entry as of which the picture is; null: it is of now.
function show(picture, past) {
  const fresh = picture.world !== shown.world || picture.persona !== shown.persona || past !== shown.past;
  strip.show(picture, past !== null);
  phone.show(picture, fresh);
  machine.show(picture, fresh, past === null ? turnBegan(picture) : null);
  salon.show(picture, fresh);
  pocket.show(picture, fresh);
  if (shown.world && picture.world !== shown.world) salon.tell(word(beganWith(picture)), "quiet");
  const parts = looksOf(picture);
  const news = fresh ? [] : Object.keys(parts).filter((pane) => parts[pane] !== shown.parts[pane]);
  for (const pane of news) panes.mark(pane);
  shown = { world: picture.world, persona: picture.persona, past, parts };
  showPast(past);
}

// When the last turn was taken, by the clock of this browser.
function turnBegan({ machine: { turn }, clock }) {
  const at = timeline.entryOf(turn)?.at;
  if (!at) return null;
  const seconds = (time) => time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Date.now() - 1000 * Math.max(0, seconds(clock.iso.slice(11, 19)) - seconds(at));
}

function beganWith({ entries }) {
  return entries?.at(-1)?.kind === "fork" ? "branched" : "started_over";
}

// What has to differ for a pane to have something new.
function looksOf({ phone: { bubbles }, machine: { turn }, salon: { rows }, masters }) {
  return { phone: bubbles.length, machine: turn, salon: JSON.stringify([rows, masters]) };
}

function showPast(past) {
  document.body.classList.toggle("in-past", past !== null);
  $("past").hidden = past === null;
  if (past !== null) write($("past-words"), word("you_see", timeline.chosenEntry()));
  for (const control of document.querySelectorAll("[data-acts]")) control.disabled = past !== null;
}

async function travel(n) {
  if (n === null) return live && show(live, null);
  const picture = await stream.moment(n, phone.persona());
  if (picture === null) timeline.choose(null);
  else if (picture && timeline.chosenEntry()?.n === n) show(picture, n);
}

function listen() {
  stream.listen(phone.persona(), receive);
  const entry = timeline.chosenEntry();
  if (entry) travel(entry.n);
}

function opened(pane) {
  if (pane === "phone") phone.toBottom(true);
  if (pane === "salon") salon.reveal();
  if (pane === "timeline") timeline.toEnd();
}

translate();
phone.start(listen);
strip.start();
faults.start();
record.start();
salon.start();
pocket.start();
timeline.start(travel);
fork.start(() => timeline.choose(null));
panes.start(opened);
machine.start();
addEventListener("pagehide", stream.hangUp);
addEventListener("pageshow", (event) => event.persisted && listen());
listen();
