"""Stored sweeps into which a known truth is planted: their design is real, what came out is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from bargain_sim.api import sweep
from bargain_sim.codes import OUTCOMES
from bargain_sim.store.results import Results

Truth = Callable[[pd.DataFrame], npt.NDArray[Any]]

THREE: dict[str, Any] = {
    "sides.both.initial_trust": {"range": [0.2, 0.6], "label": "Trust"},
    "sides.both.reciprocity": {"range": [0.02, 1.0], "label": "Reciprocity"},
    "sides.both.generosity": {"range": [0.0, 0.67], "label": "Generosity"},
}


def design(kind: str, samples: int | None, factors: Mapping[str, Any] = THREE, **more: Any) -> dict[str, Any]:
    """A sweep file as data."""
    found: dict[str, Any] = {
        "format_version": 1, "name": "planted", "title": "Planted", "scenario": "baseline", "design": kind,
        "factors": dict(factors), "runs": 1, "common_random_numbers": False,
    }  # fmt: skip
    return found | ({} if samples is None else {"samples": samples}) | more


def unit(frame: pd.DataFrame, column: str, low: float, high: float) -> npt.NDArray[np.float64]:
    """A factor column as numbers from 0 to 1."""
    return (frame[column].to_numpy(dtype=np.float64) - low) / (high - low)


def planted(source: Mapping[str, Any], truth: Truth, column: str = "outcome") -> Results:
    """The results of a sweep, in which `column` is what `truth` makes of the factors (for endings: true
    is a grand bargain, false a stall)."""
    results = sweep(source, out=None)
    y = truth(results.frame)
    if column == "outcome":
        codes = np.where(y, OUTCOMES.index("grand_bargain"), OUTCOMES.index("stall")).astype(np.int8)
        values = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(OUTCOMES)))
    else:
        values = pa.array(y.astype(np.float32))
    table = results.table
    table = table.set_column(table.schema.get_field_index(column), column, values)
    return Results(results.manifest, table=table, points=results.points, design=results.design_table)


def by_factor(table: pd.DataFrame) -> dict[str, Any]:
    """Factor → its row, as a dictionary."""
    return {str(row["factor"]): row for row in table.to_dict("records")}
