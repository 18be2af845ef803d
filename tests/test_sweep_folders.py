"""Where the features of a sweep meet: precision, transcripts, replacing, resuming, faults on the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from folders import SMALL, bytes_of, in_folder

from bargain_sim import InputError, load_results, simulate, sweep
from bargain_sim.analysis.pooled import pooled_shares
from bargain_sim.cli import main
from bargain_sim.drawing import draw_figures
from bargain_sim.store.listing import list_folder
from bargain_sim.store.verify import verify

UNTIL: dict[str, Any] = {
    "format_version": 1,
    "name": "sure",
    "title": "Until it is sure",
    "scenario": "small_initiative",
    "design": "grid",
    "factors": {"sides.both.initial_trust": [0.1, 0.45, 0.9]},
    "runs": 32,
    "until": {"outcome": "grand_bargain", "half_width": 0.05, "max_runs": 2000},
}


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_point_counts_alike_where_points_differ_in_runs(tmp_path: Path) -> None:
    results = sweep(UNTIL, out=tmp_path)
    runs = results.points["runs"]
    assert runs.max() > 3 * runs.min(), "runs are spent where the share is least sure"
    shares = pooled_shares(results.points, results.head(10_000)).set_index("outcome")
    mean = results.points["share_grand_bargain"].mean()
    assert shares.loc["grand_bargain", "share"] == pytest.approx(mean)
    assert list_folder(tmp_path).shares["grand_bargain"] == pytest.approx(mean)
    assert len(results.head(10_000)) == 3 * 32
    weighted = (results.frame["outcome"] == "grand_bargain").mean()
    assert abs(weighted - mean) > 0.02, "or this would show nothing"
    bounds = shares.loc["grand_bargain", ["low", "high"]].to_numpy(dtype=float)
    assert bounds[0] < mean < bounds[1]
    draw_figures(results, kinds=["outcome_shares", "deal_time"])
    captions = (tmp_path / "figures" / "captions.md").read_text()
    assert "96 runs" in captions and f"{len(results.frame)} runs" not in captions


def test_until_goes_from_the_first_run_only() -> None:
    with pytest.raises(InputError, match="cannot go with `until`"):
        sweep(UNTIL, first_run=100)
    frame = sweep(UNTIL).frame
    assert not frame.duplicated(["point", "run"]).any()


@pytest.mark.parametrize("wrong", ["point", "back end"])
def test_what_cannot_run_replaces_nothing(wrong: str, tmp_path: Path) -> None:
    in_folder(tmp_path / "r")
    before = files_in(tmp_path)
    if wrong == "point":
        bad = SMALL | {"factors": {"sides.both.initial_trust": [0.3, 1.5]}}
        with pytest.raises(InputError, match=r"1\.5 is out of range"):
            sweep(bad, out=tmp_path / "r", overwrite=True)
    else:
        with pytest.raises(InputError, match="nonsense"):
            sweep(SMALL, runs=5, out=tmp_path / "r", overwrite=True, dask="nonsense:1")
    assert files_in(tmp_path) == before


def test_a_refused_sweep_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    factors = {"sides.both.initial_trust": [0.3, 1.5]}
    with pytest.raises(InputError):
        sweep(SMALL | {"factors": factors}, out=tmp_path / "r")
    sweep(SMALL, out=tmp_path / "r")
    assert verify(tmp_path / "r") == []


def test_a_sweep_without_a_run_may_be_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("bargain_sim.sweeps.runner.run_sweep", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sweep(SMALL, out=tmp_path)
    assert (tmp_path / "manifest.json").exists()
    sweep(SMALL, seed=4, out=tmp_path)
    assert verify(tmp_path) == []


def test_a_part_of_another_sweep_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 100)
    in_folder(tmp_path / "here")
    in_folder(tmp_path / "there", seed=4)
    whole = bytes_of(tmp_path / "here")
    name = "runs/part-000001.parquet"
    shutil.copy(tmp_path / "there" / name, tmp_path / "here" / name)
    (tmp_path / "here" / "runs" / "part-000003.parquet").unlink()
    results = sweep(SMALL, out=tmp_path / "here", resume=True)
    assert results.manifest.timing["runs_this_time"] == 200
    assert bytes_of(tmp_path / "here") == whole


def test_a_copy_beside_a_part_is_no_part(tmp_path: Path) -> None:
    in_folder(tmp_path)
    part = tmp_path / "runs" / "part-000000.parquet"
    shutil.copy(part, part.with_name("part-000000 (1).parquet"))
    assert verify(tmp_path) == []
    assert len(load_results(tmp_path).frame) == 480


@pytest.mark.parametrize("what", ["rules_version", "results_version"])
def test_other_code_does_not_go_on(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 100)
    in_folder(tmp_path)
    (tmp_path / "runs" / "part-000003.parquet").unlink()
    monkeypatch.setattr(f"bargain_sim.compiling.{what}", lambda: "another")
    with pytest.raises(InputError, match="another version of bargain_sim"):
        sweep(SMALL, out=tmp_path, resume=True)


def test_other_writers_do_not_go_on(tmp_path: Path) -> None:
    in_folder(tmp_path)
    data = json.loads((tmp_path / "manifest.json").read_text())
    data |= {"complete": False, "versions": data["versions"] | {"pyarrow": "1.0"}}
    (tmp_path / "manifest.json").write_text(json.dumps(data))
    with pytest.raises(InputError, match="the version of pyarrow"):
        sweep(SMALL, out=tmp_path, resume=True)


def test_transcripts_are_of_runs_that_every_point_has(tmp_path: Path) -> None:
    beyond = UNTIL | {"transcripts": {"points": [1], "runs": [32]}}
    with pytest.raises(InputError, match="there is no run 32"):
        sweep(beyond, out=tmp_path)
    apart = UNTIL | {"transcripts": {"points": [1], "runs": [3]}, "common_random_numbers": False}
    results = sweep(apart, out=tmp_path)
    (path,) = (tmp_path / "transcripts").iterdir()
    told = json.loads(path.read_text())
    row = results.frame.query(f"point == 1 and run == {told['run']}").iloc[0]
    assert (row["outcome"], told["run"]) == (told["outcome"], 2003)
    assert simulate(results.scenario_at(1), 0, 2003).outcome == told["outcome"]


def test_transcripts_asked_for_later_are_added(tmp_path: Path) -> None:
    in_folder(tmp_path)
    told: list[str] = []
    sweep(SMALL | {"transcripts": {"points": [0], "runs": [1]}}, out=tmp_path, notice=told.append)
    assert "only transcripts were added" in told[0]
    assert len(list((tmp_path / "transcripts").iterdir())) == 1
    assert verify(tmp_path) == []


def test_run_numbers_end_somewhere() -> None:
    with pytest.raises(InputError, match="out of range"):
        sweep(SMALL, first_run=2**63 - 10)
    last = sweep(SMALL, runs=1, first_run=2**63 - 2)
    assert (last.frame["run"] == 2**63 - 2).all()


def test_the_folder_is_named_without_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "format_version: 1\ntitle: A\nscenario: baseline\ndesign: grid\nruns: 10\n"
    text += "factors: {sides.both.patience: [2, 4]}\ntranscripts: {points: [0], runs: [50]}\n"
    Path("few.yaml").write_text(text)
    assert main(["sweep", "few.yaml", "--no-figures"]) == 2
    assert main(["sweep", "few.yaml", "--no-figures", "--runs", "60"]) == 0
    assert Path("results/few/manifest.json").exists()
