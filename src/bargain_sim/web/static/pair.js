/* The debrief of one pair, from the plain data of `debrief()`. */

const names = (found) => found.sides.map((side) => side.label);

/* All of it: sentences, the plane, the dance, concessions, and the numbers. */
function pairDebrief(found) {
  return [wordsOf(found), numbersOf(found), planeOf(found), danceOf(found), kindsOf(found)];
}

function wordsOf(found) {
  const made = html("section", { className: "card" }, html("h2", {}, markOf(found.outcome), ` ${endingName(found.outcome)}`),
    html("ul", { className: "sentences" }, ...found.sentences.map((text) => html("li", { textContent: text }))));
  if (found.swap_words) made.append(html("p", { className: "note", textContent: found.swap_words }));
  return made;
}

function numbersOf(found) {
  const [first, second] = found.sides;
  const share = (value) => (value === null ? "–" : percent(value));
  const rows = [
    ["Score", points(first.score), points(second.score)],
    ["Outside option", points(first.outside_option), points(second.outside_option)],
    ["Surplus over it", signed(first.surplus), signed(second.surplus)],
    ["Gave (points to the other)", points(first.gave), points(second.gave)],
    ["Announced: status", points(first.announced_by_kind.status), points(second.announced_by_kind.status)],
    ["Announced: material", points(first.announced_by_kind.material), points(second.announced_by_kind.material)],
    ["Promises kept in full", `${first.kept} of ${first.announcements}`, `${second.kept} of ${second.announcements}`],
    ["Delivered on the day", share(first.delivered_on_the_day), share(second.delivered_on_the_day)],
    ["Made good later", first.corrections, second.corrections],
    ["Still owed", points(first.owed), points(second.owed)],
    ["Demands across a red line", first.slights, second.slights],
    ["Trust at the end", twoDecimals(first.trust), twoDecimals(second.trust)],
  ];
  const facts = [
    ["Turns", String(found.turns)],
    ["Joint score", `${points(found.joint)} of ${points(found.best_joint)} possible${found.joint_share === null ? "" : ` (${percent(found.joint_share)})`}`],
    ["Distance to the frontier", `${points(found.distance)} points`],
    ["Distance to the Nash point", found.to_nash === null ? "there is none" : `${points(found.to_nash)} points`],
    ["Longest silence", plural(found.longest_silence, "turn")],
    ["Pauses", String(found.pauses)],
  ];
  return html("section", { className: "card" }, html("h2", { textContent: "The numbers" }),
    html("dl", { className: "facts" }, ...facts.flatMap(([name, text]) => [html("dt", { textContent: name }), html("dd", { textContent: text })])),
    tableOf("Both sides, in points", [["", ""], [first.label, "number"], [second.label, "number"]], rows));
}

function planeOf(found) {
  const at = found.sides.map((side) => side.score);
  const labels = names(found);
  const sentence = `${labels[0]} ended with ${points(at[0])} points and ${labels[1]} with ${points(at[1])}: `
    + `${found.distance > 0.05 ? `${points(found.distance)} points short of the frontier` : "on the frontier"}`
    + `${found.to_nash === null ? "" : `, ${points(found.to_nash)} from the Nash point`}.`;
  const rows = [["This pair", ...at.map(points)], ...(found.nash ? [["Nash point", ...found.nash.map(points)]] : []),
    ["Outside options", ...found.sides.map((side) => points(side.outside_option))],
    ...found.frontier.map((corner, k) => [`Frontier, corner ${k + 1}`, ...corner.map(points)])];
  return html("section", { className: "card" }, figureOf("Where they ended", sentence,
    drawPlane({ labels, dots: [{ at, outcome: found.outcome, name: "" }], cloud: null, frontier: found.frontier, nash: found.nash, outside: found.sides.map((side) => side.outside_option) }),
    tableOf("Points of the chart", [["", ""], [labels[0], "number"], [labels[1], "number"]], rows)),
  planeKey([found.outcome], false));
}

/* What the lines and marks of the plane mean. */
function planeKey(endings, cloud) {
  const line = (kind, text) => {
    const made = svg("svg", { width: 30, height: 12, viewBox: "0 0 30 12", "aria-hidden": "true", focusable: "false" });
    made.append(svg("path", { d: "M1 6H29", class: kind }));
    return html("li", {}, made, ` ${text}`);
  };
  return html("ul", { className: "key" }, ...[...new Set(endings)].filter(Boolean).map((id) => html("li", {}, markOf(id), ` ${endingName(id)}`)),
    line("frontier", "Frontier: the most both could reach"), line("outside", "Outside options"),
    html("li", { textContent: "⊕ Nash point" }), cloud ? html("li", { textContent: "Small marks: simulated pairs" }) : null);
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
