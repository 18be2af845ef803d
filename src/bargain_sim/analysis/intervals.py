"""How sure a share or a mean is: Wilson's score interval for a proportion, and rows that share their luck."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bargain_sim.errors import InputError
from bargain_sim.scenario.columns import SEED

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "check_confidence",
    "fewness",
    "independent_runs",
    "luck_of",
    "mean_variance",
    "share_with_bounds",
    "wilson",
]

_MANY: Final = 20  # run numbers, whose variance is taken for known


def check_confidence(confidence: float) -> None:
    """Raise InputError where an interval cannot be that sure."""
    if not 0.0 < confidence < 1.0:
        raise InputError(
            f"confidence must lie between 0 and 1, not {confidence:g}", remedy="The usual one is 0.95"
        )


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


def luck_of(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Numbers that are equal where two rows of runs may have met the same luck: shape (rows,).

    It is the run number; where sweeps under several seeds were merged (a column `seed`), run number and
    seed together.  Without a column `run` every row has luck of its own.
    """
    if "run" not in frame:
        return np.arange(len(frame))
    if SEED in frame:
        return np.asarray(frame.groupby([SEED, "run"]).ngroup(), dtype=np.int64)
    return np.asarray(frame["run"], dtype=np.int64)


def mean_variance(apart: ArrayLike, cluster: ArrayLike) -> float:
    """Variance of a mean, from deviations that go together within clusters; NaN for a single cluster.

    `apart` holds what each row is off the mean, `cluster` what each row belongs to, such as its luck:
    shape (rows,) both.  The ratio estimator of cluster samples.
    """
    off = np.asarray(apart, dtype=np.float64)
    _, number = np.unique(np.asarray(cluster), return_inverse=True)
    total = np.bincount(number, weights=off)
    clusters = len(total)
    if clusters < 2:
        return float("nan")
    return float((total * total).sum()) * clusters / (clusters - 1) / len(off) ** 2


def independent_runs(hits: ArrayLike, luck: ArrayLike) -> float:
    """How many independent runs these are worth, for the interval of the share of `hits`.

    `hits` says of each row whether it counts, `luck` is equal where rows met the same luck (`luck_of`).
    Under common random numbers run k meets the same luck at every point, so rows with the same number
    lean the same way: pooled over points, n rows tell less than n.  The answer is p(1 − p) over the
    variance of the share between run numbers, at most n; less where there are few of these (`fewness`).
    For a share of 0 or 1, or where all run numbers agree, it is how many there are.  Give it to `wilson`
    in place of n.
    """
    counts = np.asarray(hits, dtype=np.float64)
    n, clusters = len(counts), len(np.unique(np.asarray(luck)))
    if clusters == n:
        return float(n)
    share = float(counts.mean())
    if clusters < 2 or share in (0.0, 1.0):
        return float(clusters)
    variance = mean_variance(counts - share, luck)
    if variance <= 0.0:
        return float(clusters)
    return min(float(n), share * (1.0 - share) / variance * fewness(clusters))


def fewness(clusters: int) -> float:
    """What a variance is worth that two run numbers or more told: (z/t)² with Student's t at 95 %.

    From twenty on it is 1, as for a known variance.
    """
    if clusters >= _MANY:
        return 1.0
    from scipy.special import stdtrit

    return float((NormalDist().inv_cdf(0.975) / stdtrit(clusters - 1, 0.975)) ** 2)


def share_with_bounds(
    hits: ArrayLike, luck: ArrayLike, confidence: float = 0.95
) -> tuple[float, float, float]:
    """The share of `hits`, and Wilson's bounds of it that know which rows share their luck.

    Arguments as of `independent_runs`, at least one row.
    """
    share = float(np.mean(np.asarray(hits, dtype=np.float64)))
    worth = independent_runs(hits, luck)
    low, high = wilson(share * worth, worth, confidence)
    return share, float(low), float(high)
