"""What is pooled over points: each counts alike, whatever `until` did, and luck is told apart by seed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from bargain_sim import InputError, load_results, paths, survival, sweep, tipping_point
from bargain_sim.analysis.cases import cases_of
from bargain_sim.analysis.intervals import luck_of, mean_variance, share_with_bounds, wilson
from bargain_sim.analysis.points import points_of
from bargain_sim.analysis.pooled import pooled_shares
from bargain_sim.analysis.reading import rows_of
from bargain_sim.analysis.shares import outcome_shares
from bargain_sim.analysis.survival import survival_of
from bargain_sim.analysis.tipping import tipping_point_of
from bargain_sim.cli.group import bargain
from bargain_sim.lessons import means, shares
from bargain_sim.store.listing import list_folder
from bargain_sim.store.merge import merge
from bargain_sim.store.results import Results
from bargain_sim.sweeps.loading import load_sweep

RUNS = 64
EVEN: dict[str, Any] = {
    "format_version": 1, "name": "pooled", "title": "Pooled", "scenario": "small_initiative",
    "design": "grid", "runs": RUNS,
    "factors": {
        "sides.both.initial_trust": {"name": "trust", "range": [0.1, 0.9], "steps": 5},
        "sides.both.caution": {"name": "caution", "values": [0, 1, 3]},
    },
}  # fmt: skip
UNEVEN = EVEN | {
    "until": {"outcome": "grand_bargain", "half_width": 0.03, "confidence": 0.95, "max_runs": 1500}
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Results]:
    """A sweep in which `until` went on at some points, and the same with as many runs everywhere."""
    folder = tmp_path_factory.mktemp("pooled")
    sweep(UNEVEN, out=folder / "uneven")
    sweep(EVEN, out=folder / "even")
    return load_results(folder / "uneven"), load_results(folder / "even")


def test_until_went_on_at_some_points_only(stored: tuple[Results, Results]) -> None:
    uneven, _ = stored
    runs = uneven.points["runs"]
    assert runs.min() == RUNS and runs.max() >= 10 * RUNS and not uneven.manifest.regular


def test_a_tipping_point_averages_over_points(stored: tuple[Results, Results]) -> None:
    uneven, even = stored
    found, same = tipping_point(uneven, "trust"), tipping_point(even, "trust")
    assert (found.at, found.low, found.high) == (same.at, same.low, same.high)
    assert found.levels["runs"].tolist() == [3 * RUNS] * 5
    # The points' own shares, each from all of its runs: pooled by rows they are many errors away.
    by_point = uneven.points.groupby("trust")["share_grand_bargain"].mean().to_numpy()
    assert found.levels["share"].to_numpy() == pytest.approx(by_point, abs=0.08)
    by_row = (uneven.frame["outcome"] == "grand_bargain").groupby(uneven.frame["trust"]).mean().to_numpy()
    assert np.abs(by_row - by_point).max() > 0.15


def test_a_wait_averages_over_points(stored: tuple[Results, Results]) -> None:
    uneven, even = stored
    for by in (None, "trust"):
        pd.testing.assert_frame_equal(survival(uneven, by).curves, survival(even, by).curves)


def test_rows_are_those_that_all_points_have(stored: tuple[Results, Results]) -> None:
    for results in stored:
        counted = rows_of(results, ["outcome"])["point"].value_counts()
        assert len(counted) == 15 and set(counted) == {RUNS}


def test_lessons_average_over_points(stored: tuple[Results, Results]) -> None:
    uneven, even = stored
    assert shares(uneven, "trust").equals(shares(even, "trust"))
    assert means(uneven, "trust", "turns").equals(means(even, "trust", "turns"))


def test_routes_average_over_points(stored: tuple[Results, Results]) -> None:
    uneven, even = (paths(each) for each in stored)
    pd.testing.assert_frame_equal(uneven.orders, even.orders)
    assert len(paths(stored[0], point=int(stored[0].points["runs"].argmax())).runs) > RUNS


def test_what_runs_left_averages_over_points(stored: tuple[Results, Results]) -> None:
    told = [
        json.loads(CliRunner().invoke(bargain, ["solutions", str(each.folder), "--json"]).output)["runs"]
        for each in stored
    ]
    assert told[0] == told[1] and told[0]["count"] == 15 * RUNS


def test_a_sweep_that_was_stopped_is_listed_by_what_all_points_have(
    stored: tuple[Results, Results], tmp_path: Path
) -> None:
    uneven, even = stored
    shutil.copytree(str(uneven.folder), tmp_path / "stopped")
    manifest = tmp_path / "stopped" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"complete": False}), "utf-8")
    listed = list_folder(tmp_path / "stopped")
    assert listed.stored == len(uneven.frame) > len(even.frame)
    shares = even.frame["outcome"].astype(str).value_counts(normalize=True)
    assert {name: share for name, share in listed.shares.items() if share} == pytest.approx(shares.to_dict())


def test_a_head_can_be_of_some_columns(stored: tuple[Results, Results]) -> None:
    for results in stored:
        head = results.head(30, ["run", "point"])
        pd.testing.assert_frame_equal(head, results.head(30)[["run", "point"]])


# Luck under several seeds ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The same sweep under two seeds, put together."""
    folder = tmp_path_factory.mktemp("merged")
    for seed in (0, 1):
        sweep(EVEN | {"runs": 40, "seed": seed}, out=folder / str(seed))
    merge([folder / "0", folder / "1"], folder / "both", points_of)
    return load_results(folder / "both")


