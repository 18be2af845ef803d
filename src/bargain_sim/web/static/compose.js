/* A move put together from controls: what the rules allow now is offered, the rest is named with its reason. */

const emptyDraft = () => ({ what: "give", gives: new Map(), share: 100, asks: "", inside: new Set(), answer: "", owed: new Set(), dialogue: "" });
let draft = emptyDraft(), shownFor = "", now = null;

/* The message that a draft stands for; its keys are those of a move (see `bargain play` in the docs). */
function moveOf(made, words) {
  const move = {};
  if (made.answer) move.answers = made.answer;
  if (made.owed.size) move.corrects = [...made.owed];
  if (made.dialogue && made.answer !== "accept") move.dialogue = made.dialogue;
  const what = whatNow(made);
  const gives = [...made.gives].filter(([, units]) => units > 0);
  if (what === "give" && gives.length) {
    move.gives = Object.fromEntries(gives);
    if (made.share < 100) move.delivered = made.share / 100;
  }
  if (what === "ask" && made.asks) move.asks = made.asks;
  if (what === "propose" && made.inside.size) move.proposes = [...made.inside];
  if (words.trim()) move.words = words.trim();
  return move;
}

/* Who accepts a package, or pauses, cannot ask or propose in the same turn. */
const narrowed = (made) => made.answer === "accept" || made.dialogue === "pause";
const whatNow = (made) => (narrowed(made) && ["ask", "propose"].includes(made.what) ? "pass" : made.what);

function choices() {
  const { options } = now;
  if (draft.answer === "accept") return options.gives_once.accept || [];
  if (draft.dialogue === "resume") return options.gives_once.resume || [];
  if (draft.dialogue === "pause") return options.gives.filter((each) => kindOf(each.concession) === "status");
  return options.gives;
}

const kindOf = (name) => (now.view.gives.find((line) => line.concession === name) || {}).kind;

/* Radio buttons: [value, text] pairs.  Those that are there stay, or the arrow keys would lose their place. */
function radios(host, name, pairs, chosen, change) {
  keptIn(host, pairs, ([value]) => value,
    ([value]) => html("label", { className: "pick" }, html("input", { type: "radio", name, value, on: { change: () => change(value) } }), html("span")),
    (label, [value, text]) => { label.firstChild.checked = value === chosen; setText(label.lastChild, text); });
}

function showComposer(view, options) {
  const mine = options.your_turn && !view.over;
  now = { view, options };
  byId("composer").hidden = !mine;
  byId("waiting").hidden = mine;
  setText(byId("move-title"), view.over ? "No more moves" : view.your_turn ? "Your move" : `${view.other_label}’s move`);
  setText(byId("waiting"), view.over ? "The negotiation has ended." : view.your_turn ? "You cannot move just now." : `Wait for ${view.other_label}’s move. It will appear here by itself.`);
  showAgreed(view);
  const key = JSON.stringify([view.turn, options]);
  if (key === shownFor) return;
  const anew = !shownFor || JSON.parse(shownFor)[0] !== view.turn;
  shownFor = key;
  if (anew) {
    draft = emptyDraft();
    for (const id of ["owed", "gives", "package-yours", "package-theirs"]) byId(id).replaceChildren();
    byId("words").value = "";
    byId("hint-box").hidden = true;
    clearRefusal();
  }
  if (mine) drawParts();
}

/* The package that is being carried out, or the own one that waits for an answer. */
function showAgreed(view) {
  const label = labelsOf(view);
  const { package: agreed, offer } = view;
  const list = (named) => joined(named.map(label)) || "nothing more";
  const mine = offer && offer.by === "you";
  byId("agreed").hidden = view.over || !(agreed || mine);
  if (agreed) byId("agreed").textContent = `Agreed, and still to come: from you ${list(agreed.yours)} (costs ${points(agreed.cost)}), from ${view.other_label} ${list(agreed.theirs)} (worth ${points(agreed.worth)} to you).`;
  else if (mine) byId("agreed").textContent = `Your package is on the table: you give ${list(offer.yours)}, and get ${list(offer.theirs)}.`;
}

function drawParts() {
  const { view, options } = now;
  const offer = view.offer && view.offer.by === "they" ? view.offer : null;
  byId("part-answer").hidden = !options.answers.length;
  if (offer) showOffer(offer);
  if (options.answers.length) {
    const pairs = [["", "Leave it open"], ...(options.answers.includes("accept") ? [["accept", "Accept"]] : []), ["reject", "Reject"]];
    radios(byId("answers"), "answer", pairs, draft.answer, (value) => { draft.answer = value; drawParts(); });
  }
  byId("part-owed").hidden = !options.corrects.length;
  boxes(byId("owed"), options.corrects, "costs", draft.owed, drawSummary);
  showTalks();
  const pairs = [["give", view.mode === "bargain" || draft.answer === "accept" ? "Deliver from the package" : "Give something"]];
  if (!narrowed(draft) && options.asks.length) pairs.push(["ask", "Ask for something"]);
  if (!narrowed(draft) && (Object.keys(options.package).length || options.no_package) && view.mode === "talks") pairs.push(["propose", "Propose a package"]);
  pairs.push(["pass", "Give nothing"]);
  if (!pairs.some(([value]) => value === draft.what)) draft.what = "give";
  radios(byId("what"), "what", pairs, whatNow(draft), (value) => { draft.what = value; drawParts(); });
  showGives();
  showAsks();
  showPackage();
  drawSummary();
}

