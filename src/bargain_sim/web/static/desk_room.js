/* One room at its teacher's desk. */

const CODE = byId("room").dataset.code;
const HERE = `/api/rooms/${encodeURIComponent(CODE)}`;
let desk = null, written = null; /* the settings as the form was last told them */

connect(`/ws/desk/${CODE}`, heard, (code) => {
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

function heard(message) {
  desk = message;
  const held = document.activeElement, table = held.closest(".scroll");
  show();
  passFocusOn(held, table);
}

/* A button that goes away, or rests, hands the focus to the one beside it; a row that goes, to its table. */
function passFocusOn(held, table) {
  const other = !held.isConnected ? table : held.hidden || held.disabled ? held.parentElement.querySelector("button:not([hidden], :disabled)") : null;
  if (other) other.focus();
}

function show() {
  const { room, pairs, seats } = desk;
  setText(byId("title"), room.title);
  setText(byId("phase"), PHASES[room.phase]);
  const here = seats.filter((seat) => seat.present).length;
  const over = pairs.filter((pair) => pair.over).length;
  setText(byId("counts"), `${plural(seats.length, "student")}, ${here} here now${pairs.length ? ` · ${plural(pairs.length, "pair")}, ${over} at the end` : ""}`);
  byId("start").hidden = !["lobby", "predicting"].includes(room.phase);
  setText(byId("start"), room.phase === "predicting" ? "Start the play" : desk.settings.predict_first ? "Pair up and ask for predictions" : "Pair up and start");
  byId("pause").hidden = room.phase !== "running";
  byId("resume").hidden = room.phase !== "paused";
  byId("end").hidden = room.phase === "lobby" || room.phase === "ended";
  byId("hide").setAttribute("aria-pressed", String(room.hide_names));
  byId("strike-form").hidden = !desk.events.length || !["running", "paused"].includes(room.phase);
  if (byId("event").childElementCount !== desk.events.length) byId("event").replaceChildren(...desk.events.map(({ event, label }) => html("option", { value: event, textContent: label })));
  setText(byId("predictions"), desk.settings.predict_first ? `${desk.predictions.given} of ${desk.predictions.asked} have predicted.` : "");
  showPairs(pairs);
  showSeats(seats);
  showReveals(room);
  for (const file of document.querySelectorAll(".after-the-end")) file.hidden = room.phase !== "ended";
  if (written) renewSettings(byId("settings"), written, desk.settings);
  else writeSettings(byId("settings"), desk.settings, desk.sides);
  written = desk.settings;
}

const REVEAL_WORDS = { endings: "How they ended", plane: "Everyone on the plane", frontier: "The frontier and solution points", cloud: "2,000 simulated pairs", dance: "Scores and trust by turn", predictions: "Predictions", swaps: "What was left on the table", earlier: "An earlier class" };

function showReveals(room) {
  byId("reveal-card").hidden = room.phase !== "ended";
  setText(byId("debrief-state"), { none: "", reckoning: "The debrief is being reckoned…", ready: `${room.reveal} of ${room.reveals.length} steps are shown.`, failed: "The debrief could not be made. The tables below can still be kept." }[desk.debrief]);
  keptIn(byId("reveals"), room.reveals.map((name, k) => ({ name, k })), ({ name }) => name,
    ({ name }) => html("li", {}, html("span", { textContent: REVEAL_WORDS[name] || name }), html("span", { className: "quiet small" })),
    (line, { k }) => {
      line.className = k < room.reveal ? "shown" : "";
      setText(line.lastChild, k < room.reveal ? " shown" : k === room.reveal ? " next" : "");
    });
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
    written = await ask(`${HERE}/settings`, touchedSettings(event.target, written));
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
