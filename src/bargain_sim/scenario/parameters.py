"""Parameters that every run draws from a file: a CSV table, a column a path, a row a draw.

The text of the file is kept whole, so that a scenario is the same wherever it goes, and its SHA-256 says
which file it was.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.quantity import fault
from bargain_sim.scenario.reading import text_of
from bargain_sim.scenario.scalars import shortened

__all__ = ["Parameters", "Table", "read_parameters"]

MAX_BYTES: Final = 20_000_000
_REMEDY: Final = (
    "Write a header of paths such as `sides.both.initial_trust`, and below it a row of numbers a draw, as "
    "`bargain calibrate` does"
)


@dataclass(frozen=True, eq=False)
class Table:
    """The numbers of such a file: `values` has shape (rows, columns), `lines` says where each row stands."""

    columns: tuple[str, ...]
    values: npt.NDArray[np.float64]
    lines: tuple[int, ...]


class Parameters(BaseModel):
    """What runs draw their parameters from; in a file of a scenario its name stands for it.

    `row` is set in the scenario of a single run: the row that it drew.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(description="name of the file, without its folder")
    sha256: str = Field(description="SHA-256 of its text, line ends counted as one byte")
    text: str = Field(description="the text of the file", repr=False)
    row: int | None = Field(default=None, ge=0, description="the row, from 0, that a run has drawn")

    @model_validator(mode="before")
    @classmethod
    def _is_read(cls, value: Any) -> Any:
        if not isinstance(value, dict | Parameters):
            raise fault(
                "", "what parameters are drawn from can only be said in a file",
                "Write a scenario that extends this one, and in it `parameters: FILE.csv`",
            )  # fmt: skip
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Parameters:
        if digest(self.text) != self.sha256:
            raise fault("text", "this is not the text with that SHA-256", "Load the scenario's file again")
        try:
            rows = len(self.table.values)
        except InputError as error:
            raise fault("text", error.problem, error.remedy) from None
        if self.row is not None and self.row >= rows:
            raise fault("row", f"there are {rows} rows", f"Choose one from 0 to {rows - 1}")
        return self

    @property
    def table(self) -> Table:
        """Its numbers."""
        return parse(self.text, self.file)

    @property
    def rows(self) -> int:
        """How many draws it holds."""
        return len(self.table.values)


def read_parameters(path: Path, name: str) -> Parameters:
    """Read a file of draws, called `name` in messages.  Raises InputError with line and remedy."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror or error}",
            remedy="Check its name and that you may read it", place=name,
        ) from None  # fmt: skip
    if len(content) > MAX_BYTES:
        raise InputError(
            f"the file has more than the {MAX_BYTES / 1e6:g} MB that parameters may have",
            remedy="Keep fewer rows, or fewer digits; 4,096 draws of 34 parameters take about 1 MB",
            place=name,
        )  # fmt: skip
    text = text_of(content, name).replace("\r\n", "\n").replace("\r", "\n")
    parse(text, name)
    return Parameters(file=path.name.replace(";", ","), sha256=digest(text), text=text)


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=8)
def parse(text: str, name: str) -> Table:
    """The numbers in the text of a file called `name`.  Raises InputError with line and remedy."""
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    columns: tuple[str, ...] = ()
    values: list[list[float]] = []
    lines: list[int] = []
    try:
        for row in reader:
            place = Place(name, reader.line_num)
            if not any(field.strip() for field in row):
                continue
            if not columns:
                columns = _header([field.strip() for field in row], place)
            else:
                values.append(_numbers(row, columns, place))
                lines.append(reader.line_num)
    except csv.Error as error:
        place = Place(name, reader.line_num)
        raise InputError(f"this table cannot be read: {error}", place=place, remedy=_REMEDY) from None
    if not values:
        what = "there is no row below the header" if columns else "the file is empty"
        raise InputError(what, place=Place(name, 1), remedy=_REMEDY)
    return Table(columns, np.array(values), tuple(lines))


def _header(columns: list[str], place: Place) -> tuple[str, ...]:
    for number, column in enumerate(columns):
        if not column:
            problem, remedy = f"column {number + 1} has no name", _REMEDY
        elif any(mark in column for mark in "; \t"):
            problem = f"`{shortened(column)}` is no path"
            remedy = f"Separate columns by commas. {_REMEDY}"
        elif column in columns[:number]:
            problem, remedy = f"two columns are called `{shortened(column)}`", "Keep one of them"
        else:
            continue
        raise InputError(problem, remedy=remedy, place=place)
    return tuple(columns)


def _numbers(row: list[str], columns: tuple[str, ...], place: Place) -> list[float]:
    if len(row) != len(columns):
        raise InputError(
            f"this row has {len(row)} values, and the header names {len(columns)} columns", place=place,
            remedy="Give every row a number a column",
        )  # fmt: skip
    found = []
    for column, text in zip(columns, row, strict=True):
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise InputError(
                f"`{shortened(text.strip())}` in column `{column}` is not a number", place=place,
                remedy="Write digits, such as 0.4",
            )  # fmt: skip
        found.append(number)
    return found
