/* Which runs count how much at some settings, and what they say. */

const WEIGHTS = new Float64Array(DATA.points);

/* How far the window reaches to either side on each smooth setting, as a part of its range: narrower where
   the setting decides more, all together as large as if they were alike. */
function halves(state, smooth, points) {
  const alike = state.near * DATA.reach * Math.pow(points, -1 / (smooth.length + 4));
  const logs = smooth.map((k) => Math.log(DATA.settings[k].window));
  const middle = logs.reduce((sum, each) => sum + each, 0) / logs.length;
  return logs.map((each) => Math.min(1, alike * Math.exp(each - middle)));
}

/* A weight for every point: 1 or 0 where combinations are exact, else a product of kernels. */
function weigh(state) {
  WEIGHTS.fill(1);
  const inPlay = DATA.settings.map((_, k) => k).filter((k) => !state.any[k]);
  const smooth = inPlay.filter((k) => !DATA.exact && DATA.settings[k].kind !== "choice");
  let points = DATA.points;
  for (const k of inPlay) if (!smooth.includes(k) && !DATA.exact) points /= DATA.settings[k].words.length;
  const half = halves(state, smooth, points);
  const axes = [];
  for (const k of inPlay) {
    const setting = DATA.settings[k];
    const column = DATA.at[k];
    if (!smooth.includes(k)) {
      const wanted = state.values[k];
      for (let p = 0; p < WEIGHTS.length; p++) if (column[p] !== wanted) WEIGHTS[p] = 0;
      continue;
    }
    const grain = setting.kind === "number" ? GRAIN : Math.max(setting.levels.length - 1, 1);
    const middle = placeOf(setting, state.values[k]) * grain;
    const reach = half[axes.length];
    const scale = 1 / (reach * grain);
    axes.push({ setting, column, middle, scale, half: reach });
    for (let p = 0; p < WEIGHTS.length; p++) {
      if (WEIGHTS[p] === 0) continue;
      const t = (column[p] - middle) * scale;
      WEIGHTS[p] = t > -1 && t < 1 ? WEIGHTS[p] * (1 - t * t) : 0;
    }
  }
  return { weights: WEIGHTS, axes };
}

/* Wilson's interval of a share that rests on n runs, which need not be a whole number. */
function wilson(share, n) {
  if (!(n > 0)) return [0, 1];
  const z = 1.959963984540054;
  const scale = 1 + (z * z) / n;
  const middle = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [share > 0 ? Math.max(0, middle - half) : 0, share < 1 ? Math.min(1, middle + half) : 1];
}

/* Runs by ending and point: how often each point ended so. */
const COUNTS = DATA.endings.map(() => new Uint16Array(DATA.points));
for (let row = 0; row < DATA.outcome.length; row++) COUNTS[DATA.outcome[row]][row % DATA.points]++;

/* How many independent runs the share of an ending is worth: share · (1 − share) over its variance.
   Runs at one point share what the sliders leave open, and with shared luck so do runs of one number
   (as in analysis/intervals.py); the variance is that of two-way clusters (Cameron, Gelbach & Miller
   2011).  Where combinations are exact, the points are all there are and not a sample of any. */
function worth(k, share, byRun, sums) {
  const { effective, active, total } = sums;
  const { runs, sharedLuck, exact } = DATA;
  if (runs === 1 && sharedLuck) return NaN; /* one luck for all: what another would do cannot be seen */
  if (active === 1 || runs === 1 || (exact && !sharedLuck)) return effective;
  if (share === 0 || share === 1) {
    return Math.min(sharedLuck ? runs : Infinity, exact ? Infinity : effective / runs, effective);
  }
  let ofPoints = 0, ofRows = 0;
  for (let p = 0; p < DATA.points; p++) {
    const w = WEIGHTS[p];
    if (w === 0) continue;
    const mean = COUNTS[k][p] / runs;
    ofPoints += w * w * (mean - share) ** 2;
    ofRows += w * w * (mean * (1 - 2 * share) + share * share);
  }
  ofPoints *= active / (active - 1) / total ** 2;
  ofRows /= runs * total ** 2;
  const ofRuns = byRun.reduce((sum, each) => sum + (each - share) ** 2, 0) / (runs - 1) / runs;
  const variance = exact ? ofRuns
    : sharedLuck ? Math.max(ofPoints, ofRuns, ofPoints + ofRuns - ofRows) : ofPoints;
  if (!(variance > 0)) return sharedLuck ? Math.min(runs, effective) : effective;
  return Math.min(effective, ((share * (1 - share)) / variance) * DATA.fewness);
}

