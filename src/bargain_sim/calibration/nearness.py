"""Which draws are near a record, and what they say: rejection with regression adjustment.

The distance counts patterns missed first, and among equals is Euclidean over the numbers, each in units
of its standard deviation under the prior.  The nearest
draws are accepted, weighed by Epanechnikov's kernel, and moved along a linear regression of the
parameters (on the logit of their ranges) on the statistics: Beaumont, Zhang and Balding 2002.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.calibration.prior import Parameter, values_of
from bargain_sim.calibration.statistics import NUMBERS

__all__ = ["Metric", "Posterior", "fit", "metric_of", "nearest"]

Floats = npt.NDArray[np.float64]

_MISS: Final = 100.0  # a pattern missed outweighs all numbers: they are a few standard deviations off
_EDGE: Final = 1e-3  # how near to the end of its range a draw may come, as a share, before the logit

_BOOTSTRAP: Final = 400  # sets of draws


@dataclass(frozen=True)
class Metric:
    """Distances from a record, as the prior scales them; statistics that never vary count for nothing."""

    scale: Floats

    def distances(self, statistics: Floats, record: Floats) -> Floats:
        """Distance of each row from the record: (n, statistics), (statistics,) → (n,)."""
        return np.asarray(np.sqrt((((statistics - record) / self.scale) ** 2).sum(axis=1)))


def metric_of(statistics: npt.NDArray[np.floating[Any]]) -> Metric:
    """The metric that a reference table's statistics give."""
    # Column by column, so that a table in single precision needs no second one.
    scale = np.array([column.std(dtype=np.float64) for column in statistics.T])
    scale[scale == 0.0] = np.inf
    scale[len(NUMBERS) :] = 1.0 / _MISS
    return Metric(scale)


@dataclass(frozen=True)
class Posterior:
    """Accepted draws (n, parameters) as places in the unit cube: as drawn, and as adjusted.

    `weights` (n,) are theirs; `reach` is the largest distance that was accepted.
    """

    parameters: tuple[Parameter, ...]
    weights: Floats
    drawn: Floats
    adjusted: Floats
    reach: float

    def quantiles(self, q: Floats) -> Floats:
        """Weighted quantiles of the values: shape (len(q), parameters)."""
        places = np.column_stack([weighted_quantiles(column, self.weights, q) for column in self.adjusted.T])
        return values_of(self.parameters, places)

    def sample(self, n: int, seed: int) -> Floats:
        """Places of `n` equally weighted draws from it: shape (n, parameters)."""
        rng = np.random.default_rng(seed)
        return self.adjusted[rng.choice(len(self.weights), size=n, p=self.weights / self.weights.sum())]

    def contraction(self) -> Floats:
        """1 − variance under the posterior over that under the prior: 0 says that nothing was learnt."""
        mean = np.average(self.adjusted, axis=0, weights=self.weights)
        variance = np.average((self.adjusted - mean) ** 2, axis=0, weights=self.weights)
        return np.asarray(1.0 - variance * 12.0)

    def contraction_error(self) -> Floats:
        """Standard error of each contraction, by drawing the accepted draws anew (bootstrap).

        It knows that other draws of this table could have been accepted, not how far another table or the
        adjustment would go elsewhere: it is the least that a contraction may be off.
        """
        rng = np.random.default_rng(len(self.weights))
        count = len(self.weights)
        drawn = rng.multinomial(count, np.full(count, 1.0 / count), size=_BOOTSTRAP) * self.weights
        drawn /= drawn.sum(axis=1, keepdims=True)
        variance = drawn @ self.adjusted**2 - (drawn @ self.adjusted) ** 2
        return np.asarray((1.0 - variance * 12.0).std(axis=0, ddof=1))


def weighted_quantiles(values: Floats, weights: Floats, q: Floats) -> Floats:
    """Quantiles of weighted values: shape (len(q),)."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return np.asarray(np.interp(q * total[-1], total - 0.5 * weights[order], values[order]))


def nearest(distance: Floats, count: int) -> tuple[npt.NDArray[np.int64], float]:
    """Places of the `count` smallest distances, in order of place, and how far they reach."""
    count = min(count, len(distance))
    places = np.sort(np.argpartition(distance, count - 1)[:count])
    return places, float(distance[places].max())


def fit(
    parameters: tuple[Parameter, ...],
    unit: Floats,
    statistics: Floats,
    record: Floats,
    metric: Metric,
    accepted: int,
) -> Posterior:
    """Accept the draws from the prior that are nearest to the record, `accepted` of them, and adjust them."""
    distance = metric.distances(statistics, record)
    places, reach = nearest(distance, accepted)
    # The farthest one weighs a little, too: with ties alone there would be no weight at all.
    kernel = 1.0 - (distance[places] / (reach * (1.0 + 1e-6) + 1e-12)) ** 2
    drawn = unit[places]
    away = (statistics[places] - record) / np.where(np.isinf(metric.scale), 1.0, metric.scale)
    adjusted = _adjusted(drawn, away[:, away.std(axis=0) > 0.0], kernel)
    return Posterior(parameters, kernel / kernel.sum(), drawn, adjusted, reach)


def _adjusted(unit: Floats, away: Floats, weights: Floats) -> Floats:
    """Where the draws would lie, had their statistics been the record's: a local linear regression."""
    share = np.clip(unit, _EDGE, 1.0 - _EDGE)
    logit = np.log(share / (1.0 - share))
    design = np.column_stack([np.ones(len(away)), away])
    root = np.sqrt(weights)[:, None]
    slope = np.linalg.lstsq(design * root, logit * root, rcond=None)[0]
    return np.asarray(1.0 / (1.0 + np.exp(away @ slope[1:] - logit)))
