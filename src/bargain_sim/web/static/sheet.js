/* The confidential score sheet: what the own side can give and get, and how it stands. */

/* What binds a line of the own sheet, in words. */
function bindsMine(line, label) {
  const said = [];
  if (line.red_line === "hard") said.push("Red line: you never give it");
  if (line.red_line === "soft") said.push(line.barred ? "Red line: too dear to give now" : "Red line: given only while its cost is low");
  if (line.short > 0) said.push(`You still owe ${percent(line.short)} of it`);
  if (line.requires.length) said.push(`Requires ${joined(line.requires.map(label))}`);
  if (line.institution) said.push("Has to stand before a package");
  if (line.reversible) said.push("Can be taken back if it all fails");
  return said;
}

function bindsTheirs(line, label) {
  const said = [];
  if (line.refused) said.push("Refused: behind their red line");
  if (line.unseen) said.push(`Of ${line.unseen} you have not seen yet whether it came`);
  if (line.requires.length) said.push(`Requires ${joined(line.requires.map(label))}`);
  if (line.institution) said.push("Has to stand before a package");
  return said;
}

const ofUnits = (some, units) => (units === 1 ? (some > 0 ? "yes" : "–") : `${points(some)} of ${units}`);

/* What was seen to come: a part of one thing is a share. */
const seenOf = (line) => (line.units === 1 && line.delivered > 0 && line.delivered < 1 ? percent(line.delivered) : ofUnits(line.delivered, line.units));

function sheetTable(caption, columns, rows) {
  const made = html("table", { className: "sheet" }, html("caption", { textContent: caption }),
    html("thead", {}, html("tr", {}, ...columns.map((title, k) => html("th", { textContent: title, className: k ? "number" : "", at: { scope: "col" } })))),
    html("tbody", {}, ...rows));
  return html("div", { className: "scroll", tabIndex: 0, at: { role: "region", "aria-label": caption } }, made);
}

function sheetRow(line, said, cells, kind) {
  const name = html("th", { at: { scope: "row" } }, html("span", { className: "thing", textContent: line.label }),
    ` `, html("span", { className: "kind", textContent: line.kind }));
  if (said.length) name.append(html("span", { className: "binds", textContent: `${said.join(". ")}.` }));
  return html("tr", { className: kind }, name, ...cells.map((text) => cell(text)));
}

function labelsOf(view) {
  const found = new Map([...view.gives, ...view.receives].map((line) => [line.concession, line.label]));
  return (name) => quoted(found.get(name) || name);
}

function showSheet(view) {
  const label = labelsOf(view);
  byId("sheet").replaceChildren(
    sheetTable(`What ${view.label} can give: cost to you, in points for the whole`, ["Yours", "Cost", "Given"],
      view.gives.map((line) => sheetRow(line, bindsMine(line, label), [points(line.cost), ofUnits(line.announced, line.units)], line.barred ? "barred" : ""))),
    sheetTable(`What ${view.other_label} can give: worth to you, in points for the whole`, ["Theirs", "Worth", "Announced", "Seen"],
      view.receives.map((line) => sheetRow(line, bindsTheirs(line, label),
        [points(line.value), ofUnits(line.announced, line.units), seenOf(line)], line.refused ? "barred" : ""))));
}

const MODE_WORDS = { talks: "Talks", paused: "Talks paused", bargain: "A package is being carried out" };

/* The strip that stays in sight: whose turn, mode, score. */
function showStatus(view) {
  byId("turn").textContent = view.over ? "It is over" : view.your_turn ? "Your turn" : `${view.other_label}’s turn`;
  byId("turn").dataset.whose = view.over ? "over" : view.your_turn ? "you" : "they";
  byId("when").textContent = `Turn ${view.over ? view.turn : view.turn + 1} of ${view.turns} · ${view.date}`;
  byId("mode").textContent = view.over ? view.ending.split(".")[0] : MODE_WORDS[view.mode] || view.mode;
  byId("score").textContent = `${points(view.score)} points`;
  const facts = [
    ["Score", `${points(view.score)} points: ${points(view.received)} received, ${points(view.paid)} paid`],
    ["Outside option", `${points(view.outside_option)} points: what ${view.label} has without any agreement`],
  ];
  if (view.bonus) facts.push(["Bonus", `${points(view.bonus)} points when a package is carried out in full`]);
  byId("facts").replaceChildren(...facts.flatMap(([name, text]) => [html("dt", { textContent: name }), html("dd", { textContent: text })]));
  showTrust(view);
}

/* The own reading of trust: a number, a line by turn, and what it rests on. */
function showTrust(view) {
  const seen = view.promises ? `Of ${plural(view.promises, "announcement")} you have seen, ${view.kept} came in full.` : "You have seen no promise come due yet.";
  byId("trust-words").textContent = `Your trust in ${view.other_label} is ${twoDecimals(view.trust)} (0 to 1), counted cautiously ${twoDecimals(view.cautious_trust)}. ${seen}`;
  const chart = byId("trust-line");
  const by = [...view.trust_by_turn, view.trust];
  const x = (k) => 4 + (k / Math.max(by.length - 1, 1)) * 212;
  const y = (trust) => 44 - 40 * trust;
  const path = by.length < 2 ? `M4 ${y(by[0])}H216` : by.map((trust, k) => `${k ? "L" : "M"}${x(k).toFixed(1)} ${y(trust).toFixed(1)}`).join("");
  chart.replaceChildren(
    ...[0, 0.5, 1].map((at) => svg("line", { x1: 4, x2: 216, y1: y(at), y2: y(at), class: "grid" })),
    svg("path", { d: path, class: "own-line" }),
    svg("circle", { cx: by.length < 2 ? 216 : x(by.length - 1), cy: y(view.trust), r: 3.5, class: "own-dot" }));
  chart.setAttribute("aria-label", `Your trust by turn, now ${twoDecimals(view.trust)}`);
}
