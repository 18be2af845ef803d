/* The settings of a room, from and into a form. */

const TICKS = ["predict_first", "hide_names", "same_luck", "locked"];
const SECONDS = ["clock_seconds", "absent_seconds"];

function readSettings(form) {
  const found = { pairing: form.elements.pairing.value, play_as: form.elements.play_as.value || null };
  for (const name of TICKS) found[name] = form.elements[name].checked;
  for (const name of SECONDS) found[name] = form.elements[name].value === "" ? null : Number(form.elements[name].value);
  return found;
}

function writeSettings(form, settings, sides) {
  const pick = form.elements.play_as;
  pick.replaceChildren(html("option", { value: "", textContent: "the sides in turn" }), ...sides.map(({ side, label }) => html("option", { value: side, textContent: label })));
  if (!settings) return;
  form.elements.pairing.value = settings.pairing;
  pick.value = settings.play_as || "";
  for (const name of TICKS) form.elements[name].checked = settings[name];
  for (const name of SECONDS) form.elements[name].value = settings[name] ?? "";
}

/* Beside a control: what was refused, or nothing. */
function refuse(id, error) {
  byId(id).textContent = error ? error.message : "";
  byId(id).hidden = !error;
}

const PHASES = { lobby: "Waiting for the start", predicting: "Predicting", running: "Playing", paused: "Paused", ended: "Ended" };
