/* What the class sees on the wall: the code, the pairs on their way, the debrief step by step. */

const CODE = byId("room").dataset.code;
let data = null, known = "", drawn = "", wanted = { step: 0, version: -1 }, fetching = false;

connect(`/ws/projector/${CODE}`, show, (code) => {
  if (code === 4403) location.assign("/desk");
  else byId("room").replaceChildren(html("p", { className: "saying", textContent: "This room is no longer there." }));
});

function show(message) {
  const { room, pairs, joined: there } = message;
  const ended = room.phase === "ended";
  byId("title").textContent = room.title;
  byId("address").textContent = message.address.replace(/^http:\/\//, "").replace(/\/(\?room=.*)?$/, "");
  byId("joined-count").textContent = `${plural(room.students, "student")} in the room`;
  byId("joined").textContent = room.hide_names ? "" : there.join(" · ");
  byId("joined").hidden = room.phase !== "lobby" || room.hide_names;
  byId("door").hidden = ended;
  document.body.classList.toggle("small-door", room.phase !== "lobby");
  byId("progress").hidden = !pairs.length || (ended && room.reveal > 0);
  showPairs(message);
  if (ended) showStep({ step: room.reveal, version: room.debrief_version });
  else { byId("debrief").replaceChildren(); drawn = ""; known = ""; }
}

function showPairs({ room, pairs, predictions }) {
  const over = pairs.filter((pair) => pair.over).length;
  byId("progress-words").textContent = room.phase === "predicting" ? `Read your sheet and predict: ${predictions.given} of ${predictions.asked} have.`
    : room.phase === "paused" ? "The teacher has paused the room." : room.phase === "ended" ? "It is over. The debrief begins soon."
      : `${over} of ${plural(pairs.length, "pair")} at the end.`;
  byId("pairs").replaceChildren(html("ul", { className: "tiles" }, ...pairs.map((pair) => {
    const way = html("progress", { max: pair.turns, value: Math.min(pair.turn, pair.turns), at: { "aria-label": `Pair ${pair.pair}: turn ${pair.turn} of ${pair.turns}` } });
    /* How a pair ended is for the debrief to tell. */
    const words = pair.over ? "at the end" : room.phase === "predicting" ? "reading the sheet" : `turn ${pair.turn + 1} of ${pair.turns}, ${MODES_SHORT[pair.mode] || pair.mode}`;
    return html("li", { className: `tile is-${pair.over ? "over" : pair.mode}` }, html("strong", { textContent: `Pair ${pair.pair}` }),
      html("span", { textContent: room.hide_names ? "" : pair.names.join(" – ") }), way, html("span", { className: "quiet", textContent: words }));
  })));
}

/* The debrief as far as it is revealed is fetched at each step, so that no sentence on the wall runs ahead,
   and when it says something else: other names, an earlier class. */
async function showStep(now) {
  wanted = now;
  const picture = `${wanted.step} of ${wanted.version}`;
  if (fetching || picture === drawn) return;
  if (wanted.step > 0 && known !== picture) {
    fetching = true;
    try {
      data = await ask(`/api/debrief/${encodeURIComponent(CODE)}?shown`);
      known = picture;
    } catch (error) {
      byId("debrief").replaceChildren(html("p", { className: "saying", textContent: error.message }));
      await new Promise((done) => setTimeout(done, 1500));
    }
    fetching = false;
    showStep(wanted);
    return;
  }
  drawn = picture;
  byId("debrief").replaceChildren(...(wanted.step > 0 ? [stepOf(data, wanted.step)] : []));
}
