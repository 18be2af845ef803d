"""Names of the columns of results: what `rules.summary` counts, with the sides' own ids."""

from __future__ import annotations

from collections.abc import Iterable

from bargain_sim.rules.summary import COLUMNS

__all__ = ["PARAMETERS_ROW", "RUN_COLUMNS", "SEED", "result_columns"]

PARAMETERS_ROW = "parameters_row"
"""The column that says which row of its file a run has drawn, from 0; only where runs draw one."""

SEED = "seed"
"""The column that says under which seed a run was played; only where several sweeps were merged."""

RUN_COLUMNS = ("point", "run", SEED, PARAMETERS_ROW)
"""The columns that say which run a row is."""


def result_columns(sides: Iterable[str], counters: Iterable[str]) -> list[str]:
    """Names for the engine's rows, in order: `utility_0` becomes `utility_washington`, and so on."""
    ends = {f"_{k}": f"_{side}" for k, side in enumerate(sides)}
    return [name[:-2] + ends.get(name[-2:], name[-2:]) for name in COLUMNS] + list(counters)
