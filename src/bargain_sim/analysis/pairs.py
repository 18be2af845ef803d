"""How two arms differ that met the same luck run by run: of shares and of means, with intervals."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Difference", "mean_difference", "share_difference", "z_of"]

Truths = NDArray[np.bool_]
Difference = tuple[float, float, float]
"""A difference, and the lower and upper bound of its interval."""


def share_difference(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Difference:
    """How much more often it is so in `second` than in `first`: one truth value a run in each.

    Bonett and Price's (2012) interval for paired shares: a run is added to each kind of discordant pair, so
    that it keeps its coverage where hardly any pair differs.  Raises ValueError where the numbers of
    runs differ, or there is none.
    """
    one, other = _paired(first, second)
    n = len(one)
    gained, lost = float(np.sum(~one & other)), float(np.sum(one & ~other))
    up, down = (gained + 1.0) / (n + 2.0), (lost + 1.0) / (n + 2.0)
    half = z_of(confidence) * np.sqrt((up + down - (up - down) ** 2) / (n + 2.0))
    middle = up - down
    difference = (gained - lost) / n
    # Drawn towards 0, the interval may leave out a difference that all pairs share.
    low, high = min(difference, middle - half), max(difference, middle + half)
    return difference, max(low, -1.0), min(high, 1.0)


def mean_difference(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Difference:
    """How much the mean of `second` lies above that of `first`, by the normal approximation.

    Without bounds (NaN) where there is one run.  Raises ValueError as `share_difference` does.
    """
    one, other = (np.asarray(each, dtype=np.float64) for each in (first, second))
    if one.shape != other.shape or len(one) == 0:
        raise ValueError(f"runs cannot be paired: {one.shape} and {other.shape}")
    apart = other - one
    middle = float(apart.mean())
    if len(apart) < 2:
        return middle, float("nan"), float("nan")
    half = z_of(confidence) * float(apart.std(ddof=1)) / float(np.sqrt(len(apart)))
    return middle, middle - half, middle + half


def _paired(first: ArrayLike, second: ArrayLike) -> tuple[Truths, Truths]:
    one, other = np.asarray(first, dtype=np.bool_), np.asarray(second, dtype=np.bool_)
    if one.shape != other.shape or len(one) == 0:
        raise ValueError(f"runs cannot be paired: {one.shape} and {other.shape}")
    return one, other


def z_of(confidence: float) -> float:
    """How many standard errors to either side hold `confidence` of a normal distribution."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf(0.5 + confidence / 2.0)
