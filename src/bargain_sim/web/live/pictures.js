/* From the server's answer to what the charts show. */

let seenNow = null, seenPinned = null, apartNow = null;

/* As the charts take it: shares with their intervals, deals by ending and turn, dots. */
function unpacked(answer) {
  const outcome = bytes(answer.dots.outcome), deal = words(answer.dots.deal);
  const utility = answer.dots.utility.map(words);
  const deals = DATA.endings.map(() => new Float64Array(Math.max(DATA.turns, ...[...deal].map((turn) => (turn === NEVER ? 0 : turn + 1)))));
  for (let run = 0; run < deal.length; run++) if (deal[run] !== NEVER) deals[outcome[run]][deal[run]] += 1 / answer.runs;
  const points = (side) => Float64Array.from(utility[side], (whole) => answer.dots.low + (whole / GRAIN) * answer.dots.span);
  return {
    ...answer, empty: false, few: false, within: answer.runs, deals, outcome, utility: [points(0), points(1)],
    endings: DATA.endings.map((ending, k) => ({ ending, share: answer.endings[k][0], interval: answer.endings[k].slice(1) })),
    agreed: answer.agreed[0], agreedBounds: answer.agreed.slice(1), bothGain: answer.bothGain[0],
    dealQuarters: answer.dealQuarters || [NaN, NaN, NaN],
  };
}

const MOST_DOTS = 2000;

function* dotsOf(seen) {
  const stride = Math.max(1, Math.ceil(seen.runs / MOST_DOTS));
  for (let run = 0; run < seen.runs; run += stride) yield [seen.outcome[run], seen.utility[0][run], seen.utility[1][run], 0.4];
}

/* The plane's axes only ever grow while a scenario is explored, or what moves could not be told from the axes. */
let extent = null;
const forgetExtent = () => { extent = null; };

function extentNow(seen, pinned) {
  const all = [seen, ...(pinned ? [pinned] : [])];
  const found = extentOf([0, 1].map((side) => all.flatMap((each) => [...each.utility[side]])), all.map((each) => each.frontier));
  extent = extent ? found.map(([low, high], k) => [Math.min(low, extent[k][0]), Math.max(high, extent[k][1])]) : found;
  return extent;
}

function draw() {
  const pinned = seenPinned;
  drawStrip(seenNow);
  byId("saying").textContent = sentence(seenNow);
  byId("behind").textContent = behind();
  byId("compared").hidden = !STATE.pin || !pinned;
  if (pinned) byId("compared").textContent = comparison();
  drawShares(seenNow, pinned, apartNow && apartNow.endings);
  drawDeal(seenNow, pinned);
  drawFans(seenNow, pinned);
  drawPlane(seenNow, pinned && apartNow.means ? pinned : null, {
    dots: dotsOf(seenNow), extent: extentNow(seenNow, pinned), curve: seenNow.frontier, marks: "",
    line: drawnNow() ? " at the medians of what runs draw" : "",
  });
}

/* How many settings each run draws for itself. */
const drawnNow = () => DATA.settings.filter((setting) => setting.drawn && !(setting.path in STATE.set)).length;

function behind() {
  const drawn = drawnNow();
  return `${plural(seenNow.runs, "negotiation")}, played by the engine just now; a package is agreed in ${bounds(seenNow.agreedBounds)} (95${NB}% interval).`
    + (drawn ? ` Each run draws ${plural(drawn, "setting")} that ${drawn === 1 ? "is" : "are"} not set here.` : "");
}

/* What differs from the pinned settings, and what that changes, with intervals of the paired differences. */
function comparison() {
  const { pin } = STATE;
  const moved = [];
  if (pin.scenario !== STATE.scenario) moved.push(`scenario ${spoken(pin.scenario)} → ${spoken(STATE.scenario)}`);
  else {
    for (const setting of DATA.settings) {
      const [now, before] = [valueOf(STATE, setting), valueOf(pin, setting)];
      if (now !== before) moved.push(`${called(setting)} ${shown(setting, before)} → ${shown(setting, now)}`);
    }
  }
  if (!moved.length) return "Pinned. Now move a setting: the same negotiations, with the same luck, are played beside.";
  const where = moved.length > 4 ? `${moved.slice(0, 3).join(", ")} and ${moved.length - 3} more` : joined(moved);
  const changes = seenNow.endings
    .map((each, k) => [lower(each.ending.label), apartNow.endings[k]])
    .filter(([, [difference]]) => Math.round(100 * difference) !== 0)
    .sort((a, b) => Math.abs(b[1][0]) - Math.abs(a[1][0]))
    .slice(0, 3)
    .map(([name, change]) => `${name} ${spread(change)} points${sure(change) ? "" : ", unsure"}`);
  const ends = apartNow.means ? ` On average ${joined(DATA.sides.map((side, k) => `${side} ${mean(apartNow.means[k])}`))} points.` : "";
  return `Since the pin (${where}), same luck: ${changes.length ? changes.join("; ") : "hardly any share changes"}; `
    + `${amount(apartNow.changed)} of ${plural(seenNow.runs, "negotiation")} end otherwise.${ends}`;
}

function mean([difference, low, high]) {
  const said = (value) => (value > 0 ? "+" : "") + oneDecimal(value);
  return low === null ? said(difference) : `${said(difference)} (${said(low)} to ${said(high)})`;
}
