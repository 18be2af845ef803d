"""What a sweep keeps, through `sweep()`: summaries, transcripts, other people's files, large counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from folders import SMALL, bytes_of

from bargain_sim import InputError, load_results, sweep
from bargain_sim.cli import main
from bargain_sim.codes import OUTCOMES
from bargain_sim.drawing import draw_figures
from bargain_sim.store.checksums import record_of
from bargain_sim.store.sketch import Summary
from bargain_sim.store.table import read_part, write_part
from bargain_sim.store.verify import verify

SUMMED: dict[str, Any] = SMALL | {"keep": "summary"}
UNTIL = {"outcome": "grand_bargain", "half_width": 0.1, "max_runs": 200}


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 100)


def counts_of(points: pd.DataFrame) -> pd.DataFrame:
    """Runs and shares of endings by point: exact, whether runs or summaries are kept."""
    return points[["runs", *(f"share_{outcome}" for outcome in OUTCOMES)]]


def test_a_summary_tells_the_shares_that_all_runs_tell(tmp_path: Path) -> None:
    every, summed = sweep(SMALL), sweep(SUMMED, out=tmp_path / "s")
    assert counts_of(summed.points).equals(counts_of(every.points))
    counted = pd.crosstab(every.frame["point"], every.frame["outcome"].astype(str), normalize="index")
    counted = counted.reindex(columns=list(OUTCOMES), fill_value=0.0)
    shares = summed.points[[f"share_{outcome}" for outcome in OUTCOMES]]
    assert shares.to_numpy() == pytest.approx(counted.to_numpy())
    assert not list((tmp_path / "s" / "runs").glob("*"))
    assert verify(tmp_path / "s") == []
    in_memory = sweep(SUMMED)
    assert in_memory.points.equals(summed.points)
    assert in_memory.summary.quantile("turns", point=3, q=0.5) == load_results(
        tmp_path / "s"
    ).summary.quantile("turns", point=3, q=0.5)
    exact = every.frame.query("point == 3")["utility_minsk"]
    near = summed.summary.quantile("utility_minsk", point=3, q=0.5)
    low, high = exact.quantile([0.45, 0.55])
    error = summed.summary.error("utility_minsk")
    assert low - error <= near <= high + error


@pytest.mark.usefixtures("small_parts")
def test_a_summary_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(SUMMED, out=tmp_path / "alone")
    add = Summary.add
    parts: list[int] = []

    def stop_at_the_third(self: Summary, points: Any, rows: Any, part: int) -> None:
        if len(parts) == 2:
            raise KeyboardInterrupt
        parts.append(part)
        add(self, points, rows, part=part)

    with monkeypatch.context() as patched:
        patched.setattr(Summary, "add", stop_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            sweep(SUMMED, out=tmp_path / "cut", workers=1)
    assert Summary.from_parquet(tmp_path / "cut" / "summary.parquet").included == set(parts)
    with pytest.raises(InputError, match="part of this sweep"):
        sweep(SUMMED, out=tmp_path / "cut")
    results = sweep(SUMMED, out=tmp_path / "cut", resume=True)
    assert results.manifest.timing["runs_this_time"] == 480 - 200
    assert bytes_of(tmp_path / "cut") == bytes_of(tmp_path / "alone")


@pytest.mark.parametrize("keep", ["runs", "summary"])
def test_until_is_sound_and_known_to_verify(keep: str, tmp_path: Path) -> None:
    results = sweep(SMALL | {"keep": keep, "until": UNTIL}, out=tmp_path)
    assert verify(tmp_path) == []
    assert results.points["runs"].nunique() > 1
    assert results.points["runs"].sum() == results.manifest.rows
    damaged = tmp_path / ("runs/part-000000.parquet" if keep == "runs" else "summary.parquet")
    damaged.write_bytes(damaged.read_bytes()[:-3])
    assert [error.place.file for error in verify(tmp_path) if error.place] == [str(damaged)]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("common", [True, False])
def test_rows_of_until_are_verified(common: bool, tmp_path: Path) -> None:
    """Its rounds follow from its results, so every row has its place there, too."""
    results = sweep(SMALL | {"until": UNTIL, "common_random_numbers": common}, out=tmp_path)
    assert verify(tmp_path) == []
    parts = results.parts
    assert len(parts) > 10

    def told(path: Path, change: Callable[[pa.Table], pa.Table]) -> list[str]:
        """What is wrong once a part was changed, and the manifest with it as if it had been written so."""
        before, manifest = path.read_bytes(), results.manifest
        write_part(path, change(read_part(path)))
        files = manifest.files | {f"runs/{path.name}": record_of(path)}
        replace(manifest, files=files).write(tmp_path)
        found = [f"{error.place}: {error.problem}" for error in verify(tmp_path)]
        path.write_bytes(before)
        manifest.write(tmp_path)
        return found

    def swapped(table: pa.Table) -> pa.Table:
        return table.take([*range(40), 41, 40, *range(42, table.num_rows)])

    def all_alike(table: pa.Table) -> pa.Table:
        codes = pa.array(np.zeros(table.num_rows, dtype=np.int16))
        outcome = pa.DictionaryArray.from_arrays(codes, pa.array(OUTCOMES))
        return table.set_column(table.column_names.index("outcome"), "outcome", outcome)

    for path in (parts[1], parts[-2]):  # in the first round, and in the last but one or later
        assert told(path, swapped) == [f"{path}: row 40 is not the run that belongs there"]
    # Other results would have led to other rounds.
    (other,) = told(parts[1], all_alike)
    assert "belongs there" in other or "should be" in other
    (cut,) = told(parts[-1], lambda table: table.slice(0, table.num_rows - 1))
    assert "rows, and" in cut and "should be" in cut
    assert verify(tmp_path) == []


def test_what_until_made_is_compared_in_true_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in (3, 4):
        sweep(SMALL | {"until": UNTIL, "seed": seed}, out=tmp_path / str(seed))
    assert main(["results", "--compare", str(tmp_path / "3"), str(tmp_path / "4")]) == 0
    words = "(not paired: `until` gave the points different numbers of runs; no interval)"
    assert words in capsys.readouterr().out


def test_transcripts_are_stored_and_mended(tmp_path: Path) -> None:
    wanted = SMALL | {"transcripts": {"points": [0, 5], "runs": [3]}}
    sweep(wanted, out=tmp_path, first_run=100)
    files = sorted(path.name for path in (tmp_path / "transcripts").iterdir())
    assert files == ["point-000000-run-000103.json", "point-000005-run-000103.json"]
    told = json.loads((tmp_path / "transcripts" / files[1]).read_text())
    row = load_results(tmp_path).frame.query("point == 5 and run == 103").iloc[0]
    assert (told["outcome"], told["run"]) == (row["outcome"], 103)
    assert told["summary"]["turns"] == row["turns"]
    (tmp_path / "transcripts" / files[0]).unlink()
    assert [error.place.file for error in verify(tmp_path) if error.place]
    sweep(wanted, out=tmp_path, first_run=100, resume=True)
    assert verify(tmp_path) == []


def test_overwrite_leaves_what_is_not_ours(tmp_path: Path) -> None:
    results = sweep(SMALL | {"transcripts": {"points": [0], "runs": [0]}}, out=tmp_path)
    draw_figures(results, kinds=["outcome_map"], sizes=("print", "projector"))
    mine = ["notes.txt", "runs/mine.csv", "figures/photo.png", "transcripts/read me.txt"]
    for name in mine:
        (tmp_path / name).write_text("mine")
    sweep(SMALL, runs=5, out=tmp_path, overwrite=True)
    assert all((tmp_path / name).read_text() == "mine" for name in mine)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    written = {"manifest.json", "design.parquet", "points.parquet", "runs/part-000000.parquet"}
    assert left == written | set(mine)


def test_folders_that_hold_only_ours_go(tmp_path: Path) -> None:
    results = sweep(SMALL | {"transcripts": {"points": [0], "runs": [0]}}, out=tmp_path)
    draw_figures(results, kinds=["outcome_map"])
    sweep(SMALL, out=tmp_path, overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["runs"]


def test_counters_hold_as_many_as_a_file_may_say(tmp_path: Path) -> None:
    releases = ("release_us_citizen", "early_releases", "june_pardons", "large_release")
    many = [(f"counters.prisoners_released.counts.{name}", 10**9) for name in releases]
    results = sweep(SMALL, out=tmp_path, overrides=many)
    most = results.frame["prisoners_released"].max()
    assert most > np.iinfo(np.int32).max
    assert (
        str(pq.read_schema(tmp_path / "runs" / "part-000000.parquet").field("prisoners_released").type)
        == "int64"
    )
