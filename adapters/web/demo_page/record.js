// The dialog in which the administrator moves, marks, deletes or restores one record.

import { $, keep, openDialog, option } from "./dom.js";
import { post } from "./stream.js";
import { word } from "./words.js";

const ATTENDANCE = { no_show: "-1", waiting: "0", came: "1", confirmed: "2" };
let record = null;

export function start() {
  $("record-form").addEventListener("submit", (event) => {
    event.preventDefault();
    edit(changes());
  });
  $("record-dialog").addEventListener("close", giveFocusBack);
  $("record-delete").addEventListener("click", () => edit({ deleted: record.status !== "deleted" }));
}

export function openRecord(row, salon) {
  record = row;
  $("record-title").textContent = `${row.services}, ${row.client || word("nameless")}`;
  $("record-date").value = row.on;
  $("record-time").value = timeOf(row);
  const names = [...new Set([...salon.masters.map(({ name }) => name), row.master])];
  keep($("record-master"), names, (name) => name, (name) => option(name, name));
  $("record-master").value = row.master;
  $("record-attendance").value = ATTENDANCE[row.status] ?? "0";
  $("record-delete").textContent = word(row.status === "deleted" ? "restore_record" : "delete_record");
  $("record-problem").hidden = true;
  openDialog($("record-dialog"));
}

const timeOf = (row) => row.time.split("–")[0];

function changes() {
  const told = {};
  const at = `${$("record-date").value}T${$("record-time").value}`;
  if (at !== `${record.on}T${timeOf(record)}`) told.at = at;
  if ($("record-master").value !== record.master) told.master = $("record-master").value;
  const mark = $("record-attendance").value;
  if (mark !== (ATTENDANCE[record.status] ?? "0")) told.attendance = Number(mark);
  return told;
}

// The picture with the change may come before the dialog closes, or after it.
function giveFocusBack() {
  $("days").querySelector(`[data-record="${record.record_id}"] .open`)?.focus({ preventScroll: true });
}

async function edit(told) {
  const problem = Object.keys(told).length ? await post("edit", { record_id: record.record_id, ...told }) : "";
  if (!problem) return $("record-dialog").close();
  $("record-problem").textContent = problem;
  $("record-problem").hidden = false;
}
