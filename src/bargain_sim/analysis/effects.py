"""How far each factor of a sweep moves the share of an ending by itself, from the table of points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from bargain_sim.analysis.cases import short, told_apart
from bargain_sim.codes import OUTCOMES

__all__ = ["ending_to_watch", "main_effects"]

_LEVELS: Final = 10  # a number with more values than these is cut into _BINS groups of equally many points
_BINS: Final = 5


def ending_to_watch(points: pd.DataFrame) -> str:
    """The grand bargain where its share differs between points, else the ending whose share differs most."""
    spread = {name: float(np.ptp(points[f"share_{name}"].to_numpy())) for name in OUTCOMES}
    if spread["grand_bargain"] > 0.0:
        return "grand_bargain"
    most = max(OUTCOMES, key=lambda name: spread[name])
    if spread[most] > 0.0:
        return most
    return max(OUTCOMES, key=lambda name: float(points[f"share_{name}"].mean()))


def main_effects(points: pd.DataFrame, factors: Mapping[str, str], outcome: str) -> pd.DataFrame:
    """Share of `outcome` over the levels of each factor that varies, averaged over all others.

    `points` has one row a point (the factors, `share_<outcome>`); `factors` maps columns to `numeric` or
    `categorical`.  A number of more than ten values is cut into five groups of equally many points.
    The table has one row a factor, the strongest first: `factor`; `least_at` and `least`, `most_at` and
    `most`, the level with the smallest and the greatest mean share and these shares; and `explained`,
    the part of the variance between points that the factor's levels account for (Kelley's ε², 1935: a
    correlation ratio that levels without effect leave at 0 on average; NaN where every point has a level
    of its own).  Interactions count for no factor, so the parts need not add up to 1.
    """
    share = points[f"share_{outcome}"].to_numpy(dtype=np.float64)
    rows = []
    for name, kind in factors.items():
        level = _levels(points[name], kind == "numeric")
        means = pd.Series(share).groupby(level, sort=False).mean()
        if len(means) < 2:
            continue
        least, most = str(means.idxmin()), str(means.idxmax())
        rows.append(
            {
                "factor": name,
                "least_at": least, "least": float(means.min()),
                "most_at": most, "most": float(means.max()),
                "explained": _explained(share, level),
            }
        )  # fmt: skip
    columns = ["factor", "least_at", "least", "most_at", "most", "explained"]
    frame = pd.DataFrame(rows, columns=columns)
    strength = frame["explained"].fillna(frame["most"] - frame["least"])
    return frame.iloc[np.argsort(-strength.to_numpy(), kind="stable")].reset_index(drop=True)


def _levels(values: pd.Series, numeric: bool) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """The level of every point, in words."""
    if not numeric:
        return np.array([str(value) for value in values], dtype=object)
    if values.nunique() <= _LEVELS:
        levels, place = np.unique(values.to_numpy(dtype=np.float64), return_inverse=True)
        names = told_apart(lambda more: [f"{level:.{4 + more}g}" for level in levels])
    else:
        _, place = np.unique(pd.qcut(values, _BINS, labels=False, duplicates="drop"), return_inverse=True)
        ends = [(part.min(), part.max()) for _, part in values.groupby(place)]
        span = float(np.ptp(values))
        names = told_apart(
            lambda more: [f"{short(low, span, more)}–{short(high, span, more)}" for low, high in ends]
        )
    return np.array(names, dtype=object)[place]


def _explained(
    share: np.ndarray[tuple[int], np.dtype[np.float64]], level: np.ndarray[tuple[int], np.dtype[np.object_]]
) -> float:
    n, k = len(share), len(set(level))
    total = float(((share - share.mean()) ** 2).sum())
    if n <= k or total <= 0.0:
        return float("nan")
    within = float(pd.Series(share).groupby(level).transform(lambda part: (part - part.mean()) ** 2).sum())
    return float(np.clip(1.0 - (within / (n - k)) / (total / (n - 1)), 0.0, 1.0))
