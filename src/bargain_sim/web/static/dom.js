"use strict";
/* Elements, numbers in words, and what is said to screen readers.  Data only ever becomes text. */

const byId = (id) => document.getElementById(id);

/* The words for a page whose scripts have not come. */
if (byId("unready")) byId("unready").remove();

/* An HTML element: properties, `at` for attributes, `on` for listeners, then children. */
function html(name, properties = {}, ...children) {
  const { at = {}, on = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(name), rest);
  for (const key in at) if (at[key] !== null) made.setAttribute(key, at[key]);
  for (const key in on) made.addEventListener(key, on[key]);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/* An SVG element with attributes and, if given, text. */
function svg(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}

/* Write a text only where it is another: what stays is not read out again. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/* One child of `host` for each item, by its key.  Children that are there stay, so that focus, a click half
   made and a reader's place stay with them: `made(item)` makes new ones, `written(child, item)` writes all. */
function keptIn(host, items, keyOf, made, written = () => {}) {
  const wanted = new Set(items.map((item) => String(keyOf(item))));
  for (const child of [...host.children]) if (!wanted.has(child.dataset.key)) child.remove();
  const there = new Map([...host.children].map((child) => [child.dataset.key, child]));
  let place = host.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const child = there.get(key) || made(item);
    child.dataset.key = key;
    if (child === place) place = place.nextElementSibling;
    else host.insertBefore(child, place);
    written(child, item);
  }
}

const cell = (text, kind = "number") => html("td", { className: kind, textContent: text });
const head = (text) => html("th", { textContent: text, at: { scope: "row" } });

/* A table of rows that begin with their name; `columns` are [title, class] pairs. */
function tableOf(caption, columns, rows) {
  const titles = columns.map(([title, kind]) => html("th", { textContent: title, className: kind, at: { scope: "col" } }));
  const lines = rows.map(([name, ...cells]) => html("tr", {}, head(name), ...cells.map((text, k) => cell(text, columns[k + 1][1]))));
  const table = html("table", {}, html("caption", { textContent: caption }),
    html("thead", {}, html("tr", {}, ...titles)), html("tbody", {}, ...lines));
  return html("div", { className: "scroll", tabIndex: 0, at: { role: "region", "aria-label": caption } }, table);
}

const NB = "\u00a0";
const minus = (text) => text.replace("-", "−").replace(/^−(0(\.0+)?)$/, "$1");
const oneDecimal = (number) => minus(number.toFixed(1));
const twoDecimals = (number) => minus(number.toFixed(2));
/* Points as a score sheet has them: no decimals that say nothing. */
const points = (number) => minus(String(Math.round(10 * number) / 10));
const signed = (number) => (number > 0.049 ? `+${points(number)}` : points(number));
const percent = (share) => `${Math.round(100 * share)}${NB}%`;
const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
const joined = (words) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
const quoted = (label) => `“${label}”`;

/* Politely, once: a region that is there from the start, or readers do not hear it. */
function announce(text) {
  const region = byId("announced");
  if (region && text) region.textContent = text;
}

/* What the server wrote into the page for its scripts. */
function given(id) {
  const found = byId(id);
  return found ? JSON.parse(found.textContent) : null;
}
