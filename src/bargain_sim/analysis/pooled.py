"""Shares of the endings over all points of a sweep, however many runs it has."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bargain_sim.analysis.intervals import independent_runs, luck_of, wilson
from bargain_sim.codes import OUTCOMES

__all__ = ["pooled_shares"]


def pooled_shares(
    points: pd.DataFrame, head: pd.DataFrame | None, by: str | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Share of each ending over all points, for every level of the factor `by`, with its interval.

    Every point counts alike: a sweep that made more runs where the matter is less sure (`until`) must
    not count those points for more.  Its interval then rests on the runs that all points have.

    `points` is the table of points (runs and shares of each); `head` holds the first rows of the
    sweep, a complete smaller one, from which it is read how far points share their luck
    (`intervals.independent_runs`); without it the bounds are NaN.  Columns: `by` (if given), `outcome`,
    `share`, `low`, `high`, `n`.
    """
    levels = [None] if by is None else list(points[by].drop_duplicates())
    rows = []
    for level in levels:
        here = points if level is None else points[points[by] == level]
        n = float(len(here) * here["runs"].min())
        codes, luck = _endings(head, by, level)
        for code, outcome in enumerate(OUTCOMES):
            share = float(here[f"share_{outcome}"].mean())
            low = high = float("nan")
            if len(codes):
                worth = n * independent_runs(codes == code, luck) / len(codes)
                low, high = (float(bound) for bound in wilson(share * worth, worth, confidence))
            level_of = {} if by is None else {by: level}
            rows.append({**level_of, "outcome": outcome, "share": share, "low": low, "high": high})
    frame = pd.DataFrame(rows)
    frame["n"] = int(points["runs"].sum())
    return frame


def _endings(
    head: pd.DataFrame | None, by: str | None, level: object
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How the runs of one level ended, as numbers, and the luck they met; empty where none is known."""
    if head is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    some = head if by is None else head[head[by] == level]
    codes = pd.Categorical(some["outcome"], categories=list(OUTCOMES)).codes
    return codes.astype(np.int64), luck_of(some)
