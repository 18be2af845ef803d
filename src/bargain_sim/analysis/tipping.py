"""Where along a factor the chance of an ending crosses one half, and how surely.

The share of the ending at each level of the factor (numbers with many values are put in bins of equal
width, each at the mean of the values in it) is made monotone by isotonic regression, weighted by runs:
rising or falling, whichever lies nearer to the shares.  Between levels it is joined by straight lines;
where these cross one half is the tipping point.  No curve is assumed, unlike by a logistic regression,
whose slope and place are wrong together where the shares level off below one.

The interval comes from a bootstrap of whole run numbers, in blocks: run k meets the same luck at every
point, so the runs of one number lean the same way at all levels.  In every resample the regression is made
anew, with the direction kept.  A resample without a crossing counts as one beyond the end of the range that
it points to: so a bound may be "beyond the range".  The interval does not know what other points of a
sampled design would have shown, nor what a grid finer than the factor's levels would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bargain_sim.analysis.intervals import check_confidence, luck_of, share_with_bounds
from bargain_sim.analysis.reading import factor_column, rows_of
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.store.results import Results

__all__ = ["TippingPoint", "tipping_point", "tipping_point_of"]

Floats = NDArray[np.float64]

_BINS: Final = 20
_BLOCKS: Final = 1000  # run numbers are resampled in at most so many blocks of the same size
_ENOUGH: Final = 10  # blocks; with fewer there is no interval


@dataclass(frozen=True)
class TippingPoint:
    """The tipping point of one ending along one factor.

    `at` is the value of the factor, None where the chance does not cross `level` within the range; `low`
    and `high` are its bounds, −∞ or ∞ where they lie beyond the range and NaN where there are too few run
    numbers to tell.  `crossing` is the share of resamples in which there is a crossing in the range.
    `levels` has a row a level: `x`, `runs`, `share` with its `low` and `high` (Wilson), and `fit`, what the
    monotone curve says. `direction` is `rises` or `falls`; `misfit` the largest distance of a share from
    the curve.
    """

    factor: str
    outcome: str
    level: float
    at: float | None
    low: float
    high: float
    crossing: float
    direction: Literal["rises", "falls"]
    levels: pd.DataFrame
    misfit: float
    confidence: float

    def words(self, name: str | None = None) -> str:
        """One sentence: where it tips and how surely, or on which side of `level` it stays."""
        factor = name or self.factor
        share = f"The share of runs that end as “{OUTCOME_LABEL[self.outcome].lower()}”"
        level = f"{100 * self.level:.0f}\u00a0%"
        first, last = self.levels["x"].iloc[0], self.levels["x"].iloc[-1]
        span = f"over {factor} from {first:.3g} to {last:.3g}"
        if self.at is None:
            low, high = self.levels["fit"].min(), self.levels["fit"].max()
            side = "under" if high < self.level else "over"
            return (
                f"{share} does not cross {level} {span}: smoothed, it stays {side} it, between "
                f"{100 * low:.0f}\u00a0% and {100 * high:.0f}\u00a0%{self._possible()}."
            )
        turns = "rises above" if self.direction == "rises" else "falls below"
        return f"{share} {turns} {level} at {factor} {self.at:.3g} ({self._interval()}), {span}."

    def _possible(self) -> str:
        """What the interval says where there is no crossing: empty where it rules one out."""
        if np.isfinite(self.low):
            return f", though a crossing from {self.low:.3g} on cannot be ruled out"
        if np.isfinite(self.high):
            return f", though a crossing up to {self.high:.3g} cannot be ruled out"
        if self.low < self.high:  # from below the range to above it
            return ", though a crossing anywhere cannot be ruled out"
        return ""

    def _interval(self) -> str:
        if np.isnan(self.low):
            return "too few run numbers for an interval"
        bounds = [
            f"{bound:.3g}" if np.isfinite(bound) else f"{'below' if bound < 0 else 'above'} the range"
            for bound in (self.low, self.high)
        ]
        return f"{100 * self.confidence:.0f}\u00a0% interval {bounds[0]} to {bounds[1]}"


def tipping_point(
    results: Results,
    factor: str,
    *,
    outcome: str = "grand_bargain",
    level: float = 0.5,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> TippingPoint:
    """Where along `factor` (its column or path) the share of `outcome` crosses `level` in a sweep.

    All other factors are averaged over, every point counting alike: where `until` went on at some, by the
    runs that all points have.  See the head of this file for how, and for what the interval means; `seed` is
    that of the resampling.  Raises InputError for an unknown factor or ending, a level, confidence or number
    of resamples that cannot be, or where no runs were kept.
    """
    column = factor_column(results, factor)
    frame = rows_of(results, [column, "outcome"])
    return tipping_point_of(
        frame, column, outcome=outcome, level=level, confidence=confidence, resamples=resamples, seed=seed
    )


def tipping_point_of(
    frame: pd.DataFrame,
    factor: str,
    *,
    outcome: str = "grand_bargain",
    level: float = 0.5,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> TippingPoint:
    """Where the share of `outcome` crosses `level` along the column `factor` of `frame`, one row a run.

    `frame` has `outcome`, the factor's numbers and, where points share their luck, the run numbers `run`
    (with `seed`, if there are several); other factors are averaged over.  `seed` is that of the resampling.
    Raises InputError for an unknown column or outcome, a factor that is no number or has fewer than two
    values, or a level, confidence or number of resamples that cannot be.
    """
    _check(frame, factor, outcome, level, resamples)
    check_confidence(confidence)
    x, at = _levels(frame[factor].to_numpy(dtype=np.float64))
    hit = (frame["outcome"].astype(str) == outcome).to_numpy()
    luck = luck_of(frame)
    hits, counts = _blocks(at, hit, luck, len(x))
    share = hits.sum(axis=0) / counts.sum(axis=0)
    weights = counts.sum(axis=0)
    rising = _distance(share, weights, True) <= _distance(share, weights, False)
    fit = _monotone(share, weights, rising)
    low = high = float("nan")
    crossing = float("nan")
    if len(hits) >= _ENOUGH:
        found = _resampled(x, hits, counts, rising, level, resamples, seed)
        crossing = float(np.isfinite(found).mean())
        # Of numbers of which some are infinite there is no mean of neighbours: quantiles are one of them.
        tail = (1.0 - confidence) / 2.0
        low, high = (
            float(np.quantile(found, q, method="inverted_cdf")) for q in (tail, 1.0 - tail)
        )  # fmt: skip
    middle = _crossing(x, fit, level, rising)
    bounds = [share_with_bounds(hit[at == k], luck[at == k], confidence)[1:] for k in range(len(x))]
    lower, upper = zip(*bounds, strict=True)
    return TippingPoint(
        factor, outcome, level, middle if np.isfinite(middle) else None, low, high, crossing,
        "rises" if rising else "falls",
        pd.DataFrame(
            {"x": x, "runs": weights.astype(np.int64), "share": share, "low": lower, "high": upper, "fit":
            fit}
        ),
        float(np.abs(share - fit).max()), confidence,
    )  # fmt: skip


def _check(frame: pd.DataFrame, factor: str, outcome: str, level: float, resamples: int) -> None:
    for column in (factor, "outcome"):
        if column not in frame.columns:
            raise InputError(
                f"there is no column `{column}` in these results",
                remedy=f"There are {', '.join(map(str, frame.columns))}",
            )
    if outcome not in OUTCOMES:
        raise InputError(f"`{outcome}` is no ending", remedy=f"Known are {', '.join(OUTCOMES)}")
    if not pd.api.types.is_numeric_dtype(frame[factor]):
        raise InputError(
            f"`{factor}` is no number, so nothing lies along it", remedy="Name a factor of numbers"
        )
    if frame[factor].nunique() < 2:
        raise InputError(f"`{factor}` has one value only", remedy="Vary it in the sweep")
    if not 0.0 < level < 1.0:
        raise InputError(f"level must lie between 0 and 1, not {level:g}", remedy="The usual one is 0.5")
    if resamples < 1:
        raise InputError(
            f"an interval cannot be told from {resamples} resamples", remedy="The usual number is 1000"
        )


def _levels(values: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Levels of the factor, and of each row which it is at; more than 2 × 20 values go into 20 bins."""
    distinct, at = np.unique(values, return_inverse=True)
    if len(distinct) <= 2 * _BINS:
        return distinct, at.astype(np.int64)
    low, high = float(distinct[0]), float(distinct[-1])
    bins = np.minimum(((values - low) / (high - low) * _BINS).astype(np.int64), _BINS - 1)
    _, at = np.unique(bins, return_inverse=True)
    middles = np.bincount(at, weights=values) / np.bincount(at)
    return np.asarray(middles, dtype=np.float64), at.astype(np.int64)


