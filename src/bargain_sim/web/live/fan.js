/* Trust over time, a fan for each side: median, middle half, nine in ten of the negotiations still going. */

const FAN_TALL = 200;
const ENOUGH = 10; /* going runs under which quantiles say little */

function drawFans(seen, pinned) {
  DATA.sides.forEach((side, k) => drawFan(side, k, seen, pinned));
  fanTable(seen, pinned);
}

function drawFan(side, k, seen, pinned) {
  const [chart, width] = sized(`fan-${k}`, FAN_TALL);
  const edge = { left: 36, right: 12, top: 24, bottom: 40 };
  const reach = Math.max(seen.going.length, pinned ? pinned.going.length : 0);
  const last = Math.max(reach, 2);
  const x = (turn) => edge.left + ((turn + 1) / last) * (width - edge.left - edge.right);
  const y = (trust) => FAN_TALL - edge.bottom - trust * (FAN_TALL - edge.top - edge.bottom);
  const at = (turn, value) => `${x(turn).toFixed(1)} ${y(value).toFixed(1)}`;
  chart.replaceChildren();
  for (const trust of [0, 0.5, 1]) {
    chart.append(svg("line", { x1: edge.left, x2: width - edge.right, y1: y(trust), y2: y(trust), class: trust ? "grid" : "axis" }),
      svg("text", { x: edge.left - 6, y: y(trust) + 4, class: "tick", "text-anchor": "end" }, trust));
  }
  for (const month of ticks(0, months(last), width < 380 ? 4 : 6)) {
    chart.append(svg("text", { x: x((month * MONTH) / DATA.turnDays - 1), y: FAN_TALL - edge.bottom + 16, class: "tick", "text-anchor": "middle" }, month));
  }
  chart.append(svg("text", { x: (edge.left + width - edge.right) / 2, y: FAN_TALL - 5, class: "tick", "text-anchor": "middle" }, "months from the start"),
    svg("text", { x: edge.left, y: 14, class: `name name-${k}` }, `Trust of ${side}`));
  const enough = seen.going.filter((runs) => runs >= ENOUGH).length || seen.going.length;
  const line = (from, to, values) => Array.from({ length: to - from }, (_, t) => `${t ? "L" : "M"}${at(from + t, values[from + t])}`).join("");
  const band = (low, high) => {
    const back = Array.from({ length: enough }, (_, t) => `L${at(enough - 1 - t, low[enough - 1 - t])}`).join("");
    return `${line(0, enough, high)}${back}Z`;
  };
  const [lowest, lower4, middle, upper4, highest] = seen.fan[k];
  chart.append(svg("path", { d: band(lowest, highest), class: `band band-${k} outer` }),
    svg("path", { d: band(lower4, upper4), class: `band band-${k} inner` }),
    svg("path", { d: line(0, enough, middle), class: `trust fan-${k}` }));
  if (enough < seen.going.length) chart.append(svg("path", { d: line(enough - 1, seen.going.length, middle), class: `trust fan-${k} thin` }));
  if (pinned) chart.append(svg("path", { d: line(0, pinned.going.length, pinned.fan[k][2]), class: "pinned-line" }));
  const end = enough - 1;
  chart.setAttribute("aria-label", `Trust of ${side}: the median goes from ${middle[0].toFixed(2)} to ${middle[end].toFixed(2)} in month `
    + `${Math.round(months(enough))}, when ${amount(seen.going[end])} of ${plural(seen.runs, "negotiation")} are still going.`);
}

/* At the start, at the quarters of the longest negotiation, and at its end. */
function fanTable(seen, pinned) {
  const last = seen.going.length - 1;
  const turns = [...new Set([0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * last)))];
  const heads = ["Month", ...DATA.sides, "Still going", ...(pinned ? DATA.sides.map((side) => `${side}, pinned`) : [])];
  byId("fan-head").replaceChildren(html("tr", {}, ...heads.map((text, k) =>
    html("th", { scope: "col", className: k > 3 ? "number fan-pinned" : k ? "number" : "", textContent: text }))));
  const told = (fan, t) => `${fan[2][t].toFixed(2)} (${fan[1][t].toFixed(2)}–${fan[3][t].toFixed(2)})`;
  byId("fan-table").replaceChildren(...turns.map((t) => html("tr", {}, head(Math.round(months(t + 1))),
    ...seen.fan.map((fan) => cell(told(fan, t))), cell(amount(seen.going[t])),
    ...(pinned ? pinned.fan.map((fan) => cell(t < pinned.going.length ? told(fan, t) : "–", "number fan-pinned")) : []))));
}
