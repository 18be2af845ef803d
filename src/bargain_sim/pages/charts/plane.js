/* Both sides' utilities: a cloud of runs on a canvas, axes, frontier and means above it in SVG. */

/* The figures' own markers (plots/style.py), in a box from -5 to 5. */
const MARKERS = {
  X: "M-5 -2.5L-2.5 -5L0 -2.5L2.5 -5L5 -2.5L2.5 0L5 2.5L2.5 5L0 2.5L-2.5 5L-5 2.5L-2.5 0Z",
  v: "M-5 -4H5L0 5Z",
  "^": "M-5 4H5L0 -5Z",
  "*": "M0 -5.5L1.5 -1.8L5.4 -1.6L2.4 .9L3.4 4.7L0 2.5L-3.4 4.7L-2.4 .9L-5.4 -1.6L-1.5 -1.8Z",
  D: "M0 -5.2L4.4 0L0 5.2L-4.4 0Z",
  s: "M-4 -4H4V4H-4Z",
  o: "M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0Z",
};
const PLANE_TALL = 300;
const PLANE_EDGE = { left: 44, right: 12, top: 10, bottom: 40 };

/* From where to where both axes go: zero, these utilities (a list a side), and these frontiers. */
function extentOf(utilities, curves) {
  return utilities.map((values, side) => {
    let low = 0, high = 0;
    const take = (value) => { low = Math.min(low, value); high = Math.max(high, value); };
    for (const value of values) take(value);
    for (const curve of curves) for (const point of curve) take(point[side]);
    return [low - 0.05 * (high - low || 1), high + 0.05 * (high - low || 1)];
  });
}

/* A small picture of each marker in the colours that hold now: drawn once, then stamped. */
let stamps = null;
const forgetStamps = () => { stamps = null; };

function stampsNow(ratio) {
  if (stamps && stamps.ratio === ratio) return stamps.list;
  const style = getComputedStyle(document.documentElement);
  const list = DATA.endings.map((ending) => {
    const name = `--${ending.id.replaceAll("_", "-")}`;
    const canvas = html("canvas", { width: 14 * ratio, height: 14 * ratio });
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.translate(7, 7);
    pen.scale(0.85, 0.85);
    const path = new Path2D(MARKERS[ending.marker]);
    pen.fillStyle = style.getPropertyValue(name);
    pen.strokeStyle = style.getPropertyValue(`${name}-edge`);
    pen.lineWidth = 0.9;
    pen.fill(path);
    pen.stroke(path);
    return canvas;
  });
  stamps = { ratio, list };
  return list;
}

/* Stamp the dots, each an ending's number, both utilities and how strong it is; returns how many. */
function drawCloud(dots, width, x, y) {
  const canvas = byId("plane-dots");
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(PLANE_TALL * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, PLANE_TALL);
  const list = stampsNow(ratio);
  let drawn = 0;
  for (const [ending, first, second, alpha] of dots) {
    pen.globalAlpha = alpha;
    pen.drawImage(list[ending], x(first) - 7, y(second) - 7, 14, 14);
    drawn++;
  }
  return drawn;
}

function cross(x, y, kind) {
  const d = `M${x - 8} ${y}H${x + 8}M${x} ${y - 8}V${y + 8}`;
  return [svg("path", { d, class: "cross-ground" }), svg("path", { d, class: kind })];
}

/* From points to the places of the chart as it was drawn last. */
let planeScale = null;

/* `dots` are those of the cloud, `extent` the ends of both axes, `curve` the frontier; `marks` and `line`
   are words for the caption. */
