/* Pairs and students at the teacher's desk: rows that stay while what is in them changes. */

const PLAYED = { person: "", strategy: " (strategy)", replaced: " (strategy in place)" };
const isAway = (side) => side.seat !== null && side.played_by === "person" && !side.present;
const whoIs = (side) => (side.seat === null ? "Strategy" : `${side.name}${PLAYED[side.played_by]}${isAway(side) ? ", away" : ""}`);

/* The rows of a table in `host`, which is made once; where there are none, `nobody` says so. */
function rowsIn(host, caption, columns, nobody, items, keyOf, made, written) {
  if (!items.length) { host.replaceChildren(html("p", { className: "quiet", textContent: nobody })); return; }
  if (!host.querySelector("tbody")) host.replaceChildren(html("div", { className: "scroll", tabIndex: 0, at: { role: "region", "aria-label": caption } },
    html("table", {}, html("caption", { className: "unseen", textContent: caption }),
      html("thead", {}, html("tr", {}, ...columns.map(([title, kind]) => html("th", { textContent: title, className: kind, at: { scope: "col" } })))),
      html("tbody"))));
  keptIn(host.querySelector("tbody"), items, keyOf, made, written);
}

/* Put texts into the cells of a row, from the first on. */
function fill(row, texts) {
  texts.forEach((text, k) => setText(row.cells[k], text));
}

function showPairs(pairs) {
  rowsIn(byId("pairs"), "Pairs and how they stand", [["Pair", ""], ...desk.sides.map(({ label }) => [label, ""]), ["Turn", "number"], ["State", ""], ["Waits", "number"], ["Scores", "number"]],
    "Pairs are made at the start.", pairs, (pair) => pair.pair,
    (pair) => html("tr", {}, head(""), ...pair.sides.map(() => cell("", "")), cell(""), cell("", ""), cell(""), cell("")), writePair);
}

function writePair(row, pair) {
  const label = (pair.sides.find((side) => side.side === pair.to_move) || {}).label;
  const slow = !pair.over && pair.waiting > 90;
  const state = pair.over ? ` ${endingName(pair.outcome)}` : `${MODES_SHORT[pair.mode] || pair.mode}${label ? `, ${label} to move` : ""}`;
  fill(row, [String(pair.pair), ...pair.sides.map(whoIs), `${pair.over ? pair.turn : pair.turn + 1} of ${pair.turns}`, state,
    pair.over ? "–" : `${Math.round(pair.waiting)}${NB}s${slow ? " !" : ""}`, pair.sides.map((side) => points(side.score)).join(" : ")]);
  row.className = slow ? "slow" : "";
  pair.sides.forEach((side, k) => { row.cells[k + 1].className = isAway(side) ? "away" : ""; });
  const place = row.cells[pair.sides.length + 2];
  if (pair.over && !place.querySelector(".mark")) place.prepend(markOf(pair.outcome));
}

function showSeats(seats) {
  rowsIn(byId("seats"), "Students", [["Name", ""], ["Here", ""], ["Pair", "number"], ["Moves", "number"], ["Passed by clock", "number"], ["", ""]],
    "Nobody has joined yet. The projector view shows the code.", seats, (seat) => seat.seat, makeSeat, writeSeat);
}

function makeSeat({ seat }) {
  const act = (what, text, done) => html("button", { type: "button", className: "small-button", name: what, textContent: text, on: {
    click: () => command(what, { seat }, done(desk.seats.find((each) => each.seat === seat).name)) } });
  return html("tr", {}, head(""), cell("", ""), cell(""), cell(""), cell(""), html("td", { className: "acts" },
    act("replace", "Let a strategy play", (name) => `A strategy plays for ${name}.`),
    act("restore", "Give the seat back", (name) => `${name} plays again.`),
    act("remove", "Remove", (name) => `${name} is removed.`)));
}

function writeSeat(row, seat) {
  fill(row, [seat.name, seat.present ? "here" : "away", seat.pair === null ? "–" : String(seat.pair), `${seat.moves}${PLAYED[seat.played_by]}`, String(seat.clock_passes)]);
  row.cells[1].className = seat.present ? "" : "away";
  const [replace, restore, remove] = row.querySelectorAll("button");
  const going = desk.room.phase !== "ended";
  replace.hidden = !going || seat.pair === null || seat.played_by !== "person";
  restore.hidden = !going || seat.played_by !== "replaced";
  for (const button of [replace, restore, remove]) button.setAttribute("aria-label", `${button.textContent}: ${seat.name}`);
}
