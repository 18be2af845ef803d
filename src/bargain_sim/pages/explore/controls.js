/* The settings a person has chosen: in the controls, in the address, and pinned. */

const PARTS = DATA.settings.map((setting, k) => ({
  slide: byId(`s${k}-slide`),
  type: byId(`s${k}-type`),
  pick: byId(`s${k}-pick`),
  radios: [...document.getElementsByName(`s${k}`)],
  any: byId(`s${k}-any`),
}));

const fresh = () => ({
  values: DATA.settings.map((setting) => setting.start), any: DATA.settings.map(() => false),
  near: 1, pin: null, story: 0,
});
let STATE = fresh();

/* Sliders go by the value itself; by number over levels; in hundredths of the way on a logarithmic scale. */
DATA.settings.forEach((setting, k) => {
  const { slide, type } = PARTS[k];
  if (!slide) return;
  const [low, high, step] = setting.kind === "levels" ? [0, setting.levels.length - 1, 1]
    : setting.log ? [0, 100, 1] : [setting.low, setting.high, setting.step];
  Object.assign(slide, { min: low, max: high, step: setting.kind === "number" && !setting.log ? "any" : step });
  const ends = setting.kind === "levels" ? setting.levels : [setting.low, setting.high];
  Object.assign(type, { min: ends[0], max: ends[ends.length - 1], step: setting.kind === "levels" ? "any" : setting.step });
  if (setting.log) type.step = "any";
});

function readSlide(setting, slide) {
  const at = Number(slide.value);
  if (setting.kind === "levels") return at;
  return tidy(setting, setting.log ? valueAt(setting, at / 100) : at);
}

/* A typed number: within the range, and where there are levels the nearest of them. */
function readTyped(setting, text) {
  const number = Number(text);
  if (text === "" || !Number.isFinite(number)) return null;
  if (setting.kind !== "levels") return Math.min(setting.high, Math.max(setting.low, number));
  const apart = setting.levels.map((level) => Math.abs(level - number));
  return apart.indexOf(Math.min(...apart));
}

function tidy(setting, value) {
  if (setting.log) return Number(value.toPrecision(3));
  const kept = Math.min(setting.high, Math.max(setting.low, Math.round(value / setting.step) * setting.step));
  return Number(kept.toFixed(decimals(setting) + 2));
}

/* Put the state into the controls; a number box that is being typed into is left alone. */
function showControls(state) {
  DATA.settings.forEach((setting, k) => {
    const { slide, type, pick, radios, any } = PARTS[k];
    const value = state.values[k];
    any.checked = state.any[k];
    any.closest(".setting").classList.toggle("is-any", state.any[k]);
    if (pick) pick.value = value;
    radios.forEach((radio) => { radio.checked = Number(radio.value) === value; });
    if (!slide) return;
    slide.value = setting.kind === "levels" ? value : setting.log ? 100 * placeOf(setting, value) : value;
    slide.setAttribute("aria-valuetext", `${state.any[k] ? "any value; set at " : ""}${shown(setting, value)}${setting.unit ? ` ${setting.unit}` : ""}`);
    slide.style.setProperty("--filled", `${100 * placeOf(setting, value)}%`);
    if (document.activeElement !== type) type.value = shown(setting, value);
  });
  const near = byId("near");
  if (near) near.value = String(state.near);
  byId("unpin").hidden = byId("back").hidden = !state.pin;
  byId("pin").textContent = state.pin ? "Pin these instead" : "Pin and compare";
  if (document.body.classList.contains("has-pin") === Boolean(state.pin)) return;
  document.body.classList.toggle("has-pin", Boolean(state.pin));
  WIDTHS.clear(); /* cards are laid out anew */
}

/* The address carries the settings: `#trust=0.4&reciprocity=any`, pinned ones as `.pin.trust=0.4`. */
function addressOf(state, theme) {
  const parts = [];
  const put = (key, value) => parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  const all = (from, before) => DATA.settings.forEach((setting, k) => {
    put(before + setting.name, shownPlain(setting, from.values[k]));
    if (from.any[k]) put(`${before}${setting.name}.any`, 1);
  });
  all(state, "");
  if (state.near !== 1) put(".near", state.near);
  if (state.pin) { all(state.pin, ".pin."); if (state.pin.near !== 1) put(".pin.near", state.pin.near); }
  if (theme) put(".theme", theme);
  return `#${parts.join("&")}`;
}

const shownPlain = (setting, value) => (setting.kind === "number" ? String(Number(value.toPrecision(8))) : shown(setting, value));

function fromAddress(address) {
  const given = new URLSearchParams(address.replace(/^#/, ""));
  const state = fresh();
  const nearness = (text) => ([0.7, 1, 1.5].includes(Number(text)) ? Number(text) : 1);
  const read = (into, before) => DATA.settings.forEach((setting, k) => {
    const text = given.get(before + setting.name);
    into.any[k] = given.has(`${before}${setting.name}.any`);
    if (text === null) return;
    const value = setting.kind === "choice" ? setting.words.indexOf(text) : readTyped(setting, text);
    if (value !== null && value >= 0 || setting.kind === "number" && value !== null) into.values[k] = value;
  });
  read(state, "");
  state.near = nearness(given.get(".near"));
  if ([...given.keys()].some((key) => key.startsWith(".pin."))) {
    state.pin = fresh();
    read(state.pin, ".pin.");
    state.pin.near = nearness(given.get(".pin.near"));
  }
  const theme = given.get(".theme") || "";
  return { state, theme: ["light", "dark"].includes(theme) ? theme : "" };
}
