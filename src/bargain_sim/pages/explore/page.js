/* From a change to new pictures, at once; to the address and to screen readers a little later. */

let seenNow = null, seenPinned = null, ranked = [], later = 0, written = location.hash;

function update() {
  const { pin } = STATE;
  seenPinned = pin ? look(pin) : null;
  seenNow = look(STATE); /* last, for the cloud draws the weights of this one */
  ranked = nearest(STATE);
  STATE.story = Math.min(STATE.story, ranked.length - 1);
  showControls(STATE);
  drawStrip(seenNow);
  byId("saying").textContent = sentence(seenNow);
  byId("behind").textContent = behind(seenNow);
  byId("behind").classList.toggle("few", seenNow.few);
  byId("compared").hidden = !pin;
  if (pin) byId("compared").textContent = comparison(STATE, seenNow, seenPinned);
  drawShares(seenNow, seenPinned);
  drawDeal(seenNow, seenPinned);
  drawPlane(seenNow, seenPinned, {
    dots: dotsOf(seenNow), extent: EXTENT, curve: DATA.samples.curves[ranked[STATE.story].sample.curve],
    marks: ", the stronger the nearer its settings",
    line: DATA.samples.oneCurve ? "" : " at the settings of the negotiation below",
  });
  drawStory(STATE, ranked);
  clearTimeout(later);
  later = setTimeout(settle, 600);
}

function settle() {
  const said = [byId("saying").textContent, byId("behind").textContent];
  if (STATE.pin) said.push(byId("compared").textContent);
  byId("announced").textContent = said.join(" ");
  const address = addressOf(STATE, document.documentElement.dataset.theme || "");
  if (address === written) return;
  written = address;
  /* Nothing to go back to: a slider's way is no history. */
  try { history.replaceState(null, "", address); } catch { location.hash = address; }
}

function set(k, value) {
  if (value === null) return;
  STATE.values[k] = value;
  STATE.any[k] = false;
  STATE.story = 0;
  update();
}

const copied = (state) => ({ ...state, values: [...state.values], any: [...state.any], pin: null });

DATA.settings.forEach((setting, k) => {
  const { slide, type, pick, radios, any } = PARTS[k];
  any.addEventListener("change", () => { STATE.any[k] = any.checked; STATE.story = 0; update(); });
  if (pick) pick.addEventListener("change", () => set(k, Number(pick.value)));
  radios.forEach((radio) => radio.addEventListener("change", () => set(k, Number(radio.value))));
  if (!slide) return;
  slide.addEventListener("input", () => set(k, readSlide(setting, slide)));
  /* With step="any" the browser's own arrow keys would move by a hundredth of nothing round. */
  slide.addEventListener("keydown", (event) => {
    const far = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!far || setting.kind !== "number" || setting.log) return;
    event.preventDefault();
    set(k, tidy(setting, STATE.values[k] + far * setting.step));
  });
  type.addEventListener("input", () => set(k, readTyped(setting, type.value)));
  type.addEventListener("change", () => { type.value = shown(setting, STATE.values[k]); });
});

const near = byId("near");
if (near) near.addEventListener("change", () => { STATE.near = Number(near.value); update(); });
byId("settings").addEventListener("submit", (event) => event.preventDefault());
byId("reset").addEventListener("click", () => { STATE = { ...fresh(), pin: STATE.pin }; update(); });
byId("pin").addEventListener("click", () => { STATE.pin = copied(STATE); update(); });
byId("unpin").addEventListener("click", () => { STATE.pin = null; update(); byId("pin").focus(); });
byId("back").addEventListener("click", () => { STATE = { ...copied(STATE.pin), pin: STATE.pin, story: 0 }; update(); });
byId("farther").addEventListener("click", () => { STATE.story += 1; update(); });
byId("nearer").addEventListener("click", () => { STATE.story -= 1; update(); });

function wear(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  byId("theme").value = theme;
  forgetStamps();
}
byId("theme").addEventListener("change", () => { wear(byId("theme").value); update(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { forgetStamps(); update(); });

function begin() {
  const { state, theme } = fromAddress(location.hash);
  STATE = state;
  wear(theme);
  update();
}

window.addEventListener("hashchange", () => {
  if (location.hash === written) return;
  written = location.hash;
  /* A link to a place in the page, such as the one that skips its head, says nothing of the settings. */
  if (byId(location.hash.slice(1))) settle();
  else begin();
});
byId("workbench").hidden = false;
begin();
let wideNow = document.body.clientWidth;
new ResizeObserver(() => {
  if (document.body.clientWidth === wideNow) return;
  wideNow = document.body.clientWidth;
  WIDTHS.clear();
  forgetTold();
  update();
}).observe(document.body);

/* For tests, and for whoever wants the numbers themselves. */
window.explorable = { settings: DATA.settings, seen: () => seenNow, state: () => STATE };
