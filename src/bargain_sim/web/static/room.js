/* A student's page: waiting, predicting, playing, and the end. */

const CODE = byId("room").dataset.code;
let state = null, story = [], pending = null, ticking = 0;

const line = connect(`/ws/room/${CODE}`, (message) => HEARD[message.type](message), ended, () => { if (pending) pending.sent = false; });

function ended(code, why) {
  if (code === 4401) { location.assign(`/?room=${encodeURIComponent(CODE)}`); return; }
  for (const id of ["lobby", "predict", "play", "after"]) byId(id).hidden = true;
  byId("gone").hidden = false;
  byId("gone-words").textContent = why ? refusalWords(why) : "This room is no longer there.";
  byId("gone-here").hidden = code !== 4408;
  announce(byId("gone-words").textContent);
}
byId("gone-here").addEventListener("click", () => location.reload());

const HEARD = {
  state(message) {
    if (message.story) story = [...story.slice(0, message.story.start), ...message.story.lines];
    state = message;
    if (pending && message.next > pending.seq) pending = null;
    else if (pending && !pending.sent) resend();
    show();
  },
  ack() {
    announce("Your move is made.");
  },
  refused(message) {
    const move = pending && pending.seq === message.seq ? pending.move : null;
    if (move) pending = null;
    showSending();
    if (message.code === "replayed") return; /* it has been made: the state says so */
    const words = refusalWords(message);
    if (byId("predict").hidden) showRefusal(move, words);
    else { byId("refused-predict").textContent = words; byId("refused-predict").hidden = false; }
  },
  hint(message) {
    byId("hints").replaceChildren(...message.lines.map((text) => html("li", { textContent: text })));
    byId("hint-box").hidden = false;
  },
};

/* A move goes out under its number, once; after a break it is sent again under the same one. */
function send(move) {
  if (pending || !state) return;
  clearRefusal();
  pending = { seq: state.next, move, sent: false };
  resend();
}

function resend() {
  pending.sent = line.send({ type: "move", seq: pending.seq, move: pending.move });
  showSending();
}

function showSending() {
  const busy = Boolean(pending);
  byId("send").disabled = byId("leave").disabled = busy;
  byId("send").textContent = busy ? "Sending…" : "Make the move";
}

function show() {
  const { room, you, other } = state;
  const playing = Boolean(state.view) && ["running", "paused", "ended"].includes(room.phase);
  const predicting = room.phase === "predicting" && Boolean(state.view);
  byId("title").textContent = room.title;
  byId("me").textContent = `${you.name}${state.view ? ` for ${state.view.label}` : ""}`;
  byId("across").textContent = other ? across(other) : "";
  byId("lobby").hidden = playing || predicting;
  byId("predict").hidden = !predicting;
  byId("play").hidden = !playing;
  const over = room.phase === "ended" || Boolean(state.view && state.view.over);
  byId("after").hidden = !over;
  byId("status").hidden = !playing;
  byId("sections").hidden = !playing;
  byId("replaced").hidden = you.played_by !== "replaced" || room.phase === "ended";
  byId("halted").hidden = room.phase !== "paused";
  byId("lobby-words").textContent = lobbyWords();
  showPrediction();
  byId("sheet-card").hidden = !(playing || predicting);
  if (playing || predicting) {
    const view = { ...state.view, story };
    showSheet(view);
    showStatus(view);
    const heard = showStory(view);
    if (playing) showComposer(view, room.phase === "running" && you.played_by === "person" ? state.options : { ...state.options, your_turn: false });
    announce(heard);
    document.title = `${view.your_turn && room.phase === "running" ? "● Your turn" : view.title} · ${room.code}`;
  }
  if (over) showAfter();
  showClock();
  showSending();
}

function across(other) {
  if (other.played_by !== "person") return `Across: ${other.label}, played by a strategy${other.played_by === "replaced" ? ` in place of ${other.name}` : ""}`;
  return `Across: ${other.name} for ${other.label}${other.present ? "" : " (away just now)"}`;
}

function lobbyWords() {
  const { phase, students } = state.room;
  if (phase === "lobby") return `You are in; ${plural(students, "student")} so far. It begins when the teacher starts; leave this page open.`;
  if (phase === "ended") return "The room has ended.";
  return "You have no partner yet. You will be seated as soon as there is one; leave this page open.";
}

/* What a student expects, asked before the play. */
function showPrediction() {
  const made = state.prediction;
  const host = byId("endings");
  if (!host.childElementCount) {
    host.replaceChildren(...Object.entries(ENDING_NAMES).map(([value, text]) => html("label", { className: "pick" },
      html("input", { type: "radio", name: "ending", value, required: true }), markOf(value), html("span", {}, text, html("span", { className: "aside", textContent: ` ${ENDING_MEANS[value]}` })))));
  }
  byId("predicted").textContent = made ? `Your prediction is noted: ${endingName(made.ending)}, ${points(made.score)} points. You may change it until the start.` : "";
}

byId("predict-form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("refused-predict").hidden = true;
  const form = new FormData(event.target);
  const sent = line.send({ type: "predict", ending: form.get("ending"), score: Number(form.get("score")) });
  if (!sent) byId("predicted").textContent = "Not sent: the connection is lost. Try again in a moment.";
});

function showAfter() {
  byId("after-words").textContent = state.view && state.view.over ? `${state.view.ending} You have ${points(state.view.score)} points, ${signed(state.view.score - state.view.outside_option)} against your outside option.`
    : "The teacher has ended the room.";
  byId("debrief-link").hidden = state.room.phase !== "ended" || state.room.reveal < 1;
  byId("after-wait").hidden = state.room.reveal >= 1;
}

/* Seconds left, counted here between two messages. */
function showClock() {
  clearInterval(ticking);
  const { clock } = state;
  byId("clock").hidden = !clock || state.room.phase !== "running";
  if (!clock) return;
  const until = performance.now() + 1000 * clock.left;
  const tick = () => {
    const left = Math.max(0, Math.round((until - performance.now()) / 1000));
    byId("clock").textContent = `${clock.yours ? "You have" : "They have"} ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
    byId("clock").classList.toggle("soon", clock.yours && left <= 15);
  };
  tick();
  ticking = setInterval(tick, 1000);
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const move = moveOf(draft, byId("words").value);
  if (whatNow(draft) === "ask" && !move.asks) { showRefusal({ asks: "?" }, "Choose what to ask for."); return; }
  if (whatNow(draft) === "propose" && !move.proposes) { showRefusal({ proposes: [] }, "Put something of both sides into the package."); return; }
  send(move);
});

/* Walking out is asked twice. */
byId("leave").addEventListener("click", () => byId("leave-dialog").showModal());
byId("leave-dialog").addEventListener("close", () => {
  if (byId("leave-dialog").returnValue === "leave") send({ dialogue: "leave" });
  byId("leave-dialog").returnValue = "";
});
byId("hint").addEventListener("click", () => line.send({ type: "hint" }));
