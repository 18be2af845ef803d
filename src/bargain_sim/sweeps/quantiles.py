"""From numbers between 0 and 1 to a factor's values: the quantiles of its distribution."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.sweeps.factor import Factor

__all__ = ["as_column", "quantiles"]

Floats = npt.NDArray[np.float64]
_TIE: Final = 1e-12  # a third of three equal chances is still the third, however it was rounded
_EXACT: Final = 2**53  # whole numbers up to here are float64 as they are


def as_column(values: list[Any]) -> npt.NDArray[Any]:
    """Values as an array: whole numbers, float64, yes and no, or (words) objects."""
    if any(isinstance(value, str) for value in values):
        return np.array(values, dtype=object)
    if all(isinstance(value, int) for value in values) and all(abs(value) < _EXACT for value in values):
        return np.array(values)
    return np.array(values, dtype=np.float64)


def quantiles(factor: Factor, u: Floats, whole: bool) -> npt.NDArray[Any]:
    """The factor's value at every `u` (n,) in [0, 1]; it must have values or a range.

    They never fall as `u` rises, in whatever order a list names its numbers: rank correlations and
    SALib's analyses rely on it.  Where only whole numbers will do, the distribution is widened by a
    half at both ends (a triangle's mode in proportion) and rounded, so that the ends of a uniform
    range are as frequent as what is between them.
    """
    if factor.size:
        return _listed(factor, u)
    low, high = factor.range or (0.0, 1.0)
    half = 0.5 if whole else 0.0
    values = _distribution(factor, low - half, high + half).ppf(u)
    if whole:
        values = np.rint(values) + 0.0  # not -0.0
    # Quantiles may miss the ends by a rounding error.
    clipped: Floats = np.clip(values, low, high)
    return clipped


def _listed(factor: Factor, u: Floats) -> npt.NDArray[Any]:
    values, weights = as_column(factor.all_values()), np.array(factor.weights)
    if factor.numeric:
        order = np.argsort(values, kind="stable")
        values, weights = values[order], weights[order] if factor.weights else weights
    if factor.weights:
        ends = np.cumsum(weights) / weights.sum()
        which = np.searchsorted(ends, u + _TIE, side="right")
    else:
        which = np.floor(u * len(values) + _TIE).astype(np.int64)
    last = len(values) - 1
    if factor.weights:
        last = int(np.flatnonzero(weights)[-1])
    return values[np.minimum(which, last)]


def _distribution(factor: Factor, low: float, high: float) -> Any:
    """The frozen scipy distribution over low … high."""
    from scipy import stats

    if factor.kind == "uniform":
        return stats.uniform(low, high - low)
    if factor.kind == "log_uniform":
        return stats.loguniform(low, high)
    if factor.kind == "beta":
        return stats.beta(factor.a, factor.b, low, high - low)
    if factor.kind == "triangular":
        # Where the mode lies within the range as it was written: an end stays an end.
        first, last = factor.range or (low, high)
        mode = first if factor.mode is None else factor.mode
        return stats.triang((mode - first) / (last - first), low, high - low)
    mean, sd = factor.mean or 0.0, 1.0 if factor.sd is None else factor.sd
    return stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)
