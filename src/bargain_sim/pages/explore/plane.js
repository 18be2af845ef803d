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
const MOST_DOTS = 2500;
const PLANE_TALL = 300;
const PLANE_EDGE = { left: 44, right: 12, top: 10, bottom: 40 };

const EXTENT = (() => {
  const ends = [[Infinity, -Infinity], [Infinity, -Infinity]];
  const take = (side, value) => { ends[side] = [Math.min(ends[side][0], value), Math.max(ends[side][1], value)]; };
  for (const side of [0, 1]) {
    take(side, 0);
    for (const whole of DATA.utility[side]) take(side, utilityOf(whole));
    for (const curve of DATA.samples.curves) for (const point of curve.points) {
      take(side, point[side]);
    }
  }
  return ends.map(([low, high]) => [low - 0.05 * (high - low || 1), high + 0.05 * (high - low || 1)]);
})();

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

function drawCloud(seen, width, x, y) {
  const canvas = byId("plane-dots");
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(PLANE_TALL * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, PLANE_TALL);
  if (seen.empty) return 0;
  const list = stampsNow(ratio);
  let heaviest = 0;
  for (const w of WEIGHTS) if (w > heaviest) heaviest = w;
  /* Where there are more, every so many are drawn: points lie in no order that would matter. */
  const stride = Math.max(1, Math.ceil(seen.within / MOST_DOTS));
  const strong = Math.min(0.85, 0.35 + 60 / Math.min(seen.within, MOST_DOTS));
  let count = 0, drawn = 0;
  for (let r = 0, row = 0; r < DATA.runs; r++) {
    for (let p = 0; p < DATA.points; p++, row++) {
      const w = WEIGHTS[p];
      if (w === 0 || count++ % stride) continue;
      pen.globalAlpha = 0.15 + strong * (w / heaviest);
      pen.drawImage(list[DATA.outcome[row]], x(utilityOf(DATA.utility[0][row])) - 7, y(utilityOf(DATA.utility[1][row])) - 7, 14, 14);
      drawn++;
    }
  }
  return drawn;
}

function cross(x, y, kind) {
  const d = `M${x - 8} ${y}H${x + 8}M${x} ${y - 8}V${y + 8}`;
  return [svg("path", { d, class: "cross-ground" }), svg("path", { d, class: kind })];
}

function drawPlane(seen, pinned, curve) {
  const [chart, width] = sized("plane", PLANE_TALL);
  const edge = PLANE_EDGE;
  const x = (value) => edge.left + ((value - EXTENT[0][0]) / (EXTENT[0][1] - EXTENT[0][0])) * (width - edge.left - edge.right);
  const y = (value) => PLANE_TALL - edge.bottom - ((value - EXTENT[1][0]) / (EXTENT[1][1] - EXTENT[1][0])) * (PLANE_TALL - edge.top - edge.bottom);
  const drawn = drawCloud(seen, width, x, y);
  chart.replaceChildren();
  const floor = PLANE_TALL - edge.bottom;
  for (const at of ticks(...EXTENT[0], width < 380 ? 4 : 6)) {
    chart.append(svg("line", { x1: x(at), x2: x(at), y1: edge.top, y2: floor, class: at === 0 ? "axis" : "grid" }),
      svg("text", { x: x(at), y: floor + 16, class: "tick", "text-anchor": "middle" }, String(at).replace("-", "−")));
  }
  for (const at of ticks(...EXTENT[1], 6)) {
    chart.append(svg("line", { x1: edge.left, x2: width - edge.right, y1: y(at), y2: y(at), class: at === 0 ? "axis" : "grid" }),
      svg("text", { x: edge.left - 6, y: y(at) + 4, class: "tick", "text-anchor": "end" }, String(at).replace("-", "−")));
  }
  chart.append(
    svg("text", { x: (edge.left + width - edge.right) / 2, y: PLANE_TALL - 5, class: "tick", "text-anchor": "middle" }, `${DATA.sides[0]} (points)`),
    svg("text", { transform: `translate(12 ${(edge.top + floor) / 2}) rotate(-90)`, class: "tick", "text-anchor": "middle" }, `${DATA.sides[1]} (points)`));
  /* A staircase: between two packages that none betters, what the next one gives the second side. */
  const line = curve.points.map(([a, b], k) => (k ? `V${y(b)}H${x(a)}` : `M${x(a)} ${y(b)}`)).join("");
  if (line) chart.append(svg("path", { d: line, class: "frontier" }));
  if (pinned && !pinned.empty) chart.append(...cross(x(pinned.means[0]), y(pinned.means[1]), "cross pinned-cross"));
  if (!seen.empty) chart.append(...cross(x(seen.means[0]), y(seen.means[1]), "cross"));
  const ends = DATA.sides.map((side, k) => `${side} ${oneDecimal(seen.means[k])}`);
  chart.setAttribute("aria-label", seen.empty ? "Utility plane: no runs." :
    `Utility plane: on average ${joined(ends)} points; both end above zero in ${percent(seen.bothGain)} of runs.`);
  byId("plane-caption").textContent = `Each mark is a run, the stronger the nearer its settings`
    + (drawn < seen.within ? ` (${amount(drawn)} of ${amount(seen.within)} drawn)` : "")
    + `. Cross: mean${pinned ? ", dashed: pinned" : ""}. Line: the packages that none betters for both`
    + (DATA.samples.oneCurve ? "" : " at the settings of the negotiation below")
    + ", the bonus of a full bargain counted in.";
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
