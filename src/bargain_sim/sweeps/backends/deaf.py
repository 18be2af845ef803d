"""What a local Dask worker begins with: Ctrl-C is for the sweep, which then ends its workers itself.

A terminal sends it to all processes, and each worker would print a traceback.
"""

from __future__ import annotations

import signal
from typing import Any

__all__ = ["dask_setup"]


def dask_setup(worker: Any) -> None:
    """Called by Dask in the worker's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
