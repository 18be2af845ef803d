/* The debrief of one pair, from the plain data of `debrief()`. */

const names = (found) => found.sides.map((side) => side.label);

/* A list of which anything is known: before the class has seen a step, what belongs to it is null or empty. */
const filled = (list) => (list && list.length ? list : null);

/* All of it that is known. */
function pairDebrief(found) {
  return [wordsOf(found), numbersOf(found), planeOf(found), filled(found.dance) ? danceOf(found) : null, found.sides[0].announced_by_kind ? kindsOf(found) : null].filter(Boolean);
}

/* The swap that would have made both better off, as the debrief says it. */
const swapWords = (found) => found.swap_in_words || "";

function wordsOf(found) {
  const swap = swapWords(found);
  return html("section", { className: "card" }, html("h2", {}, markOf(found.outcome), ` ${endingName(found.outcome)}`),
    html("ul", { className: "sentences" }, ...(found.sentences || []).filter((text) => text !== swap).map((text) => html("li", { textContent: text }))),
    swap ? html("p", { className: "note", textContent: swap }) : null);
}

const isKnown = (value) => value !== null && value !== undefined;

/* Rows of [name, value of each side]; those that nobody may see yet fall away. */
function numbersOf(found) {
  const of = (name, show, key) => [name, ...found.sides.map((side) => { const value = key(side); return isKnown(value) ? show(value) : null; })];
  const rows = [
    of("Score", points, (side) => side.score),
    of("Outside option", points, (side) => side.outside_option),
    of("Surplus over it", signed, (side) => side.surplus),
    of("Gave (points to the other)", points, (side) => side.gave),
    of("Paid for it", points, (side) => side.paid),
    of("Announced: status", points, (side) => side.announced_by_kind && side.announced_by_kind.status),
    of("Announced: material", points, (side) => side.announced_by_kind && side.announced_by_kind.material),
    of("Promises kept in full", (text) => text, (side) => (isKnown(side.kept) ? `${side.kept} of ${side.announcements}` : null)),
    of("Delivered on the day", percent, (side) => side.delivered_on_the_day),
    of("Made good later", String, (side) => side.corrections),
    of("Still owed", points, (side) => side.owed),
    of("Demands across a red line", String, (side) => side.slights),
    of("Trust at the end", twoDecimals, (side) => side.trust),
    of("Simulated pairs with less", percent, (side) => side.below),
  ].filter(([, ...values]) => values.some((value) => value !== null)).map((row) => row.map((value) => value ?? "–"));
  const facts = [
    ["Turns", found.turns, String],
    ["Joint score", found.joint, (joint) => `${points(joint)}${isKnown(found.best_joint) ? ` of ${points(found.best_joint)} possible` : ""}${isKnown(found.joint_share) ? ` (${percent(found.joint_share)})` : ""}`],
    ["Distance to the frontier", found.distance, (far) => plainPoints(far)],
    ["Distance to the Nash point", found.to_nash, (far) => plainPoints(far)],
    ["Longest silence", found.longest_silence, (turns) => plural(turns, "turn")],
    ["Pauses", found.pauses, String],
  ].filter(([, value]) => isKnown(value));
  return html("section", { className: "card" }, html("h2", { textContent: "The numbers" }),
    html("dl", { className: "facts" }, ...facts.flatMap(([name, value, show]) => [html("dt", { textContent: name }), html("dd", { textContent: show(value) })])),
    tableOf("Both sides, in points", [["", ""], ...names(found).map((label) => [label, "number"])], rows));
}

const plainPoints = (number) => `${points(number)} points`;

function planeOf(found) {
  const at = found.sides.map((side) => side.score);
  const labels = names(found), frontier = found.frontier || [], nash = filled(found.nash);
  let sentence = `${labels[0]} ended with ${points(at[0])} points and ${labels[1]} with ${points(at[1])}`;
  if (isKnown(found.distance)) sentence += found.distance > 0.05 ? `: ${points(found.distance)} points short of the frontier` : ": on the frontier";
  if (isKnown(found.to_nash)) sentence += `, ${points(found.to_nash)} from the Nash point`;
  const rows = [["This pair", ...at.map(points)], ...(nash ? [["Nash point", ...nash.map(points)]] : []),
    ["Outside options", ...found.sides.map((side) => points(side.outside_option))],
    ...endsOf(frontier, labels).map(([name, at]) => [name, ...at.map(points)])];
  return html("section", { className: "card" }, figureOf("Where they ended", `${sentence}.`,
    drawPlane({ labels, dots: [{ at, outcome: found.outcome, name: "" }], cloud: null, frontier, solutions: { nash }, outside: found.sides.map((side) => side.outside_option) }),
    tableOf("Points of the chart", [["", ""], [labels[0], "number"], [labels[1], "number"]], rows)),
  planeKey([found.outcome], { frontier: frontier.length > 0, solutions: Boolean(nash), cloud: false }));
}