/* Checkboxes for concessions, kept in a set. */
function boxes(host, list, word, chosen, change) {
  keptIn(host, list, JSON.stringify, (choice) => tick(choice, `${word} ${points(choice.points)}`, chosen, change));
}

function tick(choice, aside, chosen, change) {
  const box = html("input", { type: "checkbox", checked: chosen.has(choice.concession), on: { change: () => {
    if (box.checked) chosen.add(choice.concession);
    else chosen.delete(choice.concession);
    change(choice.concession, box.checked);
  } } });
  box.dataset.concession = choice.concession;
  return html("label", { className: "pick" }, box, html("span", { className: "thing", textContent: choice.label }), html("span", { className: "aside", textContent: aside }));
}

function showOffer(offer) {
  const label = labelsOf(now.view);
  byId("offer").replaceChildren(
    html("p", { textContent: `${now.view.other_label} proposes: you give ${joined(offer.yours.map(label)) || "nothing more"}, and get ${joined(offer.theirs.map(label)) || "nothing more"}.` }),
    html("p", { className: "net", textContent: netWords(offer.worth, offer.cost) }));
}

/* What a package would come to, by the own sheet alone. */
function netWords(worth, cost) {
  const { view } = now;
  const bonus = view.bonus ? `, and ${points(view.bonus)} on top when all is carried out` : "";
  const hoped = view.cautious_trust * (worth + view.bonus) - cost;
  return `Worth ${points(worth)} to you, costs ${points(cost)}: net ${signed(worth - cost)}${bonus}. `
    + `At your cautious trust that is ${points(hoped)}; your outside option is ${points(view.outside_option)}.`;
}

function showTalks() {
  const { options } = now;
  const pairs = [["", options.mode === "paused" ? "Leave them paused" : "Go on"]];
  if (options.dialogue.includes("pause")) pairs.push(["pause", "Let the talks pause"]);
  if (options.dialogue.includes("resume")) pairs.push(["resume", "Take the talks up again"]);
  byId("part-talks").hidden = pairs.length < 2 || draft.answer === "accept";
  radios(byId("talks"), "dialogue", pairs, draft.dialogue, (value) => { draft.dialogue = value; drawParts(); });
}

function showGives() {
  byId("part-give").hidden = whatNow(draft) !== "give";
  const list = choices();
  for (const name of [...draft.gives.keys()]) if (!list.some((each) => each.concession === name)) draft.gives.delete(name);
  keptIn(byId("gives"), list, JSON.stringify, giveRow);
  byId("gives-none").hidden = list.length > 0;
  const reasons = Object.entries(now.options.not_now).filter(([name]) => !list.some((each) => each.concession === name));
  byId("not-now").hidden = !reasons.length;
  byId("not-now-count").textContent = `Not possible now (${reasons.length})`;
  byId("not-now-list").replaceChildren(...reasons.map(([, why]) => html("li", { textContent: `${why}.` })));
}

/* One thing: a tick.  Many: a stepper with a number that can be typed. */
function giveRow(choice) {
  const name = choice.concession;
  const each = choice.points / choice.units;
  const chosen = () => draft.gives.get(name) || 0;
  const cost = html("span", { className: "aside" });
  const put = (units) => {
    draft.gives.set(name, Math.max(0, Math.min(choice.units, Math.floor(units) || 0)));
    cost.textContent = chosen() ? `costs ${points(each * chosen())}` : choice.units === 1 ? `would cost ${points(each)}` : `${points(each)} each`;
    row.classList.toggle("chosen", chosen() > 0);
    drawSummary();
  };
  const row = html("div", { className: "amount" });
  row.dataset.concession = name;
  if (choice.units === 1) {
    const box = html("input", { type: "checkbox", checked: chosen() > 0, on: { change: () => put(box.checked ? 1 : 0) } });
    row.append(html("label", { className: "pick" }, box, html("span", { className: "thing", textContent: choice.label })), cost);
  } else {
    const number = html("input", { type: "number", inputMode: "numeric", min: 0, max: choice.units, step: 1, value: chosen(), at: { "aria-label": `Units of ${choice.label}, at most ${choice.units}` },
      on: { input: () => put(Number(number.value)), change: () => { number.value = chosen(); } } });
    const by = (units) => () => { put(units()); number.value = chosen(); };
    const button = (sign, said, units) => html("button", { type: "button", className: "step", textContent: sign, at: { "aria-label": `${said}: ${choice.label}` }, on: { click: by(units) } });
    row.append(html("span", { className: "thing", textContent: choice.label }), cost,
      html("span", { className: "stepper" }, button("−", "One less", () => chosen() - 1), number,
        button("+", "One more", () => chosen() + 1), html("span", { className: "quiet", textContent: ` of ${choice.units}` })));
  }
  put(chosen());
  return row;
}

