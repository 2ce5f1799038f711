// The demo's page. Words of people are only ever put in as textContent, so that they stay words.

const $ = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const CHANGED_FOR_MS = 4000;

let persona = personaOfAddress();
let source = null;
let shown = { world: null, persona: null, journal: "" };
let records = new Map(); // record id → what it looked like
let changed = new Map(); // record id → when that changed

function personaOfAddress() {
  const wanted = document.querySelector(`input[name=persona][value="${CSS.escape(location.hash.slice(1))}"]`);
  if (wanted) wanted.checked = true;
  return document.querySelector("input[name=persona]:checked").value;
}

// ── the stream ──

function connect() {
  source?.close();
  const mine = (source = new EventSource(`/demo/events?persona=${persona}`));
  mine.onopen = () => ($("connection").hidden = true);
  mine.onmessage = (message) => mine === source && show(JSON.parse(message.data));
  mine.onerror = () => {
    if (mine !== source) return;
    $("connection").hidden = false;
    // The browser tries again by itself, except after an answer that it takes for final.
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => mine === source && connect(), 2000);
  };
}

async function send(what, body) {
  try {
    const answer = await fetch(`/demo/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ persona, ...body }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  } catch (error) {
    console.warn(error);
    news("Не получилось отправить. Попробуйте ещё раз.", "other");
  }
}

function show(picture) {
  const fresh = picture.world !== shown.world || picture.persona !== shown.persona;
  if (fresh) {
    $("messages").replaceChildren();
    if ($("sheet").open) $("sheet").close();
  }
  if (picture.world !== shown.world) {
    records.clear();
    changed.clear();
    if (shown.world !== null) news("Салон и переписка начаты заново.", "quiet");
  }
  $("number").textContent = spaced(picture.phone);
  showChat(picture, fresh);
  showJournal(picture);
  shown.world = picture.world;
  shown.persona = picture.persona;
}

// ── the phone ──

function showChat(picture, fresh) {
  const list = $("messages");
  const atBottom = isAtBottom();
  // A history that is put back at once is not read aloud.
  $("chat").setAttribute("aria-live", fresh ? "off" : "polite");
  let arrived = false;
  for (const bubble of picture.bubbles) {
    let item = list.children[bubble.number];
    if (!item) {
      item = messageOf(bubble);
      list.append(item);
      arrived = true;
    }
    showTicks(item, bubble);
  }
  showChosen(picture.bubbles);
  $("empty").hidden = picture.bubbles.length > 0;
  $("typing").hidden = !picture.typing;
  $("presence").textContent = picture.typing ? "печатает…" : "на связи";
  $("presence").classList.toggle("presence-typing", picture.typing);
  if (arrived || (picture.typing && atBottom)) toBottom(fresh);
}

function messageOf(bubble) {
  const item = element("li", `message ${bubble.from}`);
  const box = element("div", bubble.answers === null ? "bubble" : "bubble tapped");
  box.append(element("span", "unseen", bubble.from === "client" ? "Вы: " : "Салон: "));
  box.append(element("p", "text", bubble.text));
  const meta = element("span", "meta");
  meta.append(element("time", "", bubble.time));
  box.append(meta);
  item.append(box);
  if (bubble.options.length) item.append(bubble.list ? listOf(bubble) : buttonsOf(bubble));
  return item;
}

function buttonsOf(bubble) {
  const options = element("div", "options");
  options.setAttribute("role", "group");
  options.setAttribute("aria-label", "Ответы");
  for (const option of bubble.options) {
    const button = element("button", "", option.title);
    button.type = "button";
    button.dataset.title = option.title;
    button.onclick = () => send("tap", { number: bubble.number, option: option.id });
    options.append(button);
  }
  return options;
}

function listOf(bubble) {
  const options = element("div", "options");
  const button = element("button", "");
  button.type = "button";
  button.setAttribute("aria-haspopup", "dialog");
  button.append(icon("list", "icon"), element("span", "", bubble.list));
  button.onclick = () => openSheet(bubble);
  options.append(button);
  return options;
}

function showTicks(item, bubble) {
  if (bubble.from !== "client" || item.dataset.status === bubble.status) return;
  item.dataset.status = bubble.status;
  const read = bubble.status === "read";
  const ticks = icon(read ? "ticks" : "tick", `ticks ${read ? "read" : ""}`);
  ticks.setAttribute("role", "img");
  ticks.removeAttribute("aria-hidden");
  ticks.setAttribute("aria-label", read ? "прочитано" : "отправлено");
  const meta = item.querySelector(".meta");
  meta.querySelector(".ticks")?.remove();
  meta.append(ticks);
}

function showChosen(bubbles) {
  for (const answer of bubbles) {
    const options = answer.answers === null ? null : $("messages").children[answer.answers]?.querySelector(".options");
    if (!options) continue;
    options.classList.add("answered");
    for (const button of options.children) {
      if (button.dataset.title !== answer.text || button.classList.contains("chosen")) continue;
      button.classList.add("chosen");
      button.prepend(icon("tick", "ticks"));
      button.append(element("span", "unseen", " (выбрано)"));
    }
  }
}

function isAtBottom() {
  const chat = $("chat");
  return chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
}

function toBottom(atOnce) {
  $("chat").scrollTo({ top: $("chat").scrollHeight, behavior: atOnce || calm.matches ? "auto" : "smooth" });
}

// ── the sheet ──

function openSheet(bubble) {
  $("sheet-title").textContent = bubble.list;
  $("rows").replaceChildren(
    ...bubble.options.map((option) => {
      const row = element("li", "");
      const button = element("button", "");
      button.type = "button";
      button.append(element("b", "", option.title), element("small", "", option.description));
      button.onclick = () => {
        $("sheet").close();
        send("tap", { number: bubble.number, option: option.id });
      };
      row.append(button);
      return row;
    }),
  );
  placeSheet();
  $("sheet").showModal();
  $("rows").querySelector("button")?.focus();
}

// In the top layer nothing is inside the phone, so the sheet is laid over its lower edge.
// On a narrow screen the style sheet lays it over the lower edge of the screen instead.
function placeSheet() {
  const phone = $("phone");
  const box = phone.getBoundingClientRect();
  const bezel = parseFloat(getComputedStyle(phone).borderBottomWidth);
  const style = $("sheet").style;
  style.setProperty("--phone-left", `${box.left + bezel}px`);
  style.setProperty("--phone-width", `${box.width - 2 * bezel}px`);
  style.setProperty("--phone-bottom", `${Math.max(0, innerHeight - box.bottom + bezel)}px`);
  style.setProperty("--phone-round", box.bottom <= innerHeight ? "30px" : "0px");
}

// ── the journal ──

function showJournal(picture) {
  const now = Date.now();
  const first = records.size === 0;
  for (const day of picture.journal) {
    for (const row of day.rows) {
      const looks = [day.on, row.time, row.services, row.master, row.status].join("|");
      if (!first && records.get(row.record_id) !== looks) {
        changed.set(row.record_id, now);
        announce(day, row);
      }
      records.set(row.record_id, looks);
    }
  }
  const journal = JSON.stringify([picture.world, picture.persona, picture.journal]);
  if (journal === shown.journal) return;
  shown.journal = journal;
  $("days").replaceChildren(...picture.journal.map((day) => dayOf(day, picture.phone, now)));
}

function dayOf(day, phone, now) {
  const section = element("section", "day");
  const list = element("ul", "");
  for (const row of day.rows) list.append(recordOf(row, row.phone === phone, now));
  section.append(element("h3", "", day.label), list);
  return section;
}

function recordOf(row, mine, now) {
  const flashes = now - (changed.get(row.record_id) ?? 0) < CHANGED_FOR_MS;
  const item = element("li", `record ${row.status} ${mine ? "mine" : ""} ${flashes ? "changed" : ""}`);
  item.dataset.record = row.record_id;
  const about = element("div", "about");
  const who = element("div", "who", `мастер ${row.master}, клиент ${row.client || "без имени"}`);
  if (mine) who.append(element("span", "now", "пишет сейчас"));
  about.append(element("div", "what", row.services), who);
  item.append(element("time", "", row.time), about, element("span", `pill ${row.status}`, row.status_words));
  if (flashes) setTimeout(() => item.classList.remove("changed"), CHANGED_FOR_MS);
  return item;
}

function announce(day, row) {
  const words = `${row.services}, ${day.label.toLowerCase()}, ${row.time.split("–")[0]}: ${row.status_words}`;
  news(words, ["no_show", "deleted"].includes(row.status) ? "gone" : "other");
}

function news(words, kind) {
  $("news").textContent = words;
  $("news").className = kind === "quiet" ? "news" : `news fresh ${kind}`;
}

// ── small things ──

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function icon(name, className) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

// +79000000001 → +7 900 000-00-01
function spaced(phone) {
  return phone.replace(/^(\+7)(\d{3})(\d{3})(\d{2})(\d{2})$/, "$1 $2 $3-$4-$5");
}

// ── what a person does ──

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  send("say", { text });
});

for (const chip of document.querySelectorAll(".chips button")) {
  chip.addEventListener("click", () => send("say", { text: chip.textContent }));
}

for (const input of document.querySelectorAll("input[name=persona]")) {
  input.addEventListener("change", () => {
    persona = input.value;
    history.replaceState(null, "", `#${persona}`);
    connect();
  });
}

$("reset").addEventListener("click", () => send("reset", {}));
$("sheet-close").addEventListener("click", () => $("sheet").close());
$("sheet").addEventListener("click", (event) => event.target === $("sheet") && $("sheet").close());
for (const moved of ["resize", "scroll"]) addEventListener(moved, () => $("sheet").open && placeSheet());
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => event.persisted && connect());

connect();
