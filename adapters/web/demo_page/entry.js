// How one entry of the timeline is told: its icon, its line, and what stands behind it.

import { element, write } from "./dom.js";
import { nameOf } from "./phone.js";
import { lasting, word } from "./words.js";

const SIDES = { yclients: "YClients", whatsapp: "WhatsApp" };
const HOOKS = ["message", "status", "hint"];
const took = (entry) => (entry.took_ms === null ? "" : word("took", { ms: entry.took_ms }));
// Null: on its way; 0: nobody answered.
const failed = (status) => status === 0 || status >= 400;
const answered = ({ status }) => (status === null ? word("awaits_answer") : status || word("no_answer"));
const outcome = (entry) => [...new Set([answered(entry), entry.fault, took(entry)])].filter(Boolean).join(" · ");

// Each: icon, line, and if need be a note after it, `bad`, `quiet` (folded at first), `cause` (begins something).
const TOLD = {
  client: (entry) => ({
    icon: entry.tapped ? "tap" : "says",
    line: word(entry.tapped ? "entry_tapped" : "entry_client", { who: nameOf(entry.who), text: entry.text }),
    cause: true,
  }),
  webhook: (entry) => ({
    icon: "hook",
    line: word("entry_hook", { side: SIDES[entry.side], what: hook(entry) }),
    note: outcome(entry),
    bad: failed(entry.status),
    awaited: entry.status === null,
    quiet: entry.what === "status",
  }),
  understood: (entry) => ({
    icon: "ear",
    line: entry.event ? word("entry_understood", { event: entry.event }) : word("not_understood"),
    note: entry.decided,
  }),
  row: (entry) => ({
    icon: "step",
    line: word("entry_row", entry),
    note: word("row_note", { event: entry.event, refused: entry.tried.filter((one) => !one.held).length }),
  }),
  commit: (entry) => ({
    icon: "disk",
    line: word("entry_commit", entry),
    note: [...entry.effects, ...entry.facts, ...entry.notices].join(", "),
  }),
  call: (entry) => ({
    icon: "call",
    line: entry.operation === "mark" ? word("entry_mark") : word("entry_call", { ...entry, side: SIDES[entry.side] }),
    note: outcome(entry),
    bad: failed(entry.status) || Boolean(entry.fault),
    quiet: entry.side === "whatsapp",
  }),
  message: (entry) => ({
    icon: "says",
    line: word("entry_message", { to: addressee(entry), text: entry.text }),
    note: outcome(entry),
    bad: failed(entry.status) || Boolean(entry.fault),
  }),
  salon: (entry) => ({ icon: "hand", line: word(`entry_salon_${entry.what}`, entry), cause: true }),
  clock: (entry) => ({ icon: "time-icon", line: word("entry_clock", { by: lasting(entry.by_s) }), cause: true }),
  fault: (entry) => ({
    icon: "bolt",
    line: word(faultKey(entry), { side: SIDES[entry.side], fault: faultWords(entry) }),
    cause: true,
  }),
  restart: (entry) => ({
    icon: "power",
    line: word(entry.phase === "killed" ? "entry_killed" : "entry_started"),
    note: took(entry),
    cause: entry.phase === "killed",
  }),
  fork: (entry) => ({ icon: "branch", line: word("entry_fork", entry), note: entry.fault, cause: true }),
  start: () => ({ icon: "star", line: word("entry_start"), cause: true }),
};

export const told = (entry) => TOLD[entry.kind]?.(entry) ?? { icon: "star", line: entry.kind };

function faultKey({ name, over }) {
  if (!name) return "entry_faults_over";
  return over ? "entry_fault_over" : "entry_fault";
}

export function faultWords({ name, on, times, over }) {
  const often = times === null ? word("always") : word("times", { times });
  return [name, on, !over && often].filter(Boolean).join(" · ");
}

function addressee({ to, salon }) {
  if (!salon) return to || word("to_client");
  const isMaster = to && to !== word("administrator");
  return isMaster ? word("to_master_named", { name: to }) : word("administrator");
}

function hook(entry) {
  const what = HOOKS.includes(entry.what) ? entry.what : "other";
  return word(`hook_${what}`, { about: entry.about });
}

// What stands behind an entry: pairs of a heading and its words; JSON goes into its own box.
const BEHIND = {
  webhook: (entry) => [["body", code(entry.body)]],
  understood: (entry) => [
    ["words", entry.text],
    ["intent", entry.intent],
    ["decided", entry.decided],
    ["heard", list(entry.heard)],
    ["against", list(entry.against)],
  ],
  row: (entry, rows) => [["last_turn", tried(entry.tried, rows)]],
  commit: (entry) => [
    ["effects", list(entry.effects)],
    ["facts", list(entry.facts)],
    ["notices", list(entry.notices)],
  ],
  call: (entry) => [
    ["operation", `${entry.method} ${entry.path}`],
    ["request", code(entry.request)],
    ["answer", code(entry.answer)],
  ],
  message: (entry) => [
    ["words", entry.text],
    ["buttons", list(entry.options)],
    ["request", code(entry.request)],
    ["answer", code(entry.answer)],
  ],
};

export const hasMore = (entry) => entry.kind in BEHIND;

export function behind(entry, rows) {
  const facts = element("dl", "facts");
  for (const [key, value] of BEHIND[entry.kind]?.(entry, rows) ?? []) {
    if (!value) continue;
    const place = element("dd");
    if (typeof value === "string") write(place, value);
    else place.append(value);
    facts.append(element("dt", "", word(key)), place);
  }
  return facts;
}

function code(text) {
  if (!text) return null;
  const made = element("pre", "", text);
  made.tabIndex = 0;
  return made;
}

function list(items) {
  if (!items.length) return null;
  const made = element("ul");
  made.append(...items.map((item) => element("li", "", item)));
  return made;
}

function tried(all, rows) {
  const made = element("ul", "tried-list");
  for (const { row, held } of all) {
    const rule = rows?.[row];
    const words = rule ? `${rule.event}${rule.guard ? ` [${rule.guard}]` : ""}` : `#${row}`;
    made.append(element("li", held ? "held" : "refused", `${held ? "✓" : "✗"} ${words}`));
  }
  return made;
}
