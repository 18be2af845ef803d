"""Which endings occurred how often, with intervals, for every combination of some factors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bargain_sim.analysis.intervals import independent_runs, luck_of, wilson
from bargain_sim.codes import OUTCOMES

__all__ = ["outcome_shares"]


def outcome_shares(
    frame: pd.DataFrame, by: str | Sequence[str] = (), confidence: float = 0.95
) -> pd.DataFrame:
    """Share of each ending, one row for every combination of `by` and every outcome.

    `frame` holds one row a run with a column `outcome`.  The table has the columns of `by`, then
    `outcome` (categorical, in the order of `codes.OUTCOMES`, those that never occurred included),
    `count`, `n` (runs of the combination), `share`, and Wilson's bounds `low` and `high`.  Where
    `frame` has the run numbers, in a column `run`, the bounds know that points share their luck
    (`intervals.independent_runs`).  Every row counts alike: of a sweep with `until`, give the runs that all
    points have (`analysis.reading.rows_of`), else those where the matter is least sure count for more.
    Rows with a missing factor are left out.  Raises KeyError for an unknown column and ValueError
    for an outcome that is none of `codes.OUTCOMES`.
    """
    keys = [by] if isinstance(by, str) else list(by)
    for column in (*keys, "outcome"):
        if column not in frame.columns:
            raise KeyError(f"there is no column `{column}`; there are {', '.join(map(str, frame.columns))}")
    strange = sorted({str(name) for name in frame["outcome"].unique()} - set(OUTCOMES))
    if strange:
        raise ValueError(f"`{strange[0]}` is no outcome; known are {', '.join(OUTCOMES)}")
    table = frame[keys].copy()
    table["outcome"] = pd.Categorical(frame["outcome"], categories=list(OUTCOMES), ordered=True)
    if keys:
        counts = table.groupby([*keys, "outcome"], observed=True).size().unstack("outcome")
        counts = counts.reindex(columns=list(OUTCOMES)).fillna(0).astype("int64")
        wide = counts.reset_index()
    else:
        wide = table["outcome"].value_counts().reindex(list(OUTCOMES)).to_frame().T.reset_index(drop=True)
        wide = wide.astype("int64")
    wide.columns = pd.Index([str(column) for column in wide.columns])
    wide["n"] = wide[list(OUTCOMES)].sum(axis=1)
    wide["_row"] = range(len(wide))
    tidy = wide.melt(
        id_vars=[*keys, "n", "_row"], value_vars=list(OUTCOMES), var_name="outcome", value_name="count"
    )
    tidy["outcome"] = pd.Categorical(tidy["outcome"], categories=list(OUTCOMES), ordered=True)
    tidy = tidy.sort_values(["_row", "outcome"], kind="stable", ignore_index=True)
    tidy["share"] = tidy["count"] / tidy["n"].where(tidy["n"] > 0)
    worth = _worth(frame, keys, tidy)
    low, high = wilson(tidy["share"].fillna(0.0).to_numpy() * worth, worth, confidence)
    tidy["low"], tidy["high"] = low, high
    return tidy[[*keys, "outcome", "count", "n", "share", "low", "high"]]


def _worth(frame: pd.DataFrame, keys: list[str], tidy: pd.DataFrame) -> NDArray[np.float64]:
    """For every row of the tidy table, how many independent runs its share rests on."""
    outcomes = pd.Categorical(frame["outcome"], categories=list(OUTCOMES)).codes
    luck = luck_of(frame)
    groups = frame.groupby(keys, observed=True).indices if keys else {(): np.arange(len(frame))}
    worth = tidy["n"].to_numpy(dtype=float)
    named = tidy[keys].itertuples(index=False, name=None)
    for k, (group, outcome) in enumerate(zip(named, tidy["outcome"], strict=True)):
        here = groups.get(group if len(keys) != 1 else group[0], ())
        if len(here):
            worth[k] = independent_runs(outcomes[here] == OUTCOMES.index(outcome), luck[here])
    return worth
