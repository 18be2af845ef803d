/* One negotiation: trust over time, and what happened, turn by turn. */

const TOLD_TALL = 220;
const TRUST_GRAIN = 250; /* trust comes in so many steps from 0 to 1 */
const LINES_BOX = byId("lines").closest(".lines");
let toldBefore = null;
const forgetTold = () => { toldBefore = null; };
/* Asking where it stands would lay the page out at once. */
let scrolled = false;
LINES_BOX.addEventListener("scroll", () => { scrolled = true; }, { passive: true });

function drawTold(sample) {
  if (toldBefore === sample) return;
  toldBefore = sample;
  byId("story-ending").textContent = sample.ending;
  drawTrust(sample);
  /* On a phone the rows are laid out otherwise; roles keep them rows for screen readers. */
  const part = (text, kind) => Object.assign(cell(text, kind), { role: "cell" });
  const rows = sample.told.map((line) => html("tr", { className: `line-${line.kind}`, role: "row" },
    part(dateOf(line.day), "when"), part(line.who, "who"), part(line.what, "what")));
  byId("lines").replaceChildren(...rows);
  if (scrolled) { LINES_BOX.scrollTop = 0; scrolled = false; }
}

function drawTrust(sample) {
  const [chart, width] = sized("trust", TOLD_TALL);
  const edge = { left: 36, right: 12, top: 24, bottom: 40 };
  const last = Math.max(sample.turns, 2);
  const x = (turn) => edge.left + (turn / last) * (width - edge.left - edge.right);
  const y = (trust) => TOLD_TALL - edge.bottom - trust * (TOLD_TALL - edge.top - edge.bottom);
  chart.replaceChildren();
  const agreed = sample.told.find((line) => line.kind === "agreed");
  for (let t = 0, from = -1; t <= sample.turns; t++) {
    const paused = t < sample.turns && sample.modes[t] === 1;
    if (paused && from < 0) from = t;
    if (paused || from < 0) continue;
    chart.append(svg("rect", { x: x(from), width: x(t) - x(from), y: y(1), height: y(0) - y(1), class: "paused" }));
    from = -1;
  }
  for (const trust of [0, 0.5, 1]) {
    chart.append(svg("line", { x1: edge.left, x2: width - edge.right, y1: y(trust), y2: y(trust), class: trust ? "grid" : "axis" }),
      svg("text", { x: edge.left - 6, y: y(trust) + 4, class: "tick", "text-anchor": "end" }, trust));
  }
  for (const month of ticks(0, months(last), width < 380 ? 4 : 6)) {
    chart.append(svg("text", { x: x((month * MONTH) / DATA.turnDays), y: TOLD_TALL - edge.bottom + 16, class: "tick", "text-anchor": "middle" }, month));
  }
  chart.append(svg("text", { x: (edge.left + width - edge.right) / 2, y: TOLD_TALL - 5, class: "tick", "text-anchor": "middle" }, "months from the start"));
  if (agreed) {
    const at = x(agreed.day / DATA.turnDays);
    const late = at > width - 120;
    chart.append(svg("line", { x1: at, x2: at, y1: y(1), y2: y(0), class: "median" }),
      svg("text", { x: at + (late ? -4 : 4), y: TOLD_TALL - edge.bottom - 5, class: "tick", "text-anchor": late ? "end" : "start" }, "package agreed"));
  }
  let at = edge.left;
  DATA.sides.forEach((side, k) => {
    const d = [];
    for (let t = 0; t < sample.turns; t++) d.push(`${t ? "L" : "M"}${x(t + 1).toFixed(1)} ${y(sample.trust[2 * t + k] / TRUST_GRAIN).toFixed(1)}`);
    chart.append(svg("path", { d: d.join(""), class: `trust side-${k}` }));
    chart.append(svg("line", { x1: at, x2: at + 26, y1: 11, y2: 11, class: `trust side-${k}` }), svg("text", { x: at + 32, y: 15, class: "tick" }, side));
    at += 52 + side.length * 8;
  });
  const ends = DATA.sides.map((side, k) => `${side} ${(sample.trust[2 * (sample.turns - 1) + k] / TRUST_GRAIN).toFixed(2)}`);
  chart.setAttribute("aria-label", `Trust over ${plural(sample.turns, "turn")}; at the end ${joined(ends)}.`);
  byId("trust-caption").textContent = `Trust of each side, from 0 to 1; at the end ${joined(ends)}.`
    + (sample.modes.includes(1) ? " Grey: the talks are paused." : "");
}
