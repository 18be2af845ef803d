"""Many runs of one scenario turn by turn: what patterns, futures and routes are read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import OUTCOMES
from bargain_sim.engine import Engine, Traced, draws_of
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.rules.trace import TRACE
from bargain_sim.scenario.pack import Packed, pack
from bargain_sim.scenario.schema import Scenario

__all__ = ["Points", "Runs", "runs_of", "traced_runs"]

_AT_ONCE = 1_000
"""Runs traced at a time: some 13 MB of turns."""

FloatArray = npt.NDArray[np.float64]

Points = Callable[[int, int], tuple[FloatArray, npt.NDArray[np.int64]]]
"""Packed terms of runs first … stop-1, one point each: (runs, n_floats), (runs, n_ints).

For runs that differ in their parameters otherwise than by what the scenario lets each draw; sizes are
those of the scenario.
"""


@dataclass(frozen=True)
class Runs:
    """Runs of one scenario, one after the other, as arrays over (run, turn); columns by name."""

    scenario: Scenario
    packed: Packed
    traced: Traced

    @property
    def n(self) -> int:
        """How many runs."""
        return len(self.traced.rows)

    @property
    def played(self) -> npt.NDArray[np.int64]:
        """Turns of each run."""
        return self.result("turns").astype(np.int64)

    @property
    def outcomes(self) -> npt.NDArray[np.int64]:
        """Number of each run's ending in `codes.OUTCOMES`."""
        return self.result("outcome").astype(np.int64)

    def ended(self, outcome: str) -> npt.NDArray[np.bool_]:
        """Which runs ended so: shape (runs,)."""
        return np.asarray(self.outcomes == OUTCOMES.index(outcome))

    def result(self, name: str) -> FloatArray:
        """A column of results (`rules.summary.COLUMNS`, or a counter): shape (runs,)."""
        names = [*COLUMNS, *self.scenario.counters]
        return self.traced.rows[:, names.index(name)]

    def turn(self, name: str) -> FloatArray:
        """A column of turns (`rules.trace.TRACE`, or a counter): shape (runs, turns), NaN after the end."""
        names = [*TRACE, *self.scenario.counters]
        return self.traced.turns[:, :, names.index(name)]

    def announced_in(self, concession: str) -> FloatArray:
        """The turn in which a concession was first announced, -1 where it never was: shape (runs,)."""
        return self.traced.firsts[:, self.packed.concession_ids.index(concession), 0]

    def delivered_in(self, concession: str) -> FloatArray:
        """The turn in which a concession stood delivered in full for the first time, or -1."""
        return self.traced.firsts[:, self.packed.concession_ids.index(concession), 1]


def runs_of(
    scenario: Scenario, seed: int, runs: int, first: int = 0, points: Points | None = None
) -> Iterator[Runs]:
    """Runs first … first+runs-1 of a scenario, some hundreds at a time, so that memory stays flat.

    All have the scenario's own parameters, or what each draws of them, unless `points` gives each its own.
    """
    packed = pack(scenario)
    if points is not None:
        packed = replace(packed, drawn=None)
    engine = Engine(packed)
    for start in range(first, first + runs, _AT_ONCE):
        stop = min(start + _AT_ONCE, first + runs)
        draws = draws_of(seed, start, stop, packed.sizes.turns)
        floats, ints = (packed.floats[None], packed.ints[None]) if points is None else points(start, stop)
        yield Runs(scenario, packed, engine.traced(floats, ints, draws))


def traced_runs(scenario: Scenario, seed: int, runs: int, first: int = 0) -> Runs:
    """The same in one piece: for a few thousand runs, or where little of them is kept."""
    pieces = list(runs_of(scenario, seed, runs, first))
    parts = zip(*(piece.traced for piece in pieces), strict=True)
    joined = Traced(*(np.concatenate(part) for part in parts))
    return Runs(scenario, pieces[0].packed, joined)
