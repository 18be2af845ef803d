"""The bins of a sketch, fixed before the first run: even ones for points and trust, others for counts.

Which bin a value falls into depends on the value alone.  So the sketch of some runs is the same
whatever their order, and sketches of separate runs add up to the sketch of all of them, exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["COARSEST", "Bins", "bins_for"]

COARSEST: Final = 4
"""Bins may be halved in number so many times where there are very many points."""

_EVEN: Final = 512  # bins of a column of points or trust, at most, at the finest
_EXACT: Final = 256  # counts below this have a bin each, at the finest
_STEPS: Final = 30  # bits in which a value is counted for exact sums


@dataclass(frozen=True)
class Bins:
    """Bins of one column and the fixed-point steps in which its sums are kept.

    Even bins (`width` > 0) of points and trust begin at `low`.  Bins of counts (`width` 0) hold one
    number each below `exact`, and from there on `exact`/2 bins a doubling.  `unit` is the step of
    the exact sums.
    """

    low: float
    width: float
    exact: int
    n: int
    unit: float

    def index(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Bin of each value; what lies outside goes to the nearest."""
        if self.width:
            index = np.floor((values - self.low) / self.width).astype(np.int64)
        else:
            index = _count_bin(values.astype(np.int64), self.exact)
        return np.clip(index, 0, self.n - 1)

    def steps(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Each value in steps of `unit` from `low`, rounded: whole numbers, whose sums are exact."""
        return np.rint((values - self.low) / self.unit).astype(np.int64)

    def outside(self, values: npt.NDArray[np.float64]) -> int:
        """How many values lie outside of all bins (rounding of the last digit does not count)."""
        high = float(self.edges[-1])
        slack = 1e-6 * (high - self.low)
        return int(np.count_nonzero((values < self.low - slack) | (values > high + slack)))

    @cached_property
    def edges(self) -> npt.NDArray[np.float64]:
        """Lower ends of the bins, and the upper end of the last: shape (n + 1,)."""
        numbers = np.arange(self.n + 1)
        if self.width:
            return np.asarray(self.low + self.width * numbers, dtype=np.float64)
        half = self.exact // 2
        doubling = np.maximum(0, (numbers - self.exact) // half)
        beyond = (half + (numbers - self.exact) % half) * 2.0 ** (doubling + 1)
        return np.where(numbers < self.exact, numbers, beyond).astype(np.float64)

    @cached_property
    def middles(self) -> npt.NDArray[np.float64]:
        """The value that stands for each bin: a count itself where the bin holds but one."""
        lower, upper = self.edges[:-1], self.edges[1:]
        return (lower + upper) / 2.0 if self.width else (lower + upper - 1.0) / 2.0


def bins_for(low: float, high: float, *, whole: bool, coarseness: int = 0) -> Bins:
    """Bins over low … high; `whole` for counts.  Each step of `coarseness` halves how fine they are."""
    if whole:
        exact = _EXACT >> coarseness
        top = int(_count_bin(np.array([math.ceil(high)], dtype=np.int64), exact)[0])
        return Bins(0.0, 0.0, exact, top + 1, 1.0)
    # Ends and widths are powers of two and their multiples: no edge is ever rounded.
    span = max(high - low, 2.0**-20)
    width = _power_above(span / (_EVEN >> coarseness))
    start = math.floor(low / width) * width
    n = max(1, math.ceil((high - start) / width))
    unit = _power_above(n * width) / 2.0**_STEPS
    return Bins(start, width, 0, n, unit)


def _power_above(value: float) -> float:
    """The smallest power of two that is at least `value`, without a logarithm's rounding."""
    part, exponent = math.frexp(value)
    return math.ldexp(1.0, exponent - 1 if part == 0.5 else exponent)


def _count_bin(values: npt.NDArray[np.int64], exact: int) -> npt.NDArray[np.int64]:
    """Bin of whole numbers from 0: one each below `exact` (a power of two), then `exact`/2 a doubling."""
    floor = np.maximum(values, 0)
    bits = int(exact).bit_length() - 1  # exact = 2**bits
    half = exact // 2
    # frexp is exact for whole numbers below 2**53: its exponent is the number of binary digits.
    digits = np.frexp(floor.astype(np.float64))[1].astype(np.int64)
    shift = np.maximum(0, digits - bits)
    beyond = exact + (shift - 1) * half + (floor >> shift) - half
    return np.where(floor < exact, floor, beyond)
