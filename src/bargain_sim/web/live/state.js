/* What a person has chosen, and the address that carries it: `#scenario=baseline&sides.minsk.initial_trust=0.4`.
   Only what differs from the scenario is written; what is pinned stands behind `.pin.`. */

const fresh = (scenario = FIRST) => ({ scenario, set: {}, seed: 0, run: null, pin: null, together: false });
let STATE = fresh();

const valueOf = (state, setting) => (setting.path in state.set ? state.set[setting.path] : setting.own);

/* A number that runs draw is held once it is set, even at its median; anything else set to its own is not set. */
function put(state, setting, value) {
  if (value === setting.own && !setting.drawn) delete state.set[setting.path];
  else state.set[setting.path] = value;
}

const plain = (value) => (value === true ? "on" : value === false ? "off" : String(value));

function addressOf(state, theme) {
  const parts = [];
  const add = (key, value) => parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  const all = (from, before) => {
    add(`${before}scenario`, from.scenario);
    for (const path in from.set) add(before + path, plain(from.set[path]));
  };
  all(state, "");
  if (state.seed) add(".seed", state.seed);
  if (state.run !== null) add(".run", state.run);
  if (state.together) add(".together", 1);
  if (state.pin) all(state.pin, ".pin.");
  if (theme) add(".theme", theme);
  return `#${parts.join("&")}`;
}

/* What an address says: names and texts, which mean something only once the scenario is known. */
function fromAddress(address) {
  const given = new URLSearchParams(address.replace(/^#/, ""));
  const whole = (key) => (/^\d{1,15}$/.test(given.get(key) || "") ? Number(given.get(key)) : null);
  const part = (before) => {
    const found = { scenario: given.get(`${before}scenario`) || FIRST, set: {} };
    for (const [key, text] of given) {
      const path = key.slice(before.length);
      if (key.startsWith(before) && /^((sides|events)\.|start$)/.test(path)) found.set[path] = text;
    }
    return found;
  };
  const theme = given.get(".theme") || "";
  const state = { ...fresh(), ...part(""), seed: whole(".seed") || 0, run: whole(".run"), together: given.has(".together") };
  if ([...given.keys()].some((key) => key.startsWith(".pin."))) state.pin = part(".pin.");
  return { state, theme: ["light", "dark"].includes(theme) ? theme : "" };
}

/* Texts of an address as values of these settings; what means nothing is left out. */
function understood(set, settings) {
  const state = { set: {} };
  for (const setting of settings) {
    if (!(setting.path in set)) continue;
    const value = read(setting, set[setting.path]);
    if (value !== null) put(state, setting, value);
  }
  return state.set;
}

/* A typed or linked text as a value: numbers within their range, words that are known; null where it is none. */
function read(setting, text) {
  if (typeof text !== "string") return text;
  if (setting.kind === "switch") return text === "on" ? true : text === "off" ? false : null;
  if (setting.kind === "choice") return setting.choices.includes(text) ? text : null;
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) return null;
  const within = Math.min(setting.high, Math.max(setting.low, number));
  return setting.whole ? Math.round(within) : within;
}
