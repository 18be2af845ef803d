/* Charts by hand: an SVG with a sentence, and a table beside it.  One unit is one pixel, and sizes follow
   the letters around a chart, so that a projector's large type gets a large chart. */

/* The figures' own markers (plots/style.py) as corners, in a box from -5 to 5. */
const round = (corners, radius) => Array.from({ length: corners }, (_, k) => [radius * Math.cos((2 * Math.PI * k) / corners), radius * Math.sin((2 * Math.PI * k) / corners)]);
const MARKS = {
  breakdown: [[-5, -2.5], [-2.5, -5], [0, -2.5], [2.5, -5], [5, -2.5], [2.5, 0], [5, 2.5], [2.5, 5], [0, 2.5], [-2.5, 5], [-5, 2.5], [-2.5, 0]],
  collapse: [[-5, -4], [5, -4], [0, 5]],
  normalised_by_steps: [[-5, 4], [5, 4], [0, -5]],
  grand_bargain: [[0, -5.5], [1.5, -1.8], [5.4, -1.6], [2.4, 0.9], [3.4, 4.7], [0, 2.5], [-3.4, 4.7], [-2.4, 0.9], [-5.4, -1.6], [-1.5, -1.8]],
  bargain_under_way: [[0, -5.2], [4.4, 0], [0, 5.2], [-4.4, 0]],
  stall: [[-4, -4], [4, -4], [4, 4], [-4, 4]],
  piecemeal: round(14, 4.5),
};
const ENDING_NAMES = {
  grand_bargain: "Grand bargain", bargain_under_way: "Bargain under way", normalised_by_steps: "Normalised by steps",
  piecemeal: "Piecemeal", stall: "Stall", collapse: "Collapse", breakdown: "Breakdown",
};
const ENDING_MEANS = {
  grand_bargain: "a package is agreed and carried out in full", bargain_under_way: "agreed, and not yet carried out",
  normalised_by_steps: "nearly all is given, without a package", piecemeal: "some steps, and no more", stall: "nothing moves any more",
  collapse: "a package is agreed, and broken", breakdown: "somebody walks out before any package",
};
/* How a pair stands, in a word, for the desk and the wall. */
const MODES_SHORT = { talks: "talks", paused: "paused", bargain: "package" };
const endingName = (id) => ENDING_NAMES[id] || "Not ended";
const colourOf = (id) => `var(--${(id || "stall").replaceAll("_", "-")})`;
const edgeOf = (id) => `var(--${(id || "stall").replaceAll("_", "-")}-edge)`;

const markPath = (id, x, y, size) =>
  `M${(MARKS[id] || MARKS.piecemeal).map(([a, b]) => `${(x + size * a).toFixed(1)} ${(y + size * b).toFixed(1)}`).join("L")}Z`;

/* A small picture of an ending's marker, for lists. */
function markOf(id) {
  const made = svg("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", class: "mark", "aria-hidden": "true", focusable: "false" });
  made.append(svg("path", { d: markPath(id, 0, 0, 1), fill: colourOf(id), stroke: edgeOf(id), "stroke-width": 0.9 }));
  return made;
}

/* Round steps, at most `most` of them, from low to high. */
function ticks(low, high, most) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((each) => each >= rough * 0.999);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-9; at += step) found.push(Number(at.toPrecision(10)));
  return found;
}

/* Charts are drawn again when the place they have changes its width. */
const DRAWN = new WeakMap();
const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const known = DRAWN.get(target);
    if (known && target.clientWidth && known.width !== target.clientWidth) redraw(target, known);
  }
});

function redraw(host, known) {
  known.width = host.clientWidth;
  host.replaceChildren(known.draw(Math.max(240, host.clientWidth), parseFloat(getComputedStyle(host).fontSize)));
}

