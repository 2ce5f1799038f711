// What one state of the machine is: its kind and patience, what it says, what it can hear, and its rows.

import { $, breakable, element, openDialog } from "./dom.js";
import { lasting, word } from "./words.js";

export function showState(name, tables, picture) {
  const state = tables.states[name];
  $("state-title").replaceChildren(breakable("", name));
  const facts = element("dl", "facts");
  fact(facts, "kind", word(`kind_${state.kind}`));
  if (state.kind === "calling") fact(facts, "waits_for", breakable("", state.waits_for.replace(/^calls /, "")));
  fact(facts, "patience", state.patience_s === null ? word("for_ever") : lasting(state.patience_s));
  fact(facts, "file", breakable("", state.file));
  $("state-body").replaceChildren(facts, ...textsOf(state), ...hearsOf(state), ...rowsOf(name, tables, picture));
  $("state-body").scrollTop = 0;
  openDialog($("state-dialog"));
}

function fact(list, key, value) {
  const told = element("dd");
  told.append(value);
  list.append(element("dt", "", word(key)), told);
}

function part(key, items) {
  if (!items.length) return [];
  const list = element("ul", "about");
  list.append(...items);
  return [element("h3", "", word(key)), list];
}

function textsOf({ texts }) {
  return part("texts", texts.map(({ key, words }) => {
    const item = element("li");
    const quoted = element("p", "quoted", words);
    quoted.lang = "ru";
    item.append(quoted, breakable("muted", key));
    return item;
  }));
}

function hearsOf({ hears }) {
  return part("hears", hears.map(({ name, about, file }) => {
    const item = element("li");
    item.append(breakable("strong-name", name), element("p", "", about), breakable("muted", file));
    return item;
  }));
}

function rowsOf(name, { rows }, picture) {
  const own = rows.filter((row) => row.source === name && row.flow !== null);
  return part("ways_out", own.map((row) => {
    const item = element("li", "rule-of");
    item.append(breakable("strong-name", row.event));
    if (row.guard) item.append(" ", breakable("muted", `[${row.guard}]`));
    item.append(" → ", breakable("", row.to));
    const times = picture.fired[row.row];
    if (times) item.append(" ", element("b", "count", `×${times}`));
    return item;
  }));
}