function showAsks() {
  byId("part-ask").hidden = whatNow(draft) !== "ask";
  radios(byId("asks"), "asks", now.options.asks.map((choice) => [choice.concession, `${choice.label}: worth ${points(choice.points)} to you`]),
    draft.asks, (value) => { draft.asks = value; drawSummary(); });
}

function showPackage() {
  byId("part-package").hidden = whatNow(draft) !== "propose";
  const { yours = [], theirs = [] } = now.options.package;
  byId("no-package").hidden = !now.options.no_package;
  byId("no-package").textContent = now.options.no_package ? `${now.options.no_package.charAt(0).toUpperCase()}${now.options.no_package.slice(1)}.` : "";
  byId("package").hidden = !yours.length;
  boxes(byId("package-yours"), yours, "costs", draft.inside, together);
  boxes(byId("package-theirs"), theirs, "worth", draft.inside, together);
}

/* What a thing requires goes in with it; what required it goes out with it. */
function together(name, inside) {
  const { yours = [], theirs = [] } = now.options.package;
  const there = new Set([...yours, ...theirs].map((choice) => choice.concession));
  const lines = [...now.view.gives, ...now.view.receives];
  const pending = [name], moved = [];
  while (pending.length) {
    const at = pending.pop();
    const next = inside ? (lines.find((line) => line.concession === at) || { requires: [] }).requires
      : lines.filter((line) => line.requires.includes(at)).map((line) => line.concession);
    for (const other of next) {
      if (!there.has(other) || draft.inside.has(other) === inside) continue;
      if (inside) draft.inside.add(other); else draft.inside.delete(other);
      moved.push(other);
      pending.push(other);
    }
  }
  for (const box of byId("package").querySelectorAll("input")) box.checked = draft.inside.has(box.dataset.concession);
  const label = labelsOf(now.view);
  byId("package-moved").textContent = moved.length ? `${joined(moved.map(label))} ${moved.length === 1 ? "goes" : "go"} ${inside ? "in" : "out"} with ${label(name)}.` : "";
  drawSummary();
}

/* The whole move in one sentence, and what it costs. */
function drawSummary() {
  if (!now) return;
  const label = labelsOf(now.view);
  const move = moveOf(draft, byId("words").value);
  const parts = [];
  if (move.answers) parts.push(`${move.answers} the package`);
  if (move.dialogue === "pause") parts.push("let the talks pause");
  if (move.dialogue === "resume") parts.push("take the talks up again");
  if (move.corrects) parts.push(`make good ${joined(move.corrects.map(label))}`);
  let cost = 0;
  if (move.gives) {
    const named = Object.entries(move.gives).map(([name, units]) => {
      const choice = choices().find((each) => each.concession === name);
      cost += (units / choice.units) * choice.points;
      return choice.units === 1 ? label(name) : `${units} of ${label(name)}`;
    });
    parts.push(`announce ${joined(named)} and deliver ${draft.share === 100 ? "all of it" : draft.share ? percent(draft.share / 100) : "nothing of it"}`);
  }
  if (move.asks) parts.push(`ask for ${label(move.asks)}`);
  if (move.proposes) parts.push(`propose a package of ${plural(move.proposes.length, "thing")}`);
  const say = parts.length ? `You ${joined(parts)}.` : "You let this turn pass.";
  byId("summary").textContent = cost ? `${say} It costs you ${points(cost * draft.share / 100)} points now.` : say;
  showShare(Boolean(move.gives));
  const { yours = [], theirs = [] } = now.options.package;
  const sum = (list) => list.filter((choice) => draft.inside.has(choice.concession)).reduce((total, choice) => total + choice.points, 0);
  byId("package-net").textContent = yours.length ? netWords(sum(theirs), sum(yours)) : "";
}

function showShare(giving) {
  const share = byId("share");
  share.value = draft.share;
  share.disabled = !giving;
  const words = draft.share === 100 ? "all: the promise is kept" : draft.share ? `${percent(draft.share / 100)}: the rest stays short` : "nothing: an empty promise";
  byId("share-words").textContent = words;
  share.setAttribute("aria-valuetext", words);
}

byId("share").addEventListener("input", () => { draft.share = Number(byId("share").value); drawSummary(); });
byId("words").addEventListener("input", drawSummary);

/* A refusal stands beside what was refused. */
function showRefusal(move, text) {
  const place = !move ? "send" : move.proposes ? "package" : move.asks ? "ask" : move.gives ? "give" : move.corrects ? "owed" : move.answers ? "answer" : move.dialogue && move.dialogue !== "leave" ? "talks" : "send";
  clearRefusal();
  const line = byId(`refused-${place}`);
  line.textContent = text;
  line.hidden = false;
  line.scrollIntoView({ block: "nearest" });
}

function clearRefusal() {
  for (const line of document.querySelectorAll(".refused")) { line.hidden = true; line.textContent = ""; }
}
