/* What all charts stand on: elements, widths, ticks, and turns as months. */

const byId = (id) => document.getElementById(id);
const colour = (name) => `var(--${name.replaceAll("_", "-")})`;

/* An SVG element with attributes and, if given, text. */
function svg(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}

/* An HTML element with properties and children. */
function html(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const cell = (text, kind = "number") => html("td", { className: kind, textContent: text });
const head = (text) => html("th", { scope: "row", textContent: text });

/* One unit of the drawing is one pixel, so that letters keep their size on every screen.  Widths are
   remembered until the page is resized: asking after each change would lay the page out anew. */
const WIDTHS = new Map();

function sized(id, tall) {
  const chart = byId(id);
  if (!WIDTHS.has(id)) {
    const wide = Math.max(220, Math.round(chart.parentElement.clientWidth));
    WIDTHS.set(id, wide);
    chart.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
    chart.setAttribute("height", tall);
  }
  return [chart, WIDTHS.get(id)];
}

/* Round steps, at most `most` of them, from low to high. */
function ticks(low, high, most) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((each) => each >= rough * 0.999);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-9; at += step) found.push(at);
  return found;
}

const MONTH = 365.25 / 12;
const months = (turn) => (turn * DATA.turnDays) / MONTH;
