"""What is counted of every point under `keep: summary`: endings, exact sums, and fixed bins.

A `Tally` is a sum over runs of things that depend on one run each.  So it comes out the same, to
the byte, whatever the order in which runs are added, and however they were shared out.

How exact it is.  Counts of endings are exact.  Means and standard deviations rest on whole-number
sums: a value in points is rounded to about a billionth of its range first.  A quantile is off by half
the width of its bin at most: counts below 256 are exact and larger ones within 0.4 %; points and trust
have 256 to 512 bins over all that the scenario allows (`Tally.error`).  Where there are so many
points that bins would take more than `ENOUGH` bytes, they are halved in number, up to four times;
what would still take more than `MOST` is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.scenario.checks import nearest
from bargain_sim.store.bins import COARSEST, Bins, bins_for
from bargain_sim.store.ranges import Ranges
from bargain_sim.store.table import Columns

__all__ = ["ENOUGH", "MOST", "Tally"]

ENOUGH: Final = 2**28
"""Bytes up to which bins are as fine as they can be (256 MiB)."""
MOST: Final = 2**30
"""Bytes that a summary takes at most (1 GiB)."""

_LOW_BITS: Final = 30
_FIXED: Final = 4 * 8  # bytes a point and column beside the bins: number, sum, two halves of squares


class Tally:
    """What is kept of every point under `keep: summary`.

    `columns` are the result columns but the ending, `bins` theirs; `endings` (points, endings) counts
    runs by their ending; `included` says which parts of the sweep are in it.
    """

    def __init__(self, bins: Mapping[str, Bins], n_points: int) -> None:
        self.bins = dict(bins)
        self.n_points = n_points
        self.included: set[int] = set()
        self.outside = dict.fromkeys(bins, 0)
        self.endings = np.zeros((n_points, len(OUTCOMES)), dtype=np.int64)
        self.number = {name: np.zeros(n_points, dtype=np.int64) for name in bins}
        self.total = {name: np.zeros(n_points, dtype=np.int64) for name in bins}
        # Squares of 30-bit numbers fill 60 bits: their upper and lower half are added up apart.
        self.squares_high = {name: np.zeros(n_points, dtype=np.int64) for name in bins}
        self.squares_low = {name: np.zeros(n_points, dtype=np.int64) for name in bins}
        self.histogram = {name: np.zeros(n_points * each.n, dtype=np.uint32) for name, each in bins.items()}
        self.sound = True  # False while, and if ever, an addition was cut short
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """For sending it to another process: everything but the lock."""
        return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()

    @classmethod
    def for_sweep(cls, columns: Columns, n_points: int, ranges: Ranges | Callable[[], Ranges]) -> Self:
        """An empty summary of `n_points` points; `ranges` as `ranges_of` tells them, or what will tell.

        They are asked for only where a summary of the narrowest ranges would fit.  Raises InputError
        where it would not fit into `MOST` bytes.
        """
        whole = {name: whole for name, whole in columns.whole.items() if name != "outcome"}
        least = _size(
            {name: bins_for(0.0, 0.0, whole=whole[name], coarseness=COARSEST) for name in whole}, n_points
        )
        if least > MOST:
            raise _too_large(n_points, least)
        found = ranges() if callable(ranges) else ranges
        for coarseness in range(COARSEST + 1):
            bins = {name: bins_for(*found[name], whole=whole[name], coarseness=coarseness) for name in whole}
            size = _size(bins, n_points)
            if size <= ENOUGH or (coarseness == COARSEST and size <= MOST):
                return cls(bins, n_points)
        raise _too_large(n_points, size)

    @property
    def nbytes(self) -> int:
        """Memory that it takes, in bytes; it does not grow with the number of runs."""
        return _size(self.bins, self.n_points)

    @property
    def columns(self) -> list[str]:
        """Its columns: results without the ending."""
        return list(self.bins)

    @property
    def runs(self) -> npt.NDArray[np.int64]:
        """Runs of every point."""
        return np.asarray(self.endings.sum(axis=1))

    def add(
        self, points: npt.NDArray[np.int64], rows: npt.NDArray[np.float64], part: int | None = None
    ) -> None:
        """Add runs: `rows` (n, columns) as the engine gives them, at `points` (n,).

        `part` is the number of the part that these rows are, if they are one: it is then counted as
        included, at once with its rows.  Safe to be called from several threads.
        """
        columns = np.ascontiguousarray(rows.T)
        with self._lock:
            if part in self.included:
                raise ValueError(f"part {part} is in the summary already")
            self.sound = False
            endings = points * len(OUTCOMES) + columns[0].astype(np.int64)
            np.add.at(self.endings.reshape(-1), endings, 1)
            for name, column in zip(self.bins, columns[1:], strict=True):
                self._add_column(name, points, column)
            if part is not None:
                self.included.add(part)
            self.sound = True

    def _add_column(self, name: str, points: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> None:
        bins = self.bins[name]
        if name == "deal_turn":  # −1: no package was agreed
            points, values = points[values >= 0], values[values >= 0]
        if bins.width:  # as the table of runs would hold them: both ways of keeping see the same numbers
            values = values.astype(np.float32).astype(np.float64)
        steps = bins.steps(values)
        squares = steps * steps
        self.outside[name] += bins.outside(values)
        np.add.at(self.number[name], points, 1)
        np.add.at(self.total[name], points, steps)
        np.add.at(self.squares_high[name], points, squares >> _LOW_BITS)
        np.add.at(self.squares_low[name], points, squares & ((1 << _LOW_BITS) - 1))
        np.add.at(self.histogram[name], points * bins.n + bins.index(values), np.uint32(1))

    def merge(self, other: Tally) -> None:
        """Add another summary of the same design, of other runs.  Raises ValueError where they differ."""
        if self.bins != other.bins or self.n_points != other.n_points:
            raise ValueError("summaries with different columns, points or ranges cannot be added")
        if self.included & other.included:
            raise ValueError("a part is in both summaries")
        with self._lock:
            self.sound = False
            self.included |= other.included
            self.endings += other.endings
            for name in self.bins:
                self.outside[name] += other.outside[name]
                for mine, others in zip(self.numbers_of(name), other.numbers_of(name), strict=True):
                    mine += others
            self.sound = other.sound

    def numbers_of(self, name: str) -> Sequence[npt.NDArray[Any]]:
        """The numbers of one column, in a fixed order."""
        kept = (self.number, self.total, self.squares_high, self.squares_low, self.histogram)
        return [each[name] for each in kept]

    def mean(self, column: str) -> npt.NDArray[np.float64]:
        """Mean at every point; NaN where there is no value (no package agreed, for `deal_turn`)."""
        bins, number = self.bins[column], self.number[column]
        with np.errstate(invalid="ignore"):
            steps = self.total[column] / np.where(number > 0, number, np.nan)
        return bins.low + bins.unit * steps

    def sd(self, column: str) -> npt.NDArray[np.float64]:
        """Standard deviation at every point (n − 1 in the denominator); NaN for fewer than two values."""
        number, total = self.number[column].tolist(), self.total[column].tolist()
        high, low = self.squares_high[column].tolist(), self.squares_low[column].tolist()
        # Python's whole numbers have no end: nothing cancels.
        spread = [
            (n * ((h << _LOW_BITS) + m) - t * t) / (n * (n - 1)) if n > 1 else float("nan")
            for n, t, h, m in zip(number, total, high, low, strict=True)
        ]
        return np.asarray(np.sqrt(np.array(spread)) * self.bins[column].unit)

    def counts(self, column: str) -> npt.NDArray[np.uint32]:
        """Runs by bin: shape (points, bins).  Raises InputError where there is no such column."""
        if column not in self.bins:
            raise InputError(
                f"there is no column `{column}` in the summary", remedy=nearest(column, self.bins)
            )
        return self.histogram[column].reshape(self.n_points, self.bins[column].n)

    def quantile(self, column: str, point: int, q: float) -> float:
        """The `q`-quantile at one point; NaN where there is no value.  See `quantiles`."""
        return float(self.quantiles(column, q, [point])[0])

    def quantiles(
        self, column: str, q: float, points: Sequence[int] | None = None
    ) -> npt.NDArray[np.float64]:
        """The `q`-quantile at some points, or at all: shape (points,); NaN where there is no value.

        It is the middle of the bin that holds the ⌈q·n⌉-th smallest of n values, so it is off from
        that by half a bin at most (`error`).
        """
        if not 0.0 <= q <= 1.0:
            raise ValueError(f"q must lie between 0 and 1, not {q}")
        counts = self.counts(column)
        chosen = np.arange(self.n_points) if points is None else np.asarray(points, dtype=np.int64)
        for point in chosen[(chosen < 0) | (chosen >= self.n_points)][:1]:
            raise InputError(f"there is no point {point}", remedy=f"Choose among 0 … {self.n_points - 1}")
        found = np.full(len(chosen), np.nan)
        block = max(1, (1 << 22) // counts.shape[1])
        for start in range(0, len(chosen), block):
            some = chosen[start : start + block]
            number = self.number[column][some]
            rank = np.clip(np.ceil(q * number), 1, np.maximum(number, 1))
            below = np.cumsum(counts[some], axis=1, dtype=np.int64)
            index = (below < rank[:, None]).sum(axis=1)
            there = number > 0
            found[start : start + block][there] = self.bins[column].middles[index[there]]
        return found

    def error(self, column: str) -> float:
        """How far a quantile of this column may be off: half of the widest bin in use."""
        counts = self.counts(column)
        bins = self.bins[column]
        if bins.width:
            return bins.width / 2.0
        used = np.flatnonzero(counts.any(axis=0))
        widest = np.diff(bins.edges)[used].max() if len(used) else 1.0
        return float(widest - 1.0) / 2.0


def _too_large(n_points: int, size: int) -> InputError:
    return InputError(
        f"summaries of {n_points:,} points would take {size / 2**30:.1f} GB of memory or more; "
        f"at most {MOST / 2**30:.0f} GB are taken",
        remedy="Write `keep: runs`, or cut the sweep into several with fewer points",
    )


def _size(bins: Mapping[str, Bins], n_points: int) -> int:
    return n_points * (8 * len(OUTCOMES) + sum(4 * each.n + _FIXED for each in bins.values()))
