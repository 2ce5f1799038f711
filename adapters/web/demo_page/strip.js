// The strip above: the salon's clock, the faults, the server, and beginning anew.

import { $, button, element, icon, keep, write } from "./dom.js";
import { faultWords } from "./entry.js";
import { act } from "./stream.js";
import { dateOf, language, word } from "./words.js";

let clock = null; // the salon's wall clock in ms, and when we read it; null there: it stands still
let active = {}; // side → its faults

export function start() {
  for (const push of document.querySelectorAll("[data-minutes]")) {
    push.addEventListener("click", () => act("clock", { minutes: Number(push.dataset.minutes) }));
  }
  $("restart").addEventListener("click", () => act("restart", {}));
  $("reset").addEventListener("click", () => act("reset", {}));
  $("faults-clear").addEventListener("click", () => {
    for (const side of Object.keys(active).filter((one) => active[one].length)) act("faults/clear", { side });
  });
  $("controls-toggle").addEventListener("click", () => {
    const open = $("controls-toggle").getAttribute("aria-expanded") === "false";
    $("controls-toggle").setAttribute("aria-expanded", String(open));
  });
  if (language === "en") {
    const russian = { href: "/demo", hreflang: "ru", lang: "ru", ariaLabel: "RU, по-русски" };
    Object.assign($("language"), russian).textContent = "RU";
  }
  setInterval(tick, 1000);
}

export function show(picture, past) {
  const local = Date.parse(`${picture.clock.iso.slice(0, 19)}Z`);
  clock = { local, at: past ? null : Date.now() };
  tick();
  for (const push of document.querySelectorAll("[data-minutes]")) {
    push.disabled = past || picture.clock.left_min < Number(push.dataset.minutes);
  }
  $("server").dataset.state = picture.server;
  write($("server-state"), word(picture.server));
  showFaults(picture.faults);
}

function tick() {
  if (!clock) return;
  const now = new Date(clock.local + (clock.at === null ? 0 : Date.now() - clock.at));
  write($("clock-date"), dateOf(now));
  write($("clock-time"), now.toISOString().slice(11, 19));
}

function showFaults(faults) {
  active = faults;
  const all = Object.entries(faults).flatMap(([side, own]) => own.map((fault) => ({ side, ...fault })));
  keep($("active-faults"), all, (fault) => Object.values(fault).join(" "), chipOf);
  $("faults-clear").hidden = all.length === 0;
}

function chipOf(fault) {
  const words = faultWords(fault);
  const item = element("li");
  const { side, name, on } = fault;
  const end = button("fault-chip", null, () => act("faults/clear", { side, name, on }));
  end.dataset.acts = "";
  end.setAttribute("aria-label", word("end_fault", { fault: words }));
  end.append(element("span", "", words), icon("close"));
  item.append(end);
  return item;
}
