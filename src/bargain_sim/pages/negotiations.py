"""Sample negotiations for a page: runs of the sweep, spread over its settings, told turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.analysis.packages import outline, undominated
from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.pages.kept import Kept
from bargain_sim.pages.telling import told
from bargain_sim.play import simulate
from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.results import Results
from bargain_sim.transcript import Transcript

__all__ = ["Samples", "spread"]

_CLOSE: Final = 1e-6
Curve = list[list[float]]
"""Undominated packages, the first side's utility rising: what a frontier is drawn through."""


def spread(places: npt.NDArray[np.float64], runs: int, n: int) -> list[tuple[int, int]]:
    """Runs spread evenly over the settings: pairs of (run, point), n of them if there are as many.

    `places` has the shape (points, settings), each setting from 0 to 1.  For each of n points of a
    Halton sequence the nearest point of the sweep is taken; each is taken once before any is taken
    with its next run.
    """
    from scipy.stats import qmc

    points, d = places.shape
    n = min(n, points * runs)
    targets = qmc.Halton(d, scramble=False).random(n)
    used = np.zeros(points, dtype=np.int64)
    chosen: list[tuple[int, int]] = []
    for target in targets:
        distance = ((places - target) ** 2).sum(axis=1)
        # Whole units of `used` outweigh any distance within the cube.
        best = int(np.argmin(distance + used * (d + 1.0)))
        chosen.append((int(used[best]), best))
        used[best] += 1
    return chosen


class Samples:
    """Played negotiations, told in words that are stored once each."""

    def __init__(self, results: Results, kept: Kept) -> None:
        self.results = results
        self.kept = kept
        self._texts: dict[str, int] = {}
        self._curves: list[Curve] = []
        self._seeds = [block.seed for block in results.manifest.run_blocks for _ in range(block.runs)]

    def played(self, chosen: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """The negotiations at these (run, point), as data for the page.

        Raises InputError where a run, played again, ends otherwise than is stored.
        """
        one = self._same_frontier()
        found = []
        for run, place in chosen:
            scenario = self.results.scenario_at(int(self.kept.point[place]))
            number = int(self.kept.run[run, place])
            transcript = simulate(scenario, self._seeds[run], number)
            if transcript.outcome != OUTCOMES[int(self.kept.outcome[run, place])]:
                raise InputError(
                    f"run {number} of this sweep ends otherwise than is stored when it is played again",
                    place=self.results.folder,
                    remedy="It was made by another version: run the sweep again with --overwrite",
                )
            curve = 0 if one and self._curves else self._curve(scenario)
            found.append(
                {
                    "at": place,
                    "point": int(self.kept.point[place]),
                    "run": number,
                    "curve": curve,
                    **self._told(transcript),
                }
            )
        return {"list": found, "texts": list(self._texts), "curves": self._curves, "oneCurve": one}

    def _told(self, transcript: Transcript) -> dict[str, Any]:
        return told(transcript, self._number)

    def _number(self, text: str) -> int:
        return self._texts.setdefault(text, len(self._texts))

    def _same_frontier(self) -> bool:
        """Whether the frontier is the same wherever the sweep goes: at the ends of every factor."""
        first: list[Curve] = []
        for values in self.kept.values.values():
            keys = values.astype(str) if values.dtype == object else values
            _, ends = np.unique(keys, return_index=True)
            # Of words every one, of numbers the lowest and the highest.
            for place in ends if values.dtype == object else {int(ends[0]), int(ends[-1])}:
                first.append(_frontier(self.results.scenario_at(int(self.kept.point[place]))))
        return all(_alike(curve, first[0]) for curve in first)

    def _curve(self, scenario: Scenario) -> int:
        curve = _frontier(scenario)
        for k, known in enumerate(self._curves):
            if _alike(curve, known):
                return k
        self._curves.append(curve)
        return len(self._curves) - 1


def _frontier(scenario: Scenario) -> Curve:
    curve: Curve = np.round(outline(undominated(scenario).points), 3).tolist()
    return curve


def _alike(one: Curve, other: Curve) -> bool:
    return len(one) == len(other) and bool(np.abs(np.subtract(one, other)).max(initial=0) < _CLOSE)
