"""`bargain results`: listing, verifying, comparing and merging stored sweeps."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from folders import POINTS_IN, SMALL, bytes_of, in_folder, stretch_of

from bargain_sim import InputError, load_results, simulate, sweep
from bargain_sim.analysis.paired import paired_differences, paired_runs, why_not_paired
from bargain_sim.analysis.points import points_of
from bargain_sim.cli import main
from bargain_sim.store.checksums import records_of
from bargain_sim.store.compare import definition_differences, matched_points, same_contents
from bargain_sim.store.folder import parts_in
from bargain_sim.store.merge import merge
from bargain_sim.store.order import RowReader, expected_rows
from bargain_sim.store.transcripts import write_transcripts
from bargain_sim.store.verify import verify

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 100)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    in_folder(tmp_path / "small")
    return tmp_path / "small"


def test_listing(stored: Path, capsys: Captured, tmp_path: Path) -> None:
    assert main(["results", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f"{stored}\n  small: A small sweep\n  24 points × 20 runs = 480, complete\n  endings: " in out
    assert f"to make it again: bargain sweep SWEEP.yaml --runs 20 --seed 3 --out {stored}" in out
    assert "not prediction" in out
    frame = load_results(stored).frame
    top = frame["outcome"].value_counts(normalize=True)
    label = {"stall": "stall", "piecemeal": "piecemeal", "grand_bargain": "grand bargain"}
    name = str(top.index[0])
    assert f"endings: {label.get(name, name)} {100 * top.iloc[0]:.1f} %" in out


def test_listing_of_what_is_not_complete(stored: Path, capsys: Captured) -> None:
    data = json.loads((stored / "manifest.json").read_text())
    (stored / "manifest.json").write_text(json.dumps(data | {"complete": False, "files": {}}))
    (stored / "runs" / "part-000002.parquet").unlink()
    (stored / "points.parquet").unlink()
    assert main(["results", str(stored)]) == 0
    out = capsys.readouterr().out
    assert "not complete: 380 runs are stored" in out
    assert "to go on: bargain sweep" in out and "--resume" in out
    assert main(["results", "--verify", str(stored)]) == 2
    assert (
        "this sweep is not complete: 380 of 480 runs are stored. Go on with it: " in capsys.readouterr().err
    )


def test_no_results(tmp_path: Path, capsys: Captured) -> None:
    assert main(["results", str(tmp_path)]) == 2
    assert "no results folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--verify", "--compare", "a", "b"], "cannot go together"),
        (["--compare", "a"], "two folders are compared, and 1 given"),
        (["--merge", "a", "b"], "one for the result"),
        (["--merge", "a", "--out", "c"], "two folders or more"),
        (["--out", "c", "a"], "--merge"),
    ],
)
def test_wrong_use(arguments: list[str], words: str, capsys: Captured) -> None:
    assert main(["results", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_sound_folder(stored: Path, capsys: Captured) -> None:
    assert main(["results", "--verify", str(stored)]) == 0
    assert "nothing is missing, torn, changed or misplaced" in capsys.readouterr().out


PART = "runs/part-000001.parquet"


@pytest.mark.parametrize("name", [PART, "points.parquet", "design.parquet"])
@pytest.mark.parametrize("how", ["cut", "flip", "gone"])
def test_every_fault_is_found_and_mended(stored: Path, name: str, how: str, capsys: Captured) -> None:
    before = bytes_of(stored)
    path = stored / name
    content = bytearray(path.read_bytes())
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(content[:-5])
    else:
        content[len(content) // 3] ^= 1
        path.write_bytes(content)
    assert main(["results", "--verify", str(stored)]) == 2
    said = capsys.readouterr().err
    words = {"gone": "missing", "cut": "torn", "flip": "not as it was written"}[how]
    assert f"{path}: this file is {words}" in said
    assert said.count("\n") == 1, said
    assert f"--out {stored} --resume" in said
    path.unlink(missing_ok=True)  # as the message says
    sweep(SMALL, out=stored, resume=True)
    assert verify(stored) == []
    assert bytes_of(stored) == before


def test_a_part_too_many(stored: Path) -> None:
    shutil.copy(stored / PART, stored / "runs" / "part-000099.parquet")
    assert any("does not belong" in error.problem for error in verify(stored))


def test_a_missing_manifest(stored: Path) -> None:
    (stored / "manifest.json").unlink()
    with pytest.raises(InputError, match="no results folder"):
        verify(stored)


def test_rows_out_of_order_are_told(stored: Path) -> None:
    """Right checksums do not help where the rows are not those that belong there."""
    table = pq.read_table(stored / PART)
    order = np.arange(table.num_rows)
    order[[3, 4]] = [4, 3]
    pq.write_table(table.take(order), stored / PART)
    results = load_results(stored)
    names = [stored / name for name in results.manifest.files]
    replace(results.manifest, files=records_of(stored, names)).write(stored)
    found = verify(stored)
    assert [error.problem for error in found] == ["row 3 is not the run that belongs there"]
    assert str(found[0].place) == str(stored / PART)


def test_a_changed_design_is_told(stored: Path) -> None:
    results = load_results(stored)
    replace(results.manifest, design_sha256="0" * 64).write(stored)
    assert [error.problem for error in verify(stored)] == ["its values are not those that were run"]


def test_canonical_order(stored: Path, tmp_path: Path) -> None:
    for common in (True, False):
        results = sweep(SMALL | {"common_random_numbers": common})
        points, runs = expected_rows(results.manifest, 7, 450)
        frame = results.frame.iloc[7:450]
        assert (frame["point"] == points).all()
        assert (frame["run"] == runs).all()


def test_reading_a_stretch_of_rows(stored: Path) -> None:
    reader, whole = RowReader(parts_in(stored)), load_results(stored).frame
    assert reader.rows == 480
    for start, stop in ((0, 1), (99, 101), (100, 200), (5, 480), (479, 480)):
        part = reader.read(start, stop, ["point", "run", "turns"]).to_pandas()
        assert part.equals(whole.iloc[start:stop][["point", "run", "turns"]].reset_index(drop=True))


# Comparing


def test_the_same_again(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 70)
    in_folder(tmp_path / "other")  # other bytes, the same contents
    assert main(["results", "--compare", str(stored), str(tmp_path / "other")]) == 0
    assert capsys.readouterr().out == "The definitions are the same.\nThe results are the same, row by row.\n"


def test_differences_of_definition(tmp_path: Path) -> None:
    a = sweep(SMALL, runs=2).manifest
    factors = SMALL["factors"] | {"sides.both.initial_trust": [0.3, 0.7]}
    b = sweep(SMALL | {"factors": factors, "scenario": "small_initiative"}, runs=3, seed=4).manifest
    lines = definition_differences(a, b)
    assert "the seed: 3 and 4" in lines
    assert "the number of runs a point: 2 and 3" in lines
    assert "the factors or their values: they take other values" in lines
    assert any(line.startswith("the scenario: sides.") for line in lines)
    assert definition_differences(a, a) == []


def test_differences_of_results_run_by_run(stored: Path, tmp_path: Path, capsys: Captured) -> None:
    factors = dict(reversed(list(SMALL["factors"].items()))) | {"sides.both.initial_trust": [0.6, 0.9]}
    in_folder(tmp_path / "other", SMALL | {"factors": factors}, overrides=["sides.both.patience=2"])
    a, b = load_results(stored), load_results(tmp_path / "other")
    ours, theirs = matched_points(a, b)
    assert len(ours) == 12
    names = ["strategy", "initial_trust", "reciprocity_minsk", "snapback"]
    assert a.design.loc[ours, names].values.tolist() == b.design.loc[theirs, names].values.tolist()
    assert paired_runs(a, b) == range(20)
    found = paired_differences(a, b).set_index("outcome")
    frames = [
        results.frame[results.frame["point"].isin(chosen)] for results, chosen in ((a, ours), (b, theirs))
    ]
    for outcome, row in found.iterrows():
        by_run = [
            frame.assign(hit=frame["outcome"] == outcome).groupby("run")["hit"].mean() for frame in frames
        ]
        apart = by_run[1] - by_run[0]
        assert row["difference"] == pytest.approx(apart.mean(), abs=1e-12)
        two_more = np.array([*apart, 1.0, -1.0])  # runs in which every point differs, one each way
        half = 1.959964 * two_more.std() / np.sqrt(22)
        assert row["high"] == pytest.approx(max(apart.mean(), two_more.mean() + half), abs=1e-6)
        assert row["low"] == pytest.approx(min(apart.mean(), two_more.mean() - half), abs=1e-6)
    in_memory = sweep(SMALL | {"factors": factors}, overrides=["sides.both.patience=2"])
    assert paired_differences(a, in_memory).equals(paired_differences(a, b))
    assert main(["results", "--compare", str(stored), str(tmp_path / "other")]) == 0
    out = capsys.readouterr().out
    assert "what --set changes: [] and [['sides.both.patience', 2]]" in out
    assert "paired by run over 20 runs" in out and "percentage points (" in out


def test_unpaired_differences_are_wider(stored: Path) -> None:
    a = load_results(stored)
    other = sweep(SMALL, seed=4)
    assert not paired_runs(a, other)
    apart = paired_differences(a, other).set_index("outcome").loc["grand_bargain"]
    assert apart["low"] < apart["difference"] < apart["high"]
    same = paired_differences(a, sweep(SMALL)).set_index("outcome").loc["grand_bargain"]
    assert same["difference"] == 0.0 and same["low"] == -same["high"]
    # That twenty runs differ in nothing does not say that no run would.
    assert 0.0 < same["high"] < apart["high"] - apart["low"]


def test_other_factors_do_not_match(stored: Path) -> None:
    other = sweep(SMALL | {"factors": {"sides.both.patience": [2, 4]}})
    assert paired_differences(load_results(stored), other).empty


# Merging


@pytest.mark.parametrize("cuts", [[0, 7, 20], [0, 1, 19, 20]])
def test_merged_runs_are_those_made_at_once(
    stored: Path, tmp_path: Path, cuts: list[int], capsys: Captured
) -> None:
    parts = [stretch_of(tmp_path / f"from{a}", a, b) for a, b in pairwise(cuts)]
    for part in parts:
        assert verify(part) == []
    given = [str(part) for part in reversed(parts)]
    assert main(["results", "--merge", *given, "--out", str(tmp_path / "m")]) == 0
    assert "24 points × 20 runs = 480 runs" in capsys.readouterr().out
    assert bytes_of(tmp_path / "m") == bytes_of(stored)
    assert verify(tmp_path / "m") == []
    merged, whole = load_results(tmp_path / "m").manifest, load_results(stored).manifest
    assert merged.differences(whole) == []
    assert merged.command == "bargain sweep SWEEP.yaml --runs 20 --seed 3"
    assert {name: r["sha256"] for name, r in merged.files.items()} == {
        name: r["sha256"] for name, r in whole.files.items()
    }
    assert same_contents(load_results(stored), load_results(tmp_path / "m"))
    assert sweep(SMALL, out=tmp_path / "m").manifest.runs == 20, "it counts as the sweep made at once"


def test_merging_other_seeds_and_gaps(stored: Path, tmp_path: Path) -> None:
    in_folder(tmp_path / "four", seed=4)
    late = stretch_of(tmp_path / "late", 12, 20)
    early = stretch_of(tmp_path / "early", 0, 5)
    write_transcripts(early, [(3, 2)], load_results(early).scenario_at, 3)
    merged = merge([tmp_path / "four", late, early], tmp_path / "m", points_of)
    assert merged.manifest.blocks == [
        {"seed": 3, "first_run": 0, "runs": 5},
        {"seed": 3, "first_run": 12, "runs": 8},
        {"seed": 4, "first_run": 0, "runs": 20},
    ]
    frame = merged.frame
    assert list(frame.columns[:3]) == ["point", "run", "seed"]
    assert len(frame) == 33 * POINTS_IN == merged.manifest.rows
    assert (merged.points["runs"] == 33).all()
    assert verify(tmp_path / "m") == []
    row = frame.iloc[400]
    alone = simulate(merged.scenario_at(int(row["point"])), seed=int(row["seed"]), run=int(row["run"]))
    assert (alone.outcome, alone.turns) == (row["outcome"], row["turns"])
    assert merged.manifest.command.startswith("bargain results --merge ")
    assert (tmp_path / "m" / "transcripts" / "seed-3" / "point-000003-run-000002.json").exists()
    middle = stretch_of(tmp_path / "middle", 5, 12)
    again = merge([tmp_path / "m", middle], tmp_path / "all", points_of)
    assert [block["runs"] for block in again.manifest.blocks] == [20, 20]
    assert again.frame.iloc[:480].drop(columns="seed").equals(load_results(stored).frame)
    assert verify(tmp_path / "all") == []


def test_merging_what_was_merged_keeps_every_transcript(tmp_path: Path) -> None:
    for first, name in ((0, "a"), (8, "b")):
        for seed in (3, 4):
            part = stretch_of(tmp_path / f"{name}{seed}", first, first + 4, seed=seed)
            write_transcripts(part, [(3, first)], load_results(part).scenario_at, seed)
        merge([tmp_path / f"{name}3", tmp_path / f"{name}4"], tmp_path / name, points_of)
    # The same run under both seeds, and each folder's own seed is 3.
    again = merge([tmp_path / "a", tmp_path / "b"], tmp_path / "all", points_of)
    stored = {str(path.relative_to(tmp_path / "all" / "transcripts"))
              for path in (tmp_path / "all").rglob("*.json") if path.name.startswith("point-")}  # fmt: skip
    assert stored == {f"seed-{seed}/point-000003-run-{run:06d}.json" for seed in (3, 4) for run in (0, 8)}
    for seed in (3, 4):
        told = again.transcript(3, 8, seed=seed)
        assert (told["seed"], told["run"]) == (seed, 8)
    with pytest.raises(InputError, match="under the seeds 3, 4") as caught:
        again.transcript(3, 8)
    assert "transcript(3, 8, seed=3)" in (caught.value.remedy or "")
    with pytest.raises(InputError, match="was not stored"):
        again.transcript(3, 1)
    with pytest.raises(InputError, match="played under seed 5"):
        again.transcript(3, 8, seed=5)
    (tmp_path / "all" / "transcripts" / "seed-4" / "point-000003-run-000008.json").unlink()
    assert again.transcript(3, 8)["seed"] == 3


def test_merged_summaries(stored: Path, tmp_path: Path) -> None:
    parts = [stretch_of(tmp_path / f"s{a}", a, b, keep="summary") for a, b in ((0, 8), (8, 20))]
    whole = stretch_of(tmp_path / "whole", 0, 20, keep="summary")
    merged = merge(parts, tmp_path / "m", points_of)
    assert verify(tmp_path / "m") == []
    assert (merged.summary.runs == 20).all()
    a, b = merged, load_results(whole)
    assert same_contents(a, b)
    assert a.points.equals(b.points)
    assert not parts_in(tmp_path / "m")
    with pytest.raises(InputError, match="kept summaries only"):
        _ = merged.frame
    assert why_not_paired(merged, load_results(stored)) == "summaries only"
    exact = paired_differences(merged, load_results(stored))
    assert (exact["difference"].abs() < 1e-12).all() and exact["low"].isna().all()


def test_what_cannot_be_merged(stored: Path, tmp_path: Path, capsys: Captured) -> None:
    def refused(*folders: Path, words: str) -> None:
        with pytest.raises(InputError, match=words):
            merge(folders, tmp_path / "m", points_of)
        assert not (tmp_path / "m").exists()

    half = stretch_of(tmp_path / "half", 10, 20)
    refused(stored, half, words="both hold run 10 under seed 3")
    in_folder(tmp_path / "tense", seed=4, overrides=["sides.both.doubt=0.9"])
    refused(stored, tmp_path / "tense", words="not the same sweep; they differ in .*--set")
    factors = SMALL["factors"] | {"sides.both.initial_trust": [0.3, 0.7]}
    in_folder(tmp_path / "other", SMALL | {"factors": factors}, seed=4)
    refused(stored, tmp_path / "other", words="they take other values")
    early = stretch_of(tmp_path / "early", 0, 10)
    replace(load_results(early).manifest, rules_version="older").write(early)
    refused(early, half, words="they differ in the rules .another version of bargain_sim.: older and ")
    apart = SMALL | {"common_random_numbers": False}
    for name in ("apart", "apart_too"):
        in_folder(tmp_path / name, apart)
    refused(tmp_path / "apart", tmp_path / "apart_too", words="Make one of them with another --seed")
    in_folder(tmp_path / "four", seed=4)
    with pytest.raises(InputError, match="one of the folders they come from"):
        merge([stored, tmp_path / "four"], stored, points_of)
    with pytest.raises(InputError, match="not empty"):
        merge([stored, tmp_path / "four"], tmp_path / "other", points_of)
    merge([stored, tmp_path / "four"], tmp_path / "other", points_of, overwrite=True)
    assert verify(tmp_path / "other") == []
    (tmp_path / "four" / PART).unlink()
    assert (
        main(["results", "--merge", str(stored), str(tmp_path / "four"), "--out", str(tmp_path / "n")]) == 2
    )
    assert f"{tmp_path / 'four' / PART}: this file is missing" in capsys.readouterr().err


def test_merging_holds_little_at_a_time(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [stretch_of(tmp_path / f"from{a}", a, b) for a, b in ((0, 11), (11, 20))]
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 30)
    sizes: list[int] = []
    read = RowReader.read

    def watched(self: RowReader, start: int, stop: int, columns: list[str] | None = None) -> object:
        sizes.append(stop - start)
        return read(self, start, stop, columns)

    monkeypatch.setattr(RowReader, "read", watched)
    merge(parts, tmp_path / "m", points_of)
    assert max(sizes) == 30
    assert same_contents(load_results(tmp_path / "m"), load_results(stored)), "in smaller parts"


def test_what_is_merged_reads_without_us(stored: Path, tmp_path: Path) -> None:
    in_folder(tmp_path / "four", seed=4)
    merge([stored, tmp_path / "four"], tmp_path / "m", points_of)
    frame = pd.read_parquet(tmp_path / "m" / "runs")
    assert frame.groupby("seed").size().to_dict() == {3: 480, 4: 480}
