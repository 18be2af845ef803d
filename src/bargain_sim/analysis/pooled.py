"""Shares of the endings over all points of a sweep, however many runs it has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bargain_sim.analysis.intervals import independent_runs, wilson
from bargain_sim.codes import OUTCOMES

__all__ = ["pooled_shares"]


def pooled_shares(
    points: pd.DataFrame, head: pd.DataFrame, by: str | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Share of each ending over all points, for every level of the factor `by`, with its interval.

    `points` is the table of points (runs and shares of each); `head` holds the first rows of the
    sweep, a complete smaller one, from which it is read how far points share their luck
    (`intervals.independent_runs`).  Columns: `by` (if given), `outcome`, `share`, `low`, `high`, `n`.
    """
    levels = [None] if by is None else list(points[by].drop_duplicates())
    rows = []
    for level in levels:
        here = points if level is None else points[points[by] == level]
        some = head if level is None else head[head[by] == level]
        codes = pd.Categorical(some["outcome"], categories=list(OUTCOMES)).codes
        runs = some["run"].to_numpy()
        n = float(here["runs"].sum())
        for code, outcome in enumerate(OUTCOMES):
            share = float((here[f"share_{outcome}"] * here["runs"]).sum()) / n
            worth = n * independent_runs(codes == code, runs) / len(codes)
            low, high = wilson(share * worth, worth, confidence)
            level_of = {} if by is None else {by: level}
            rows.append(
                {**level_of, "outcome": outcome, "share": share, "low": float(low), "high": float(high)}
            )
    frame = pd.DataFrame(rows)
    frame["n"] = np.int64(points["runs"].sum())
    return frame
