"""Running a sweep: rows in canonical order, cut into parts, shared among threads.

Row `run * points + point` is run `run` at point `point`.  A part is a stretch of rows that goes into
one file; it is computed in pieces, each a rectangle of runs × points for one call of the engine, so
that the draws of a run are made once and serve all its points.  What comes out does not depend on
pieces, threads or order.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bargain_sim.engine import Engine, draws_of
from bargain_sim.scenario.pack import Sizes
from bargain_sim.sweeps.points import Group

__all__ = ["Job", "Rectangle", "rectangles", "run_parts"]

_PIECE_RUNS = 64  # runs whose draws are held at a time: they stay in a core's own cache


@dataclass(frozen=True)
class Rectangle:
    """Runs `run … run_stop-1` at points `point … point_stop-1`."""

    run: int
    run_stop: int
    point: int
    point_stop: int


def rectangles(start: int, stop: int, points: int) -> Iterator[Rectangle]:
    """Cut rows start … stop-1 of the canonical order into rectangles, in order."""
    while start < stop:
        run, point = divmod(start, points)
        whole_runs = (stop - start) // points
        if point or not whole_runs:
            end = min(points, point + stop - start)
            yield Rectangle(run, run + 1, point, end)
            start += end - point
        else:
            rows = min(whole_runs, _PIECE_RUNS)
            yield Rectangle(run, run + rows, 0, points)
            start += rows * points


@dataclass
class Job:
    """What a sweep computes: groups of packed points, how many runs, under which seed.

    `common` means that run k meets the same luck at every point; otherwise point p's run k is run
    p·runs + k of the scenario.
    """

    groups: list[Group]
    points: int
    runs: int
    seed: int
    common: bool
    columns: int
    progress: Callable[[int], None] = lambda rows: None
    _local: threading.local = field(default_factory=threading.local, repr=False)

    @property
    def rows(self) -> int:
        """How many negotiations in all."""
        return self.points * self.runs

    def run_numbers(self, start: int, stop: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Point and run number of rows start … stop-1."""
        rows = np.arange(start, stop, dtype=np.int64)
        runs, points = np.divmod(rows, self.points)
        return points, runs if self.common else points * self.runs + runs

    def compute(self, start: int, stop: int) -> npt.NDArray[np.float64]:
        """Results of rows start … stop-1: shape (stop - start, columns)."""
        out = np.empty((stop - start, self.columns))
        at = 0
        for piece in rectangles(start, stop, self.points):
            n = (piece.run_stop - piece.run) * (piece.point_stop - piece.point)
            self._compute_piece(piece, out[at : at + n])
            at += n
            self.progress(n)
        return out

    def _compute_piece(self, piece: Rectangle, out: npt.NDArray[np.float64]) -> None:
        wide = piece.point_stop - piece.point
        turns = max(group.sizes.turns for group in self.groups)
        shared = draws_of(self.seed, piece.run, piece.run_stop, turns) if self.common else None
        for group in self.groups:
            first = int(np.searchsorted(group.points, piece.point))
            last = int(np.searchsorted(group.points, piece.point_stop))
            if first == last:
                continue
            engine = self._engine(group.sizes, group)
            if shared is not None:
                part = engine.run(*group.rows(first, last), shared)
                rows = part.reshape(piece.run_stop - piece.run, last - first, self.columns)
                places = group.points[first:last] - piece.point
                if last - first == wide:
                    out[:] = part
                else:
                    out.reshape(-1, wide, self.columns)[:, places] = rows
                continue
            for k in range(first, last):
                point = int(group.points[k])
                base = point * self.runs
                draws = draws_of(self.seed, base + piece.run, base + piece.run_stop, turns)
                part = engine.run(*group.rows(k, k + 1), draws)
                out[point - piece.point :: wide] = part

    def _engine(self, sizes: Sizes, group: Group) -> Engine:
        """This thread's engine for points of these sizes."""
        engines: dict[Sizes, Engine] = self._local.__dict__.setdefault("engines", {})
        if sizes not in engines:
            engines[sizes] = Engine(group.packed)
        return engines[sizes]


def run_parts(
    job: Job,
    parts: list[tuple[int, int, int]],
    finish: Callable[[int, int, int, npt.NDArray[np.float64]], None],
    workers: int | None = None,
) -> None:
    """Compute parts (number, start, stop) on `workers` threads and hand each result to `finish`.

    `finish` runs on the thread that computed the part.  The first error, or Ctrl-C, stops all
    threads after the parts they are at, and is raised.
    """
    count = max(1, min(workers or os.cpu_count() or 1, len(parts) or 1))

    def work(part: tuple[int, int, int]) -> None:
        number, start, stop = part
        finish(number, start, stop, job.compute(start, stop))

    if count == 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(count, thread_name_prefix="bargain") as pool:
        pending: set[Future[None]] = set()
        waiting = iter(parts)
        try:
            for part in waiting:
                pending.add(pool.submit(work, part))
                if len(pending) > count:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    for future in done:
                        future.result()
            for future in pending:
                future.result()
        except BaseException:
            for future in pending:
                future.cancel()
            raise
