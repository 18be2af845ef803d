/* Which of the stored negotiations is told, and how its settings differ from those chosen. */

function drawStory(state, ranked) {
  const { sample } = ranked[state.story];
  byId("nearer").disabled = state.story === 0;
  byId("farther").disabled = state.story >= ranked.length - 1;
  const place = state.story === 0 ? "The nearest" : `Number ${state.story + 1} by nearness`;
  byId("story-which").textContent = `${place} of ${plural(ranked.length, "stored negotiation")}`
    + ` (point ${amount(sample.point)}, run ${amount(sample.run)}).`;
  byId("story-settings").replaceChildren(...DATA.settings.map((setting, k) => html("tr", {},
    head(setting.label), cell(shown(setting, storedValue(setting, k, sample.at))), cell(said(setting, state, k)))));
  drawTold(sample);
}

function storedValue(setting, k, point) {
  return setting.kind === "number" ? valueAt(setting, pointPlace(k, point)) : DATA.at[k][point];
}
