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

/* What a person has set otherwise than it was written: only that is theirs to change. */
function touchedSettings(form, written) {
  return Object.fromEntries(Object.entries(readSettings(form)).filter(([name, value]) => value !== written[name]));
}

/* Write what has become of the settings elsewhere, and leave alone what a person is about to set. */
function renewSettings(form, written, settings) {
  const touched = touchedSettings(form, written);
  for (const [name, value] of Object.entries(settings)) {
    if (name in touched || value === written[name]) continue;
    if (TICKS.includes(name)) form.elements[name].checked = value;
    else form.elements[name].value = value ?? "";
  }
}

/* Beside a control: what was refused, or nothing. */
function refuse(id, error) {
  byId(id).textContent = error ? error.message : "";
  byId(id).hidden = !error;
}

const PHASES = { lobby: "Waiting for the start", predicting: "Predicting", running: "Playing", paused: "Paused", ended: "Ended" };
