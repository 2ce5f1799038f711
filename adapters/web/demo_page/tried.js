// The rows that the last turn tried, in order: which guards said no, and what fired.

import { $, breakable, element, icon, keep } from "./dom.js";
import { word } from "./words.js";

export function showTried({ turn, tried }, rules) {
  $("turn-none").hidden = tried.length > 0;
  const steps = rules ? tried.map((one, place) => ({ ...one, place, rule: rules[one.row] })) : [];
  keep($("tried"), steps, ({ place, row, held }) => `${turn} ${place} ${row} ${held}`, triedOf);
  $("turn").scrollTop = $("turn").scrollHeight;
}

function triedOf({ row, held, rule }) {
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
