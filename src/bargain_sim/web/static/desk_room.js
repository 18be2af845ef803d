/* One room at its teacher's desk. */

const CODE = byId("room").dataset.code;
const HERE = `/api/rooms/${encodeURIComponent(CODE)}`;
let desk = null, settled = false;

connect(`/ws/desk/${CODE}`, (message) => { desk = message; show(); }, (code) => {
  if (code === 4403) location.assign("/desk");
  else refuse("refused-command", new Error("This room is no longer there."));
});

/* Tell the server to do something, and say what came of it. */
async function command(path, body, done) {
  refuse("refused-command", null);
  try {
    const answer = await ask(`${HERE}/${path}`, body);
    byId("done").textContent = typeof done === "function" ? done(answer) : done || "";
    return true;
  } catch (error) {
    byId("done").textContent = "";
    refuse("refused-command", error);
    return false;
  }
}

function sure(title, words, yes, then) {
  byId("sure-title").textContent = title;
  byId("sure-words").textContent = words;
  byId("sure-yes").textContent = yes;
  byId("sure").returnValue = "";
  byId("sure").onclose = () => { if (byId("sure").returnValue === "yes") then(); };
  byId("sure").showModal();
}

function show() {
  const { room, pairs, seats } = desk;
  byId("title").textContent = room.title;
  byId("phase").textContent = PHASES[room.phase];
  const here = seats.filter((seat) => seat.present).length;
  const over = pairs.filter((pair) => pair.over).length;
  byId("counts").textContent = `${plural(seats.length, "student")}, ${here} here now${pairs.length ? ` · ${plural(pairs.length, "pair")}, ${over} at the end` : ""}`;
  byId("start").hidden = !["lobby", "predicting"].includes(room.phase);
  byId("start").textContent = room.phase === "predicting" ? "Start the play" : desk.settings.predict_first ? "Pair up and ask for predictions" : "Pair up and start";
  byId("pause").hidden = room.phase !== "running";
  byId("resume").hidden = room.phase !== "paused";
  byId("end").hidden = room.phase === "lobby" || room.phase === "ended";
  byId("hide").setAttribute("aria-pressed", String(room.hide_names));
  byId("strike-form").hidden = !desk.events.length || !["running", "paused"].includes(room.phase);
  if (byId("event").childElementCount !== desk.events.length) byId("event").replaceChildren(...desk.events.map(({ event, label }) => html("option", { value: event, textContent: label })));
  byId("predictions").textContent = desk.settings.predict_first ? `${desk.predictions.given} of ${desk.predictions.asked} have predicted.` : "";
  showPairs(pairs);
  showSeats(seats);
  showReveals(room);
  if (!settled) { writeSettings(byId("settings"), desk.settings, desk.sides); settled = true; }
}

const PLAYED = { person: "", strategy: " (strategy)", replaced: " (strategy in place)" };
const isAway = (side) => side.seat !== null && side.played_by === "person" && !side.present;
const whoIs = (side) => (side.seat === null ? "Strategy" : `${side.name}${PLAYED[side.played_by]}${isAway(side) ? ", away" : ""}`);
const MODES_SHORT = { talks: "talks", paused: "paused", bargain: "package" };

/* A row that holds still while its numbers change: cells are written anew, and buttons stay where focus is. */
function rowsInto(host, caption, columns, rows) {
  const focused = document.activeElement && host.contains(document.activeElement) ? document.activeElement.id : "";
  host.replaceChildren(html("div", { className: "scroll", tabIndex: 0, at: { role: "region", "aria-label": caption } },
    html("table", {}, html("caption", { className: "unseen", textContent: caption }),
      html("thead", {}, html("tr", {}, ...columns.map(([title, kind]) => html("th", { textContent: title, className: kind, at: { scope: "col" } })))),
      html("tbody", {}, ...rows))));
  if (focused && byId(focused)) byId(focused).focus();
}

function showPairs(pairs) {
  if (!pairs.length) { byId("pairs").replaceChildren(html("p", { className: "quiet", textContent: "Pairs are made at the start." })); return; }
  rowsInto(byId("pairs"), "Pairs and how they stand", [["Pair", ""], ...desk.sides.map(({ label }) => [label, ""]), ["Turn", "number"], ["State", ""], ["Waits", "number"], ["Scores", "number"]],
    pairs.map((pair) => {
      const label = (pair.sides.find((side) => side.side === pair.to_move) || {}).label;
      const slow = !pair.over && pair.waiting > 90;
      const place = html("td", {}, pair.over ? markOf(pair.outcome) : "", pair.over ? ` ${endingName(pair.outcome)}` : `${MODES_SHORT[pair.mode] || pair.mode}${label ? `, ${label} to move` : ""}`);
      return html("tr", { className: slow ? "slow" : "" }, head(String(pair.pair)), ...pair.sides.map((side) => cell(whoIs(side), isAway(side) ? "away" : "")),
        cell(`${Math.min(pair.turn + 1, pair.turns)} of ${pair.turns}`), place, cell(pair.over ? "–" : `${Math.round(pair.waiting)}${NB}s${slow ? " !" : ""}`), cell(pair.sides.map((side) => points(side.score)).join(" : ")));
    }));
}

