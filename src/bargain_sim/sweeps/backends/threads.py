"""A thread a core: the engine lets go of the GIL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from bargain_sim.plans.plan import Plan
from bargain_sim.sweeps.backends.base import Done, Task
from bargain_sim.sweeps.job import Job

__all__ = ["Threads"]


class Threads:
    """Tasks on `workers` threads of this process."""

    task_rows = 16_384

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def prepare(self, job: Job) -> None:
        """Compile, or load compiled code."""
        job.warm_up()

    def run(
        self, job: Job, plan: Plan, tasks: Iterable[Task], done: Done, progress: Callable[[int], None]
    ) -> None:
        """Compute all tasks; after an error or Ctrl-C the tasks under way are finished first."""

        def work(task: Task) -> None:
            start, stop = task
            done(start, stop, job.compute(plan, start, stop, progress))

        with ThreadPoolExecutor(self.workers, thread_name_prefix="bargain") as pool:
            pending: set[Future[None]] = set()
            try:
                for task in tasks:
                    pending.add(pool.submit(work, task))
                    # A short queue: results wait in memory until their part is complete.
                    if len(pending) >= 2 * self.workers:
                        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                        for future in finished:
                            future.result()
                for future in pending:
                    future.result()
            except BaseException:
                for future in pending:
                    future.cancel()
                raise
