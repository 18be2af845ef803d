"""Tables of points as they come from spreadsheets: what is wrong is told by its line, nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bargain_sim import InputError
from bargain_sim.sweeps.tables import place_of_row, read_table

WRONG: dict[str, tuple[str | bytes, int, str]] = {
    "too many": ("a,b\n1,2\n1,2,3\n", 3, "this row has 3 values, and the header names 2 columns"),
    "too many everywhere": ("a,b\n1,2,3\n4,5,6\n", 2, "this row has 3 values"),
    "too few": ("a,b\n1,2\n\n3\n", 4, "this row has 1 values"),
    "a decimal comma": ("a,b\n0,3,1\n", 2, "this row has 3 values"),
    "after blank lines": ("a,b\n\n1,2\n\n\n3,\n", 6, "`b` has no value in row 2"),
    "a blank line of blanks": ("a\n1\n   \nhigh\n2\n", 4, "`high` is not a number"),
    "after a long text": ('a,b\n"x\ny",2\n"z",high\nz,1\n', 4, "`high` is not a number"),
    "a number among words": ("a\ngrit\n7\nsigned\n", 3, "`7` is a number, and others are words"),
    "semicolons": ("a;b\n1;2\n", 1, "separated by semicolons"),
    "tabs": ("a\tb\n1\t2\n", 1, "separated by tabs"),
    "one name twice": ("a,b, a\n1,2,3\n", 1, "two columns are called `a`"),
    "no name": ("a,b,\n1,2,\n", 1, "column 3 has no name"),
    "Latin-1": ("a,b\n1,2\n3,é\n".encode("latin-1"), 3, "not text in UTF-8"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), 1, "not text in UTF-8"),
    "UTF-16 without a mark": ("a,b\n1,2\n".encode("utf-16-le"), 1, "not text in UTF-8"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_by_its_line(name: str, tmp_path: Path) -> None:
    given, line, words = WRONG[name]
    path = tmp_path / "p.csv"
    path.write_bytes(given if isinstance(given, bytes) else given.encode())
    with pytest.raises(InputError, match=words) as caught:
        read_table(path)
    assert str(caught.value.place) == f"{path}:{line}"
    assert caught.value.remedy


def test_what_a_spreadsheet_adds_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "p.CSV"
    path.write_bytes(b'\xef\xbb\xbfa , "b",c\r\n 0.1, grit ,1\r\n\r\n0.25,"x, y",2\r\n   \r\n')
    table = read_table(path)
    assert {name: column.tolist() for name, column in table.items()} == {
        "a": [0.1, 0.25], "b": ["grit", "x, y"], "c": [1, 2],
    }  # fmt: skip
    assert table["c"].dtype == np.int64
    assert [str(place_of_row(path, row)).rpartition(":")[2] for row in (0, 1)] == ["2", "4"]


def test_other_things_by_that_name(tmp_path: Path) -> None:
    (tmp_path / "p.csv").mkdir()
    with pytest.raises(InputError, match="this is a folder, not a table"):
        read_table(tmp_path / "p.csv")
    (tmp_path / "p.parquet").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="this table cannot be read") as caught:
        read_table(tmp_path / "p.parquet")
    assert "commas" not in caught.value.remedy
    assert "to_parquet" in caught.value.remedy
