"""How sure a share is: Wilson's score interval for a proportion."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["independent_runs", "wilson"]


def wilson(
    successes: ArrayLike, n: ArrayLike, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper bound of a proportion, by Wilson (1927), elementwise.

    `successes` and `n` are counts of any shapes that broadcast; the bounds have the broadcast
    shape and lie in [0, 1].  Where n is 0 nothing is known, and the bounds are 0 and 1.
    Raises ValueError where 0 ≤ successes ≤ n does not hold, or `confidence` is not inside (0, 1).

    The interval keeps its coverage for shares near 0 and 1, where most endings live; the usual
    ±1.96 standard errors would there shrink to nothing.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    hits, total = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    )
    if not bool(np.all((hits >= 0) & (hits <= total))):
        raise ValueError("successes must be at least 0 and at most n")
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    safe = np.where(total > 0, total, 1.0)
    share = hits / safe
    scale = 1.0 + z * z / safe
    middle = (share + z * z / (2.0 * safe)) / scale
    half = z / scale * np.sqrt(share * (1.0 - share) / safe + z * z / (4.0 * safe * safe))
    # At 0 and n the bound is exactly 0 or 1; rounding must not leave 1e-18 there.
    low = np.where((total > 0) & (hits > 0), np.clip(middle - half, 0.0, 1.0), 0.0)
    high = np.where((total > 0) & (hits < total), np.clip(middle + half, 0.0, 1.0), 1.0)
    return low, high


def independent_runs(hits: ArrayLike, runs: ArrayLike) -> float:
    """How many independent runs these are worth, for the interval of the share of `hits`.

    `hits` says of each row whether it counts, `runs` gives its run number.  Under common random
    numbers run k meets the same luck at every point, so rows with the same number lean the same
    way: pooled over points, n rows tell less than n.  The answer is p(1 − p) over the variance of
    the share between run numbers (a ratio estimator), at most n; for a share of 0 or 1 it is the
    number of run numbers.  Give it to `wilson` in place of n.
    """
    counts = np.asarray(hits, dtype=np.float64)
    n = len(counts)
    _, cluster = np.unique(np.asarray(runs), return_inverse=True)
    size = np.bincount(cluster).astype(np.float64)
    clusters = len(size)
    if clusters == n:
        return float(n)
    share = float(counts.mean())
    if clusters < 2 or share in (0.0, 1.0):
        return float(clusters)
    residual = np.bincount(cluster, weights=counts) - share * size
    variance = float((residual * residual).sum()) * clusters / (clusters - 1) / n**2
    return min(float(n), share * (1.0 - share) / variance) if variance > 0.0 else float(n)
