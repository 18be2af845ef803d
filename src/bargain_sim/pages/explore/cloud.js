/* The runs of the sweep as a cloud on the plane of utilities, the stronger the more they count. */

const MOST_DOTS = 2500;

const EXTENT = extentOf(DATA.utility.map((column) => Array.from(column, utilityOf)), DATA.samples.curves);

function* dotsOf(seen) {
  if (seen.empty) return;
  let heaviest = 0;
  for (const w of WEIGHTS) if (w > heaviest) heaviest = w;
  /* Where there are more, every so many are drawn: points lie in no order that would matter. */
  const stride = Math.max(1, Math.ceil(seen.within / MOST_DOTS));
  const strong = Math.min(0.85, 0.35 + 60 / Math.min(seen.within, MOST_DOTS));
  let count = 0;
  for (let r = 0, row = 0; r < DATA.runs; r++) {
    for (let p = 0; p < DATA.points; p++, row++) {
      const w = WEIGHTS[p];
      if (w === 0 || count++ % stride) continue;
      yield [DATA.outcome[row], utilityOf(DATA.utility[0][row]), utilityOf(DATA.utility[1][row]), 0.15 + strong * (w / heaviest)];
    }
  }
}