/* Both ends of a frontier, with words for them. */
function endsOf(frontier, labels) {
  if (!frontier.length) return [];
  return [[`Frontier, best for ${labels[1]}`, frontier[0]], [`Frontier, best for ${labels[0]}`, frontier[frontier.length - 1]]];
}

/* What the lines and marks of the plane mean. */
function planeKey(endings, { frontier, solutions, cloud }) {
  const line = (kind, text) => {
    const made = svg("svg", { width: 30, height: 12, viewBox: "0 0 30 12", "aria-hidden": "true", focusable: "false" });
    made.append(svg("path", { d: "M1 6H29", class: kind }));
    return html("li", {}, made, ` ${text}`);
  };
  return html("ul", { className: "key" }, ...[...new Set(endings)].map((id) => html("li", {}, markOf(id), ` ${endingName(id)}`)),
    line("outside", "Outside options"), frontier ? line("frontier", "Frontier: packages that none betters") : null,
    solutions ? html("li", { textContent: "⊕ Solution points" }) : null, cloud ? html("li", { textContent: "Small marks: simulated pairs" }) : null);
}

function danceOf(found) {
  const labels = names(found), ids = found.sides.map((side) => side.side);
  const turns = found.dance.map((step) => step.turn + 1);
  const marks = found.turning_points.map((point, k) => ({ turn: point.turn + 1, number: k + 1 }));
  const of = (what) => ids.map((id) => found.dance.map((step) => step[what][id]));
  const ends = (what, show) => labels.map((label, k) => `${label} ${found.dance.length ? show(of(what)[k][found.dance.length - 1]) : "–"}`);
  const rows = found.dance.map((step) => [String(step.turn + 1), step.date, step.mode, ...ids.map((id) => points(step.score[id])), ...ids.map((id) => twoDecimals(step.trust[id]))]);
  const columns = [["Turn", ""], ["Date", ""], ["Mode", ""], ...labels.map((label) => [`Score of ${label}`, "number"]), ...labels.map((label) => [`Trust of ${label}`, "number"])];
  const made = html("section", { className: "card" }, html("h2", { textContent: "The dance" }), keyOf(labels),
    figureOf("Scores by turn", `At the end: ${joined(ends("score", points))} points.`, drawLines({ labels, turns, lines: of("score"), name: "score", marks }), null),
    figureOf("Trust by turn", `At the end: ${joined(ends("trust", twoDecimals))}, from 0 to 1.`, drawLines({ labels, turns, lines: of("trust"), name: "trust", range: [0, 1], marks }),
      tableOf("Scores and trust by turn", columns, rows)));
  if (marks.length) made.append(html("h3", { textContent: "Turning points" }), html("ol", { className: "turnings" }, ...found.turning_points.map((point) =>
    html("li", {}, html("span", { className: "date", textContent: `Turn ${point.turn + 1}, ${point.date}: ` }), point.text))));
  return made;
}

function kindsOf(found) {
  const rows = found.sides.map((side, k) => ({ name: side.label, bars: ["status", "material"].map((kind, n) => ({
    share: side.announced_by_kind[kind], fill: n ? `var(--${k ? "second" : "first"})` : "var(--inset)", said: `${kind} ${points(side.announced_by_kind[kind])}` })) }));
  const most = Math.max(...rows.flatMap((row) => row.bars.map((bar) => bar.share)));
  const said = found.sides.map((side) => `${side.label} announced ${points(side.announced_by_kind.status)} points of status and ${points(side.announced_by_kind.material)} of material goods`);
  return html("section", { className: "card" }, figureOf("What was announced", `${joined(said)}.`, drawBars(rows, most, "Points announced by kind"),
    tableOf("Points announced, by kind", [["", ""], ["Status", "number"], ["Material", "number"]], found.sides.map((side) => [side.label, points(side.announced_by_kind.status), points(side.announced_by_kind.material)]))));
}
