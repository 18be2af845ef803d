/* What happened at the table, newest first, and spoken once when the other moves. */

const SIGN = { move: "→", seen: "◉", quiet: "·", demand: "▲", slight: "▲", event: "◆", correction: "+", pause: "‖", resume: "▷", offer: "◇", note: "·", words: "“", agreed: "★", end: "■" };

function sentenceOf(line, view) {
  const who = { you: "You", they: view.other_label }[line.who];
  if (line.kind === "words") return `${who}: ${quoted(line.text)}`;
  return who ? `${who} ${line.text}` : line.text;
}

let told = null; /* how many lines have been shown */

function showStory(view) {
  const fresh = told === null ? [] : view.story.slice(told);
  const days = [];
  view.story.forEach((line, k) => {
    const item = html("li", { className: `told ${line.who || "world"} is-${line.kind}` },
      html("span", { className: "sign", textContent: SIGN[line.kind] || "·", at: { "aria-hidden": "true" } }),
      html("span", { textContent: sentenceOf(line, view) }));
    if (told !== null && k >= told) item.classList.add("fresh");
    const last = days[days.length - 1];
    if (last && last.turn === line.turn && last.date === line.date) last.items.push(item);
    else days.push({ turn: line.turn, date: line.date, items: [item] });
  });
  byId("story").replaceChildren(...days.reverse().map(({ turn, date, items }) => html("li", { className: "day" },
    html("span", { className: "date", textContent: `Turn ${turn + 1} · ${date}` }), html("ul", {}, ...items))));
  byId("story-empty").hidden = view.story.length > 0;
  told = view.story.length;
  const heard = fresh.filter((line) => line.who !== "you" || line.kind === "seen").map((line) => sentenceOf(line, view));
  return heard.join(" ");
}

let turnHeard = "";

/* That it is one's turn, or all over, said when it becomes so: a state comes for many other reasons. */
function turnWords(view) {
  const turn = view.over ? "over" : view.your_turn ? `turn ${view.turn}` : "";
  const news = turn !== turnHeard;
  turnHeard = turn;
  return !news ? "" : view.over ? view.ending : turn && "It is your turn.";
}
