"""Enough runs: more where an ending's share is least sure, until its interval is narrow everywhere.

`until` asks that the Wilson interval of one ending's share be at most ± `half_width` at every point.
After the first `runs` a point, rounds follow: each point that is not sure enough is given the runs
that its present share says it needs (at most doubling, so that an early share that is far off is
corrected), rounded up to whole blocks of runs.  What is run depends on results only, never on who
computed them: a resumed sweep takes the same decisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import OUTCOMES
from bargain_sim.plans.plan import PIECE_RUNS

__all__ = ["Stretch", "Target", "next_segments"]

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Target:
    """The precision asked for: of which ending (number in codes.OUTCOMES), how narrow, how surely."""

    outcome: int
    half_width: float
    confidence: float
    max_runs: int

    @classmethod
    def of(cls, until: Mapping[str, Any]) -> Target:
        """From what a manifest says of `until`."""
        return cls(
            OUTCOMES.index(until["outcome"]), until["half_width"], until["confidence"], until["max_runs"]
        )

    def half_widths(self, hits: IntArray, runs: IntArray) -> npt.NDArray[np.float64]:
        """Half the width of the Wilson interval at every point."""
        z = NormalDist().inv_cdf(0.5 + self.confidence / 2.0)
        n = np.maximum(runs, 1).astype(np.float64)
        share = hits / n
        spread = np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
        return np.asarray(z / (1.0 + z * z / n) * spread)

    def runs_wanted(self, hits: IntArray, runs: IntArray) -> IntArray:
        """How many runs each point should have after the next round."""
        z = NormalDist().inv_cdf(0.5 + self.confidence / 2.0)
        n = np.maximum(runs, 1).astype(np.float64)
        # Wilson's centre: a share of 0 out of few is not taken for certain.
        centre = (hits + z * z / 2.0) / (n + z * z)
        needed = np.ceil(centre * (1.0 - centre) * (z / self.half_width) ** 2)
        wanted = np.minimum(np.maximum(needed, runs + 1), 2 * runs)
        blocks = np.ceil(wanted / PIECE_RUNS) * PIECE_RUNS
        wanted = np.minimum(blocks, self.max_runs).astype(np.int64)
        sure = self.half_widths(hits, runs) <= self.half_width
        return np.where(sure, runs, np.maximum(wanted, runs))


@dataclass(frozen=True)
class _Round:
    """The points that go on, by number, with the runs that each has and is to have."""

    points: IntArray
    runs: IntArray
    wanted: IntArray

    def between(self, first: int, last: int) -> IntArray:
        """The points that are given runs first … last-1."""
        return np.asarray(self.points[(self.runs <= first) & (self.wanted >= last)])


@dataclass(frozen=True)
class Stretch:
    """Runs `run … run_stop-1` at those points of a round that are given them.

    Which they are is told anew each time: kept for each stretch, they would take half a byte a run.
    """

    run: int
    run_stop: int
    rows: int
    _round: _Round

    @property
    def points(self) -> IntArray:
        """Numbers of the points, ascending."""
        return self._round.between(self.run, self.run_stop)


def next_segments(target: Target, hits: IntArray, runs: IntArray) -> list[Stretch]:
    """The segments of the next round, from the first run that a point lacks; none: it is enough.

    `hits` and `runs` are, per point, how often the ending occurred and how many runs were made.
    """
    wanted = target.runs_wanted(hits, runs)
    open_points = np.flatnonzero(wanted > runs)
    if not len(open_points):
        return []
    going_on = _Round(open_points, runs[open_points], wanted[open_points])
    edges = np.unique(np.concatenate([going_on.runs, going_on.wanted]))
    segments = []
    for first, last in pairwise(edges.tolist()):
        rows = (last - first) * len(going_on.between(first, last))
        if rows:
            segments.append(Stretch(first, last, rows, going_on))
    return segments
