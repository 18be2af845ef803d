"""Before a run whose parameters are drawn: which row of the table it has, and putting that into the terms."""

from __future__ import annotations

from typing import Any


def row_of(draw: float, rows: int) -> int:
    """The row, of so many, that a uniform draw means."""
    return min(int(draw * rows), rows - 1)


def lay_row(
    floats: Any,
    ints: Any,
    row: int,
    table: Any,
    float_places: Any,
    float_columns: Any,
    int_places: Any,
    int_columns: Any,
) -> None:
    """Write the numbers of a row where they belong in the buffers of Terms (see `scenario.packed.Drawn`)."""
    for k in range(len(float_places)):
        floats[float_places[k]] = table[row, float_columns[k]]
    for k in range(len(int_places)):
        ints[int_places[k]] = int(table[row, int_columns[k]])
