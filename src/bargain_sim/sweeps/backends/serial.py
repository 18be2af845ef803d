"""One task after the other, in this thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bargain_sim.plans.plan import Plan
from bargain_sim.sweeps.backends.base import Done, Task
from bargain_sim.sweeps.job import Job

__all__ = ["Serial"]


class Serial:
    """The simplest back end: what the others are compared with."""

    workers = 1
    task_rows = 16_384

    def prepare(self, job: Job) -> None:
        """Compile, or load compiled code."""
        job.warm_up()

    def run(
        self, job: Job, plan: Plan, tasks: Iterable[Task], done: Done, progress: Callable[[int], None]
    ) -> None:
        """Compute all tasks in order."""
        for start, stop in tasks:
            done(start, stop, job.compute(plan, start, stop, progress))
