/* The debrief of a class, a section for each step that the teacher reveals. */

const STEPS = ["endings", "plane", "frontier", "cloud", "dance", "predictions", "swaps", "earlier"];
const pairName = (pair) => `Pair ${pair.pair}`;
const whoWas = (pair) => joined(pair.names.map((name, k) => `${name}${pair.played_by[k] === "person" ? "" : pair.played_by[k] === "replaced" ? " (a strategy took over)" : ""}`));
const sideLabels = (data) => data.sides.map((side) => side.label);
const scoresOf = (pair) => pair.debrief.sides.map((side) => side.score);

/* Sections for what is known and revealed so far: `shown` steps of them. */
function classDebrief(data, shown) {
  const steps = STEPS.slice(0, shown);
  const made = [];
  if (steps.includes("endings")) made.push(endingsOf(data));
  if (steps.includes("plane")) made.push(classPlane(data, steps));
  if (steps.includes("dance")) made.push(classDance(data));
  if (steps.includes("predictions") && data.predictions) made.push(predictionsOf(data));
  if (steps.includes("swaps")) made.push(swapsOf(data));
  if (steps.includes("earlier") && data.earlier) made.push(earlierOf(data));
  return made;
}

/* The one section that a step is about: the plane for three of them, with more on it each time. */
function stepOf(data, shown) {
  const step = STEPS[shown - 1];
  if (["plane", "frontier", "cloud"].includes(step)) return classPlane(data, STEPS.slice(0, shown));
  if (step === "endings") return endingsOf(data);
  if (step === "dance") return classDance(data);
  if (step === "predictions") return data.predictions ? predictionsOf(data) : nothing("Prediction against result", "Nobody was asked to predict.");
  if (step === "swaps") return swapsOf(data);
  return data.earlier ? earlierOf(data) : nothing("An earlier class", "No earlier class was brought to compare with.");
}

const nothing = (title, text) => html("section", { className: "card" }, html("h2", { textContent: title }), html("p", { className: "saying", textContent: text }));
const countsOf = (endings) => Object.keys(ENDING_NAMES).map((id) => [id, (endings || {})[id] || 0]);
const said = (sentences) => html("ul", { className: "sentences" }, ...(sentences || []).map((text) => html("li", { textContent: text })));

function endingsOf(data) {
  const counts = countsOf(data.summary.endings);
  const there = counts.filter(([, count]) => count).sort((a, b) => b[1] - a[1]);
  const open = data.pairs.filter((pair) => !pair.debrief.outcome).length;
  const counted = [...there.map(([id, count]) => `${count} ended in “${endingName(id)}”`), ...(open ? [`${open} had not ended`] : [])];
  const sentence = `Of ${plural(data.summary.pairs, "pair")}, ${joined(counted)}.`;
  const rows = there.map(([id, count]) => ({ name: endingName(id), bars: [{ share: count, fill: colourOf(id), said: plural(count, "pair") }] }));
  const list = data.pairs.map((pair) => [pairName(pair), whoWas(pair), endingName(pair.debrief.outcome), pair.debrief.turns, ...scoresOf(pair).map(points), points(pair.debrief.joint)]);
  return html("section", { className: "card" }, figureOf("How they ended", sentence, drawBars(rows, Math.max(1, ...there.map(([, count]) => count)), "Pairs by ending"),
    tableOf("Every pair", [["Pair", ""], ["Who", ""], ["Ending", ""], ["Turns", "number"], ...sideLabels(data).map((label) => [label, "number"]), ["Together", "number"]], list)),
  said(data.summary.sentences));
}