/* A figure: `draw(width, em)` gives the SVG, `sentence` says what it shows, `table` holds its numbers. */
function figureOf(title, sentence, draw, table) {
  const host = html("div", { className: "chart-host" });
  DRAWN.set(host, { draw, width: 0 });
  watcher.observe(host);
  const shown = table ? html("details", {}, html("summary", { textContent: "As a table" }), table) : null;
  return html("figure", { className: "figure" }, html("h3", { textContent: title }), html("p", { className: "saying", textContent: sentence }), host, shown);
}

/* No taller than what a screen shows at once beside its words and its key: nobody scrolls a wall. */
const onScreen = (tall, em, words = 15.5, least = 12.5) => Math.min(tall, Math.max(least * em, innerHeight - words * em));

function canvas(width, tall, label) {
  return svg("svg", { viewBox: `0 0 ${width} ${tall}`, width, height: tall, role: "img", "aria-label": label, class: "chart" });
}

/* Scales, grid and names of both axes; `x` and `y` are [low, high, name]. */
function axes(chart, width, tall, em, [left, right, across], [low, high, up], whole = false) {
  const edge = { left: 3.6 * em, right: 0.8 * em, top: 0.8 * em, bottom: 3 * em };
  const floor = tall - edge.bottom;
  const x = (value) => edge.left + ((value - left) / (right - left || 1)) * (width - edge.left - edge.right);
  const y = (value) => floor - ((value - low) / (high - low || 1)) * (floor - edge.top);
  const text = (attributes, words) => svg("text", { class: "tick", "font-size": 0.8 * em, ...attributes }, words);
  const wide = Math.max(3, Math.min(8, Math.floor((width - edge.left) / (5 * em))));
  for (const at of ticks(left, right, wide)) {
    if (whole && at !== Math.round(at)) continue;
    chart.append(svg("line", { x1: x(at), x2: x(at), y1: edge.top, y2: floor, class: at === 0 ? "axis" : "grid" }),
      text({ x: x(at), y: floor + 1.1 * em, "text-anchor": "middle" }, minus(String(at))));
  }
  for (const at of ticks(low, high, Math.max(2, Math.floor((floor - edge.top) / (2.4 * em))))) {
    chart.append(svg("line", { x1: edge.left, x2: width - edge.right, y1: y(at), y2: y(at), class: at === 0 ? "axis" : "grid" }),
      text({ x: edge.left - 0.4 * em, y: y(at) + 0.28 * em, "text-anchor": "end" }, minus(String(at))));
  }
  chart.append(text({ x: (edge.left + width - edge.right) / 2, y: tall - 0.5 * em, "text-anchor": "middle" }, across),
    text({ transform: `translate(${0.9 * em} ${(edge.top + floor) / 2}) rotate(-90)`, "text-anchor": "middle" }, up));
  return { x, y, floor, edge };
}

function extent(values) {
  const low = Math.min(0, ...values), high = Math.max(0, ...values);
  const margin = 0.06 * (high - low || 1);
  return [low - margin, high + margin];
}

const SOLUTIONS = { nash: "Nash", kalai_smorodinsky: "Kalai–Smorodinsky", egalitarian: "Egalitarian", utilitarian: "Utilitarian" };

/* Points of solutions with the names of all that lie there. */
function solved(solutions) {
  const found = [];
  for (const [id, at] of Object.entries(solutions || {})) {
    if (!at) continue;
    const there = found.find((each) => Math.hypot(each.at[0] - at[0], each.at[1] - at[1]) < 0.05);
    if (there) there.names.push(SOLUTIONS[id] || id); else found.push({ at, names: [SOLUTIONS[id] || id] });
  }
  return found;
}

