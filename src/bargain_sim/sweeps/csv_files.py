"""CSV files as people and spreadsheets write them: looked through line by line before they are believed.

pandas reads the values, fast and in little memory; but it passes over what is wrong with a row, and
counts no lines.  So Python's own reader goes first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bargain_sim.errors import InputError, Place

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["is_number", "line_of_row", "read_csv"]

_ENCODING: Final = "utf-8-sig"  # with or without the mark that spreadsheets put first
_OTHER_SEPARATORS: Final = {";": "semicolons", "\t": "tabs"}
_COUNTED: Final = "Give every row a value a column; a text with a comma in it stands in double quotes"


def read_csv(path: Path) -> pd.DataFrame:
    """The table in a CSV file, its columns named by the first line.  Raises InputError."""
    import pandas as pd

    rows = _rows(path)
    line, header = next(rows, (1, []))
    names = [name.strip() for name in header]
    _check_header(path, line, names)
    for line, row in rows:
        if len(row) != len(names):
            raise InputError(
                f"this row has {len(row)} values, and the header names {len(names)} columns",
                place=Place(str(path), line), remedy=_COUNTED,
            )  # fmt: skip
    frame = pd.read_csv(
        path, keep_default_na=False, na_values=[""], skipinitialspace=True, encoding=_ENCODING,
        low_memory=False, index_col=False,
    )  # fmt: skip
    frame.columns = pd.Index(names)
    for name, column in frame.items():
        if column.dtype == object or pd.api.types.is_string_dtype(column):
            frame[name] = column.str.strip()
    return frame


def line_of_row(path: Path, row: int) -> int | None:
    """The line at which row `row` (from 0, the header not counted) begins."""
    for number, (line, _) in enumerate(_rows(path)):
        if number == row + 1:
            return line
    return None


def is_number(text: str) -> bool:
    """Whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, the header first, with the line at which each begins."""
    try:
        with path.open(encoding=_ENCODING, newline="") as handle:
            reader = csv.reader(handle, skipinitialspace=True)
            begins = 1
            for row in reader:
                if any("\0" in field for field in row):
                    raise _not_text(path, begins)
                if row and row != [""]:
                    yield begins, row
                begins = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise _not_text(path, _undecodable(path)) from error
    except csv.Error as error:
        raise InputError(
            f"this table cannot be read: {error}", place=Place(str(path), begins), remedy=_COUNTED
        ) from error


def _not_text(path: Path, line: int) -> InputError:
    return InputError(
        "this is not text in UTF-8", place=Place(str(path), line),
        remedy="Save the table anew in that encoding; spreadsheets call it `CSV UTF-8`",
    )  # fmt: skip


def _undecodable(path: Path) -> int:
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


def _check_header(path: Path, line: int, names: list[str]) -> None:
    place = Place(str(path), line)
    for mark, words in _OTHER_SEPARATORS.items():
        if len(names) == 1 and mark in names[0]:
            raise InputError(
                f"the columns are separated by {words}", place=place,
                remedy="Save the table with commas between them, and with decimal points",
            )  # fmt: skip
    for number, name in enumerate(names, 1):
        if not name:
            raise InputError(
                f"column {number} has no name",
                place=place,
                remedy="Name it in the first line, or take it out",
            )
        if name in names[: number - 1]:
            raise InputError(f"two columns are called `{name}`", place=place, remedy="Keep one of them")