function classPlane(data, steps) {
  const labels = sideLabels(data);
  const frontier = steps.includes("frontier") && data.frontier ? data.frontier : [];
  const solutions = steps.includes("frontier") ? data.solutions : null;
  const cloud = steps.includes("cloud") ? data.cloud : null;
  const dots = data.pairs.map((pair) => ({ at: scoresOf(pair), outcome: pair.debrief.outcome, name: String(pair.pair) }));
  const means = data.summary.mean_scores;
  let sentence = `Each mark with a number is a pair. On average ${joined(labels.map((label, k) => `${label} has ${points(means[k])}`))} points.`;
  if (frontier.length && isKnown(data.summary.mean_joint_share)) sentence += ` Pairs reached ${percent(data.summary.mean_joint_share)} of the best joint score on average.`;
  if (cloud) sentence += ` Behind them: ${cloud.scores.length.toLocaleString("en-US")} pairs of strategies, on average ${cloud.mean_scores.map(points).join(" and ")} points.`;
  const rows = dots.map((dot, k) => [pairName(data.pairs[k]), ...dot.at.map(points), endingName(dot.outcome)]);
  for (const { at, names: called } of solved(solutions)) rows.push([called.join(", "), ...at.map(points), ""]);
  for (const [name, at] of endsOf(frontier, labels)) rows.push([name, ...at.map(points), ""]);
  if (cloud) for (const [id, share] of Object.entries(cloud.shares)) if (share) rows.push([`Simulated: ${endingName(id)}`, "", "", percent(share)]);
  return html("section", { className: "card" }, figureOf("Everyone on the plane", sentence,
    drawPlane({ labels, dots, cloud, frontier, solutions, outside: data.sides.map((side) => side.outside_option) }),
    tableOf("Points of the chart", [["", ""], ...labels.map((label) => [label, "number"]), ["Ending", ""]], rows)),
  planeKey([...dots.map((dot) => dot.outcome), ...(cloud ? cloud.outcomes : [])], { frontier: frontier.length > 0, solutions: solved(solutions).length > 0, cloud: Boolean(cloud) }));
}

/* Every pair's trust by turn, and the turns on which most hung. */
function classDance(data) {
  const labels = sideLabels(data), ids = data.sides.map((side) => side.side);
  const danced = data.pairs.filter((pair) => pair.debrief.dance && pair.debrief.dance.length);
  if (!danced.length) return nothing("The dance", "No pair has danced.");
  const points_ = danced.flatMap((pair) => (pair.debrief.turning_points || []).map((point) => ({ pair, point })));
  const most = points_.filter(({ point }) => point.kind === "trust").sort((a, b) => Math.abs(b.point.change) - Math.abs(a.point.change)).slice(0, 4);
  const figure = (what, title, range) => figureOf(title, endSentence(danced, ids, labels, what), drawMany(danced, ids, labels, what, range), null);
  const rows = danced.map((pair) => {
    const last = pair.debrief.dance[pair.debrief.dance.length - 1];
    return [pairName(pair), ...ids.map((id) => points(last.score[id])), ...ids.map((id) => twoDecimals(last.trust[id]))];
  });
  return html("section", { className: "card" }, html("h2", { textContent: "The dance" }), keyOf(labels),
    html("div", { className: "twins" }, figure("score", "Scores by turn", null), figure("trust", "Trust by turn", [0, 1])),
    html("h3", { textContent: "Turning points of the class" }),
    html("ol", { className: "turnings" }, ...most.map(({ pair, point }) => html("li", {}, html("span", { className: "date", textContent: `${pairName(pair)}, turn ${point.turn + 1}: ` }), point.text))),
    html("details", {}, html("summary", { textContent: "As a table" }), tableOf("Scores and trust at the end", [["Pair", ""], ...labels.map((label) => [`Score of ${label}`, "number"]), ...labels.map((label) => [`Trust of ${label}`, "number"])], rows)));
}

function endSentence(danced, ids, labels, what) {
  const ends = ids.map((id) => danced.map((pair) => pair.debrief.dance[pair.debrief.dance.length - 1][what][id]));
  const show = what === "trust" ? twoDecimals : points;
  return `At the end, ${joined(labels.map((label, k) => `${label} between ${show(Math.min(...ends[k]))} and ${show(Math.max(...ends[k]))}`))}.`;
}

