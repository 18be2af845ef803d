"""What a worker needs to compute rows of a sweep, wherever it runs: it can be sent to another machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.compiling import rules_version
from bargain_sim.engine import Engine, draws_of, warm_up
from bargain_sim.errors import InputError
from bargain_sim.scenario.pack import Sizes
from bargain_sim.sweeps.plan import Plan, Rectangle
from bargain_sim.sweeps.points import Group

__all__ = ["Job"]


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
        self.version = rules_version()
        self._local = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_local"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._local = threading.local()
        if rules_version() != self.version:
            raise InputError(
                f"a worker has another version of the rules ({rules_version()}, not {self.version})",
                remedy="Install the same version of bargain_sim on every worker",
            )

    def warm_up(self) -> None:
        """Compile, or load compiled code, before the clock starts."""
        warm_up(self.groups[0].packed)

    def true_runs(self, points: npt.NDArray[np.int64], runs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The run numbers under which single negotiations replay."""
        return runs if self.common else points * self.runs + runs

    def compute(
        self, plan: Plan, start: int, stop: int, progress: Callable[[int], None] | None = None
    ) -> npt.NDArray[np.float64]:
        """Results of rows start … stop-1: shape (stop - start, columns).

        `progress` is told the number of rows of each piece as it is done.
        """
        return self.compute_pieces(list(plan.rectangles(start, stop)), progress)

    def compute_pieces(
        self, pieces: list[Rectangle], progress: Callable[[int], None] | None = None
    ) -> npt.NDArray[np.float64]:
        """Results of rectangles, one after the other."""
        out = np.empty((sum(piece.rows for piece in pieces), self.columns))
        at = 0
        for piece in pieces:
            self._compute_piece(piece, out[at : at + piece.rows])
            at += piece.rows
            if progress is not None:
                progress(piece.rows)
        return out

    def _compute_piece(self, piece: Rectangle, out: npt.NDArray[np.float64]) -> None:
        wide, runs = len(piece.points), piece.run_stop - piece.run
        turns = max(group.sizes.turns for group in self.groups)
        shared = draws_of(self.seed, piece.run, piece.run_stop, turns) if self.common else None
        for group in self.groups:
            # Where this group's points stand in the piece, and where in the group.
            mine = np.searchsorted(group.points, piece.points)
            mine[mine == len(group.points)] = 0
            places = np.flatnonzero(group.points[mine] == piece.points)
            if not len(places):
                continue
            rows_of = mine[places]
            engine = self._engine(group)
            if shared is not None:
                whole = len(rows_of) == len(group.points)
                floats = group.floats if whole else _rows(group.floats, rows_of)
                ints = group.ints if whole else _rows(group.ints, rows_of)
                if len(places) == wide:
                    engine.run(floats, ints, shared, out)
                else:
                    part = engine.run(floats, ints, shared)
                    spread = part.reshape(runs, len(places), self.columns)
                    out.reshape(runs, wide, self.columns)[:, places] = spread
                continue
            for place, k in zip(places, rows_of, strict=True):
                base = int(piece.points[place]) * self.runs
                draws = draws_of(self.seed, base + piece.run, base + piece.run_stop, turns)
                out[place::wide] = engine.run(group.floats[k : k + 1], group.ints[k : k + 1], draws)

    def _engine(self, group: Group) -> Engine:
        """This thread's engine for points of these sizes."""
        engines: dict[Sizes, Engine] = self._local.__dict__.setdefault("engines", {})
        if group.sizes not in engines:
            engines[group.sizes] = Engine(group.packed)
        return engines[group.sizes]


def _rows(table: npt.NDArray[Any], rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Some rows of a table: a window on it where they follow one another, else a copy."""
    first, last = int(rows[0]), int(rows[-1])
    if last - first + 1 == len(rows):
        return table[first : last + 1]
    return table[rows]
