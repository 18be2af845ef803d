"""Summaries of every point instead of every run, stored in a file that reads without us.

What they hold and how exact they are: `store.tally`.  How they are written: `store.sketch_file`.

    summary = Summary.for_sweep(columns, n_points, ranges_of(columns.results, groups))
    summary.add(points, rows, part=3)       # from any thread, in any order
    summary.to_parquet(folder / SUMMARY)    # now and then; the file is its own checkpoint
    summary = Summary.from_parquet(folder / SUMMARY)
    summary.included                        # {3}: the parts that need not be run again
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from bargain_sim.store.sketch_file import read_tally, write_tally
from bargain_sim.store.tally import ENOUGH, MOST, Tally

__all__ = ["ENOUGH", "MOST", "Summary"]


class Summary(Tally):
    """Counts of endings, means, standard deviations and quantiles of every point of a sweep."""

    def to_parquet(self, path: Path) -> dict[str, Any]:
        """Store it, whole or not at all; returns its record for the manifest.  See `sketch_file`.

        Raises ValueError where an addition was cut short (`sound`): the last stored state then holds.
        """
        with self._lock:
            # Only now: while another thread adds runs, it is not sound either, and soon will be.
            if not self.sound:
                raise ValueError("runs were being added when the work was stopped: this summary is not whole")
            return write_tally(self, path)

    @classmethod
    def from_parquet(cls, path: Path) -> Self:
        """Read it back, with the parts that it includes.  Raises InputError where it cannot be read."""
        return read_tally(path, cls)
