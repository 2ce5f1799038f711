// On a narrow screen one pane is shown at a time; a dot tells where something new has happened.

import { element } from "./dom.js";
import { word } from "./words.js";

const narrow = matchMedia("(max-width: 1099px)");
const tabs = document.querySelectorAll("#tabs button");

export function start(opened) {
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      open(tab.dataset.opens);
      opened(tab.dataset.opens);
    });
  }
  narrow.addEventListener("change", () => opened(document.body.dataset.pane));
}

function open(pane) {
  document.body.dataset.pane = pane;
  for (const tab of tabs) {
    if (tab.dataset.opens === pane) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  mark(pane, false);
}

export function mark(pane, fresh = true) {
  const tab = [...tabs].find((one) => one.dataset.opens === pane);
  const shown = tab.querySelector(".dot");
  if (fresh && !shown && pane !== document.body.dataset.pane) {
    const dot = element("span", "dot");
    dot.append(element("span", "unseen", word("something_new")));
    tab.append(dot);
  } else if (!fresh) shown?.remove();
}
