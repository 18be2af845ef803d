"""What a worker needs to compute rows of a sweep, wherever it runs: it can be sent to another machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import SLOTS
from bargain_sim.compiling import results_version
from bargain_sim.draws import Luck, run_draws
from bargain_sim.engine import Engine, draws_of, warm_up
from bargain_sim.errors import InputError
from bargain_sim.plans.plan import Plan, Rectangle
from bargain_sim.rules.parameters import row_of
from bargain_sim.sweeps.points import Group

__all__ = ["Job"]

_MOST_POINTS: Final = 4_096

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Job:
    """Packed points, the seed, and how run numbers relate to luck.

    `common` means that run k meets the same luck at every point; otherwise point p's run k is run
    `p·runs + k` of the scenario.  `columns` is the length of the engine's rows.
    """

    def __init__(
        self, groups: list[Group], points: int, runs: int, seed: int, common: bool, columns: int
    ) -> None:
        self.groups = groups
        self.points = points
        self.runs = runs
        self.seed = seed
        self.common = common
        self.columns = columns
        self.version = results_version()
        self._local = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_local"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._local = threading.local()
        if results_version() != self.version:
            raise InputError(
                f"a worker has another version of the rules ({results_version()}, not {self.version})",
                remedy="Install the same version of bargain_sim on every worker",
            )

    def warm_up(self) -> None:
        """Compile, or load compiled code, before the clock starts."""
        warm_up(self.groups[0].packed)

    def true_runs(self, points: npt.NDArray[np.int64], runs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The run numbers under which single negotiations replay."""
        return runs if self.common else points * self.runs + runs

    def parameters_rows(self, points: IntArray, runs: IntArray) -> IntArray:
        """The row of their file that runs (numbered as they replay) draw; -1 where they draw none."""
        rows = np.full(len(points), -1, dtype=np.int64)
        numbers, which = np.unique(runs, return_inverse=True)
        draws = run_draws(self.seed, numbers)[which]
        for group in self.groups:
            if group.packed.drawn is not None:
                here = np.isin(points, group.points)
                n = len(group.packed.drawn.table)
                rows[here] = [row_of(draw, n) for draw in draws[here].tolist()]
        return rows

    def compute(
        self, plan: Plan, start: int, stop: int, progress: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Results of rows start … stop-1: shape (stop - start, columns).

        `progress` is told the number of rows of each piece as it is done.
        """
        return self.compute_pieces(list(plan.rectangles(start, stop)), progress)

    def compute_pieces(
        self, pieces: list[Rectangle], progress: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Results of rectangles, one after the other."""
        out = np.empty((sum(piece.rows for piece in pieces), self.columns))
        at = 0
        for piece in pieces:
            self._compute_piece(piece, out[at : at + piece.rows])
            at += piece.rows
            if progress is not None:
                progress(piece.rows)
        return out

    def _compute_piece(self, piece: Rectangle, out: FloatArray) -> None:
        """One rectangle, a few thousand points at a time: spread out, a point's terms take 6 kB."""
        runs, wide = piece.run_stop - piece.run, len(piece.points)
        turns = max(group.sizes.turns for group in self.groups)
        shared = draws_of(self.seed, piece.run, piece.run_stop, turns) if self.common else None
        cube = out.reshape(runs, wide, self.columns)
        for first in range(0, wide, _MOST_POINTS):
            here = slice(first, first + _MOST_POINTS)
            for group in self.groups:
                self._compute_group(group, piece, piece.points[here], shared, cube[:, here])

    def _compute_group(
        self, group: Group, piece: Rectangle, points: IntArray, shared: FloatArray | None, cube: FloatArray
    ) -> None:
        """Those of `points` that are in `group`; `cube` is (runs, points, columns)."""
        places = np.searchsorted(group.points, points)
        places[places == len(group.points)] = 0
        columns = np.flatnonzero(group.points[places] == points)
        if not len(columns):
            return
        places = places[columns]
        follow = int(places[-1] - places[0]) + 1 == len(places)
        floats, ints = group.at(slice(int(places[0]), int(places[-1]) + 1) if follow else places)
        engine = self._engine(group)
        if shared is not None:
            rows = engine.run(floats, ints, shared)
            cube[:, columns] = rows.reshape(len(cube), len(columns), self.columns)
            return
        luck, draws = Luck(self.seed), np.empty((len(cube), SLOTS * group.sizes.turns))
        for k, column in enumerate(columns):
            luck.fill(int(points[column]) * self.runs + piece.run, draws)
            cube[:, column] = engine.run(floats[k : k + 1], ints[k : k + 1], draws)

    def _engine(self, group: Group) -> Engine:
        """This thread's engine for points of these sizes, whose runs draw the same."""
        engines: dict[Any, Engine] = self._local.__dict__.setdefault("engines", {})
        alike = group.sizes, group.packed.drawn and group.packed.drawn.key
        if alike not in engines:
            engines[alike] = Engine(group.packed)
        return engines[alike]