/* Thin lines, one a pair and side. */
function drawMany(danced, ids, labels, what, range) {
  return (width, em) => {
    const tall = onScreen(15 * em, em, 19, 9); /* the turning points are to be seen with it */
    const chart = canvas(width, tall, `${what} of every pair by turn`);
    const values = danced.flatMap((pair) => pair.debrief.dance.flatMap((step) => ids.map((id) => step[what][id])));
    const longest = Math.max(2, ...danced.map((pair) => pair.debrief.dance.length));
    const { x, y } = axes(chart, width, tall, em, [1, longest, "turn"], [...(range || extent(values)), what], true);
    for (const pair of danced) {
      ids.forEach((id, k) => {
        const steps = pair.debrief.dance;
        chart.append(svg("path", { d: steps.map((step, t) => `${t ? "L" : "M"}${x(step.turn + 1).toFixed(1)} ${y(step[what][id]).toFixed(1)}`).join(""), class: `line-${k} many` }));
        const last = steps[steps.length - 1];
        chart.append(svg("path", { d: markPath(k ? "stall" : "piecemeal", x(last.turn + 1), y(last[what][id]), 0.07 * em), class: `dot-${k}` }));
      });
    }
    return chart;
  };
}

function predictionsOf(data) {
  const { given: made, right, mean_error: error, endings } = data.predictions;
  const people = data.pairs.reduce((sum, pair) => sum + pair.predictions.filter(Boolean).length, 0);
  const got = {};
  for (const pair of data.pairs) if (pair.debrief.outcome) got[pair.debrief.outcome] = (got[pair.debrief.outcome] || 0) + 1;
  const ended = Object.values(got).reduce((a, b) => a + b, 0);
  const there = Object.keys(ENDING_NAMES).filter((id) => (endings || {})[id] || got[id]);
  const rows = there.map((id) => ({ name: endingName(id), bars: [
    { share: ((endings || {})[id] || 0) / (made || 1), fill: "var(--card)", said: `predicted ${percent(((endings || {})[id] || 0) / (made || 1))}` },
    { share: (got[id] || 0) / (ended || 1), fill: colourOf(id), said: `came ${percent((got[id] || 0) / (ended || 1))}` }] }));
  const sentence = made ? `${right} of ${plural(made, "prediction")} named the ending that came${isKnown(error) ? `; points were ${points(error)} off on average` : ""}.` : "Nobody predicted.";
  const list = data.pairs.flatMap((pair) => pair.predictions.map((each, k) => each && [`${pair.names[k]} (pair ${pair.pair})`, endingName(each.ending), endingName(pair.debrief.outcome), points(each.score), points(scoresOf(pair)[k])]).filter(Boolean));
  return html("section", { className: "card" }, figureOf("Prediction against result", sentence, drawBars(rows, 1, "Predicted and real endings"),
    people ? tableOf("Every prediction", [["Who", ""], ["Predicted", ""], ["Came", ""], ["Points predicted", "number"], ["Points", "number"]], list) : null), said(data.predictions.sentences));
}

function swapsOf(data) {
  const found = data.pairs.map((pair) => [pair, swapWords(pair.debrief)]).filter(([, text]) => text);
  const sentence = found.length ? `${found.length} of ${plural(data.pairs.length, "pair")} left a swap on the table that would have made both better off.` : "No pair left a swap on the table that would have made both better off.";
  return html("section", { className: "card" }, html("h2", { textContent: "What was left on the table" }), html("p", { className: "saying", textContent: sentence }),
    html("ul", { className: "sentences" }, ...found.map(([pair, text]) => html("li", {}, html("strong", { textContent: `${pairName(pair)}: ` }), text))));
}

function earlierOf(data) {
  const before = data.earlier;
  const rows = countsOf(data.summary.endings).map(([id, count]) => [id, count / (data.summary.pairs || 1), ((before.endings || {})[id] || 0) / (before.pairs || 1)])
    .filter(([, now_, then]) => now_ || then);
  const bars = rows.map(([id, here, then]) => ({ name: endingName(id), bars: [{ share: here, fill: colourOf(id), said: `this class ${percent(here)}` }, { share: then, fill: "var(--card)", said: `earlier ${percent(then)}` }] }));
  return html("section", { className: "card" }, figureOf(`Beside an earlier class: ${before.title}`, `${plural(before.pairs, "pair")} then, ${data.summary.pairs} now; mean scores ${before.mean_scores.map(points).join(" and ")} then, ${data.summary.mean_scores.map(points).join(" and ")} now.`,
    drawBars(bars, 1, "Endings of both classes"), tableOf("Endings of both classes", [["", ""], ["This class", "number"], ["Earlier", "number"]], rows.map(([id, here, then]) => [endingName(id), percent(here), percent(then)]))), said(before.sentences));
}