/* Both scores of pairs on the utility plane: `dots` are { at, outcome, name }, `cloud` { scores, outcomes }. */
function drawPlane({ labels, dots, cloud, frontier, solutions, outside }) {
  return (width, em) => {
    const tall = onScreen(Math.min(30 * em, Math.max(20 * em, 0.72 * width)), em);
    const all = [...dots.map((dot) => dot.at), ...(cloud ? cloud.scores : []), ...frontier, ...solved(solutions).map((each) => each.at), outside];
    const chart = canvas(width, tall, `Utility plane: ${labels[0]} across, ${labels[1]} up, in points.`);
    const { x, y, floor, edge } = axes(chart, width, tall, em, [...extent(all.map((at) => at[0])), `${labels[0]} (points)`], [...extent(all.map((at) => at[1])), `${labels[1]} (points)`]);
    if (cloud) {
      const paths = {};
      cloud.scores.forEach((at, k) => { paths[cloud.outcomes[k]] = (paths[cloud.outcomes[k]] || "") + markPath(cloud.outcomes[k], x(at[0]), y(at[1]), 0.04 * em); });
      for (const id in paths) chart.append(svg("path", { d: paths[id], fill: colourOf(id), class: "cloud" }));
    }
    chart.append(svg("path", { d: `M${x(outside[0])} ${edge.top}V${floor}M${edge.left} ${y(outside[1])}H${width - edge.right}`, class: "outside" }));
    if (frontier.length) chart.append(svg("path", { d: frontier.map(([a, b], k) => (k ? `V${y(b)}H${x(a)}` : `M${x(a)} ${y(b)}`)).join(""), class: "frontier" }));
    const found = solved(solutions).sort((one, other) => one.at[0] - other.at[0]);
    const stands = [...dots, ...found].map(({ at }) => around(x(at[0]), y(at[1]), 0.55 * em));
    const inside = [edge.left, width - edge.right];
    for (const { at, names: called } of found) {
      const [a, b, r] = [x(at[0]), y(at[1]), 0.5 * em];
      const words = called.join(", ");
      const place = besides(a, b, words, 0.8 * em, ABOVE_FIRST, stands, inside, found.length > 1 && at === found[0].at);
      chart.append(svg("path", { d: `M${a - r} ${b}H${a + r}M${a} ${b - r}V${b + r}`, class: "nash" }), svg("circle", { cx: a, cy: b, r, class: "nash" }),
        svg("text", { ...place, "font-size": 0.8 * em, class: "halo" }, words));
    }
    for (const dot of dots) chart.append(svg("path", { d: markPath(dot.outcome, x(dot.at[0]), y(dot.at[1]), 0.13 * em), fill: colourOf(dot.outcome), stroke: edgeOf(dot.outcome), class: "pair-mark" }));
    for (const { at, text } of placed(dots, x, y, em, stands, inside)) chart.append(svg("text", { ...at, "font-size": 0.85 * em, class: "pair-name" }, text));
    return chart;
  };
}

const around = (x, y, reach) => [x - reach, x + reach, y - reach, y + reach];

/* Where the baseline of words may lie, in heights of letters below the middle of their mark. */
const LEVEL_FIRST = [0.35, -0.65, 1.35, -1.65, 2.35, -2.65, 3.35];
const ABOVE_FIRST = [-0.65, 1.35, 0.35, -1.65, 2.35, -2.65, 3.35];

/* The first place beside a mark, right or left (or left first), where words touch nothing that `stands` there, and lie
   inside; they stand there from then on. */
function besides(x, y, words, size, heights, stands, [left, right], leftFirst = false) {
  const long = 0.6 * size * words.length, gap = 0.95 * size;
  const box = ([start, base]) => [start, start + long, base - 0.8 * size, base + 0.15 * size];
  const touches = (one) => stands.some((other) => one[0] < other[1] && other[0] < one[1] && one[2] < other[3] && other[2] < one[3]);
  const starts = leftFirst ? [x - gap - long, x + gap] : [x + gap, x - gap - long];
  const places = heights.flatMap((height) => starts.map((start) => [start, y + height * size]));
  const fits = places.filter(([start]) => start >= left && start + long <= right);
  const place = fits.find((each) => !touches(box(each))) || fits[0] || places[0];
  stands.push(box(place));
  return place[0] > x ? { x: x + gap, y: place[1], "text-anchor": "start" } : { x: x - gap, y: place[1], "text-anchor": "end" };
}

