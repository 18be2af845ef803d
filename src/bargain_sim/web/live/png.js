/* A card as a picture to keep: its heading, what was set, its chart, the claim; drawn on a canvas from SVG. */

const PNG_WIDE = 900, PNG_EDGE = 28, PNG_SCALE = 2;
const LOOKS = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity",
  "fill-opacity", "font-size", "font-weight", "font-family", "visibility"];

/* A copy that needs no style sheet: what the browser shows is written into every element. */
function bare(chart) {
  const copy = chart.cloneNode(true);
  const from = [chart, ...chart.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, k) => {
    const style = getComputedStyle(from[k]);
    for (const name of LOOKS) if (style.getPropertyValue(name)) element.setAttribute(name, style.getPropertyValue(name).replaceAll('"', "'"));
    element.removeAttribute("class");
    element.removeAttribute("id");
  });
  return copy;
}

function inColours() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/* Text in lines no wider than `wide`, as SVG; returns the elements and the height they take. */
function wrapped(text, { size, wide, weight = 400, fill, x, y }) {
  const pen = html("canvas", {}).getContext("2d");
  pen.font = `${weight} ${size}px system-ui, sans-serif`;
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
    if (pen.measureText(longer).width > wide && lines[lines.length - 1]) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  const tall = size * 1.4;
  const made = lines.map((line, k) => svg("text", { x, y: y + size + k * tall, fill, "font-size": size, "font-weight": weight,
    "font-family": "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif" }, line));
  return [made, lines.length * tall];
}

function settingsInWords(state) {
  const set = DATA.settings.filter((setting) => setting.path in state.set)
    .map((setting) => `${called(setting)} ${shown(setting, valueOf(state, setting))}`);
  return `${spoken(state.scenario)}; ${set.length ? set.join(", ") : "as the scenario has it"}; seed ${state.seed}`;
}

/* The table of shares as one chart: a row an ending. */
function sharesChart(colour) {
  const wide = PNG_WIDE - 2 * PNG_EDGE, from = 190, to = wide - 170, tall = 34;
  const chart = svg("svg", { width: wide, height: DATA.endings.length * tall });
  const text = (x, y, words, more = {}) => svg("text", { x, y, fill: colour("ink"), "font-size": 15, "font-family": "system-ui, sans-serif", ...more }, words);
  const place = (share) => from + share * (to - from);
  seenNow.endings.forEach((each, k) => {
    const top = k * tall, middle = top + 12.5;
    const [low, high] = each.interval.map(place);
    const line = (x1, x2, y1, y2) => svg("line", { x1, x2, y1, y2, stroke: colour("ink"), "stroke-width": 1.5 });
    chart.append(text(0, middle + 5, each.ending.label),
      svg("rect", { x: from, y: top + 3, width: to - from, height: 19, fill: colour("inset") }),
      svg("rect", { x: from, y: top + 3, width: place(each.share) - from, height: 19, fill: each.ending.fill }),
      line(low, high, middle, middle), line(low, low, middle - 5, middle + 5), line(high, high, middle - 5, middle + 5),
      text(wide, middle + 5, `${percent(each.share)} (${bounds(each.interval)})`, { "text-anchor": "end" }));
    if (seenPinned) {
      chart.append(svg("rect", { x: from, y: top + 24, width: place(seenPinned.endings[k].share) - from, height: 4, fill: colour("quiet") }));
    }
  });
  return [chart];
}

/* On the page the plane's dots lie on a canvas, which would be coarse here: they are drawn as shapes. */
function planeChart(colour) {
  const copy = bare(byId("plane"));
  const dots = svg("g", { opacity: 1 });
  for (const [ending, first, second, alpha] of dotsOf(seenNow)) {
    const { id, marker } = DATA.endings[ending];
    const at = `translate(${planeScale.x(first).toFixed(1)} ${planeScale.y(second).toFixed(1)}) scale(0.85)`;
    dots.append(svg("path", { d: MARKERS[marker], transform: at, opacity: alpha, fill: colour(id.replaceAll("_", "-")),
      stroke: colour(`${id.replaceAll("_", "-")}-edge`), "stroke-width": 0.9 }));
  }
  copy.prepend(dots);
  return [copy];
}

