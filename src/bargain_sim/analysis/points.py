"""One row a point: how often each ending occurred there, how surely, and what the sides got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from bargain_sim.analysis.intervals import wilson
from bargain_sim.codes import OUTCOMES

__all__ = ["summarise_points"]


def summarise_points(
    tables: Iterable[pa.Table],
    factors: Mapping[str, Sequence[Any]],
    sides: Sequence[str],
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Summary of every point from tables of runs, taken one after the other (memory stays flat).

    `factors` maps factor columns to their value at every point.  Columns: `point`, the factors,
    `runs`, for every outcome `share_…` with Wilson's bounds `low_…` and `high_…`, means of the sides'
    utilities and of `turns`, and `mean_deal_turn` over the runs that agreed a package (NaN: none).
    """
    n_points = len(next(iter(factors.values())))
    counts = np.zeros((n_points, len(OUTCOMES)), dtype=np.int64)
    means = [f"utility_{side}" for side in sides] + ["turns"]
    sums = np.zeros((len(means), n_points))
    deals = np.zeros(n_points, dtype=np.int64)
    deal_turns = np.zeros(n_points)
    for table in tables:
        point = table["point"].to_numpy()
        for chunk in table["outcome"].chunks:
            if chunk.dictionary.to_pylist() != list(OUTCOMES):
                raise ValueError("the table's outcomes are not those of this version")
        codes = np.concatenate([chunk.indices.to_numpy() for chunk in table["outcome"].chunks])
        flat = point.astype(np.int64) * len(OUTCOMES) + codes
        counts += np.bincount(flat, minlength=counts.size).reshape(counts.shape)
        for k, name in enumerate(means):
            values = table[name].to_numpy().astype(np.float64)
            sums[k] += np.bincount(point, weights=values, minlength=n_points)
        dealt = np.asarray(table["deal_turn"].is_valid())
        when = np.asarray(table["deal_turn"].fill_null(0))[dealt]
        deals += np.bincount(point[dealt], minlength=n_points)
        deal_turns += np.bincount(point[dealt], weights=when, minlength=n_points)
    runs = counts.sum(axis=1)
    # As in the table of runs: numbers are float64 there, whether whole or not.
    columns = {
        name: list(values) if isinstance(values[0], str) else np.asarray(values, dtype=np.float64)
        for name, values in factors.items()
    }
    frame = pd.DataFrame({"point": np.arange(n_points), **columns, "runs": runs})
    safe = np.maximum(runs, 1)
    for k, outcome in enumerate(OUTCOMES):
        low, high = wilson(counts[:, k], runs, confidence)
        frame[f"share_{outcome}"] = counts[:, k] / safe
        frame[f"low_{outcome}"] = low
        frame[f"high_{outcome}"] = high
    for k, name in enumerate(means):
        frame[f"mean_{name}"] = sums[k] / safe
    frame["mean_deal_turn"] = np.where(deals > 0, deal_turns / np.maximum(deals, 1), np.nan)
    return frame
