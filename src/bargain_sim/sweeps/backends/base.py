"""The interface of back ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bargain_sim.plans.plan import Plan
from bargain_sim.sweeps.job import Job

__all__ = ["Backend", "Done", "Task"]

Task = tuple[int, int]
"""Rows start … stop-1 of a plan."""

Done = Callable[[int, int, npt.NDArray[np.float64]], None]
"""Takes (start, stop, rows of results) of a finished task; may be called from several threads."""


class Backend(Protocol):
    """Something that computes tasks."""

    @property
    def workers(self) -> int:
        """How many tasks it computes at a time."""

    @property
    def task_rows(self) -> int:
        """How many rows a task should have at most: small where handing it over is cheap."""

    def prepare(self, job: Job) -> None:
        """Have the job, and compiled code, where the work will be done, before the clock starts."""

    def run(
        self, job: Job, plan: Plan, tasks: Iterable[Task], done: Done, progress: Callable[[int], None]
    ) -> None:
        """Compute all tasks; raise the first error, or KeyboardInterrupt, with nothing left running."""
