"""An explicit table of points: a CSV or Parquet file with a row a point and a column a factor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.scalars import shortened
from bargain_sim.sweeps.csv_files import is_number, line_of_row, read_csv
from bargain_sim.sweeps.quantiles import as_column

__all__ = ["place_of_row", "read_table"]

Column = npt.NDArray[Any]
POINT = "point"
"""A column of this name only numbers the points, and is passed over."""


def read_table(path: Path) -> dict[str, Column]:
    """Column name → its values.  Raises InputError where the file is none, empty, or has gaps."""
    import pandas as pd

    shown, kind = str(path), path.suffix.lower()
    if path.is_dir():
        raise InputError("this is a folder, not a table", place=shown, remedy="Give the path of a file")
    if not path.is_file():
        beside = [each.name for each in path.parent.glob("*") if each.suffix in (".csv", ".parquet")]
        raise InputError(
            f"there is no file `{shown}`", remedy=nearest(path.name, beside) if beside else "Give its path"
        )
    if kind not in (".csv", ".parquet"):
        raise InputError(
            "a table is a CSV or a Parquet file", place=shown, remedy="Name it `….csv` or `….parquet`"
        )
    try:
        frame = read_csv(path) if kind == ".csv" else pd.read_parquet(path)
    except (ValueError, OSError) as error:  # of pandas and pyarrow, which say what they could not read
        remedy = "Write one header line, then one line a point, with commas between"
        if kind == ".parquet":
            remedy = "Write it anew (`DataFrame.to_parquet`, say); if it holds text, name it `….csv`"
        raise InputError(
            f"this table cannot be read: {str(error).splitlines()[0] or type(error).__name__}", place=shown,
            remedy=remedy,
        ) from error  # fmt: skip
    frame = frame.drop(columns=POINT, errors="ignore")
    if not len(frame.columns) or not len(frame):
        raise InputError(
            "the table is empty", place=shown, remedy="Write a column a factor and a row a point"
        )
    return {str(name): _column(path, str(name), frame[name]) for name in frame.columns}


def place_of_row(path: Path, row: int) -> Place:
    """Where row `row` (from 0) of a table stands: its line in a CSV file."""
    return Place(str(path), line_of_row(path, row) if path.suffix.lower() == ".csv" else None)


def _column(path: Path, name: str, series: Any) -> Column:
    gaps = np.flatnonzero(series.isna().to_numpy())
    if len(gaps):
        raise InputError(
            f"`{name}` has no value in row {gaps[0] + 1}", place=place_of_row(path, int(gaps[0])),
            remedy="Fill it in; every point needs a value of every factor",
        )  # fmt: skip
    if series.dtype.kind in "iufb":
        kind = np.float64 if series.dtype.kind == "f" else None
        return np.asarray(series.to_numpy(), dtype=kind)
    values = [value.isoformat() if hasattr(value, "isoformat") else value for value in series.tolist()]
    _one_kind(path, name, values)
    if any(isinstance(value, str) for value in values) and not all(isinstance(v, str) for v in values):
        raise InputError(
            f"`{name}` mixes numbers with words", place=str(path), remedy="Make two tables of it"
        )
    return as_column(values)


def _one_kind(path: Path, name: str, values: list[Any]) -> None:
    """Raise InputError at the odd one out among numbers and words, where all are texts of a CSV file."""
    if not all(isinstance(value, str) for value in values):
        return
    numbers = np.array([is_number(value) for value in values])
    if numbers.any():
        odd = int(np.argmin(numbers)) if numbers.mean() >= 0.5 else int(np.argmax(numbers))
        said = "is not a number, and others are" if not numbers[odd] else "is a number, and others are words"
        raise InputError(
            f"`{name}`: `{shortened(values[odd])}` {said}", place=place_of_row(path, odd),
            remedy="Write numbers with a decimal point throughout, or words throughout",
        )  # fmt: skip
