/* When a package is agreed. */

/* Bins of whole turns, or bars of equal rates would differ in height. */
const binSize = () => Math.max(1, Math.ceil(DATA.turns / 26));

function binned(deals) {
  const bins = new Float64Array(Math.ceil(DATA.turns / binSize()));
  deals.forEach((share, turn) => { bins[Math.floor(turn / binSize())] += share; });
  return bins;
}

function drawDeal(seen, pinned) {
  const [chart, width] = sized("deal", 200);
  const edge = { left: 44, right: 8, top: 18, bottom: 40 };
  const stacks = seen.empty ? [] : seen.deals.map(binned);
  const size = binSize();
  const totals = new Float64Array(Math.ceil(DATA.turns / size));
  for (const bins of stacks) bins.forEach((share, k) => { totals[k] += share; });
  const before = pinned && !pinned.empty ? pinned.deals.map(binned).reduce((a, b) => a.map((x, k) => x + b[k])) : null;
  const highest = Math.max(...totals, ...(before || [0]), 1e-9);
  const top = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1].find((each) => each >= highest) || 1;
  const last = months(totals.length * size);
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
  for (let k = 0; k < totals.length; k++) {
    let sum = 0;
    stacks.forEach((bins, e) => {
      if (!bins[k]) return;
      const left = x(months(k * size)) + 0.5;
      chart.append(svg("rect", { x: left, width: Math.max(1, x(months((k + 1) * size)) - left - 0.5),
        y: y(sum + bins[k]), height: y(sum) - y(sum + bins[k]), fill: DATA.endings[e].fill }));
      sum += bins[k];
    });
  }
  if (before) {
    const steps = [...before].map((share, k) =>
      `${k ? "L" : "M"}${x(months(k * size))} ${y(share)}L${x(months((k + 1) * size))} ${y(share)}`);
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
