"""Running a sweep: tasks out, rows back, parts written whole, rounds until it is enough."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import OUTCOMES
from bargain_sim.plans.adaptive import Target, next_segments
from bargain_sim.plans.plan import Plan, Rectangle, tasks_in
from bargain_sim.store import table
from bargain_sim.store.shelf import Shelf
from bargain_sim.sweeps.backends.base import Backend, Task
from bargain_sim.sweeps.job import Job

__all__ = ["Collector", "first_plan", "run_sweep"]

FloatArray = npt.NDArray[np.float64]


class Collector:
    """Puts rows that come in any order into parts, and counts endings point by point."""

    def __init__(self, job: Job, plan: Plan, shelf: Shelf, adaptive: bool = False) -> None:
        self.job = job
        self.plan = plan
        self.shelf = shelf
        self.adaptive = adaptive
        # Runs by point and ending; only kept where something is decided by them.
        self.counts = np.zeros((job.points if adaptive else 0, len(OUTCOMES)), dtype=np.int64)
        self._parts: dict[int, tuple[FloatArray, int]] = {}
        self._lock = threading.Lock()

    def accept(self, start: int, stop: int, rows: FloatArray) -> None:
        """Take the rows of a task, which lies within one part; hand the part on once it is full."""
        number, first = start // table.PART_ROWS, start // table.PART_ROWS * table.PART_ROWS
        with self._lock:
            buffer, filled = self._parts.get(number) or (np.empty((table.PART_ROWS, rows.shape[1])), 0)
            buffer[start - first : stop - first] = rows
            filled += stop - start
            self._parts[number] = (buffer, filled)
            if self.adaptive:
                self._count(start, stop, rows[:, 0].astype(np.int64))
            full = filled == table.PART_ROWS
            if full:
                del self._parts[number]
        if full:
            self._hand_on(number, buffer)

    def recall(self, start: int, stop: int) -> bool:
        """Take the rows of a task from a part that is on the shelf; False if there is none."""
        number, first = start // table.PART_ROWS, start // table.PART_ROWS * table.PART_ROWS
        # Rounds to come may fill the last part: only a plain sweep knows how long it will be.
        rows = table.PART_ROWS if self.adaptive else min(table.PART_ROWS, self.plan.rows - first)

        def planned() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
            points, runs = self.plan.run_numbers(first, min(first + rows, self.plan.rows))
            return points, self.job.true_runs(points, runs)

        if not self.shelf.has(number, rows, planned):
            return False
        if self.adaptive:
            with self._lock:
                self._count(start, stop, self.shelf.outcomes(number)[start - first : stop - first])
        return True

    def flush(self) -> None:
        """Hand on what is left in a last, shorter part."""
        for number, (buffer, filled) in sorted(self._parts.items()):
            self._hand_on(number, buffer[:filled])
        self._parts.clear()

    def _count(self, start: int, stop: int, outcomes: npt.NDArray[np.int64]) -> None:
        points, _ = self.plan.run_numbers(start, stop)
        flat = np.bincount(points * len(OUTCOMES) + outcomes, minlength=self.counts.size)
        self.counts += flat.reshape(self.counts.shape)

    def _hand_on(self, number: int, rows: FloatArray) -> None:
        start = number * table.PART_ROWS
        points, runs = self.plan.run_numbers(start, start + len(rows))
        self.shelf.put(number, points, self.job.true_runs(points, runs), rows)


def run_sweep(
    job: Job,
    plan: Plan,
    collector: Collector,
    backend: Backend,
    target: Target | None,
    progress: Callable[[int, int], None] | None,
) -> int:
    """Run all segments of `plan`, and further rounds while `target` asks for them.

    Returns how many rows were computed (and not taken from the shelf).  `progress` gets rows done and
    rows planned so far, from any thread.
    """
    counter = _Counter(plan, progress)
    finished = 0
    while finished < plan.rows:
        collector.shelf.expect(plan.rows)
        tasks = _missing(collector, finished, plan.rows, backend, counter)
        backend.run(job, plan, tasks, collector.accept, counter.add)
        finished = plan.rows
        if target is not None:
            for segment in next_segments(
                target, collector.counts[:, target.outcome], collector.counts.sum(axis=1)
            ):
                plan.add(segment)
    collector.flush()
    return counter.computed


def first_plan(points: int, runs: int, first_run: int = 0) -> Plan:
    """All runs at all points, as one segment."""
    plan = Plan()
    plan.add(Rectangle(first_run, first_run + runs, np.arange(points, dtype=np.int64)))
    return plan


def _missing(
    collector: Collector, start: int, stop: int, backend: Backend, counter: _Counter
) -> Iterator[Task]:
    """The tasks between two rows whose results are not on the shelf."""
    # Every worker should have several tasks, or the last one keeps the others waiting.
    share = -(-(stop - start) // (8 * backend.workers))
    largest = max(1_024, min(backend.task_rows, share))
    for task in tasks_in(start, stop, largest, table.PART_ROWS):
        if collector.recall(*task):
            counter.add(task[1] - task[0], computed=False)
        else:
            yield task


class _Counter:
    """Adds up rows from all threads and passes the sum on."""

    def __init__(self, plan: Plan, progress: Callable[[int, int], None] | None) -> None:
        self.plan = plan
        self.progress = progress
        self.done = 0
        self.computed = 0
        self._lock = threading.Lock()

    def add(self, rows: int, computed: bool = True) -> None:
        with self._lock:
            self.done += rows
            self.computed += rows if computed else 0
            if self.progress is not None:
                self.progress(self.done, self.plan.rows)
