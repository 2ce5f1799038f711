// The client's phone: who writes, the chat with its buttons and lists, and what may be suggested.

import { $, button, calm, element, icon, keep, known, openDialog, stayAtEnd, write } from "./dom.js";
import { act } from "./stream.js";
import { word } from "./words.js";

const HINTED = "otmena-hinted";
let sending = 0; // how many messages are on their way to the server
let chosen = known.personas.find(({ key }) => `#${key}` === location.hash) ?? known.personas[0];

export const persona = () => chosen.key;
export const nameOf = (key) => known.personas.find((one) => one.key === key)?.name ?? "";

export function start(changed) {
  $("personas").append(...known.personas.map((one) => cardOf(one, changed)));
  showChips();
  stayAtEnd($("chat"), isAtBottom, () => toBottom(true));
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    if (!text) return;
    $("text").value = "";
    say(text);
  });
  $("chips").addEventListener("wheel", (event) => ($("chips").scrollLeft += event.deltaY), { passive: true });
  for (const moved of ["resize", "scroll"]) addEventListener(moved, () => $("sheet").open && placeSheet());
}

function cardOf(one, changed) {
  const label = element("label");
  const input = element("input");
  Object.assign(input, { type: "radio", name: "persona", value: one.key, checked: one === chosen });
  input.addEventListener("change", () => {
    chosen = one;
    history.replaceState(null, "", `#${one.key}`);
    showChips();
    changed();
  });
  const card = element("span", "card-of");
  card.append(element("b", "", one.name), element("small", "", one.has));
  label.append(input, card);
  return label;
}

function showChips() {
  const hint = !hinted();
  $("chips").replaceChildren(
    ...chosen.phrases.map((phrase, place) => {
      const chip = button(hint && place === 0 ? "hint" : "", phrase, () => say(phrase));
      chip.dataset.acts = "";
      return chip;
    }),
  );
  $("chips").scrollLeft = 0;
}

async function say(text) {
  remember();
  $("chips").querySelector(".hint")?.classList.remove("hint");
  // At once, so that nothing moves any more when the answer comes.
  $("phone").classList.add("begun");
  sending += 1;
  await act("say", { persona: chosen.key, text });
  sending -= 1;
}

// Where nothing can be kept, the hint simply comes again.
function hinted() {
  try {
    return localStorage.getItem(HINTED) !== null;
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(HINTED, "1");
  } catch {}
}

// ── the chat ──

export function show(picture, fresh) {
  const { bubbles, typing, number } = picture.phone;
  const list = $("messages");
  if (fresh) {
    // A history that is put back at once is not read aloud.
    $("chat").setAttribute("aria-live", "off");
    if ($("sheet").open) $("sheet").close();
  } else $("chat").setAttribute("aria-live", "polite");
  write($("number"), number ? spaced(number) : word("hidden_number"));
  const atBottom = isAtBottom();
  const before = list.children.length;
  keep(list, bubbles, (bubble) => `${bubble.number} ${bubble.from} ${bubble.text}`, messageOf, (item, bubble) => {
    showStatus(item, bubble);
    showAnswer(item, bubbles.filter((one) => one.answers === bubble.number).map((one) => one.text));
  });
  $("empty").hidden = bubbles.length > 0;
  if (fresh || bubbles.length) $("phone").classList.toggle("begun", bubbles.length + sending > 0);
  $("typing").hidden = !typing;
  write($("presence"), word(typing ? "typing" : picture.server === "up" ? "online" : "starts_first"));
  $("presence").classList.toggle("typing-now", typing);
  if (list.children.length > before || fresh || (typing && atBottom)) toBottom(fresh);
}

function messageOf(bubble) {
  const item = element("li", `message ${bubble.from}`);
  const box = element("div", bubble.answers === null ? "bubble" : "bubble tapped");
  const meta = element("span", "meta");
  meta.append(element("time", "", bubble.time));
  box.append(
    element("span", "unseen", word(bubble.from === "client" ? "you" : "salon_says")),
    element("p", "text", bubble.text),
    meta,
  );
  item.append(box);
  if (bubble.options.length) item.append(bubble.list ? listOf(bubble) : buttonsOf(bubble));
  return item;
}

function buttonsOf(bubble) {
  const options = element("div", "options");
  options.setAttribute("role", "group");
  options.setAttribute("aria-label", word("answers"));
  for (const choice of bubble.options) {
    const made = button("", choice.title, () => tap(bubble, choice));
    made.dataset.title = choice.title;
    made.dataset.acts = "";
    options.append(made);
  }
  return options;
}

function listOf(bubble) {
  const options = element("div", "options");
  const made = button("", null, () => openSheet(bubble));
  made.dataset.acts = "";
  made.setAttribute("aria-haspopup", "dialog");
  made.append(icon("list"), element("span", "", bubble.list));
  options.append(made);
  return options;
}

function tap(bubble, choice) {
  act("tap", { persona: chosen.key, number: bubble.number, option: choice.id });
}

function showStatus(item, { from, status }) {
  if (item.dataset.status === status) return;
  item.dataset.status = status;
  const meta = item.querySelector(".meta");
  meta.querySelector(".ticks, .undelivered")?.remove();
  item.classList.toggle("failed", status === "failed");
  if (status === "failed") meta.append(element("b", "undelivered", word("not_delivered")));
  else if (from === "client") meta.append(ticksOf(status === "read"));
}

function ticksOf(read) {
  const ticks = icon(read ? "ticks" : "tick", `ticks ${read ? "read" : ""}`);
  ticks.setAttribute("role", "img");
  ticks.removeAttribute("aria-hidden");
  ticks.setAttribute("aria-label", word(read ? "read" : "sent"));
  return ticks;
}

function showAnswer(item, answers) {
  const options = item.querySelector(".options");
  if (!options) return;
  options.classList.toggle("answered", answers.length > 0);
  for (const made of options.children) {
    const isChosen = answers.includes(made.dataset.title);
    if (isChosen === made.classList.contains("chosen")) continue;
    made.classList.toggle("chosen", isChosen);
    if (isChosen) {
      made.prepend(icon("tick", "ticks"));
      made.append(element("span", "unseen", word("chosen")));
    } else made.textContent = made.dataset.title;
  }
}

function isAtBottom() {
  const chat = $("chat");
  return chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
}

export function toBottom(atOnce) {
  $("chat").scrollTo({ top: $("chat").scrollHeight, behavior: atOnce || calm.matches ? "auto" : "smooth" });
}

// +79000000001 → +7 900 000-00-01
export function spaced(phone) {
  return phone.replace(/^(\+7)(\d{3})(\d{3})(\d{2})(\d{2})$/, "$1 $2 $3-$4-$5");
}

// ── the sheet of a list ──

function openSheet(bubble) {
  $("sheet-title").textContent = bubble.list;
  $("rows").replaceChildren(
    ...bubble.options.map((choice) => {
      const row = element("li");
      const made = button("", null, () => {
        $("sheet").close();
        tap(bubble, choice);
      });
      made.append(element("b", "", choice.title), element("small", "", choice.description));
      row.append(made);
      return row;
    }),
  );
  placeSheet();
  openDialog($("sheet"));
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
}
