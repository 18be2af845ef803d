"""A server of a whole lecture hall on a small machine: when garbage is looked for, and given back."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

__all__ = ["collect_seldom", "give_back"]


def collect_seldom() -> None:
    """Look for cyclic garbage among what is new, and among all there is only once in a long while.

    With a hundred games in memory the latter takes 0.2 s, in which no move is acknowledged.  What a debrief
    leaves behind is given back at its end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 200)


def give_back() -> None:
    """Collect garbage, and hand what lies free to the system, where the C library knows how to (glibc)."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
