"""What runs could have had more: how they stand against the packages that could have been agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bargain_sim.analysis.bargaining import hull

__all__ = ["CLOSE", "Standing", "both_more", "more", "standing"]

Floats = NDArray[np.float64]

CLOSE: Final = 1e-3
"""Stored utilities have single precision: a gain up to so much (points) counts as none."""


@dataclass(frozen=True)
class Standing:
    """Shares of runs, which add up to 1: some package would have given `both` more; some `one` side more and
    the other no less, but none both; `none` either.

    `beyond` is the share for which no lottery over packages is as good for both: either the run ended between
    packages, or the packages are not those of its own point.
    """

    both: float
    one: float
    none: float
    beyond: float


def standing(points: Floats, runs: Floats) -> Standing:
    """How `runs` (n, 2) stand against undominated packages, `points` (packages, 2), both in points."""
    both = both_more(points, runs) > 0.0
    either = both.copy()
    for k in (0, 1):
        either |= more(points[:, k], points[:, 1 - k], runs[:, k], runs[:, 1 - k]) > 0.0
    corners = hull(points)
    ceiling = np.interp(runs[:, 0], corners[:, 0], corners[:, 1])
    beyond = (runs[:, 1] > ceiling + CLOSE) | (runs[:, 0] > corners[-1, 0] + CLOSE)
    return Standing(
        float(both.mean()), float((either & ~both).mean()), float((~either).mean()), float(beyond.mean())
    )


def more(own: Floats, others: Floats, has: Floats, other_has: Floats) -> Floats:
    """The most a side could have, the other not having less, minus what it has; 0 where that is nothing."""
    order = np.argsort(others)
    # Undominated: who has less of one has more of the other.
    at = np.searchsorted(others[order], other_has - CLOSE, side="left")
    most = np.append(own[order], -np.inf)[at]
    gain = np.maximum(most - has, 0.0)
    return np.where(gain <= CLOSE, 0.0, gain)


def both_more(points: Floats, runs: Floats) -> Floats:
    """The largest s such that some package gives both at least s more than a run; 0 where that is nothing."""
    # Along the frontier p₁ − p₂ rises; the smaller gain is p₁ − u₁ up to where it reaches u₁ − u₂, then p₂
    # − u₂.
    at = np.searchsorted(points[:, 0] - points[:, 1], runs[:, 0] - runs[:, 1])
    best = np.full(len(runs), -np.inf)
    for row in (np.maximum(at - 1, 0), np.minimum(at, len(points) - 1)):
        best = np.maximum(best, (points[row] - runs).min(axis=1))
    return np.where(best <= CLOSE, 0.0, best)
