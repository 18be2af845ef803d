"""A Dask cluster: whatever Dask runs on, from two processes here to a department's machines."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.errors import InputError, install
from bargain_sim.plans.plan import Plan, Rectangle
from bargain_sim.sweeps.backends.base import Done, Task
from bargain_sim.sweeps.job import Job

__all__ = ["Dask", "dask_cluster"]

_PATIENCE: Final = 60.0  # seconds that a new worker is waited for when all are gone
_ANSWER: Final = 15.0  # seconds that a scheduler has to answer
_TRIES: Final = 3  # losses in a row, with no result between them, after which it is given up
_SILENT: Final = logging.CRITICAL + 1  # what is lost while a cluster is torn down is told in our words
_DEAF: Final = "bargain_sim.sweeps.backends.deaf"  # a module that every worker here begins with
_AGAIN: Final = "What was finished is kept: start the cluster anew, and give the same command with --resume"


class Dask:
    """Tasks on the workers of a Dask cluster, through a `distributed.Client`.

    The job is sent to the workers once, a task is a few numbers, and its result comes back in this
    process, which alone writes.  A task whose worker is lost is computed again elsewhere.  Where the
    last worker is lost, the job that it held is lost too, and Dask calls off all that needs it: the
    job is sent again, and with it what has not come back, once there is another worker.
    """

    # As large as a part: a task takes about a second, handing it over some milliseconds.
    task_rows = 65_536

    def __init__(self, client: Any) -> None:
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        self.client = client
        self._remote: Any = None
        self._loss = (CancelledError, KilledWorker)
        self._gone = CommClosedError
        self._losses = 0
        self._address = client.scheduler.address

    @property
    def workers(self) -> int:
        """Threads of all workers."""
        return max(1, sum(int(threads) for threads in self.client.nthreads().values()))

    def prepare(self, job: Job) -> None:
        """Send the job to all workers, and have each compile or load compiled code.

        Raises InputError where workers are lost and none come back.
        """
        self._losses = 0
        while True:
            try:
                self._send(job)
                # One worker after the other where they share a cache folder: the first compiles for all.
                for address in self.client.nthreads():
                    self._warm_up(address)
                return
            except self._loss as error:
                self._wait_for_a_worker(error)
            except OSError as error:
                if self._is_gone(error):
                    raise self._no_answer() from error
                raise

    def run(
        self, job: Job, plan: Plan, tasks: Iterable[Task], done: Done, progress: Callable[[int], None]
    ) -> None:
        """Compute all tasks, a few ahead of what has come back.

        Raises InputError where workers are lost and none come back, or the scheduler is.
        """
        waiting: deque[tuple[Task, Any]] = deque()
        self._losses = 0

        def collect() -> None:
            (start, stop), future = waiting[0]
            try:
                rows = future.result()
            except self._loss as error:
                self._wait_for_a_worker(error)
                self.client.cancel([future for _, future in waiting])
                self._send(job)
                for k, (task, _) in enumerate(waiting):
                    waiting[k] = task, self._submit(plan, task)
                return
            self._losses = 0
            waiting.popleft()
            done(start, stop, rows)
            progress(stop - start)

        try:
            for task in tasks:
                waiting.append((task, self._submit(plan, task)))
                while len(waiting) >= 3 * self.workers:
                    collect()
            while waiting:
                collect()
        except BaseException as error:
            with suppress(OSError):  # the scheduler is gone, and all its work with it
                self.client.cancel([future for _, future in waiting])
            if self._is_gone(error):
                raise self._no_answer() from error
            raise

    def _is_gone(self, error: BaseException) -> bool:
        """Whether the scheduler is: Dask says so at once, or gives up looking for it after a while."""
        return isinstance(error, self._gone) or (
            isinstance(error, OSError) and self.client.status != "running"
        )

    def _no_answer(self) -> InputError:
        return InputError(f"the Dask scheduler at {self._address} no longer answers", remedy=_AGAIN)

    def _send(self, job: Job) -> None:
        self._remote = self.client.scatter(job, broadcast=True, hash=False)

    def _warm_up(self, address: str) -> None:
        # Elsewhere if need be: for a worker that is lost meanwhile one would wait for ever.
        self.client.submit(
            _warm_up, self._remote, workers=[address], allow_other_workers=True, pure=False
        ).result()

    def _submit(self, plan: Plan, task: Task) -> Any:
        # Not pure: two sweeps may ask for equal pieces of different jobs.
        return self.client.submit(_compute, self._remote, list(plan.rectangles(*task)), pure=False, retries=3)

    def _wait_for_a_worker(self, error: BaseException) -> None:
        """After a loss: wait until there is a worker.  Raises InputError where that is no use."""
        self._losses += 1
        if self._losses > _TRIES:
            raise InputError(
                f"the Dask workers were lost {self._losses} times with no result between them",
                remedy=f"See in their logs why (memory, most often). {_AGAIN}",
            ) from error
        try:
            self.client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as none:
            raise InputError(
                f"all Dask workers are gone, and none came within {_PATIENCE:.0f} seconds", remedy=_AGAIN
            ) from none


def _no_scheduler(address: str) -> BaseException | None:
    """Why what answers at an address is no scheduler; None where it is one.

    `Client` itself waits for ever where something else listens and says nothing, and takes what it says
    for the length of a message.
    """
    from distributed import Security
    from distributed.comm import connect
    from distributed.core import send_recv

    found: list[BaseException | None] = []

    async def ask() -> None:
        comm = await connect(address, timeout=_ANSWER, **Security().get_connection_args("client"))
        try:
            told = await send_recv(comm, op="identity", reply=True)
        finally:
            comm.abort()
        if told["type"] != "Scheduler":
            raise ValueError(f"it is a {told['type']}")

    def asking() -> None:
        try:
            asyncio.run(asyncio.wait_for(ask(), _ANSWER))
        except BaseException as error:  # whatever a stranger's bytes lead to
            found.append(error)
        else:
            found.append(None)

    # In a thread that is left behind if need be; and where it is called there may be a loop already.
    thread = threading.Thread(target=asking, daemon=True)
    thread.start()
    thread.join(_ANSWER + 5.0)
    return found[0] if found else TimeoutError()


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
        from distributed.gc import disable_gc_diagnosis
        from distributed.utils import silence_logging_cmgr
    except ImportError as error:
        raise InputError(
            "Dask is not installed", remedy=install("dask")
        ) from error
    if address is None:
        with (
            LocalCluster(
                n_workers=local or 2,
                threads_per_worker=1,
                dashboard_address=":0",
                processes=True,
                preload=_DEAF,
                silence_logs=_SILENT,
            ) as cluster,
            Client(cluster) as client,
        ):
            # Ctrl-C during a collection would be raised in Dask's callback for it, where Python drops it.
            disable_gc_diagnosis(force=True)
            yield Dask(client)
        return
    fault = _no_scheduler(address)
    if fault is not None:
        raise InputError(
            f"no Dask scheduler answers at `{address}`",
            remedy="Start one with `dask scheduler`, and give the address it prints",
        ) from fault
    # What Dask would print when the scheduler is lost is said in a sentence of ours.
    with silence_logging_cmgr(_SILENT), Client(address, timeout=_ANSWER) as client:
        if not client.nthreads():
            raise InputError(
                f"the Dask scheduler at `{address}` has no workers",
                remedy=f"Start some with `dask worker {address}`",
            )
        yield Dask(client)