def told_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """The same runs with numbers of their own under each seed, and no column that tells the seed."""
    return frame.assign(run=frame["run"] + 1000 * frame["seed"]).drop(columns="seed")


def told_alike(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="seed")


OF_FRAMES: dict[str, Callable[[pd.DataFrame, Results], pd.DataFrame]] = {
    "shares": lambda frame, _: outcome_shares(frame),
    "tipping": lambda frame, _: tipping_point_of(frame, "trust").levels,
    "survival": lambda frame, _: survival_of(frame, limit=120).curves,
    "pooled": lambda frame, results: pooled_shares(results.points, frame),
}


@pytest.mark.parametrize("which", OF_FRAMES)
def test_run_numbers_under_two_seeds_share_no_luck(which: str, merged: Results) -> None:
    table, frame = OF_FRAMES[which], merged.frame
    pd.testing.assert_frame_equal(table(frame, merged), table(told_apart(frame), merged))
    assert not table(frame, merged)["low"].equals(table(told_alike(frame), merged)["low"])


def test_a_merged_sweep_is_read_with_its_seeds(merged: Results) -> None:
    found, apart = tipping_point(merged, "trust"), tipping_point_of(told_apart(merged.frame), "trust")
    assert (found.low, found.high) == (apart.low, apart.high)
    pd.testing.assert_frame_equal(found.levels, apart.levels)
    assert len(np.unique(luck_of(merged.frame))) == len(np.unique(cases_of(merged).luck)) == 80


def test_a_factor_cannot_be_called_as_the_column_of_seeds(tmp_path: Path) -> None:
    factors = {"sides.both.initial_trust": {"name": "seed", "values": [0.2, 0.4]}}
    with pytest.raises(InputError, match="`seed` is a column of the results"):
        load_sweep(EVEN | {"factors": factors})


def test_a_mean_of_rows_that_share_luck_is_as_sure_as_that_of_their_means() -> None:
    rng = np.random.default_rng(3)
    luck = np.tile(np.arange(25), 8)
    y = rng.normal(size=200) + rng.normal(size=25)[luck]
    of_luck = pd.Series(y).groupby(luck).mean()
    assert mean_variance(y - y.mean(), luck) == pytest.approx(of_luck.var() / 25)
    assert mean_variance(y - y.mean(), np.arange(200)) == pytest.approx(y.var(ddof=1) / 200)
    assert np.isnan(mean_variance(y - y.mean(), np.zeros(200)))


def test_bounds_of_rows_with_luck_of_their_own_are_wilsons() -> None:
    hits = np.arange(50) < 12
    found = share_with_bounds(hits, luck_of(pd.DataFrame({"outcome": hits})), 0.8)
    assert found == (0.24, *(float(bound) for bound in wilson(12, 50, 0.8)))


# Confidences -------------------------------------------------------------------------------------------


def test_less_confidence_is_narrower(stored: tuple[Results, Results]) -> None:
    _, even = stored
    half, most = (survival(even, confidence=each).groups.iloc[0] for each in (0.5, 0.99))
    assert most["low"] < half["low"] < half["share"] < half["high"] < most["high"]
    some, more = (tipping_point(even, "trust", confidence=each) for each in (0.5, 0.99))
    assert more.low < some.low <= some.high < more.high
    assert (more.levels["low"] < some.levels["low"]).any()
    assert (more.levels["high"] >= some.levels["high"]).all() and "50\u00a0% interval" in some.words()


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95, float("nan")])
def test_a_confidence_that_cannot_be_is_refused(confidence: float, stored: tuple[Results, Results]) -> None:
    _, even = stored
    with pytest.raises(InputError, match=r"confidence must lie between 0 and 1.*0\.95"):
        survival(even, confidence=confidence)
    with pytest.raises(InputError, match=r"confidence must lie between 0 and 1.*0\.95"):
        tipping_point(even, "trust", confidence=confidence)


def test_no_resamples_are_refused(stored: tuple[Results, Results]) -> None:
    with pytest.raises(InputError, match="0 resamples"):
        tipping_point(stored[1], "trust", resamples=0)
