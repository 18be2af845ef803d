"""Nothing is made of a stored sweep of which a part is missing, torn or too many."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from folders import in_folder

from bargain_sim import InputError, load_results
from bargain_sim.cli import main
from bargain_sim.store.folder import parts_in

Captured = pytest.CaptureFixture[str]

PART = "runs/part-000001.parquet"


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 100)
    in_folder(tmp_path / "small")
    return tmp_path / "small"


@pytest.mark.parametrize("ask", ["plot", "report", "explore", "drivers", "solutions"])
@pytest.mark.parametrize("gone", ["one", "all"])
def test_nothing_is_made_of_a_part_of_the_runs(stored: Path, ask: str, gone: str, capsys: Captured) -> None:
    """What is left would pass for the whole: tables of all runs, figures of some."""
    missing = [stored / PART] if gone == "one" else parts_in(stored)
    for path in missing:
        path.unlink()
    more = ["-o", str(stored / "page.html")] if ask == "explore" else []
    assert main([ask, str(stored), *more]) == 2
    said = capsys.readouterr().err
    assert f"{missing[0]}: this file is missing. Make it again: bargain sweep" in said
    assert f"--out {stored} --resume" in said and "fault" not in said


def test_parts_are_looked_at_before_they_are_read(stored: Path) -> None:
    shutil.copy(stored / PART, stored / "runs" / "part-000099.parquet")
    with pytest.raises(InputError, match="does not belong"):
        _ = load_results(stored).frame
    (stored / "runs" / "part-000099.parquet").unlink()
    pq.write_table(pq.read_table(stored / PART).slice(0, 60), stored / PART)
    with pytest.raises(InputError, match="60 rows, not 100"):
        load_results(stored).head(10)
    (stored / PART).write_bytes(b"nothing")
    with pytest.raises(InputError, match="torn"):
        next(load_results(stored).tables())


def test_the_first_runs_of_none(stored: Path) -> None:
    data = json.loads((stored / "manifest.json").read_text())
    (stored / "manifest.json").write_text(json.dumps(data | {"complete": False, "files": {}}))
    for path in parts_in(stored):
        path.unlink()
    with pytest.raises(InputError, match="no run of this sweep is stored yet"):
        load_results(stored).head(10)