const CARDS = [
  { title: "endings-title", name: "endings", charts: sharesChart, legend: false, pinned: "grey" },
  { title: "deal-title", name: "deals", charts: () => [bare(byId("deal"))], legend: true, pinned: "dashed" },
  { title: "fan-title", name: "trust", charts: () => [bare(byId("fan-0")), bare(byId("fan-1"))], legend: false, pinned: "dashed" },
  { title: "plane-title", name: "points", charts: planeChart, legend: true, markers: true, pinned: "dashed cross" },
];

/* A row of endings with their fill, or with their marker. */
function legendOf(colour, y, markers) {
  const made = [];
  let x = PNG_EDGE, at = y;
  for (const ending of DATA.endings) {
    const wide = 34 + ending.label.length * 8;
    if (x + wide > PNG_WIDE - PNG_EDGE) { x = PNG_EDGE; at += 22; }
    const id = ending.id.replaceAll("_", "-");
    made.push(markers
      ? svg("path", { d: MARKERS[ending.marker], transform: `translate(${x + 8} ${at + 8})`, fill: colour(id), stroke: colour(`${id}-edge`), "stroke-width": 0.9 })
      : svg("rect", { x, y: at + 1, width: 16, height: 14, fill: ending.fill }));
    made.push(svg("text", { x: x + 22, y: at + 13, fill: colour("ink"), "font-size": 14, "font-family": "system-ui, sans-serif" }, ending.label));
    x += wide;
  }
  return [made, at + 22 - y];
}

function pictureOf(card) {
  const colour = inColours();
  const room = { wide: PNG_WIDE - 2 * PNG_EDGE, x: PNG_EDGE };
  const whole = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: PNG_WIDE });
  const defs = document.querySelector("svg defs").cloneNode(true);
  whole.append(defs);
  let y = PNG_EDGE;
  const say = (text, look) => {
    const [lines, tall] = wrapped(text, { ...room, y, fill: colour("ink"), ...look });
    whole.append(...lines);
    y += tall;
  };
  say(byId(card.title).textContent, { size: 24, weight: 700 });
  say(settingsInWords(STATE), { size: 14, fill: colour("quiet") });
  if (STATE.pin) say(`Pinned (${card.pinned}): ${settingsInWords({ ...STATE, ...STATE.pin })}`, { size: 14, fill: colour("quiet") });
  y += 12;
  const charts = card.charts(colour);
  const each = (room.wide - 20 * (charts.length - 1)) / charts.length;
  let tallest = 0;
  charts.forEach((chart, k) => {
    const box = chart.getAttribute("viewBox");
    const [wide, tall] = box ? box.split(" ").slice(2).map(Number) : [Number(chart.getAttribute("width")), Number(chart.getAttribute("height"))];
    const height = (tall / wide) * each;
    chart.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
    for (const [key, value] of [["x", PNG_EDGE + k * (each + 20)], ["y", y], ["width", each], ["height", height], ["overflow", "visible"]]) chart.setAttribute(key, value);
    whole.append(chart);
    tallest = Math.max(tallest, height);
  });
  y += tallest + 14;
  if (card.legend) {
    const [made, tall] = legendOf(colour, y, card.markers);
    whole.append(...made);
    y += tall + 6;
  }
  say(sentence(seenNow), { size: 15 });
  say("Scenario exploration, not prediction.", { size: 14, weight: 700 });
  whole.setAttribute("height", y + PNG_EDGE);
  whole.insertBefore(svg("rect", { width: PNG_WIDE, height: y + PNG_EDGE, fill: colour("card") }), defs.nextSibling);
  return [whole, y + PNG_EDGE];
}

async function savePicture(card) {
  const [whole, tall] = pictureOf(card);
  const source = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(whole)], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = html("canvas", { width: PNG_WIDE * PNG_SCALE, height: Math.ceil(tall * PNG_SCALE) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(source);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  save(blob, `${STATE.scenario}_${card.name}.png`);
}

for (const card of CARDS) {
  const title = byId(card.title);
  const button = html("button", { type: "button", className: "png", id: `png-${card.name}`, textContent: "PNG", ariaLabel: `${title.textContent}: save as PNG` });
  button.addEventListener("click", () => savePicture(card));
  const top = html("div", { className: "png-head" });
  title.before(top);
  top.append(title, button);
}
