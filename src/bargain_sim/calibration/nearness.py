"""Which draws are near a record, and what they say: rejection with regression adjustment.

The distance is Euclidean over the numbers, each in units of its standard deviation under the prior, and
every pattern missed adds as much as a number that is `_MISS` standard deviations off.  The nearest
draws are accepted, weighed by Epanechnikov's kernel, and moved along a linear regression of the
parameters (on the logit of their ranges) on the statistics: Beaumont, Zhang and Balding 2002.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bargain_sim.calibration.prior import Parameter
from bargain_sim.calibration.statistics import NUMBERS

__all__ = ["ACCEPTED", "Metric", "Posterior", "fit", "metric_of"]

Floats = npt.NDArray[np.float64]

ACCEPTED: Final = 0.002
"""Share of the draws that are accepted: a choice between noise (fewer) and blur (more)."""
_MISS: Final = 1.5
_EDGE: Final = 1e-3  # how near to the end of its range a draw may come, as a share, before the logit


@dataclass(frozen=True)
class Metric:
    """Distances from a record, as the prior scales them; statistics that never vary count for nothing."""

    scale: Floats

    def distances(self, statistics: Floats, record: Floats) -> Floats:
        """Distance of each row from the record: (n, statistics), (statistics,) → (n,)."""
        return np.asarray(np.sqrt((((statistics - record) / self.scale) ** 2).sum(axis=1)))


def metric_of(statistics: Floats) -> Metric:
    """The metric that a reference table's statistics give."""
    scale = statistics.std(axis=0)
    scale[scale == 0.0] = np.inf
    scale[len(NUMBERS) :] = 1.0 / _MISS
    return Metric(scale)


@dataclass(frozen=True)
class Posterior:
    """Accepted draws: places in the table, weights, values as drawn and as adjusted, largest distance."""

    parameters: tuple[Parameter, ...]
    places: npt.NDArray[np.int64]
    weights: Floats
    drawn: Floats
    adjusted: Floats
    reach: float

    def quantiles(self, q: Floats) -> Floats:
        """Weighted quantiles of the adjusted values: shape (len(q), parameters)."""
        return np.column_stack([weighted_quantiles(column, self.weights, q) for column in self.adjusted.T])

    def sample(self, n: int, seed: int) -> Floats:
        """`n` draws from it, equally weighted; whole numbers are whole: shape (n, parameters)."""
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(self.weights), size=n, p=self.weights / self.weights.sum())
        values = self.adjusted[chosen].copy()
        for k, p in enumerate(self.parameters):
            if p.whole:
                values[:, k] = np.clip(np.rint(values[:, k]), p.low, p.high)
        return values

    def contraction(self) -> Floats:
        """1 − variance under the posterior over that under the prior: 0 says that nothing was learnt."""
        mean = np.average(self.adjusted, axis=0, weights=self.weights)
        variance = np.average((self.adjusted - mean) ** 2, axis=0, weights=self.weights)
        return np.asarray(1.0 - variance / np.array([prior_variance(p) for p in self.parameters]))


def prior_variance(parameter: Parameter) -> float:
    """Variance of a uniform parameter, whole or not."""
    width = parameter.high - parameter.low
    return ((width + 1.0) ** 2 - 1.0) / 12.0 if parameter.whole else width**2 / 12.0


def weighted_quantiles(values: Floats, weights: Floats, q: Floats) -> Floats:
    """Quantiles of weighted values: shape (len(q),)."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return np.asarray(np.interp(q * total[-1], total - 0.5 * weights[order], values[order]))


def fit(
    parameters: tuple[Parameter, ...],
    draws: Floats,
    statistics: Floats,
    record: Floats,
    metric: Metric,
    accepted: float = ACCEPTED,
) -> Posterior:
    """Accept the share `accepted` of the draws that is nearest to the record, and adjust them."""
    distance = metric.distances(statistics, record)
    count = max(int(accepted * len(draws)), 50)
    places = np.sort(np.argpartition(distance, count)[: count + 1])
    reach = float(distance[places].max()) or 1.0
    inside = places[distance[places] < reach]
    if not len(inside):  # ties only: all equally near
        inside = places
        weights = np.ones(len(inside))
    else:
        weights = 1.0 - (distance[inside] / reach) ** 2
    values = draws[inside]
    away = (statistics[inside] - record) / np.where(np.isinf(metric.scale), 1.0, metric.scale)
    away = away[:, away.std(axis=0) > 0.0]
    low = np.array([p.low for p in parameters])
    high = np.array([p.high for p in parameters])
    # A whole number stands for the unit around it.
    half = np.array([0.5 if p.whole else 0.0 for p in parameters])
    share = np.clip((values - low + half) / (high - low + 2 * half), _EDGE, 1.0 - _EDGE)
    logit = np.log(share / (1.0 - share))
    design = np.column_stack([np.ones(len(away)), away])
    root = np.sqrt(weights)[:, None]
    slope = np.linalg.lstsq(design * root, logit * root, rcond=None)[0]
    moved = logit - away @ slope[1:]
    adjusted = low - half + (high - low + 2 * half) / (1.0 + np.exp(-moved))
    return Posterior(parameters, inside, weights, values, np.clip(adjusted, low - half, high + half), reach)
