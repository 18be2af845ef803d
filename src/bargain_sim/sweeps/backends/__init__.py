"""Where a sweep's tasks are computed: in this thread, on threads, or on a Dask cluster.

One interface, `Backend`: it is handed a job, a plan and tasks (stretches of rows), and calls `done` with
the rows of each, in any order.  Nothing that is stored depends on which one is used.
"""

from __future__ import annotations

from bargain_sim.sweeps.backends.base import Backend, Done
from bargain_sim.sweeps.backends.serial import Serial
from bargain_sim.sweeps.backends.threads import Threads

__all__ = ["Backend", "Done", "Serial", "Threads"]
