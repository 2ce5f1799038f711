// Small helpers around the page's elements. Words of people only ever go in as textContent.

export const $ = (id) => document.getElementById(id);
export const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const known = JSON.parse($("known").textContent);

export function element(name, className = "", text = null) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== null) write(made, text);
  return made;
}

export function button(className, text, does) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", does);
  return made;
}

export function option(value, text) {
  return inItsTongue(new Option(text, value));
}

export function icon(name, className = "icon") {
  const svg = svgElement("svg", { class: className, "aria-hidden": "true" });
  svg.append(svgElement("use", { href: `#${name}` }));
  return svg;
}

export function svgElement(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Makes the children of `parent` stand for `items`; those that stay are the same elements as before.
export function keep(parent, items, keyOf, make, update = () => {}) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const child = old.get(key) ?? make(item);
    old.delete(key);
    child.dataset.key = key;
    update(child, item);
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
  for (const gone of old.values()) gone.remove();
}

// Writes only what is different, so that nothing is read aloud twice and no selection is lost.
export function write(place, text) {
  if (place.textContent === text) return;
  place.textContent = text;
  inItsTongue(place);
}

// On the English page too the salon and its clients speak Russian.
function inItsTongue(place, words = place.textContent) {
  if (document.documentElement.lang === "ru") return place;
  if (/[а-яё]/i.test(words)) place.lang = "ru";
  else place.removeAttribute("lang");
  return place;
}

// Names what shows no words of its own.
export function label(place, words) {
  place.setAttribute("aria-label", words);
  inItsTongue(place, words);
}

// A long name may break after its dots and underscores.
export function breakable(className, name) {
  const made = element("code", className);
  writeBreakable(made, name);
  return made;
}

export function writeBreakable(place, text) {
  if (place.textContent === text) return;
  place.replaceChildren(...text.split(/(?<=[._])/).flatMap((part) => [part, element("wbr")]));
  inItsTongue(place);
}

// Whoever looks at the end of a box goes on looking at it while the box becomes larger or smaller.
export function stayAtEnd(box, isAtEnd, toEnd) {
  let size = "";
  let wasAtEnd = true;
  const sizeNow = () => `${box.clientWidth} ${box.clientHeight}`;
  // A box of another size scrolls by itself before anybody is told of its size.
  const scrolled = () => sizeNow() === size && (wasAtEnd = isAtEnd());
  const resized = () => {
    size = sizeNow();
    if (wasAtEnd) toEnd();
  };
  box.addEventListener("scroll", scrolled, { passive: true });
  new ResizeObserver(resized).observe(box);
}

export function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-closes]")) dialog.close();
  });
}
