"""Sweeps: what is stored does not depend on how it was computed, and a folder is never spoilt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bargain_sim import InputError, load_results, simulate, sweep
from bargain_sim.analysis.pooled import pooled_shares
from bargain_sim.analysis.shares import outcome_shares
from bargain_sim.codes import OUTCOMES
from bargain_sim.store.shelf import LARGEST_IN_MEMORY
from bargain_sim.sweeps.definition import Factor, Sweep

SMALL: dict[str, Any] = {
    "format_version": 1,
    "name": "small",
    "title": "A small sweep",
    "scenario": "baseline",
    "design": "grid",
    "factors": {
        "sides.both.strategy": ["comparative", "proportional"],
        "sides.both.initial_trust": [0.3, 0.6],
        "sides.minsk.reciprocity": {"range": [0.2, 0.8], "steps": 3},
    },
    "runs": 20,
    "seed": 3,
}


def changed(**more: Any) -> dict[str, Any]:
    return {**SMALL, **more}


def in_folder(folder: Path, source: Mapping[str, Any] = SMALL, **more: Any) -> dict[str, bytes]:
    """Run into a folder; the bytes of its part files."""
    sweep(source, out=folder, **more)
    return {path.name: path.read_bytes() for path in sorted((folder / "runs").iterdir())}


def test_a_grid_changes_its_first_factor_most_slowly() -> None:
    frame = sweep(SMALL, runs=1).frame
    assert list(frame["strategy"]) == ["comparative"] * 6 + ["proportional"] * 6
    assert list(frame["initial_trust"][:6]) == [0.3, 0.3, 0.3, 0.6, 0.6, 0.6]
    assert list(frame["reciprocity_minsk"][:3]) == [0.2, 0.5, 0.8]
    assert frame["initial_trust"].dtype == np.float64
    assert (frame["initial_trust"] == 0.3).sum() == 6


def test_ranges_hit_their_decimals() -> None:
    factor = Factor(range=(0.1, 0.9), steps=17)
    assert factor.all_values() == [round(0.1 + 0.05 * k, 2) for k in range(17)]


def test_each_row_is_the_run_it_says() -> None:
    results = sweep(SMALL)
    frame = results.frame
    for k in (0, 17, 100, 239):
        row = frame.iloc[k]
        alone = simulate(results.scenario_at(int(row["point"])), seed=3, run=int(row["run"]))
        for name, value in alone.summary.items():
            if value is None:
                assert pd.isna(row[name])
            elif isinstance(value, float):
                assert np.float32(value) == row[name], name
            else:
                assert value == row[name], name


def test_workers_do_not_matter(tmp_path: Path) -> None:
    parts = [in_folder(tmp_path / str(workers), workers=workers) for workers in (1, 2, 3)]
    assert parts[0] == parts[1] == parts[2]
    assert sweep(SMALL).frame.equals(load_results(tmp_path / "1").frame)


def test_more_parts_than_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 50)
    parts = in_folder(tmp_path / "cut", workers=2)
    assert [pq.read_metadata(tmp_path / "cut" / "runs" / name).num_rows for name in parts] == [50] * 4 + [40]
    assert load_results(tmp_path / "cut").frame.equals(sweep(SMALL).frame)


def test_fewer_runs_are_the_beginning_of_more() -> None:
    few, many = sweep(SMALL, runs=5).frame, sweep(SMALL, runs=20).frame
    assert few.equals(many.iloc[: len(few)])


def test_luck_is_shared_unless_it_is_not() -> None:
    shared = sweep(SMALL).frame
    assert set(shared["run"]) == set(range(20))
    apart = sweep(changed(common_random_numbers=False))
    frame = apart.frame
    assert frame["run"].is_unique
    row = frame.iloc[150]
    alone = simulate(apart.scenario_at(int(row["point"])), seed=3, run=int(row["run"]))
    assert (alone.outcome, alone.turns) == (row["outcome"], row["turns"])


def test_points_of_different_sizes() -> None:
    factors = {"turns": {"values": [10, 60], "name": "horizon"}, "sides.both.initial_trust": [0.4, 0.6]}
    results = sweep(changed(factors=factors, runs=4))
    frame = results.frame
    assert frame.groupby("horizon")["run"].count().eq(8).all()
    for k in range(len(frame)):
        row = frame.iloc[k]
        alone = simulate(results.scenario_at(int(row["point"])), seed=3, run=int(row["run"]))
        assert alone.outcome == row["outcome"]


def test_set_lies_over_the_scenario_and_not_over_factors() -> None:
    plain, tense = sweep(SMALL), sweep(SMALL, overrides=["sides.both.doubt=0.9"])
    assert not plain.frame.equals(tense.frame)
    with pytest.raises(InputError, match="set the same thing"):
        sweep(SMALL, overrides=["sides.minsk.initial_trust=0.9"])


def test_seed_zero_is_a_seed() -> None:
    assert sweep(SMALL, seed=0).manifest.seed == 0
    assert sweep(changed(seed=0)).frame.equals(sweep(SMALL, seed=0).frame)
    assert not sweep(SMALL, seed=0).frame.equals(sweep(SMALL).frame)


def test_the_same_sweep_is_recognised(tmp_path: Path) -> None:
    said: list[str] = []
    before = in_folder(tmp_path / "r")
    stamp = (tmp_path / "r" / "manifest.json").stat().st_mtime_ns
    assert in_folder(tmp_path / "r", notice=said.append) == before
    assert (tmp_path / "r" / "manifest.json").stat().st_mtime_ns == stamp
    assert "nothing to do" in said[-1]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"seed": 4}, "the seed"),
        ({"runs": 21}, "the number of runs"),
        ({"overrides": ["sides.both.doubt=0.9"]}, "what --set changes"),
    ],
)
def test_another_sweep_is_refused(tmp_path: Path, more: dict[str, Any], words: str) -> None:
    before = in_folder(tmp_path / "r")
    with pytest.raises(InputError, match=words):
        sweep(SMALL, out=tmp_path / "r", **more)
    assert {p.name: p.read_bytes() for p in (tmp_path / "r" / "runs").iterdir()} == before
    sweep(SMALL, out=tmp_path / "r", overwrite=True, **more)


def test_an_interrupted_sweep_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 50)
    whole = in_folder(tmp_path / "whole")

    def stop(done: int, total: int) -> None:
        if done >= 120:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(SMALL, out=tmp_path / "cut", progress=stop, workers=1)
    assert json.loads((tmp_path / "cut" / "manifest.json").read_text())["complete"] is False
    kept = list((tmp_path / "cut" / "runs").iterdir())
    assert 0 < len(kept) < len(whole)
    with pytest.raises(InputError, match="part of this sweep"):
        sweep(SMALL, out=tmp_path / "cut")
    seen: list[int] = []
    sweep(SMALL, out=tmp_path / "cut", resume=True, progress=lambda done, total: seen.append(done))
    again = load_results(tmp_path / "cut").manifest.timing["runs_this_time"]
    assert again == 240 - 50 * len(kept), "what was finished is not computed again"
    assert max(seen) == 240
    assert {p.name: p.read_bytes() for p in (tmp_path / "cut" / "runs").iterdir()} == whole
    assert load_results(tmp_path / "cut").points.equals(load_results(tmp_path / "whole").points)


def test_a_folder_of_someone_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="nothing is known"):
        sweep(SMALL, out=tmp_path)
    assert (tmp_path / "runs" / "mine.txt").read_text() == "mine"


def test_no_results_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no results folder"):
        load_results(tmp_path)
    with pytest.raises(InputError, match="no results folder"):
        load_results(tmp_path / "nowhere")


def test_a_torn_manifest_is_told(tmp_path: Path) -> None:
    in_folder(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        load_results(tmp_path)


def test_too_many_for_memory() -> None:
    with pytest.raises(InputError, match="too many to hold in memory"):
        sweep(SMALL, runs=LARGEST_IN_MEMORY)


def test_points_add_up_and_hold_the_shares() -> None:
    results = sweep(SMALL)
    points = results.points
    shares = points[[f"share_{outcome}" for outcome in OUTCOMES]]
    assert np.allclose(shares.sum(axis=1), 1.0)
    assert (points["runs"] == 20).all()
    frame = results.frame
    for outcome in OUTCOMES:
        counted = (frame["outcome"] == outcome).groupby(frame["point"]).mean()
        assert np.allclose(points[f"share_{outcome}"], counted)
        assert (points[f"low_{outcome}"] <= points[f"share_{outcome}"] + 1e-12).all()
        assert (points[f"high_{outcome}"] >= points[f"share_{outcome}"] - 1e-12).all()
    means = frame.groupby("point")["utility_minsk"].mean()
    assert np.allclose(points["mean_utility_minsk"], means, rtol=1e-5)
    deals = frame.dropna(subset="deal_turn").groupby("point")["deal_turn"].mean()
    assert np.allclose(points.set_index("point")["mean_deal_turn"].dropna(), deals)


def test_parquet_reads_without_us(tmp_path: Path) -> None:
    in_folder(tmp_path)
    frame = pd.read_parquet(tmp_path / "runs")
    assert len(frame) == 240
    assert set(frame["outcome"]) <= set(OUTCOMES)
    assert frame["utility_minsk"].dtype == np.float32
    assert frame["initial_trust"].dtype == np.float64


def test_the_manifest_says_how_to_make_it_again(tmp_path: Path) -> None:
    sweep("trust_reciprocity", runs=2, seed=5, overrides=["sides.both.doubt=0.1"], out=tmp_path / "r")
    data = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert data["command"] == ("bargain sweep trust_reciprocity --runs 2 --seed 5 --set sides.both.doubt=0.1")
    assert data["overrides"] == [["sides.both.doubt", 0.1]]
    assert data["versions"]["numpy"] == np.__version__
    assert data["complete"] is True
    shutil.move(tmp_path / "r", tmp_path / "elsewhere")
    again = load_results(tmp_path / "elsewhere")
    assert again.scenario_at(0).sides["minsk"].doubt.value == 0.1


def test_pooled_interval_covers_under_shared_luck() -> None:
    """With all points alike, shared luck makes n rows worth n/points: the interval must know."""
    rng = np.random.default_rng(0)
    outcomes = np.where(rng.random(200) < 0.4, "stall", "piecemeal")
    alone = pd.DataFrame({"point": 0, "run": range(200), "outcome": outcomes})
    copies = pd.concat([alone.assign(point=point) for point in range(25)])
    a = outcome_shares(alone).set_index("outcome").loc["stall"]
    b = outcome_shares(copies).set_index("outcome").loc["stall"]
    assert b["low"] == pytest.approx(a["low"], abs=2e-4)
    assert b["high"] == pytest.approx(a["high"], abs=2e-4)
    naive = outcome_shares(copies.drop(columns="run")).set_index("outcome").loc["stall"]
    assert naive["high"] - naive["low"] < 0.3 * (b["high"] - b["low"])
    by = outcome_shares(copies.assign(kind=copies["point"] % 2), "kind")
    assert len(by) == 2 * len(OUTCOMES)
    assert (by.loc[by["share"] == 0, "high"] > 0.01).all(), "200 runs of one luck are not 2,500"


def test_the_definition_is_frozen_and_counts() -> None:
    definition = Sweep.model_validate(SMALL)
    assert definition.n_points == 12
    assert definition.columns() == {
        "sides.both.strategy": "strategy",
        "sides.both.initial_trust": "initial_trust",
        "sides.minsk.reciprocity": "reciprocity_minsk",
    }


def test_the_head_of_a_sweep_is_a_smaller_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 50)
    stored = sweep(SMALL, out=tmp_path)
    for results in (stored, sweep(SMALL)):
        assert results.head(60).equals(sweep(SMALL, runs=5).frame)
        assert len(results.head(1)) == 12
        assert len(results.head(10_000)) == 240


def test_pooled_shares_are_those_of_all_runs() -> None:
    results = sweep(SMALL)
    pooled = pooled_shares(results.points, results.head(120), "strategy")
    counted = outcome_shares(results.frame, "strategy")
    assert np.allclose(pooled["share"], counted["share"])
    wide = counted["high"] - counted["low"]
    assert np.allclose(pooled["high"] - pooled["low"], wide, atol=0.15)
    everything = pooled_shares(results.points, results.frame)
    assert np.allclose(everything["low"], outcome_shares(results.frame)["low"])
