/* The settings as controls, made anew for each scenario: those of one name stand together, a row a side. */

/* On a phone the pictures would be far below. */
const OPEN = matchMedia("(max-width: 47.99rem)").matches ? ["Main settings"] : ["Strategies", "Main settings", "Events"];
const PARTS = new Map(); /* path → its row and inputs */

const decimals = (setting) => Math.max(0, Math.ceil(-Math.log10(setting.step) - 1e-9));
const spoken = (name) => name.replaceAll("_", " ");

function shown(setting, value) {
  if (setting.kind === "choice") return spoken(value);
  if (setting.kind === "switch") return value ? "on" : "off";
  const places = decimals(setting);
  /* What the scenario says may be finer than a step. */
  return value === setting.own && Number(value.toFixed(places)) !== value ? String(value) : value.toFixed(places);
}

function tidy(setting, value) {
  const kept = Math.min(setting.high, Math.max(setting.low, Math.round(value / setting.step) * setting.step));
  return Number(kept.toFixed(decimals(setting) + 2));
}

/* A setting as running text names it. */
function called(setting) {
  const what = setting.path.startsWith("events.") ? `“${setting.label}”` : lower(setting.label);
  return `${what} (${setting.of})`;
}

function build() {
  PARTS.clear();
  const groups = new Map();
  for (const setting of DATA.settings) {
    const labels = groups.get(setting.group) || new Map();
    groups.set(setting.group, labels.set(setting.label, [...(labels.get(setting.label) || []), setting]));
  }
  const there = [...byId("groups").querySelectorAll("details")];
  const opened = there.length ? new Set(there.filter((each) => each.open).map((each) => each.dataset.group)) : null;
  byId("groups").replaceChildren(...[...groups].map(([group, labels]) => {
    const sets = [...labels].map(([label, settings]) => fieldset(label, settings));
    const more = html("details", { className: "group", open: opened ? opened.has(group) : OPEN.includes(group) }, html("summary", { textContent: group }), ...sets);
    more.dataset.group = group;
    return more;
  }));
  const first = [...new Map(DATA.settings.map((setting) => [setting.label, setting])).values()].filter((each) => each.group !== "Strategies");
  byId("meanings").replaceChildren(...first.flatMap((setting) => [
    html("dt", { textContent: setting.label + (setting.unit ? ` (${setting.unit})` : "") }),
    html("dd", {}, `${setting.hint.charAt(0).toUpperCase()}${setting.hint.slice(1)}. `, html("code", { textContent: setting.path })),
  ]));
}

function fieldset(label, settings) {
  const legend = html("legend", { textContent: label });
  const unit = (settings.find((each) => each.unit) || {}).unit;
  if (unit) legend.append(" ", html("span", { className: "unit", textContent: `(${unit})` }));
  return html("fieldset", { className: "setting" }, legend, ...settings.map(row));
}

function row(setting) {
  const name = setting.kind === "choice" ? `${setting.label}, ${setting.of}` : `${setting.label}: ${setting.of}`;
  const part = {};
  let inside;
  if (setting.kind === "number") {
    part.slide = html("input", { type: "range", id: `slide-${setting.path}`, min: setting.low, max: setting.high, step: "any", ariaLabel: `${name}, slider` });
    part.type = html("input", { type: "number", id: `type-${setting.path}`, className: "typed", inputMode: "decimal", min: setting.low, max: setting.high, step: "any", ariaLabel: `${name}, number` });
    part.cut = html("span", { className: "cut", role: "status" });
    inside = [html("span", { className: "of", textContent: setting.of }), part.slide, part.type, part.cut];
    listen(setting, part);
  } else if (setting.kind === "choice") {
    part.pick = html("select", { id: `pick-${setting.path}`, ariaLabel: name },
      ...setting.choices.map((choice) => html("option", { value: choice, textContent: spoken(choice) })));
    part.pick.addEventListener("change", () => move(setting, part.pick.value));
    inside = [html("span", { className: "of", textContent: setting.of }), part.pick];
  } else {
    part.check = html("input", { type: "checkbox", id: `check-${setting.path}`, ariaLabel: name });
    part.check.addEventListener("change", () => move(setting, part.check.checked));
    inside = [html("label", {}, part.check, ` ${setting.of}`)];
  }
  part.row = html("div", { className: "row" }, ...inside);
  PARTS.set(setting.path, part);
  return part.row;
}

function listen(setting, { slide, type, cut }) {
  slide.addEventListener("input", () => { cut.textContent = ""; move(setting, tidy(setting, Number(slide.value))); });
  /* With step="any" the browser's own arrow keys would move by a hundredth of nothing round. */
  slide.addEventListener("keydown", (event) => {
    const far = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!far) return;
    event.preventDefault();
    move(setting, tidy(setting, valueOf(STATE, setting) + far * setting.step));
  });
  type.addEventListener("input", () => {
    const value = read(setting, type.value);
    if (value === null) return;
    const beyond = Number(type.value) < setting.low || Number(type.value) > setting.high;
    cut.textContent = beyond ? `between ${shown(setting, setting.low)} and ${shown(setting, setting.high)}` : "";
    move(setting, value);
  });
  type.addEventListener("change", () => { type.value = shown(setting, valueOf(STATE, setting)); });
}

/* Set one thing; with “both sides together” the other side's, too, as far as its range goes. */
function move(setting, value) {
  put(STATE, setting, value);
  const [kind, side, ...key] = setting.path.split(".");
  if (STATE.together && kind === "sides") {
    const other = DATA.byPath.get(["sides", DATA.sideIds.find((id) => id !== side), ...key].join("."));
    if (other) put(STATE, other, other.kind === "number" ? Math.min(other.high, Math.max(other.low, value)) : value);
  }
  STATE.run = null;
  changed();
}

/* Put the state into the controls; a number box that is being typed into is left alone. */
function showControls(state) {
  for (const setting of DATA.settings) {
    const { row: around, slide, type, pick, check } = PARTS.get(setting.path);
    const value = valueOf(state, setting);
    const moved = setting.path in state.set;
    around.classList.toggle("is-moved", moved);
    around.title = moved ? `The scenario has ${shown(setting, setting.own)}` : "";
    if (pick) pick.value = value;
    if (check) check.checked = value;
    if (!slide) continue;
    const off = setting.path.startsWith("events.") && state.set[setting.path.replace(/\.rate$/, "")] === false;
    slide.disabled = type.disabled = off;
    slide.value = value;
    const note = moved ? `; the scenario has ${shown(setting, setting.own)}` : setting.drawn ? "; each run draws its own" : "";
    slide.setAttribute("aria-valuetext", `${shown(setting, value)} ${setting.unit}${note}`);
    if (document.activeElement !== type) type.value = shown(setting, value);
  }
  byId("scenario").value = state.scenario;
  if (document.activeElement !== byId("seed")) byId("seed").value = state.seed;
  byId("together").checked = state.together;
  byId("reset").disabled = Object.keys(state.set).length === 0;
  byId("unpin").hidden = byId("back").hidden = !state.pin;
  byId("pin").textContent = state.pin ? "Pin these instead" : "Pin and compare";
  if (document.body.classList.contains("has-pin") === Boolean(state.pin)) return;
  document.body.classList.toggle("has-pin", Boolean(state.pin));
  WIDTHS.clear(); /* cards are laid out anew */
}