/* The value below which `part` of the weight lies, from weights by whole numbers. */
function quantile(histogram, total, part) {
  let sum = 0;
  for (let k = 0; k < histogram.length; k++) {
    sum += histogram[k];
    if (sum >= part * total * (1 - 1e-12) && sum > 0) return k;
  }
  return NaN;
}

const FINE = 4; /* bits of a utility that its quartiles do without */

/* Everything that the pictures show at some settings. */
function look(state) {
  const { weights, axes } = weigh(state);
  const { points, runs, outcome, dealTurn, utility, endings } = DATA;
  let total = 0, squares = 0, active = 0;
  for (let p = 0; p < points; p++) {
    const w = weights[p];
    if (w > 0) { total += w; squares += w * w; active++; }
  }
  const byRun = endings.map(() => new Array(runs).fill(0));
  const deals = endings.map(() => new Float64Array(DATA.turns));
  const dealt = new Float64Array(DATA.turns);
  const spreads = [new Float64Array((GRAIN >> FINE) + 1), new Float64Array((GRAIN >> FINE) + 1)];
  const sums = [0, 0];
  let both = 0;
  for (let r = 0, row = 0; r < runs; r++) {
    for (let p = 0; p < points; p++, row++) {
      const w = weights[p];
      if (w === 0) continue;
      byRun[outcome[row]][r] += w;
      const turn = dealTurn[row];
      if (turn !== NEVER) { deals[outcome[row]][turn] += w; dealt[turn] += w; }
      for (let side = 0; side < 2; side++) {
        sums[side] += w * utility[side][row];
        spreads[side][utility[side][row] >> FINE] += w;
      }
      if (utilityOf(utility[0][row]) > 0 && utilityOf(utility[1][row]) > 0) both += w;
    }
  }
  const all = total * runs;
  const effective = total > 0 ? (runs * total * total) / squares : 0;
  const few = (DATA.exact ? effective : effective / runs) < FEW;
  const seen = { axes, active, within: active * runs, effective, empty: total === 0, few };
  const interval = (k, share, each, lean) => {
    const n = worth(k, share, each, { effective, active, total });
    if (Number.isNaN(n)) return null;
    const [low, high] = wilson(share, n);
    return [Math.max(0, low - lean), Math.min(1, high + lean)];
  };
  const perRun = byRun.map((each) => each.map((w) => w / total));
  const shares = perRun.map((each) => each.reduce((sum, one) => sum + one, 0) / runs);
  const lean = total > 0 ? leanings(axes, shares) : [];
  seen.endings = shares.map((share, k) => (
    { ending: DATA.endings[k], share, interval: total > 0 ? interval(k, share, perRun[k], lean[k]) : null }));
  const agreedWeight = dealt.reduce((sum, w) => sum + w, 0);
  seen.agreed = agreedWeight / all;
  seen.deals = deals.map((each) => each.map((w) => w / all));
  seen.dealQuarters = [0.25, 0.5, 0.75].map((part) => quantile(dealt, agreedWeight, part));
  seen.means = sums.map((sum) => utilityOf(sum / all));
  seen.quarters = spreads.map((each) =>
    [0.25, 0.5, 0.75].map((part) => utilityOf(quantile(each, all, part) << FINE)));
  seen.bothGain = both / all;
  return seen;
}

/* Stored negotiations, the nearest to some settings first: [{sample, distance}]. */
function nearest(state) {
  return DATA.samples.list
    .map((sample) => {
      let square = 0;
      DATA.settings.forEach((setting, k) => {
        if (state.any[k]) return;
        const apart = pointPlace(k, sample.at) - placeOf(setting, state.values[k]);
        square += setting.kind === "choice" ? (apart === 0 ? 0 : 4) : apart * apart;
      });
      return { sample, distance: Math.sqrt(square) };
    })
    .sort((one, other) => one.distance - other.distance);
}
