"""What analyses read out of a sweep: some columns, a factor by its name or path, groups by its values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from bargain_sim.analysis.cases import short, told_apart
from bargain_sim.errors import InputError
from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.columns import SEED
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.store.results import Results

__all__ = ["factor_column", "groups_of", "rows_of", "turns_of"]

_LEVELS: Final = 6  # a number with more values is put into three groups of about the same size


def factor_column(results: Results, factor: str) -> str:
    """The column of a factor, given by that or by its path.  Raises InputError where there is none."""
    paths = {str(each["path"]): str(each["name"]) for each in results.manifest.factors}
    column = paths.get(factor, factor)
    if column not in results.factors:
        raise InputError(
            f"this sweep has no factor `{factor}`", remedy=nearest(factor, [*results.factors, *paths])
        )
    return column


def rows_of(results: Results, columns: Sequence[str]) -> pd.DataFrame:
    """These columns of the runs that all points have, with `point` and `run` (and `seed`, if several).

    Every point counts alike: where `until` went on at some, what they have more is left out, for pooled with
    the others it would pull them to where the matter is least sure.  Raises InputError where no runs were
    kept.
    """
    manifest = results.manifest
    several = len({block.seed for block in manifest.run_blocks}) > 1
    wanted = list(dict.fromkeys(["point", "run", *([SEED] if several else []), *columns]))
    frame = results.head(manifest.even_rows, wanted)
    if frame.empty:
        raise InputError("there are no runs to look at", remedy="Run the sweep first")
    return frame


def turns_of(results: Results, frame: pd.DataFrame) -> pd.Series:
    """How many turns each run of `frame` (with `point` and the factors' columns) could have had at most."""
    changing = [
        str(each["name"])
        for each in results.manifest.factors
        if each["path"] in ("turns", "turns.value", "extends")
    ]
    if not changing:
        overrides = [(path, value) for path, value in results.manifest.overrides]
        turns = int(load_scenario(results.manifest.scenario, overrides).turns)
        return pd.Series(turns, index=frame.index)
    found = pd.Series(0, index=frame.index)
    for _, rows in results.design.groupby(changing, observed=True):
        turns = int(results.scenario_at(int(rows["point"].iloc[0])).turns)
        found[frame["point"].isin(rows["point"])] = turns
    return found


def groups_of(frame: pd.DataFrame, column: str) -> dict[str, pd.DataFrame]:
    """The rows of each value of a column, by its name; of a number with over six values, by thirds.

    Numbers come in their order, names in that in which they first stand.  Every row is in one group: a name
    has as many digits as tell it from the others.
    """
    values = frame[column]
    if not is_numeric_dtype(values) or values.dtype == bool:
        return {str(name): frame[values == name] for name in dict.fromkeys(values)}
    levels = np.unique(values.to_numpy(dtype=np.float64))
    if len(levels) <= _LEVELS:
        names = told_apart(lambda more: [f"{level:.{4 + more}g}" for level in levels])
        return {name: frame[values == level] for name, level in zip(names, levels, strict=True)}
    edges = np.quantile(values, [1 / 3, 2 / 3])
    third = np.searchsorted(edges, values, side="left")
    parts = [frame[third == k] for k in range(3) if (third == k).any()]
    span = float(np.ptp(levels))
    ends = [(part[column].min(), part[column].max()) for part in parts]
    names = told_apart(
        lambda more: [f"{short(low, span, more)} to {short(high, span, more)}" for low, high in ends]
    )
    return dict(zip(names, parts, strict=True))
