"""A part says itself whose it is: foreign, damaged and orphaned parts on the way to a whole sweep."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from folders import SMALL, bytes_of, in_folder, stretch_of

from bargain_sim import InputError, load_results, sweep
from bargain_sim.analysis.points import points_of
from bargain_sim.cli import main
from bargain_sim.store.key import KEY
from bargain_sim.store.merge import merge
from bargain_sim.store.table import write_part
from bargain_sim.store.verify import verify

PART = "runs/part-000001.parquet"


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 100)


def stopped(folder: Path, source: dict[str, Any] = SMALL, **more: Any) -> Path:
    """A sweep that lacks its last two parts, and whose manifest knows no checksums."""
    in_folder(folder, source, **more)
    for number in (3, 4):
        (folder / "runs" / f"part-{number:06d}.parquet").unlink()
    for name in ("points.parquet",):
        (folder / name).unlink()
    data = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(data | {"complete": False, "files": {}, "rows": 0}))
    return folder


def foreign(path: Path) -> None:
    other = in_folder(path.parent.parent.parent / "other", seed=4).folder
    assert other is not None
    shutil.copy(other / PART, path)


def of_no_sweep(path: Path) -> None:
    write_part(path, pq.read_table(path), key="")


def in_another_order(path: Path) -> None:
    table = pq.read_table(path)
    key = table.schema.metadata[KEY].decode()
    write_part(path, table.take(list(range(99, -1, -1))), key)


def one_bit(path: Path) -> None:
    # In the middle of the values of a column, and so in no place that Parquet itself looks at.
    data = bytearray(path.read_bytes())
    column = pq.read_metadata(path).row_group(0).column(pq.read_schema(path).names.index("utility_minsk"))
    data[column.data_page_offset + column.total_compressed_size - 8] ^= 1
    path.write_bytes(bytes(data))


DAMAGES: list[Callable[[Path], None]] = [foreign, of_no_sweep, in_another_order, one_bit]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_wrong_part_of_an_unfinished_sweep_is_made_again(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    in_folder(tmp_path / "alone")
    folder = stopped(tmp_path / "r")
    damage(folder / PART)
    assert (folder / PART).read_bytes() != (tmp_path / "alone" / PART).read_bytes()
    results = sweep(SMALL, out=folder, resume=True)
    assert results.manifest.timing["runs_this_time"] == 280, "that part, and the two that were missing"
    assert bytes_of(folder) == bytes_of(tmp_path / "alone")
    assert verify(folder) == []


def test_verify_compares_the_key(tmp_path: Path) -> None:
    folder = stopped(tmp_path / "r")
    of_no_sweep(folder / PART)
    wrong = [error for error in verify(folder) if "of another sweep" in error.problem]
    assert [Path(error.place.file).name for error in wrong if error.place] == ["part-000001.parquet"]


def test_keys_of_merged_parts(tmp_path: Path) -> None:
    in_folder(tmp_path / "alone")
    stretch_of(tmp_path / "a", 0, 7)
    stretch_of(tmp_path / "b", 7, 20)
    merge([tmp_path / "b", tmp_path / "a"], tmp_path / "c", points_of)
    assert bytes_of(tmp_path / "c") == bytes_of(tmp_path / "alone")
    in_folder(tmp_path / "other", seed=9)
    merge([tmp_path / "c", tmp_path / "other"], tmp_path / "both", points_of)
    assert verify(tmp_path / "both") == []
    keys = {pq.read_schema(tmp_path / name / PART).metadata[KEY] for name in ("alone", "other", "both")}
    assert len(keys) == 3


def test_others_read_it_as_before(tmp_path: Path) -> None:
    results = in_folder(tmp_path)
    parts = str(tmp_path / "runs" / "*.parquet")
    count = len(results.frame)
    assert count == 480
    assert len(pd.read_parquet(tmp_path / "runs")) == count
    assert pl.scan_parquet(parts).collect().height == count
    found = duckdb.sql(f"select count(*), count(distinct point) from '{parts}'")
    assert found is not None
    assert found.fetchall() == [(count, 24)]


TORN = ["", "{", "[]", "null", '{"format_version": 2}', '{"format_version": 2, "seed": []}']


@pytest.mark.parametrize("text", TORN)
def test_a_torn_manifest_costs_no_run(text: str, tmp_path: Path) -> None:
    in_folder(tmp_path / "alone")
    folder = stopped(tmp_path / "r")
    (folder / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        sweep(SMALL, out=folder)
    with pytest.raises(InputError, match="cannot be read"):
        sweep(SMALL, seed=4, out=folder, resume=True)
    assert sweep(SMALL, out=folder, resume=True).manifest.timing["runs_this_time"] == 180
    assert bytes_of(folder) == bytes_of(tmp_path / "alone")
    assert verify(folder) == []


def test_a_torn_manifest_beside_more_runs_than_asked_for(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "r").folder
    assert folder is not None
    (folder / "manifest.json").write_text("")
    with pytest.raises(InputError, match="cannot be read"):
        sweep(SMALL, runs=5, out=folder, resume=True)
    (folder / "manifest.json").unlink()
    with pytest.raises(InputError, match="nothing is known"):
        sweep(SMALL, runs=5, out=folder, resume=True)
    assert sweep(SMALL, out=folder, resume=True).manifest.timing["runs_this_time"] == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("points", "24"), ("runs", 0), ("files", []), ("files", {"a": {}}), ("factors", [{}]),
        ("blocks", [{"seed": 1}]), ("sweep", None), ("versions", [1]), ("overrides", {"a": 1}),
        ("scenario", 3), ("variants", {"a": 1}), ("machine", 1), ("timing", "x"), ("first_run", 0.5),
    ],
)  # fmt: skip
def test_a_manifest_of_the_wrong_shape(
    key: str, value: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_folder(tmp_path / "r")
    path = tmp_path / "r" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(InputError, match="cannot be read"):
        load_results(tmp_path / "r")
    for how in ([], ["--verify"]):
        assert main(["results", *how, str(tmp_path / "r")]) in (0, 2)
        said = capsys.readouterr()
        assert "this manifest cannot be read" in said.out + said.err


def test_a_folder_in_the_place_of_a_part(tmp_path: Path) -> None:
    in_folder(tmp_path)
    (tmp_path / PART).unlink()
    (missing,) = verify(tmp_path)
    assert missing.problem == "this file is missing"
    assert missing.remedy.startswith("Make it again: bargain sweep")
    (tmp_path / PART).mkdir()
    (there,) = verify(tmp_path)
    assert there.problem == "this is a folder, and a file should be here"
    assert there.remedy.startswith("Move it away; the file is made again by: bargain sweep")
    with pytest.raises(InputError, match="a folder stands where a file should"):
        sweep(SMALL, out=tmp_path, resume=True)
    (tmp_path / PART).rmdir()
    sweep(SMALL, out=tmp_path, resume=True)
    assert verify(tmp_path) == []
