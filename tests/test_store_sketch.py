"""Summaries: the same bytes whatever the order, and quantiles as near as they say."""

from __future__ import annotations

import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from folders import SMALL, rows_of
from hypothesis import given, settings
from hypothesis import strategies as st

from bargain_sim import InputError, sweep
from bargain_sim.analysis.points import points_of_summary
from bargain_sim.codes import OUTCOMES
from bargain_sim.shipped import shipped_folder
from bargain_sim.store import tally
from bargain_sim.store.bins import COARSEST, bins_for
from bargain_sim.store.ranges import Ranges, ranges_of
from bargain_sim.store.sketch import Summary
from bargain_sim.store.table import Columns
from bargain_sim.sweeps.loading import load_sweep


@pytest.fixture(scope="module")
def made() -> tuple[Summary, np.ndarray, np.ndarray]:
    return rows_of()


def empty(like: Summary) -> Summary:
    return Summary(like.bins, like.n_points)


@given(st.integers(0, COARSEST), st.lists(st.integers(0, 10**6), min_size=1))
def test_counts_fall_into_their_bins(coarseness: int, numbers: list[int]) -> None:
    bins = bins_for(0, 10**6, whole=True, coarseness=coarseness)
    values = np.array(numbers, dtype=float)
    index = bins.index(values)
    assert (bins.edges[index] <= values).all() and (values < bins.edges[index + 1]).all()
    near = np.abs(bins.middles[index] - values)
    assert (near <= np.where(values < 256 >> coarseness, 0.0, values * 2.0**coarseness / 256)).all()
    assert (bins.index(bins.edges[:-1]) == np.arange(bins.n)).all()


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.lists(st.floats(0, 1), min_size=1))
def test_points_fall_into_their_bins(low: float, span: float, parts: list[float]) -> None:
    bins = bins_for(low, low + span, whole=False)
    assert 256 <= bins.n <= 514
    values = np.minimum(low + span * np.array(parts), low + span)
    index = bins.index(values)
    inside = index < bins.n - 1
    slack = 1e-9 * span
    assert (bins.edges[index] <= values + slack).all()
    assert (values[inside] < bins.edges[index + 1][inside] + slack).all()
    assert bins.outside(values) == 0
    assert bins.outside(np.array([low - span, low + 3 * span])) == 2


def test_order_and_cutting_do_not_show(made: tuple[Summary, np.ndarray, np.ndarray], tmp_path: Path) -> None:
    like, points, rows = made
    rng = np.random.default_rng(0)
    files = []
    for number in range(4):
        order = rng.permutation(len(points)) if number else np.arange(len(points))
        pieces = np.array_split(order, [1, 3, 7, 100][number])
        total = empty(like)
        for k, piece in enumerate(pieces):
            if number % 2:
                total.add(points[piece], rows[piece])
            else:  # as another process would
                other = pickle.loads(pickle.dumps(empty(like)))
                other.add(points[piece], rows[piece], part=k)
                total.merge(other)
        total.included = {0}
        total.to_parquet(tmp_path / f"{number}.parquet")
        files.append((tmp_path / f"{number}.parquet").read_bytes())
    assert len(set(files)) == 1


