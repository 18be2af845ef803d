/* How far the shares may be off because runs at other settings count, too. */

const PLANE = new Float64Array(DATA.points);
/* The plane sees slopes and the window's missing half at the end of a slider, but no bend. */
const FOR_BENDS = 1.5;

/* Weights with which the runs give, instead of their mean, the height at the chosen settings of a plane laid
   through them (local linear regression; Fan & Gijbels 1996); some are below 0.  They add up to 1. */
function planeWeights(axes) {
  const size = axes.length + 1;
  const sums = Array.from({ length: size }, () => new Float64Array(size));
  const at = new Float64Array(size).fill(1);
  const place = (p) => axes.forEach(({ column, middle, scale }, k) => { at[k + 1] = (column[p] - middle) * scale; });
  for (let p = 0; p < DATA.points; p++) {
    const w = WEIGHTS[p];
    if (w === 0) continue;
    place(p);
    for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) sums[i][j] += w * at[i] * at[j];
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) sums[j][i] = sums[i][j];
  /* Where all runs lie level on some setting, nothing tells a slope: then it is none. */
  for (let i = 1; i < size; i++) sums[i][i] += 1e-6 * sums[0][0];
  const tilt = solved(sums, [1, ...axes.map(() => 0)]);
  for (let p = 0; p < DATA.points; p++) {
    PLANE[p] = 0;
    if (WEIGHTS[p] === 0) continue;
    place(p);
    PLANE[p] = WEIGHTS[p] * tilt.reduce((sum, each, k) => sum + each * at[k], 0);
  }
  return PLANE;
}

/* x in A·x = b, for a symmetric positive definite A (which is written over). */
function solved(A, b) {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const factor = A[i][k] / A[k][k];
      for (let j = k; j < n; j++) A[i][j] -= factor * A[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) b[k] -= A[k][j] * b[j];
    b[k] /= A[k][k];
  }
  return b;
}

/* By how much the interval of each share is to be wider on both sides. */
function leanings(axes, shares) {
  if (!axes.length) return shares.map(() => 0);
  const plane = planeWeights(axes);
  return shares.map((share, k) => {
    if (!DATA.endings[k].there) return 0;
    let level = 0;
    for (let p = 0; p < DATA.points; p++) if (plane[p] !== 0) level += plane[p] * COUNTS[k][p];
    return FOR_BENDS * Math.abs(Math.min(1, Math.max(0, level / DATA.runs)) - share);
  });
}
