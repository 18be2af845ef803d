/* From a change to new pictures: asked at once, one at a time, the newest next; the story once things settle. */

let later = 0, told = 0, entries = 0, written = location.hash;
const SCENARIOS = new Map();

async function scenario(name) {
  if (!SCENARIOS.has(name)) SCENARIOS.set(name, await (await ask(`/explore/scenarios/${encodeURIComponent(name)}`)).json());
  return SCENARIOS.get(name);
}

const wished = (state) => ({ scenario: state.scenario, set: { ...state.set } });

const RUNS = new Newest(async (state) => {
  const at = { now: wished(state), seed: state.seed, ...(state.pin && { pin: wished(state.pin) }) };
  const found = await (await ask("/explore/run", at)).json();
  if (state.scenario !== DATA.scenario) return; /* another one has been chosen meanwhile */
  DATA.runs = found.now.runs;
  seenNow = unpacked(found.now);
  seenPinned = found.pin && STATE.pin ? unpacked(found.pin) : null;
  apartNow = found.pin && STATE.pin ? found.apart : null;
  worked();
  draw();
  if (RUNS.wish === null) tellSoon();
}, failed);

const STORIES = new Newest(async (state) => {
  const run = state.run === null ? seenNow.typical : state.run;
  const found = await (await ask("/explore/story", { now: wished(state), seed: state.seed, run })).json();
  if (state.scenario !== DATA.scenario) return;
  sampleNow = sampleOf(found);
  drawStory();
}, failed);

const kept = (state) => ({ ...state, set: { ...state.set }, pin: state.pin && { ...state.pin, set: { ...state.pin.set } } });

function changed() {
  showControls(STATE);
  RUNS.want(kept(STATE));
  settleSoon();
}

function tellSoon(wait = 200) {
  clearTimeout(told);
  told = setTimeout(() => {
    told = 0;
    if (seenNow && !RUNS.busy) STORIES.want(kept(STATE)); else tellSoon();
  }, wait);
}

function settleSoon() {
  clearTimeout(later);
  later = setTimeout(settle, 600);
}

/* To screen readers and into the address, once nothing moves. */
function settle() {
  later = 0;
  if (RUNS.busy) { settleSoon(); return; }
  if (!byId("refused").hidden || !seenNow) return;
  const said = [byId("saying").textContent];
  if (STATE.pin) said.push(byId("compared").textContent);
  byId("announced").textContent = said.join(" ");
  const address = addressOf(STATE, document.documentElement.dataset.theme || "");
  if (address === written) return;
  written = address;
  /* Nothing to go back to: a slider's way is no history. */
  history.replaceState(null, "", address);
}

function failed(error, again) {
  const text = error instanceof Refusal ? error.message : "The server does not answer; trying again.";
  if (error.code === "superseded" || (again && error instanceof Refusal && RUNS.tries < 3)) return;
  byId("refused").hidden = false;
  byId("refused").textContent = `${text} What is shown is from before.`;
}

function worked() {
  byId("refused").hidden = true;
  byId("refused").textContent = "";
}

/* Explore another scenario, or this one anew; `set` and the pin may hold texts from an address.  Whatever order
   the answers come in, the latest choice counts. */
async function enter(state) {
  const entry = ++entries;
  let pinned = null;
  try {
    const data = await scenario(state.scenario);
    if (state.pin) pinned = await scenario(state.pin.scenario);
    if (entry !== entries) return;
    const another = DATA.scenario !== data.scenario;
    Object.assign(DATA, data, { byPath: new Map(data.settings.map((setting) => [setting.path, setting])) });
    STATE = { ...state, set: understood(state.set, data.settings) };
    if (pinned) STATE.pin = { scenario: pinned.scenario, set: understood(state.pin.set, pinned.settings) };
    if (another) {
      build();
      forgetExtent();
      forgetTold();
      byId("question").textContent = data.question;
    }
    byId("workbench").hidden = false;
    changed();
  } catch (error) {
    if (entry !== entries) return;
    if (error instanceof Refusal && !error.again && state.scenario !== FIRST) await enter(fresh());
    else if (error instanceof Refusal && !error.again && state.pin) await enter({ ...state, pin: null });
    else { failed(error, true); setTimeout(() => { if (entry === entries) enter(state); }, 1500); }
  }
}

byId("settings").addEventListener("submit", (event) => event.preventDefault());
byId("scenario").addEventListener("change", () => enter({ ...fresh(byId("scenario").value), seed: STATE.seed, pin: STATE.pin, together: STATE.together }));
byId("reset").addEventListener("click", () => { STATE = { ...STATE, set: {}, run: null }; forgetExtent(); changed(); byId("pin").focus(); });
byId("pin").addEventListener("click", () => { STATE.pin = wished(STATE); changed(); });
byId("unpin").addEventListener("click", () => { STATE.pin = null; changed(); byId("pin").focus(); });
byId("back").addEventListener("click", () => enter({ ...STATE, ...wished(STATE.pin), run: null }));
byId("together").addEventListener("change", () => { STATE.together = byId("together").checked; settleSoon(); });
byId("seed").addEventListener("input", () => {
  if (!/^\d{1,15}$/.test(byId("seed").value)) return;
  STATE.seed = Number(byId("seed").value);
  STATE.run = null;
  changed();
});
byId("seed").addEventListener("change", () => { byId("seed").value = STATE.seed; });

function save(blob, name) {
  const link = html("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

byId("table").addEventListener("click", async () => {
  try {
    const at = { now: wished(STATE), seed: STATE.seed, ...(STATE.pin && { pin: wished(STATE.pin) }) };
    save(await (await ask("/explore/runs.csv", at)).blob(), `${STATE.scenario}_seed_${STATE.seed}.csv`);
    byId("done").textContent = "The runs are saved as CSV.";
  } catch (error) { failed(error, false); }
});

byId("link").addEventListener("click", async () => {
  const address = location.origin + location.pathname + addressOf(STATE, "");
  try {
    await navigator.clipboard.writeText(address);
    byId("done").textContent = "The link is copied.";
  } catch {
    /* Browsers allow it to safe origins only, which a room's network is not. */
    history.replaceState(null, "", written = addressOf(STATE, document.documentElement.dataset.theme || ""));
    byId("done").textContent = "Copy the address above: it carries these settings.";
  }
});

function wear(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  byId("theme").value = theme;
  forgetStamps();
}
byId("theme").addEventListener("change", () => { wear(byId("theme").value); if (seenNow) draw(); settleSoon(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { forgetStamps(); if (seenNow) draw(); });

function begin() {
  const { state, theme } = fromAddress(location.hash);
  wear(theme);
  enter(state);
}

window.addEventListener("hashchange", () => {
  if (location.hash === written) return;
  written = location.hash;
  /* A link to a place in the page, such as the one that skips its head, says nothing of the settings. */
  if (byId(location.hash.slice(1))) settle();
  else begin();
});

let wideNow = document.body.clientWidth;
new ResizeObserver(() => {
  if (document.body.clientWidth === wideNow) return;
  wideNow = document.body.clientWidth;
  WIDTHS.clear();
  if (!seenNow) return;
  draw();
  if (sampleNow) { forgetTold(); drawStory(); }
}).observe(document.body);

begin();
/* For tests, and for whoever wants the numbers themselves. */
window.explorer = { state: () => STATE, seen: () => seenNow, apart: () => apartNow, sample: () => sampleNow, settled: () => !RUNS.busy && !STORIES.busy && !told && !later };
