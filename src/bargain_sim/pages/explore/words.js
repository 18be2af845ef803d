/* Numbers and findings in words. */

const NB = "\u00a0";

/* What is neither never nor always is not rounded to it. */
function percent(share) {
  if (share > 0 && share < 0.005) return `under 1${NB}%`;
  if (share >= 0.995 && share < 1) return `over 99${NB}%`;
  return `${Math.round(100 * share)}${NB}%`;
}

const bounds = (interval) =>
  interval ? `${Math.round(100 * interval[0])}–${Math.round(100 * interval[1])}${NB}%` : "not known";
const amount = (number) => Math.round(number).toLocaleString("en-US");
const plural = (number, word) => `${amount(number)} ${word}${Math.round(number) === 1 ? "" : "s"}`;
const signed = (number) => (number > 0 ? `+${number}` : number < 0 ? `−${-number}` : "0");
const oneDecimal = (number) => number.toFixed(1).replace("-", "−").replace(/^−0\.0$/, "0.0");
const joined = (words) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
const lower = (text) => text.charAt(0).toLowerCase() + text.slice(1);

/* A setting's value as people read it, with as many decimals as its step has. */
function shown(setting, value) {
  if (setting.kind === "choice") return setting.words[value];
  if (setting.kind === "levels") return String(Number(setting.levels[value].toPrecision(6)));
  return value.toFixed(decimals(setting));
}

const decimals = (setting) => Math.max(0, Math.ceil(-Math.log10(setting.step) - 1e-9));

function sentence(seen) {
  if (seen.empty) return "No run of the sweep has settings like these.";
  const ranked = seen.endings.filter((each) => each.share > 0).sort((a, b) => b.share - a.share);
  const [first, ...rest] = ranked;
  const range = first.interval ? ` (95${NB}% interval ${bounds(first.interval)})` : "";
  const few = seen.few ? `Few ${DATA.exact || DATA.runs === 1 ? "runs" : "points"} here, so read with care. ` : "";
  let text = `${few}Most often it ends in ${named(first.ending)}: ${percent(first.share)} of runs${range}`;
  const next = rest.slice(0, 2).filter((each) => each.share >= 0.005);
  text += next.length
    ? `, then ${joined(next.map((each) => `${named(each.ending)} (${percent(each.share)})`))}. ` : ". ";
  if (seen.agreed > 0) {
    text += `A package is agreed in ${percent(seen.agreed)} of runs, half of those within `;
    text += `${plural(months(seen.dealQuarters[1]), "month")}. `;
  } else text += "No package is ever agreed. ";
  const ends = DATA.sides.map((side, k) => `${side} with ${Math.round(seen.means[k])}`.replace("-", "−"));
  return `${text}On average ${joined(ends)} points.`.replace(DATA.sides[0], `${DATA.sides[0]} ends`);
}

const WITH_ARTICLE = {
  grand_bargain: "a grand bargain", bargain_under_way: "a bargain under way",
  normalised_by_steps: "normalisation by steps", piecemeal: "piecemeal exchange", stall: "a stall",
  collapse: "the collapse of a package", breakdown: "a breakdown",
};
const named = (ending) => WITH_ARTICLE[ending.id] || lower(ending.label);

function behind(seen) {
  if (seen.empty) return "Choose other values, or tick “any” for a setting.";
  if (DATA.exact) return `${plural(seen.within, "run")} with these settings ${seen.within === 1 ? "stands" : "stand"} behind this.`;
  if (!seen.half) return `All ${plural(seen.within, "run")} with these settings count alike.`;
  const where = DATA.runs > 1 ? ` at ${plural(seen.active, "point")}` : "";
  return `${plural(seen.within, "run")}${where} ${seen.within === 1 ? "lies" : "lie"} within ${percent(seen.half)} of each slider’s range; `
    + `weighted by nearness ${seen.within === 1 ? "it is" : "they are"} worth ${amount(seen.effective)}.`;
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
    .map(({ each, points, clear }) => `${lower(each.ending.label)} ${signed(points)} points${clear ? "" : " (unsure)"}`);
  return `Since the pin (${joined(moved)}): ${changes.length ? joined(changes) : "no share changes"}.`;
}

const said = (setting, state, k) => (state.any[k] ? "any" : shown(setting, state.values[k]));
const apart = (one, other) => Boolean(one && other && (one[0] > other[1] || other[0] > one[1]));

/* Made once: making one for every date would take longer than all the rest. */
const CALENDAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const FIRST_DAY = Date.parse(`${DATA.startDate}T00:00:00Z`);
const dateOf = (day) => CALENDAR.format(FIRST_DAY + day * 86400000);
