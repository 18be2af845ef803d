/* The desk: open a room, and find the ones that are open. */

let scenarios = [];

async function load() {
  try {
    scenarios = await ask("/api/scenarios");
    byId("scenario").replaceChildren(...scenarios.map(({ name, title }) => html("option", { value: name, textContent: title })));
    showScenario();
    showRooms(await ask("/api/rooms"));
  } catch (error) {
    refuse("refused-new", error);
  }
}

function showScenario() {
  const chosen = scenarios.find(({ name }) => name === byId("scenario").value);
  if (!chosen) return;
  byId("question").textContent = chosen.question;
  byId("scenario-facts").textContent = `${joined(chosen.sides.map(({ label }) => label))}; ${plural(chosen.turns, "turn")}; ${plural(chosen.events.length, "event")} that you may let strike.`;
  writeSettings(byId("new"), null, chosen.sides);
}

function showRooms(rooms) {
  if (!rooms.length) { byId("rooms").replaceChildren(html("p", { className: "quiet", textContent: "No room is open." })); return; }
  byId("rooms").replaceChildren(html("ul", { className: "rooms" }, ...rooms.map((room) => html("li", {},
    html("a", { href: `/desk/${encodeURIComponent(room.code)}` }, html("span", { className: "code", textContent: room.code }), ` ${room.title}`),
    html("span", { className: "quiet small", textContent: `${PHASES[room.phase]} · ${plural(room.students, "student")} · ${plural(room.pairs, "pair")}` })))));
}

byId("scenario").addEventListener("change", showScenario);
byId("new").addEventListener("submit", async (event) => {
  event.preventDefault();
  refuse("refused-new", null);
  const form = event.target;
  const set = form.elements.overrides.value.split("\n").map((text) => text.trim()).filter(Boolean);
  try {
    const { code } = await ask("/api/rooms", { scenario: form.elements.scenario.value, set, seed: form.elements.seed.value === "" ? null : Number(form.elements.seed.value), settings: readSettings(form) });
    location.assign(`/desk/${encodeURIComponent(code)}`);
  } catch (error) {
    refuse("refused-new", error);
  }
});
load();