/* Names beside their marks, those of one place together. */
function placed(dots, x, y, em, stands, inside) {
  const found = [];
  for (const dot of dots.filter((each) => each.name)) {
    const [a, b] = [x(dot.at[0]), y(dot.at[1])];
    const there = found.find((each) => Math.hypot(each.of[0] - a, each.of[1] - b) < 0.4 * em);
    if (there) there.text += `, ${dot.name}`;
    else found.push({ of: [a, b], text: dot.name });
  }
  return found.map(({ of: [a, b], text }) => ({ text, at: besides(a, b, text, 0.85 * em, LEVEL_FIRST, stands, inside) }));
}

/* Lines of both sides by turn, the second dashed; `marks` are turns with a number above them. */
function drawLines({ labels, turns, lines, name, range, marks }) {
  return (width, em) => {
    const tall = onScreen(15 * em, em);
    const chart = canvas(width, tall, `${name} of ${labels[0]} and ${labels[1]} by turn.`);
    const { x, y, floor, edge } = axes(chart, width, tall, em, [1, Math.max(2, ...turns), "turn"], [...(range || extent(lines.flat())), name], true);
    let last = { at: -Infinity, up: false };
    marks.forEach(({ turn, number }) => {
      const at = x(turn);
      const up = at - last.at < em && !last.up;
      last = { at, up };
      chart.append(svg("line", { x1: at, x2: at, y1: edge.top, y2: floor, class: "turning" }),
        svg("text", { x: at + 0.15 * em, y: edge.top + (up ? 1.7 : 0.75) * em, "font-size": 0.75 * em, class: "turning-number" }, String(number)));
    });
    lines.forEach((line, k) => {
      chart.append(svg("path", { d: line.map((value, t) => `${t ? "L" : "M"}${x(turns[t]).toFixed(1)} ${y(value).toFixed(1)}`).join(""), class: `line-${k}` }));
      const end = line.length - 1;
      if (end >= 0) chart.append(svg("path", { d: markPath(k ? "stall" : "piecemeal", x(turns[end]), y(line[end]), 0.09 * em), class: `dot-${k}` }));
    });
    return chart;
  };
}

/* Which line is whose. */
function keyOf(labels) {
  return html("ul", { className: "key" }, ...labels.map((label, k) => {
    const made = svg("svg", { width: 34, height: 10, viewBox: "0 0 34 10", "aria-hidden": "true", focusable: "false" });
    made.append(svg("path", { d: "M0 5H34", class: `line-${k}` }), svg("path", { d: markPath(k ? "stall" : "piecemeal", 28, 5, 0.8), class: `dot-${k}` }));
    return html("li", {}, made, ` ${label}`);
  }));
}

/* Bars across: `rows` are { name, bars: [{ share, fill, said }] }; lengths are shares of `most`. */
function drawBars(rows, most, label) {
  return (width, em) => {
    const each = rows.map((row) => 0.9 + 1.15 * row.bars.length);
    const tall = em * (each.reduce((a, b) => a + b + 0.9, 0));
    const chart = canvas(width, tall, label);
    let at = 0;
    rows.forEach((row, k) => {
      chart.append(svg("text", { x: 0, y: at + 0.9 * em, "font-size": 0.88 * em }, row.name));
      row.bars.forEach((bar, n) => {
        const top = at + (1.2 + 1.15 * n) * em;
        const long = Math.max(1, (bar.share / (most || 1)) * (width - 8.5 * em));
        chart.append(svg("rect", { x: 0, y: top, height: 0.95 * em, width: long, fill: bar.fill, class: "bar-edge" }),
          svg("text", { x: long + 0.4 * em, y: top + 0.76 * em, "font-size": 0.8 * em, class: "tick" }, bar.said));
      });
      at += (each[k] + 0.9) * em;
    });
    return chart;
  };
}
