// Which faults there are, as choices; and the dialog that switches one on.

import { $, element, known, openDialog, option } from "./dom.js";
import { sentenceOf } from "./faultwords.js";
import { act } from "./stream.js";
import { word } from "./words.js";

const SIDES = { yclients: "YClients", whatsapp: "WhatsApp" };

export function start() {
  fillFaults($("fault"), { first: "yclients" });
  $("fault").addEventListener("change", showFault);
  $("faults-open").addEventListener("click", () => {
    showFault();
    openDialog($("fault-dialog"));
  });
  $("fault-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const times = $("fault-times").value ? Number($("fault-times").value) : null;
    if (await act("fault", { ...pickedFault($("fault"), $("fault-on")), times })) $("fault-dialog").close();
  });
}

export function fillFaults(select, { first, none }) {
  const sides = first === "yclients" ? ["yclients", "whatsapp"] : ["whatsapp", "yclients"];
  select.replaceChildren(...(none ? [option("", none)] : []), ...sides.map(groupOf));
}

function groupOf(side) {
  const group = element("optgroup");
  group.label = SIDES[side];
  const choiceOf = (fault) => option(`${side} ${fault.name}`, `${fault.name}: ${sentenceOf(side, fault)}`);
  group.append(...known.faults[side].map(choiceOf));
  return group;
}

function chosenFault(select) {
  const [side, ...name] = select.value.split(" ");
  return side ? { side, fault: known.faults[side].find((one) => one.name === name.join(" ")) } : null;
}

// WhatsApp's faults are tied to no operation.
export function fillOperations(select, operations, wanted = null) {
  const on = chosenFault(select)?.fault.on ?? [];
  operations.replaceChildren(option("", word("any_operation")), ...on.map((name) => option(name, name)));
  operations.value = on.includes(wanted) ? wanted : "";
  operations.hidden = on.length === 0;
}

export function pickedFault(select, operations) {
  const picked = chosenFault(select);
  return picked && { side: picked.side, name: picked.fault.name, on: operations.value || null };
}

// What is done all the same is only odd where something is to be done.
function showFault() {
  fillOperations($("fault"), $("fault-on"), $("fault").value.includes("done") ? "cancel" : null);
  $("fault-on-label").hidden = $("fault-on").hidden;
}
