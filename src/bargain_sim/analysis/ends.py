"""What an outcome is at both ends of each factor, over all that the others do; and in between, by pairs."""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.cases import Cases, Dimension
from bargain_sim.analysis.intervals import mean_variance, wilson

__all__ = ["ends", "mean_between", "thirds"]

_TAIL: Final = 0.1
_Z: Final = NormalDist().inv_cdf(0.975)
# Parts that an axis is cut into at most, and points that a part of a third should hold.
_BINS: Final = 8
_POINTS: Final = 20

Mask = npt.NDArray[np.bool_]


def mean_between(cases: Cases, here: Mask) -> tuple[float, float, float]:
    """Mean of the outcome over some rows, and its 95 % interval; NaN for bounds that cannot be told.

    Rows of one point lean the same way, and so do rows that share their luck: the variance is that of
    Cameron, Gelbach & Miller (2011), clustered both ways.  The points of a grid are all there are, and no
    sample: there only luck counts.  Wilson's interval for a share, over as many runs as the rows are
    then worth, else the normal approximation.  Where a row is the mean of a point (`keep: summary`), points
    are the clusters, also those of a grid: luck and what points differ by cannot be told apart.
    """
    y = cases.y[here]
    mean = float(y.mean())
    clusters = [cases.luck[here]] if cases.design == "grid" else [cases.luck[here], cases.point[here]]
    parts = [mean_variance(y - mean, each) for each in clusters]
    # Where both meet there is one row; it would be counted twice.
    variance = max([sum(parts) - (len(parts) - 1) * mean_variance(y - mean, np.arange(len(y))), *parts])
    if cases.outcome.share:
        fewest = float(min(len(np.unique(each)) for each in clusters))
        most = float(len(y)) if np.isin(y, (0.0, 1.0)).all() else np.inf  # a mean stands for several runs
        worth = min(most, mean * (1.0 - mean) / variance) if variance > 0.0 else fewest
        low, high = (float(bound) for bound in wilson(mean * worth, worth))
        return mean, low, high
    half = _Z * float(np.sqrt(variance)) if np.isfinite(variance) else float("nan")
    return mean, mean - half, mean + half


def ends(cases: Cases) -> pd.DataFrame:
    """The outcome at both ends of every factor, widest apart first: what a tornado shows.

    One row a factor: `factor`, `label`, the two ends in `low` and `high` (the bounds of the lowest and
    the highest tenth of its values, as texts; of words those where the outcome is least and most), the
    means there, `at_low` and `at_high` with bounds `…_from`, `…_to`, their `change`, and the mean
    over all rows, `overall`.
    """
    rows = [_ends_of(cases, each) for each in cases.dimensions]
    frame = pd.DataFrame(rows)
    frame["overall"] = float(cases.y.mean())
    order = frame["change"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _ends_of(cases: Cases, dimension: Dimension) -> dict[str, object]:
    values = cases.coded(dimension)
    if dimension.kind == "number":
        first, last = np.quantile(values, [_TAIL, 1.0 - _TAIL])
        low, high = values <= first, values >= last
        words = [_edge(dimension, values[low], "up to"), _edge(dimension, values[high], "from")]
    else:
        means = {code: float(cases.y[values == code].mean()) for code in np.unique(values)}
        names = dimension.levels or ("no", "yes")
        ordered = sorted(means, key=lambda code: means[code]) if dimension.levels else sorted(means)
        low, high = values == ordered[0], values == ordered[-1]
        words = [names[int(ordered[0])], names[int(ordered[-1])]]
    at_low, at_high = mean_between(cases, low), mean_between(cases, high)
    return {
        "factor": dimension.name, "label": dimension.label, "low": words[0], "high": words[1],
        "at_low": at_low[0], "at_low_from": at_low[1], "at_low_to": at_low[2],
        "at_high": at_high[0], "at_high_from": at_high[1], "at_high_to": at_high[2],
        "change": at_high[0] - at_low[0],
    }  # fmt: skip


def _edge(dimension: Dimension, values: npt.NDArray[np.float64], word: str) -> str:
    """The values of a tenth in words: `up to 2.4`, `from 21.6`, or the only one there is."""
    least, most = float(values.min()), float(values.max())
    if least == most:
        return dimension.told(least)
    return f"{word} {dimension.told(most if word == 'up to' else least)}"


def thirds(cases: Cases, x: str, by: str) -> pd.DataFrame:
    """The outcome over factor `x`, apart for the lowest, middle and highest third of factor `by`.

    One row a group of runs: `x` (mean of its values, or the place of a word), `band` (0, 1, 2, or the
    place of a word), `words` for the band, `mean`, `from`, `to`, `n`.  Lines that are not parallel: the
    two factors interact.
    """
    dimensions = {each.name: each for each in cases.dimensions}
    across, bands = dimensions[x], dimensions[by]
    where, group = cases.coded(across), cases.coded(bands)
    bins = int(np.clip(len(np.unique(cases.point)) / (3 * _POINTS), 3, _BINS))
    rows = []
    for number, (band, words) in enumerate(_split(group, bands, 3)):
        for part, _ in _split(where, across, bins):
            here = band & part
            if here.sum() < 2:
                continue
            mean, low, high = mean_between(cases, here)
            rows.append(
                {"x": float(where[here].mean()), "band": number, "words": words, "mean": mean, "from": low,
                 "to": high, "n": int(here.sum())}
            )  # fmt: skip
    return pd.DataFrame(rows)


def _split(
    values: npt.NDArray[np.float64], dimension: Dimension, parts: int
) -> list[tuple[Mask, str]]:  # fmt: skip
    """Rows by the levels of a factor, or by `parts` equal parts of its values, with words for each."""
    levels = np.unique(values)
    if dimension.kind != "number" or len(levels) <= parts:
        names = dimension.levels or (("no", "yes") if dimension.kind == "yes_no" else ())
        chosen = levels
        return [(values == each, names[int(each)] if names else dimension.told(each)) for each in chosen]
    edges = np.quantile(values, np.linspace(0.0, 1.0, parts + 1))
    found = []
    for k in range(parts):
        here = (values >= edges[k]) & ((values < edges[k + 1]) if k + 1 < parts else (values <= edges[-1]))
        if here.any():
            found.append(
                (here, f"{dimension.told(values[here].min())} to {dimension.told(values[here].max())}")
            )
    return found
