// From a moment of the past into another branch: all as it was, or with a fault from there on.

import { $, write } from "./dom.js";
import { fillFaults, fillOperations, pickedFault } from "./faults.js";
import { act } from "./stream.js";
import { word } from "./words.js";

let entry = null;

// `done` is called when the branch has begun.
export function start(done) {
  $("fork-fault").addEventListener("change", showOperations);
  $("fork").addEventListener("submit", async (event) => {
    event.preventDefault();
    const picked = pickedFault($("fork-fault"), $("fork-on"));
    const fault = picked && { ...picked, times: Number($("fork-times").value) || null };
    if (await act("fork", { n: entry.n, fault })) done();
  });
}

export function showFork(chosen) {
  entry = chosen;
  $("fork").hidden = entry === null;
  if (!entry) return;
  write($("fork-of"), word("fork_of", entry));
  const first = ["message", "client"].includes(entry.kind) ? "whatsapp" : "yclients";
  fillFaults($("fork-fault"), { first, none: word("as_it_was") });
  showOperations();
}

function showOperations() {
  const isCall = entry.kind === "call" && entry.side === "yclients";
  fillOperations($("fork-fault"), $("fork-on"), isCall ? entry.operation : null);
  $("fork-times").hidden = !$("fork-fault").value;
}
