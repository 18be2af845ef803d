"""A Dask cluster: whatever Dask runs on, from two processes here to a department's machines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.errors import InputError
from bargain_sim.sweeps.backends.base import Done, Task
from bargain_sim.sweeps.job import Job
from bargain_sim.sweeps.plan import Plan, Rectangle

__all__ = ["Dask", "dask_cluster"]


class Dask:
    """Tasks on the workers of a Dask cluster, through a `distributed.Client`.

    The job is sent to the workers once, a task is a few numbers, and its result comes back in this
    process, which alone writes.  A task whose worker is lost is computed again elsewhere.
    """

    # As large as a part: a task takes about a second, handing it over some milliseconds.
    task_rows = 65_536

    def __init__(self, client: Any) -> None:
        self.client = client
        self._remote: Any = None

    @property
    def workers(self) -> int:
        """Threads of all workers."""
        return max(1, sum(int(threads) for threads in self.client.nthreads().values()))

    def prepare(self, job: Job) -> None:
        """Send the job to all workers, and have each compile or load compiled code."""
        self._remote = self.client.scatter(job, broadcast=True, hash=False)
        # One worker after the other where they share a cache folder: the first compiles for all.
        for address in self.client.nthreads():
            self.client.submit(_warm_up, self._remote, workers=[address], pure=False).result()

    def run(
        self, job: Job, plan: Plan, tasks: Iterable[Task], done: Done, progress: Callable[[int], None]
    ) -> None:
        """Compute all tasks, a few ahead of what has come back."""
        waiting: deque[tuple[Task, Any]] = deque()

        def collect() -> None:
            (start, stop), future = waiting.popleft()
            rows = future.result()
            done(start, stop, rows)
            progress(stop - start)

        try:
            for start, stop in tasks:
                pieces = list(plan.rectangles(start, stop))
                # Not pure: two sweeps may ask for equal pieces of different jobs.
                future = self.client.submit(_compute, self._remote, pieces, pure=False, retries=3)
                waiting.append(((start, stop), future))
                if len(waiting) >= 3 * self.workers:
                    collect()
            while waiting:
                collect()
        except BaseException:
            self.client.cancel([future for _, future in waiting])
            raise


def _warm_up(job: Job) -> None:
    job.warm_up()


def _compute(job: Job, pieces: list[Rectangle]) -> npt.NDArray[np.float64]:
    return job.compute_pieces(pieces)


@contextmanager
def dask_cluster(address: str | None, local: int | None) -> Iterator[Dask]:
    """A back end on the scheduler at `address`, or on `local` worker processes started for this sweep.

    Raises InputError where Dask is not installed or the scheduler does not answer.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise InputError(
            "Dask is not installed", remedy='Install it: pip install "bargain-sim[dask]"'
        ) from error
    if address is None:
        with (
            LocalCluster(
                n_workers=local or 2, threads_per_worker=1, dashboard_address=":0", processes=True
            ) as cluster,
            Client(cluster) as client,
        ):
            yield Dask(client)
        return
    try:
        client = Client(address, timeout="15s")
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"no Dask scheduler answers at `{address}`",
            remedy="Start one with `dask scheduler`, and give the address it prints",
        ) from error
    with client:
        if not client.nthreads():
            raise InputError(
                f"the Dask scheduler at `{address}` has no workers",
                remedy=f"Start some with `dask worker {address}`",
            )
        yield Dask(client)