def test_it_comes_back_from_its_file(made: tuple[Summary, np.ndarray, np.ndarray], tmp_path: Path) -> None:
    like, points, rows = made
    first, second = np.array_split(np.arange(len(points)), 2)
    half = empty(like)
    half.add(points[first], rows[first], part=7)
    record = half.to_parquet(tmp_path / "a.parquet")
    assert record["rows"] == (1 + len(half.columns)) * half.n_points
    again = Summary.from_parquet(tmp_path / "a.parquet")
    assert again.included == {7}
    again.add(points[second], rows[second], part=8)
    again.to_parquet(tmp_path / "b.parquet")
    half.add(points[second], rows[second], part=8)
    half.to_parquet(tmp_path / "c.parquet")
    assert (tmp_path / "b.parquet").read_bytes() == (tmp_path / "c.parquet").read_bytes()
    with pytest.raises(ValueError, match="in the summary already"):
        half.add(points[first], rows[first], part=7)
    with pytest.raises(ValueError, match="in both summaries"):
        half.merge(again)
    (tmp_path / "a.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-9])
    with pytest.raises(InputError, match="torn"):
        Summary.from_parquet(tmp_path / "a.parquet")


def test_numbers_are_those_of_the_runs(made: tuple[Summary, np.ndarray, np.ndarray]) -> None:
    like, points, rows = made
    summary = empty(like)
    summary.add(points, rows)
    frame = sweep(SMALL).frame
    assert (summary.runs == 20).all()
    assert not any(summary.outside.values())
    counts = pd.crosstab(frame["point"], frame["outcome"]).reindex(columns=list(OUTCOMES), fill_value=0)
    assert (summary.endings == counts.to_numpy()).all()
    by_point = frame.groupby("point")
    for name in summary.columns:
        values = by_point[name]
        assert np.allclose(summary.mean(name), values.mean().astype(float), atol=1e-6, equal_nan=True), name
        spread = values.std().astype(float)
        assert np.allclose(summary.sd(name), spread, atol=1e-5, equal_nan=True), name
        for q in (0.0, 0.05, 0.5, 0.9, 1.0):
            for point in range(summary.n_points):
                column = values.get_group(point)
                kept = np.sort(column.dropna().to_numpy(dtype=float))
                found = summary.quantile(name, point, q)
                if not len(kept):
                    assert np.isnan(found)
                    continue
                right = kept[max(0, int(np.ceil(q * len(kept))) - 1)]
                assert abs(found - right) <= summary.error(name) * (1 + 1e-9), (name, point, q)
    assert summary.error("turns") == 0.0
    assert summary.error("trust_minsk") <= 1 / 512


def test_points_are_those_of_kept_runs(made: tuple[Summary, np.ndarray, np.ndarray]) -> None:
    like, points, rows = made
    summary = empty(like)
    summary.add(points, rows)
    kept = sweep(SMALL)
    found = points_of_summary(summary, kept.design_table, list(kept.sides))
    exact = [name for name in found if not str(name).startswith("mean_")]
    assert found[exact].equals(kept.points[exact])
    assert list(found) == list(kept.points)
    means = [name for name in found if str(name).startswith("mean_")]
    assert np.allclose(found[means], kept.points[means], atol=1e-6, equal_nan=True)


def test_it_reads_without_us(made: tuple[Summary, np.ndarray, np.ndarray], tmp_path: Path) -> None:
    like, points, rows = made
    summary = empty(like)
    summary.add(points, rows)
    summary.to_parquet(tmp_path / "s.parquet")
    frame = pd.read_parquet(tmp_path / "s.parquet")
    turns = frame[frame["column"] == "turns"].set_index("point")
    assert (turns["n"] == 20).all()
    assert turns["count"].map(sum).eq(20).all()
    assert (turns["p50"] == summary.quantiles("turns", 0.5)).all()
    row: Any = turns.loc[5]
    assert np.dot(row["lower"], row["count"]) / 20 == pytest.approx(row["mean"])


def test_it_stays_within_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = Columns({}, ("a", "b"), ())
    ranges = dict.fromkeys(columns.results, (0.0, 100.0))
    few = Summary.for_sweep(columns, 10, ranges)
    assert few.nbytes == few.endings.nbytes + sum(
        part.nbytes for name in few.columns for part in few.numbers_of(name)
    )
    monkeypatch.setattr(tally, "ENOUGH", few.nbytes * 100)
    many = Summary.for_sweep(columns, 4_000, ranges)
    assert many.bins["trust_a"].n < few.bins["trust_a"].n
    assert many.nbytes <= few.nbytes * 100
    monkeypatch.setattr(tally, "MOST", few.nbytes * 1000)
    with pytest.raises(InputError, match="keep: runs"):
        Summary.for_sweep(columns, 10_000_000, ranges)


def test_what_cannot_fit_is_refused_before_its_ranges_are_worked_out() -> None:
    def ranges() -> Ranges:
        raise AssertionError("the terms of every point would be spread out for it")

    with pytest.raises(InputError, match="10,000,000 points would take"):
        Summary.for_sweep(Columns({}, ("a", "b"), ()), 10_000_000, ranges)


def test_ranges_spread_out_a_few_points_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_sweep(SMALL)
    scenario = loaded.resolved.scenario
    columns = Columns({}, scenario.side_ids, tuple(scenario.counters))
    at_once = ranges_of(columns.results, loaded.groups())
    monkeypatch.setattr("bargain_sim.sweeps.points._SMALL", 0)
    monkeypatch.setattr("bargain_sim.store.ranges._BLOCK", 5)
    groups = loaded.groups()
    assert ranges_of(columns.results, groups) == at_once
    assert not any("_whole" in vars(group) for group in groups), "6 kB a point, and never let go"


def test_what_was_cut_short_is_not_stored(
    made: tuple[Summary, np.ndarray, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    like, points, rows = made
    summary = empty(like)
    summary.add(points, rows, part=0)
    summary.to_parquet(tmp_path / "s.parquet")

    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(summary, "_add_column", stop)
    with pytest.raises(KeyboardInterrupt):
        summary.add(points, rows, part=1)
    assert not summary.sound and summary.included == {0}
    with pytest.raises(ValueError, match="not whole"):
        summary.to_parquet(tmp_path / "s.parquet")
    assert Summary.from_parquet(tmp_path / "s.parquet").included == {0}


def test_a_checkpoint_waits_for_what_is_being_added(
    made: tuple[Summary, np.ndarray, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    like, points, rows = made
    summary = empty(like)
    add, adding, go_on = summary._add_column, threading.Event(), threading.Event()

    def slowly(*given: Any) -> None:
        adding.set()
        assert go_on.wait(60)
        add(*given)

    monkeypatch.setattr(summary, "_add_column", slowly)
    with ThreadPoolExecutor(2) as pool:
        added = pool.submit(summary.add, points, rows, part=0)
        assert adding.wait(60)
        stored = pool.submit(summary.to_parquet, tmp_path / "s.parquet")
        try:
            with pytest.raises(TimeoutError):
                stored.result(0.1)
        finally:
            go_on.set()
        added.result()
        stored.result()
    assert Summary.from_parquet(tmp_path / "s.parquet").included == {0}


def test_checkpoints_between_many_threads(
    made: tuple[Summary, np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    like, points, rows = made
    summary, often = empty(like), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            added = [pool.submit(summary.add, points, rows, part=k) for k in range(40)]
            while not all(each.done() for each in added):
                summary.to_parquet(tmp_path / "s.parquet")
            assert [each.result() for each in added] == [None] * 40
    finally:
        sys.setswitchinterval(often)
    summary.to_parquet(tmp_path / "s.parquet")
    assert Summary.from_parquet(tmp_path / "s.parquet").included == set(range(40))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.floats(0, 1))
def test_a_quantile_is_the_value_of_its_rank(numbers: list[int], q: float) -> None:
    summary = Summary({"turns": bins_for(0, 5, whole=True)}, 1)
    rows = np.zeros((len(numbers), 2))
    rows[:, 1] = numbers
    summary.add(np.zeros(len(numbers), dtype=np.int64), rows)
    assert summary.quantile("turns", 0, q) == sorted(numbers)[max(0, int(np.ceil(q * len(numbers))) - 1)]
    assert np.isnan(Summary(summary.bins, 1).quantile("turns", 0, q))


@pytest.mark.parametrize("name", sorted(path.stem for path in shipped_folder("scenarios").glob("*.yaml")))
def test_no_result_leaves_its_range(name: str) -> None:
    """The ranges are told from the scenario alone: nothing that happens may lie outside."""
    factors = {"sides.both.negativity": [1, 4], "sides.both.snapback": [True, False]}
    summary, points, rows = rows_of(SMALL | {"scenario": name, "factors": factors, "runs": 100})
    summary.add(points, rows)
    assert not any(summary.outside.values())