def _blocks(
    at: NDArray[np.int64], hit: NDArray[np.bool_], luck: NDArray[np.int64], levels: int
) -> tuple[Floats, Floats]:
    """How often it was so, and of how many: shape (blocks of run numbers, levels)."""
    _, number = np.unique(luck, return_inverse=True)
    block = number % min(_BLOCKS, int(number.max()) + 1)
    flat = block * levels + at
    size = (int(block.max()) + 1) * levels
    hits = np.bincount(flat, weights=hit.astype(np.float64), minlength=size).astype(np.float64)
    counts = np.bincount(flat, minlength=size).astype(np.float64)
    return hits.reshape(-1, levels), counts.reshape(-1, levels)


def _resampled(
    x: Floats, hits: Floats, counts: Floats, rising: bool, level: float, resamples: int, seed: int
) -> Floats:
    """Where each resample crosses: shape (resamples,), ±∞ where it does beyond the range."""
    rng = np.random.default_rng(seed)
    n = len(hits)
    drawn = rng.multinomial(n, np.full(n, 1.0 / n), size=resamples).astype(np.float64)
    of, total = drawn @ hits, drawn @ counts
    found = np.empty(resamples)
    for k in range(resamples):
        there = total[k] > 0
        fit = _monotone(of[k][there] / total[k][there], total[k][there], rising)
        found[k] = _crossing(x[there], fit, level, rising)
    return found


def _monotone(share: Floats, weights: Floats, rising: bool) -> Floats:
    from scipy.optimize import isotonic_regression

    fitted: Floats = isotonic_regression(share, weights=weights, increasing=rising).x
    return fitted


def _distance(share: Floats, weights: Floats, rising: bool) -> float:
    return float((weights * (share - _monotone(share, weights, rising)) ** 2).sum())


def _crossing(x: Floats, fit: Floats, level: float, rising: bool) -> float:
    """Where the polyline through a monotone `fit` crosses `level`: −∞ before the range, ∞ behind it.

    On a plateau at `level` its middle.
    """
    values = fit if rising else -fit
    wanted = level if rising else -level
    if values[0] > wanted:
        return float("-inf")
    if values[-1] < wanted:
        return float("inf")
    enters = int(np.searchsorted(values, wanted, side="left"))
    leaves = int(np.searchsorted(values, wanted, side="right"))
    if leaves > enters:  # some levels lie on it exactly
        return float((x[enters] + x[leaves - 1]) / 2)
    before, after = enters - 1, enters
    part = (wanted - values[before]) / (values[after] - values[before])
    return float(x[before] + part * (x[after] - x[before]))