function showSeats(seats) {
  if (!seats.length) { byId("seats").replaceChildren(html("p", { className: "quiet", textContent: "Nobody has joined yet. The projector view shows the code." })); return; }
  rowsInto(byId("seats"), "Students", [["Name", ""], ["Here", ""], ["Pair", "number"], ["Moves", "number"], ["Passed by clock", "number"], ["", ""]],
    seats.map((seat) => {
      const act = (what, text, said) => html("button", { type: "button", id: `${what}-${seat.seat}`, className: "small-button", textContent: text, at: { "aria-label": `${text}: ${seat.name}` }, on: { click: () => command(what, { seat: seat.seat }, said) } });
      const buttons = html("td", { className: "acts" });
      if (desk.room.phase !== "ended" && seat.pair !== null && seat.played_by === "person") buttons.append(act("replace", "Let a strategy play", `A strategy plays for ${seat.name}.`));
      if (desk.room.phase !== "ended" && seat.played_by === "replaced") buttons.append(act("restore", "Give the seat back", `${seat.name} plays again.`));
      buttons.append(act("remove", "Remove", `${seat.name} is removed.`));
      return html("tr", {}, head(seat.name), cell(seat.present ? "here" : "away", seat.present ? "" : "away"), cell(seat.pair === null ? "–" : String(seat.pair)),
        cell(`${seat.moves}${PLAYED[seat.played_by]}`), cell(String(seat.clock_passes)), buttons);
    }));
}

const REVEAL_WORDS = { endings: "How they ended", plane: "Everyone on the plane", frontier: "The frontier and solution points", cloud: "2,000 simulated pairs", dance: "Scores and trust by turn", predictions: "Predictions", swaps: "What was left on the table", earlier: "An earlier class" };

function showReveals(room) {
  byId("reveal-card").hidden = room.phase !== "ended";
  byId("debrief-state").textContent = { none: "", reckoning: "The debrief is being reckoned…", ready: `${room.reveal} of ${room.reveals.length} steps are shown.`, failed: "The debrief could not be made. The tables below can still be kept." }[desk.debrief];
  byId("reveals").replaceChildren(...room.reveals.map((name, k) => html("li", { className: k < room.reveal ? "shown" : "" },
    html("span", { textContent: REVEAL_WORDS[name] || name }), html("span", { className: "quiet small", textContent: k < room.reveal ? " shown" : k === room.reveal ? " next" : "" }))));
  byId("next").disabled = room.reveal >= room.reveals.length;
  byId("back").disabled = room.reveal <= 0;
}

byId("start").addEventListener("click", () => command("start", {}, ""));
byId("pause").addEventListener("click", () => command("pause", {}, "Everyone waits."));
byId("resume").addEventListener("click", () => command("resume", {}, "It goes on."));
byId("end").addEventListener("click", () => sure("End the room?", "Nobody can move after that; pairs that are under way stop where they are, and the debrief is made.", "End it", () => command("end", {}, "The room has ended.")));
byId("hide").addEventListener("click", () => command("names", { hide: !desk.room.hide_names }, ""));
byId("next").addEventListener("click", () => command("reveal", { step: desk.room.reveal + 1 }, ""));
byId("back").addEventListener("click", () => command("reveal", { step: desk.room.reveal - 1 }, ""));
byId("forget").addEventListener("click", () => sure("Delete this room?", "Every seat, move and name of it is deleted, here and on disk.", "Delete it", async () => { if (await command("forget", {}, "")) location.assign("/desk"); }));
byId("strike-form").addEventListener("submit", (event) => {
  event.preventDefault();
  command("strike", { event: byId("event").value }, ({ pairs }) => `It strikes in ${plural(pairs, "pair")}.`);
});
byId("settings").addEventListener("submit", async (event) => {
  event.preventDefault();
  refuse("refused-settings", null);
  byId("settings-done").textContent = "";
  try {
    await ask(`${HERE}/settings`, readSettings(event.target));
    byId("settings-done").textContent = "Kept.";
  } catch (error) {
    refuse("refused-settings", error);
  }
});
byId("earlier").addEventListener("change", async () => {
  const [file] = byId("earlier").files;
  if (!file) return;
  refuse("refused-earlier", null);
  byId("earlier-done").textContent = "";
  try {
    const { pairs } = await ask(`${HERE}/earlier`, await file.text());
    byId("earlier-done").textContent = `${plural(pairs, "pair")} of an earlier class will be shown beside this one.`;
  } catch (error) {
    refuse("refused-earlier", error);
  }
});
