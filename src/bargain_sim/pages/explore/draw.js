/* Shares of endings, and the time to a package. */

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

const SHARE_ROWS = DATA.endings.map((ending) => {
  const bar = svg("svg", { class: "bar", height: 22, width: "100%", "aria-hidden": "true", focusable: "false" });
  const fill = svg("rect", { x: 0, y: 2, height: 13, rx: 1.5, fill: ending.fill, class: "fill" });
  const line = svg("line", { y1: 8.5, y2: 8.5, class: "whisker" });
  const [low, high] = [0, 1].map(() => svg("line", { y1: 5, y2: 12, class: "whisker" }));
  const pin = svg("rect", { y: 17, height: 3.5, class: "pin-mark", x: 0 });
  bar.append(svg("rect", { x: 0, y: 2, height: 13, width: "100%", class: "track" }), fill, line, low, high, pin);
  const cells = { share: cell(""), range: cell(""), pinned: cell("", "number pinned-only"), change: cell("", "number pinned-only") };
  const name = head(ending.label);
  const row = html("tr", { hidden: !ending.there }, name, html("td", { className: "bar-cell" }, bar), ...Object.values(cells));
  byId("shares").append(row);
  return { row, fill, line, low, high, pin, ...cells };
});

(() => {
  const never = DATA.endings.filter((each) => !each.there).map((each) => lower(each.label));
  byId("never").textContent = never.length ? `Nowhere in this sweep: ${joined(never)}.` : "";
})();

const wide = (share) => `${100 * share}%`;

function drawShares(seen, pinned) {
  seen.endings.forEach((each, k) => {
    const row = SHARE_ROWS[k];
    const share = seen.empty ? 0 : each.share;
    row.fill.setAttribute("width", wide(share));
    row.share.textContent = seen.empty ? "–" : percent(share);
    row.range.textContent = seen.empty ? "–" : bounds(each.interval);
    const [from, to] = each.interval || [share, share];
    for (const [line, at1, at2] of [[row.line, from, to], [row.low, from, from], [row.high, to, to]]) {
      line.setAttribute("x1", wide(at1));
      line.setAttribute("x2", wide(at2));
      line.setAttribute("visibility", each.interval ? "visible" : "hidden");
    }
    const before = pinned && !pinned.empty ? pinned.endings[k] : null;
    row.pin.setAttribute("width", before ? wide(before.share) : 0);
    if (!before || seen.empty) { row.pinned.textContent = "–"; row.change.textContent = "–"; return; }
    row.pinned.textContent = percent(before.share);
    row.change.textContent = signed(Math.round(100 * (share - before.share)));
    row.change.classList.toggle("clear", apart(each.interval, before.interval));
  });
}

/* All shares as one bar, and the largest in words: what stays in sight on a phone.  The table says the
   same to screen readers. */
function drawStrip(seen) {
  const strip = byId("strip");
  strip.replaceChildren();
  let at = 0;
  for (const each of seen.empty ? [] : seen.endings) {
    strip.append(svg("rect", { x: wide(at), width: wide(each.share), height: 18, fill: each.ending.fill }));
    at += each.share;
    if (each.share > 0 && at < 0.999) strip.append(svg("rect", { x: wide(at), width: 1.5, height: 18, class: "gap" }));
  }
  const most = seen.endings.filter((each) => each.share >= 0.005).sort((a, b) => b.share - a.share).slice(0, 3);
  byId("brief").textContent = seen.empty ? "no run is like this"
    : `${seen.few ? "few here · " : ""}${most.map((each) => `${each.ending.label} ${percent(each.share)}`).join(" · ")}`;
}

/* Bins of whole turns, or bars of equal rates would differ in height. */
const BIN = Math.max(1, Math.ceil(DATA.turns / 26));
const BINS = Math.ceil(DATA.turns / BIN);

function binned(deals) {
  const bins = new Float64Array(BINS);
  deals.forEach((share, turn) => { bins[Math.floor(turn / BIN)] += share; });
  return bins;
}

