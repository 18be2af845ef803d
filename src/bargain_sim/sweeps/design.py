"""From a sweep's factors to the values at every point."""

from __future__ import annotations

import itertools
from typing import Any

from bargain_sim.sweeps.definition import Sweep

__all__ = ["factor_table"]


def factor_table(sweep: Sweep) -> dict[str, list[Any]]:
    """Path → its value at every point.  In a grid the first factor changes most slowly."""
    combinations = itertools.product(*(factor.all_values() for factor in sweep.factors.values()))
    columns = list(zip(*combinations, strict=True))
    return {path: list(column) for path, column in zip(sweep.factors, columns, strict=True)}
