"""One row a point: how often each ending occurred there, how surely, and what the sides got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from bargain_sim.analysis.intervals import wilson
from bargain_sim.codes import OUTCOMES
from bargain_sim.store.design import Design
from bargain_sim.store.sketch import Summary

__all__ = ["points_of", "points_of_summary", "summarise_points"]


def summarise_points(
    tables: Iterable[pa.Table], design: Design, sides: Sequence[str], confidence: float = 0.95
) -> pd.DataFrame:
    """Summary of every point from tables of runs, taken one after the other (memory stays flat).

    Columns: `point`, the factors, `runs`, for every outcome `share_…` with Wilson's bounds `low_…` and
    `high_…`, means of the sides' utilities and of `turns`, and `mean_deal_turn` over the runs that
    agreed a package (NaN: none).
    """
    n_points = design.n_points
    counts = np.zeros((n_points, len(OUTCOMES)), dtype=np.int64)
    means = _means(sides)
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
    safe = np.maximum(counts.sum(axis=1), 1)
    found = {name: sums[k] / safe for k, name in enumerate(means)}
    found["deal_turn"] = np.where(deals > 0, deal_turns / np.maximum(deals, 1), np.nan)
    return _frame(design, counts, found, confidence)


def points_of_summary(
    summary: Summary, design: Design, sides: Sequence[str], confidence: float = 0.95
) -> pd.DataFrame:
    """The same table from a summary: shares are the same, means agree to a billionth of their range."""
    means = {name: summary.mean(name) for name in [*_means(sides), "deal_turn"]}
    return _frame(design, summary.endings, means, confidence)


def points_of(
    kept: Summary | Iterable[pa.Table], design: Design, sides: Sequence[str], confidence: float = 0.95
) -> pd.DataFrame:
    """The table of points, from whichever was kept."""
    if isinstance(kept, Summary):
        return points_of_summary(kept, design, sides, confidence)
    return summarise_points(kept, design, sides, confidence)


def _means(sides: Sequence[str]) -> list[str]:
    return [f"utility_{side}" for side in sides] + ["turns"]


def _frame(
    design: Design,
    counts: npt.NDArray[np.int64],
    means: Mapping[str, npt.NDArray[np.float64]],
    confidence: float,
) -> pd.DataFrame:
    runs = counts.sum(axis=1)
    safe = np.maximum(runs, 1)
    columns: dict[str, Any] = {"point": np.arange(design.n_points)}
    for name, values in design.columns.items():
        columns[name] = values.to_numpy() if design.numeric[name] else values.to_pylist()
    columns["runs"] = runs
    for k, outcome in enumerate(OUTCOMES):
        low, high = wilson(counts[:, k], runs, confidence)
        columns |= {f"share_{outcome}": counts[:, k] / safe, f"low_{outcome}": low, f"high_{outcome}": high}
    return pd.DataFrame(columns | {f"mean_{name}": values for name, values in means.items()})
