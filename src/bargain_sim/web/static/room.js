/* A student's page: waiting, predicting, playing, and the end. */

const CODE = byId("room").dataset.code;
const PATIENCE = 6; /* seconds that a move may be on its way */
let state = null, story = [], pending = null, overdue = 0;

const line = connect(`/ws/room/${CODE}`, (message) => HEARD[message.type](message), ended, () => { if (pending) pending.sent = false; });

function ended(code, why) {
  clearTimeout(overdue);
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
    const made = Boolean(pending) && message.next > pending.seq;
    const composing = byId("composer").contains(document.activeElement);
    if (made) settle();
    else if (pending && !pending.sent) resend();
    show();
    if (made || composing) focusIfLost("move-title");
  },
  ack() {
    announce("Your move is made.");
  },
  refused(message) {
    /* One without a number may be of the move: if it has been made all the same, the state says so. */
    const move = pending && [pending.seq, undefined].includes(message.seq) ? pending.move : null;
    if (move) settle();
    showSending();
    if (move) focusIfLost("send");
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

/* A move goes out under its number, once; after a break, or where no answer comes, it is sent again under the
   same one. */
function send(move) {
  if (pending || !state) return;
  clearRefusal();
  pending = { seq: state.next, move, sent: false };
  resend();
}

function resend() {
  pending.sent = line.send({ type: "move", seq: pending.seq, move: pending.move });
  clearTimeout(overdue);
  if (pending.sent) overdue = setTimeout(() => line.renew(), 1000 * PATIENCE);
  showSending();
}

function settle() {
  clearTimeout(overdue);
  pending = null;
}

/* Whoever goes by keyboard or ear goes on from here when the control that was used is gone. */
function focusIfLost(id) {
  const at = document.activeElement;
  if (!at || at === document.body || at.disabled || at.closest("[hidden]")) byId(id).focus();
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
    const heard = [showStory(view), room.phase === "running" || view.over ? turnWords(view) : ""];
    if (playing) showComposer(view, room.phase === "running" && you.played_by === "person" ? state.options : { ...state.options, your_turn: false });
    announce(heard.filter(Boolean).join(" "));
    document.title = `${view.your_turn && room.phase === "running" ? "● Your turn" : view.title} · ${room.code}`;
  }
  if (over) showAfter();
  showClock(state.clock, room.phase === "running", state.next);
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