function drawPlane(seen, pinned, { dots, extent, curve, marks, line: ofLine }) {
  const [chart, width] = sized("plane", PLANE_TALL);
  const edge = PLANE_EDGE;
  const x = (value) => edge.left + ((value - extent[0][0]) / (extent[0][1] - extent[0][0])) * (width - edge.left - edge.right);
  const y = (value) => PLANE_TALL - edge.bottom - ((value - extent[1][0]) / (extent[1][1] - extent[1][0])) * (PLANE_TALL - edge.top - edge.bottom);
  planeScale = { x, y };
  const drawn = drawCloud(dots, width, x, y);
  chart.replaceChildren();
  const floor = PLANE_TALL - edge.bottom;
  for (const at of ticks(...extent[0], width < 380 ? 4 : 6)) {
    chart.append(svg("line", { x1: x(at), x2: x(at), y1: edge.top, y2: floor, class: at === 0 ? "axis" : "grid" }),
      svg("text", { x: x(at), y: floor + 16, class: "tick", "text-anchor": "middle" }, String(at).replace("-", "−")));
  }
  for (const at of ticks(...extent[1], 6)) {
    chart.append(svg("line", { x1: edge.left, x2: width - edge.right, y1: y(at), y2: y(at), class: at === 0 ? "axis" : "grid" }),
      svg("text", { x: edge.left - 6, y: y(at) + 4, class: "tick", "text-anchor": "end" }, String(at).replace("-", "−")));
  }
  chart.append(
    svg("text", { x: (edge.left + width - edge.right) / 2, y: PLANE_TALL - 5, class: "tick", "text-anchor": "middle" }, `${DATA.sides[0]} (points)`),
    svg("text", { transform: `translate(12 ${(edge.top + floor) / 2}) rotate(-90)`, class: "tick", "text-anchor": "middle" }, `${DATA.sides[1]} (points)`));
  // Packages are not mixed: between two of them, the second side has what the next one gives it.
  const line = curve.map(([a, b], k) => (k ? `V${y(b)}H${x(a)}` : `M${x(a)} ${y(b)}`)).join("");
  if (curve.length) chart.append(svg("path", { d: line, class: "frontier" }));
  if (pinned && !pinned.empty) chart.append(...cross(x(pinned.means[0]), y(pinned.means[1]), "cross pinned-cross"));
  if (!seen.empty) chart.append(...cross(x(seen.means[0]), y(seen.means[1]), "cross"));
  const ends = DATA.sides.map((side, k) => `${side} ${oneDecimal(seen.means[k])}`);
  chart.setAttribute("aria-label", seen.empty ? "Utility plane: no runs." :
    `Utility plane: on average ${joined(ends)} points; both end above zero in ${percent(seen.bothGain)} of runs.`);
  byId("plane-caption").textContent = `Each mark is a run${marks}`
    + (drawn < seen.within ? ` (${amount(drawn)} of ${amount(seen.within)} drawn)` : "")
    + `. Cross: mean${pinned ? ", dashed: pinned" : ""}. Line: the Pareto frontier, packages that none betters`
    + `${ofLine}, with the bonus where one is earned.`;
  planeTable(seen, pinned);
}

function planeTable(seen, pinned) {
  const rows = DATA.sides.map((side, k) => html("tr", {}, head(side),
    cell(seen.empty ? "–" : oneDecimal(seen.means[k])),
    cell(seen.empty ? "–" : `${oneDecimal(seen.quarters[k][0])} to ${oneDecimal(seen.quarters[k][2])}`),
    cell(pinned && !pinned.empty ? oneDecimal(pinned.means[k]) : "–", "number pinned-only")));
  rows.push(html("tr", {}, head("Both above zero"), cell(seen.empty ? "–" : percent(seen.bothGain)), cell(""),
    cell(pinned && !pinned.empty ? percent(pinned.bothGain) : "–", "number pinned-only")));
  byId("plane-table").replaceChildren(...rows);
}

for (const ending of DATA.endings.filter((each) => each.there)) {
  const mark = svg("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true", focusable: "false" });
  mark.append(svg("path", { d: MARKERS[ending.marker], fill: colour(ending.id), stroke: colour(`${ending.id}-edge`), "stroke-width": 0.9 }));
  byId("plane-legend").append(html("li", {}, mark, ` ${ending.label}`));
}
