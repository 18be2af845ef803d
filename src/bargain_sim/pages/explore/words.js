/* What a setting is, what stands behind a picture, and what the pin changed, in words. */

/* A setting's value as people read it, with as many decimals as its step has. */
function shown(setting, value) {
  if (setting.kind === "choice") return setting.words[value];
  if (setting.kind === "levels") return String(Number(setting.levels[value].toPrecision(6)));
  return value.toFixed(decimals(setting));
}

const decimals = (setting) => Math.max(0, Math.ceil(-Math.log10(setting.step) - 1e-9));

function behind(seen) {
  if (seen.empty) return "Choose other values, or tick “any” for a setting.";
  if (DATA.exact) return `${plural(seen.within, "run")} with these settings ${seen.within === 1 ? "stands" : "stand"} behind this.`;
  if (!seen.axes.length) return `All ${plural(seen.within, "run")} with these settings count alike.`;
  const where = DATA.runs > 1 ? ` at ${plural(seen.active, "point")}` : "";
  return `${plural(seen.within, "run")}${where} ${seen.within === 1 ? "lies" : "lie"} ${within(seen.axes)}; `
    + `weighted by nearness ${seen.within === 1 ? "it is" : "they are"} worth ${amount(seen.effective)}.`;
}

/* How near is near: the narrowest window and the widest. */
function within(axes) {
  const [first, ...rest] = [...axes].sort((a, b) => a.half - b.half);
  const last = rest.length ? rest[rest.length - 1] : first;
  if (percent(first.half) === percent(last.half)) return `within ${percent(first.half)} of ${axes.length > 1 ? "each" : "the"} slider’s range`;
  return `within ${percent(first.half)} (${first.setting.called}) to ${percent(last.half)} (${last.setting.called}) of each slider’s range`;
}

/* What differs from the pinned settings, and what that does. */
function comparison(state, seen, pinned) {
  const moved = DATA.settings
    .map((setting, k) => [setting, said(setting, state, k), said(setting, state.pin, k)])
    .filter(([, now, before]) => now !== before)
    .map(([setting, now, before]) => `${setting.called} ${before} → ${now}`);
  if (!moved.length) return "Pinned. Now move a setting: what changes is shown beside what was.";
  if (seen.empty || pinned.empty) return `Since the pin: ${joined(moved)}.`;
  const changes = seen.endings
    .map((each, k) => ({ each, points: Math.round(100 * (each.share - pinned.endings[k].share)),
      clear: apart(each.interval, pinned.endings[k].interval) }))
    .filter((change) => change.points !== 0)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, 3)
    .map(({ each, points, clear }) => `${lower(each.ending.label)} ${signed(points)} ${Math.abs(points) === 1 ? "point" : "points"}${clear ? "" : " (unsure)"}`);
  return `Since the pin (${joined(moved)}): ${changes.length ? joined(changes) : "no share changes"}.`;
}

const said = (setting, state, k) => (state.any[k] ? "any" : shown(setting, state.values[k]));
