"""Results folders: the design apart from the manifest, checksums, transcripts, and what does not fit."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from folders import POINTS_IN, SMALL, bytes_of, in_folder

from bargain_sim import InputError, load_results, simulate, sweep
from bargain_sim.store import design as designs
from bargain_sim.store.atomic import make_folder, remove_stale, write_atomic, write_text
from bargain_sim.store.design import DESIGN, Design, values_at
from bargain_sim.store.manifest import MANIFEST
from bargain_sim.store.transcripts import chosen_runs, write_transcripts


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored") / "r"
    in_folder(folder)
    return folder


def test_the_manifest_holds_no_values(stored: Path) -> None:
    data = json.loads((stored / MANIFEST).read_text())
    assert [set(factor) for factor in data["factors"]] == [{"path", "name", "label", "numeric", "kind"}] * 4
    assert [factor["kind"] for factor in data["factors"]] == ["text", "number", "number", "yes_no"]
    assert data["design_sha256"] == load_results(stored).design_table.sha256


def test_the_design_reads_without_us(stored: Path) -> None:
    frame = pd.read_parquet(stored / DESIGN)
    assert list(frame) == ["point", "strategy", "initial_trust", "reciprocity_minsk", "snapback"]
    assert list(frame["point"]) == list(range(POINTS_IN))
    assert frame["initial_trust"].dtype == np.float64
    assert frame.astype({"strategy": str}).equals(load_results(stored).design.astype({"strategy": str}))
    kept = load_results(stored).frame.groupby("point")[["initial_trust", "snapback"]].first()
    assert (kept["initial_trust"] == frame["initial_trust"]).all()


def test_a_point_is_built_from_the_very_values(stored: Path) -> None:
    in_memory, on_disk = sweep(SMALL), load_results(stored)
    for point in (0, 7, POINTS_IN - 1):
        scenario = on_disk.scenario_at(point)
        assert scenario == in_memory.scenario_at(point)
        assert scenario.sides["minsk"].snapback is (point % 2 == 0)
        row = on_disk.frame.iloc[point]
        assert simulate(scenario, seed=3, run=0).outcome == row["outcome"]
    for wrong in (-1, POINTS_IN):
        with pytest.raises(InputError, match=f"no point {wrong}"):
            on_disk.scenario_at(wrong)


def test_a_point_is_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(designs, "ROWS", 4)
    factors = [{"path": f"{k}", "name": f"n{k}", "label": ""} for k in range(3)]
    values: dict[str, Any] = {
        "0": np.arange(11.0),
        "1": [str(k % 3) for k in range(11)],
        "2": [k > 5 for k in range(11)],
    }
    design = Design.of(factors, values)
    design.write(tmp_path)
    assert pq.ParquetFile(tmp_path / DESIGN).num_row_groups == 3
    for k in range(11):
        expected = {"0": float(k), "1": str(k % 3), "2": k > 5}
        assert values_at(tmp_path, design.factors, k) == design.at(k) == expected
    assert Design.read(tmp_path, design.factors).sha256 == design.sha256


def test_the_checksum_of_a_design_knows_every_value() -> None:
    factors = [{"path": "a", "name": "a", "label": ""}, {"path": "b", "name": "b", "label": ""}]

    def checksum(a: Any, b: Any) -> str:
        return Design.of(factors, {"a": a, "b": b}).sha256

    first = checksum([0.1, 0.2], ["x", "y"])
    assert first == checksum(np.array([0.1, 0.2]), ["x", "y"])
    others = [
        checksum([0.1, 0.3], ["x", "y"]),
        checksum([0.2, 0.1], ["x", "y"]),
        checksum([0.1, 0.2], ["y", "x"]),
        checksum([0.1, 0.2], ["x", "z"]),
        checksum([0.1, 0.2], ["xy", ""]),
        checksum([0.1, 0.2, 0.2], ["x", "y", "y"]),
    ]
    assert len({first, *others}) == 7


def test_every_file_has_its_checksum(stored: Path) -> None:
    files = load_results(stored).manifest.files
    assert sorted(files) == ["design.parquet", "points.parquet", "runs/part-000000.parquet"]
    for name, record in files.items():
        content = (stored / name).read_bytes()
        assert record["sha256"] == hashlib.sha256(content).hexdigest()
        assert record["bytes"] == len(content)
        assert record["rows"] == len(pd.read_parquet(stored / name))


def test_another_design_is_refused(stored: Path) -> None:
    other = SMALL | {"factors": SMALL["factors"] | {"sides.both.initial_trust": [0.3, 0.7]}}
    with pytest.raises(InputError, match="the factors or their values"):
        sweep(other, out=stored)


def test_a_missing_part_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 50)
    in_folder(tmp_path)
    before = bytes_of(tmp_path)
    torn = tmp_path / "runs" / "part-000003.parquet"
    torn.write_bytes(torn.read_bytes()[:-20])
    (tmp_path / "runs" / "part-000001.parquet").unlink()
    (tmp_path / DESIGN).unlink()
    with pytest.raises(InputError, match="part of this sweep"):
        sweep(SMALL, out=tmp_path)
    done: list[int] = []
    sweep(SMALL, out=tmp_path, resume=True, progress=lambda runs, total: done.append(runs))
    assert bytes_of(tmp_path) == before
    again = load_results(tmp_path).manifest.timing["runs_this_time"]
    assert again == 100, "what is whole is not made again"
    assert max(done) == 480


def test_chosen_runs_are_stored_whole(tmp_path: Path) -> None:
    results = sweep(SMALL)
    chosen = chosen_runs([0, 5], [1, 3], POINTS_IN, 20)
    assert chosen == [(0, 1), (0, 3), (5, 1), (5, 3)]
    paths = write_transcripts(tmp_path, chosen, results.scenario_at, 3)
    assert paths[2] == tmp_path / "transcripts" / "point-000005-run-000001.json"
    data = json.loads(paths[2].read_text())
    frame = results.frame
    row = frame[(frame["point"] == 5) & (frame["run"] == 1)].iloc[0]
    assert (data["point"], data["run"], data["seed"]) == (5, 1, 3)
    assert data["outcome"] == row["outcome"]
    assert len(data["moves"]) == row["turns"]
    assert data["note"] == "scenario exploration, not prediction"
    stamp = paths[2].stat().st_mtime_ns
    paths[0].unlink()
    write_transcripts(tmp_path, chosen, results.scenario_at, 3)
    assert paths[0].exists() and paths[2].stat().st_mtime_ns == stamp
    results.folder = tmp_path
    assert results.transcript(5, 1) == data
    with pytest.raises(InputError, match="was not stored"):
        results.transcript(5, 2)


def test_chosen_runs_must_be_there() -> None:
    assert chosen_runs([2], [3], 5, 10, stride=20) == [(2, 43)]
    assert chosen_runs([2], [3], 5, 10, first_run=100) == [(2, 103)]
    with pytest.raises(InputError, match="asks for point 5"):
        chosen_runs([5], [0], 5, 10)
    with pytest.raises(InputError, match="asks for run 10"):
        chosen_runs([0], [10], 5, 10)


@pytest.mark.parametrize("reader", ["pandas", "polars", "duckdb"])
def test_others_read_it(stored: Path, reader: str) -> None:
    module = import_module(reader)
    pattern = str(stored / "runs" / "*.parquet")
    if reader == "pandas":
        frame = module.read_parquet(stored / "runs")
        found = frame[frame["initial_trust"] == 0.3]["outcome"].value_counts().to_dict()
    elif reader == "polars":
        lazy = module.scan_parquet(pattern).filter(module.col("initial_trust") == 0.3)
        rows = lazy.group_by("outcome").len().collect().rows()
        found = {str(name): count for name, count in rows}
    else:
        query = f"select outcome, count(*) from '{pattern}' where initial_trust = 0.3 group by outcome"
        found = dict(module.sql(query).fetchall())
    frame = load_results(stored).frame
    expected = frame[frame["initial_trust"] == 0.3]["outcome"].value_counts()
    assert {name: n for name, n in found.items() if n} == {name: n for name, n in expected.items() if n}


def test_nothing_torn_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_text(path, "before")

    def fail(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="the disk is full") as caught:
        write_atomic(path, fail)
    assert "Make space" in caught.value.remedy and "--resume" in caught.value.remedy
    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_an_unknown_fault_stays_what_it_is(tmp_path: Path) -> None:
    def fail(temporary: Path) -> None:
        raise OSError(999, "strange")

    with pytest.raises(OSError, match="strange"):
        write_atomic(tmp_path / "file", fail)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="a file stands where a folder should"):
            make_folder(folder)


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen(["sh", "-c", "exit"])
    ended.wait()
    (tmp_path / "runs").mkdir()
    stale = [
        tmp_path / "runs" / f".part-000001.parquet.{ended.pid}.part",
        tmp_path / f".manifest.json.{os.getpid()}.part",
    ]
    kept = [
        tmp_path / "runs" / f".part-000002.parquet.{os.getppid()}.part",
        tmp_path / ".mine.part",
        tmp_path / "part-000001.parquet",
    ]
    for path in (*stale, *kept):
        path.write_text("half")
    assert sorted(remove_stale(tmp_path)) == sorted(stale)
    assert all(path.exists() for path in kept)
    old = kept[0]
    os.utime(old, (0, 0))
    assert remove_stale(tmp_path) == [old], "its process number may belong to another by now"


def test_a_sweep_removes_what_was_left(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    stale = tmp_path / "runs" / ".part-000000.parquet.999999999.part"
    stale.write_text("half")
    sweep(SMALL, out=tmp_path, overwrite=True)
    assert not stale.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError, match="may not be written to"):
            sweep(SMALL, out=tmp_path / "r")
    finally:
        tmp_path.chmod(0o700)


def test_a_disk_that_fills_up(small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 200)
    in_folder(tmp_path / "whole", runs=60)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    folder = small_disk / "r"
    with pytest.raises(InputError, match="the disk is full") as caught:
        in_folder(folder, runs=60)
    assert caught.value.place is not None and str(folder) in caught.value.place.file
    left = [path.name for path in (folder / "runs").iterdir()]
    assert left and all(name.startswith("part-") for name in left), "nothing torn is left"
    assert all(pq.read_metadata(folder / "runs" / name).num_rows for name in left)
    ballast.unlink()
    in_folder(folder, runs=60, resume=True)
    assert bytes_of(folder) == bytes_of(tmp_path / "whole")


def test_a_disk_that_can_only_be_read(small_disk: Path) -> None:
    in_folder(small_disk / "r")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True, capture_output=True)
    assert len(load_results(small_disk / "r").frame) == 480
    for out in (small_disk / "r", small_disk / "new"):
        with pytest.raises(InputError, match="can only be read"):
            in_folder(out, overwrite=True)
    assert (small_disk / "r" / MANIFEST).exists()
