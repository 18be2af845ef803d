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
  const ends = DATA.sides.map((side, k) =>
    `${side} ${k ? "with" : "ends with"} ${String(Math.round(seen.means[k])).replace("-", "−")}`);
  return `${text}On average ${joined(ends)} points.`;
}

const WITH_ARTICLE = {
  grand_bargain: "a grand bargain", bargain_under_way: "a bargain under way",
  normalised_by_steps: "normalisation by steps", piecemeal: "piecemeal exchange", stall: "a stall",
  collapse: "the collapse of a package", breakdown: "a breakdown",
};
const named = (ending) => WITH_ARTICLE[ending.id] || lower(ending.label);

/* A paired difference of shares with its interval, in points; and whether it is surely one. */
const points = (share) => signed(Math.round(100 * share));
const spread = ([difference, low, high]) => `${points(difference)} (${points(low)} to ${points(high)})`;
const sure = ([, low, high]) => low > 0 || high < 0;
const apart = (one, other) => Boolean(one && other && (one[0] > other[1] || other[0] > one[1]));

/* Made once: making one for every date would take longer than all the rest. */
const CALENDAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const dateOf = (day) => CALENDAR.format(Date.parse(`${DATA.startDate}T00:00:00Z`) + day * 86400000);
