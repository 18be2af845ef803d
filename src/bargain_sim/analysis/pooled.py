"""Shares of the endings over many points at once, with intervals that know that points share luck."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from bargain_sim.codes import OUTCOMES

__all__ = ["pooled_shares"]


def pooled_shares(
    frame: pd.DataFrame, by: str | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Share of each ending over all points of `frame`, for every level of the column `by`.

    `frame` holds one row a run (`point`, `run`, `outcome`).  Under common random numbers run k meets
    the same luck at every point, so that runs at different points are not independent; the interval
    is that of the mean over run numbers of each run's share across points.  With distinct run
    numbers it is the usual one of a proportion.  Columns: `by` (if given), `outcome`, `share`, `low`,
    `high`, `n`.  The bounds are NaN where one run number is all there is.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    names = frame["outcome"].astype(str)
    levels = [None] if by is None else list(frame[by].drop_duplicates())
    rows = []
    for level in levels:
        here = slice(None) if level is None else (frame[by] == level).to_numpy()
        runs = frame["run"].to_numpy()[here]
        outcomes = names.to_numpy()[here]
        _, cluster = np.unique(runs, return_inverse=True)
        size = np.bincount(cluster)
        for outcome in OUTCOMES:
            hits = np.bincount(cluster, weights=outcomes == outcome)
            share = hits.sum() / len(outcomes)
            # Ratio estimator: clusters may differ in size where a sweep is incomplete.
            residual = hits - share * size
            clusters = len(size)
            error = np.nan
            if clusters > 1:
                error = np.sqrt((residual**2).sum() * clusters / (clusters - 1)) / len(outcomes)
            rows.append(
                {
                    **({} if by is None else {by: level}),
                    "outcome": outcome,
                    "share": share,
                    "low": max(0.0, share - z * error),
                    "high": min(1.0, share + z * error),
                    "n": len(outcomes),
                }
            )
    return pd.DataFrame(rows)