function drawDeal(seen, pinned) {
  const [chart, width] = sized("deal", 200);
  const edge = { left: 44, right: 8, top: 18, bottom: 40 };
  const stacks = seen.empty ? [] : seen.deals.map(binned);
  const totals = new Float64Array(BINS);
  for (const bins of stacks) bins.forEach((share, k) => { totals[k] += share; });
  const before = pinned && !pinned.empty ? pinned.deals.map(binned).reduce((a, b) => a.map((x, k) => x + b[k])) : null;
  const highest = Math.max(...totals, ...(before || [0]), 1e-9);
  const top = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1].find((each) => each >= highest) || 1;
  const last = months(BINS * BIN);
  const x = (month) => edge.left + (month / last) * (width - edge.left - edge.right);
  const y = (share) => 200 - edge.bottom - (share / top) * (200 - edge.top - edge.bottom);
  chart.replaceChildren();
  for (const share of [0, top / 2, top]) {
    chart.append(svg("line", { x1: edge.left, x2: width - edge.right, y1: y(share), y2: y(share), class: share ? "grid" : "axis" }));
    chart.append(svg("text", { x: edge.left - 6, y: y(share) + 4, class: "tick", "text-anchor": "end" },
      `${Number((100 * share).toFixed(1))} %`));
  }
  for (const month of ticks(0, last, width < 380 ? 4 : 8)) {
    chart.append(svg("text", { x: x(month), y: 200 - edge.bottom + 16, class: "tick", "text-anchor": "middle" }, month));
  }
  chart.append(svg("text", { x: (edge.left + width - edge.right) / 2, y: 195, class: "tick", "text-anchor": "middle" }, "months from the start"));
  for (let k = 0; k < BINS; k++) {
    let sum = 0;
    stacks.forEach((bins, e) => {
      if (!bins[k]) return;
      const left = x(months(k * BIN)) + 0.5;
      chart.append(svg("rect", { x: left, width: Math.max(1, x(months((k + 1) * BIN)) - left - 0.5),
        y: y(sum + bins[k]), height: y(sum) - y(sum + bins[k]), fill: DATA.endings[e].fill }));
      sum += bins[k];
    });
  }
  if (before) {
    const steps = [...before].map((share, k) =>
      `${k ? "L" : "M"}${x(months(k * BIN))} ${y(share)}L${x(months((k + 1) * BIN))} ${y(share)}`);
    chart.append(svg("path", { d: steps.join(""), class: "pinned-line" }));
  }
  const middle = seen.dealQuarters[1];
  if (seen.agreed > 0) {
    const at = x(months(middle));
    chart.append(svg("line", { x1: at, x2: at, y1: edge.top - 4, y2: y(0), class: "median" }));
    chart.append(svg("text", { x: at + (at > width * 0.7 ? -4 : 4), y: edge.top - 5, class: "tick",
      "text-anchor": at > width * 0.7 ? "end" : "start" }, `half by month ${Math.round(months(middle))}`));
  }
  chart.setAttribute("aria-label", seen.agreed > 0
    ? `Histogram: a package is agreed in ${percent(seen.agreed)} of runs, half of those by month ${Math.round(months(middle))}.`
    : "Histogram: no package is ever agreed.");
  dealTable(seen, pinned);
}

function dealTable(seen, pinned) {
  const month = (from, k) => (from.agreed > 0 ? `month ${Math.round(months(from.dealQuarters[k]))}` : "–");
  const rows = [
    ["A package is agreed", (from) => (from.empty ? "–" : percent(from.agreed))],
    ["a quarter of those by", (from) => month(from, 0)],
    ["half by", (from) => month(from, 1)],
    ["three quarters by", (from) => month(from, 2)],
    ["Never", (from) => (from.empty ? "–" : percent(1 - from.agreed))],
  ];
  byId("deal-table").replaceChildren(...rows.map(([name, tell]) =>
    html("tr", {}, head(name), cell(tell(seen)), cell(pinned ? tell(pinned) : "", "number pinned-only"))));
}
