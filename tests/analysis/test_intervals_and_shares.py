"""Wilson intervals against a published example, shares against counting by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from figure_runs import runs

from bargain_sim.analysis.intervals import independent_runs, share_with_bounds, wilson
from bargain_sim.analysis.shares import outcome_shares
from bargain_sim.codes import OUTCOMES


def test_wilson_of_known_cases() -> None:
    # Newcombe (1998), table I, method 3: the score interval without continuity correction.
    for hits, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
                               (1, 29, 0.0061, 0.1718)):  # fmt: skip
        found = wilson(hits, n)
        assert float(found[0]) == pytest.approx(low, abs=5e-5)
        assert float(found[1]) == pytest.approx(high, abs=5e-5)


def test_wilson_takes_arrays_and_keeps_its_bounds() -> None:
    low, high = wilson(np.arange(5)[:, None], np.array([4, 10, 1000]))
    assert low.shape == high.shape == (5, 3)
    assert (low >= 0).all() and (high <= 1).all() and (low < high).all()
    assert low[0].tolist() == [0, 0, 0] and high[4, 0] == 1
    nothing = wilson(0, 0)
    assert (float(nothing[0]), float(nothing[1])) == (0.0, 1.0)


def test_more_confidence_is_wider() -> None:
    assert wilson(3, 10, 0.99)[0] < wilson(3, 10, 0.8)[0]


@pytest.mark.parametrize("bad", [(5, 4, 0.95), (-1, 4, 0.95), (1, 4, 1.0)])
def test_impossible_counts_are_refused(bad: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError):
        wilson(*bad)


def test_wilson_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    for share in (0.02, 0.3):
        low, high = wilson(rng.binomial(400, share, 20_000), 400)
        covered = float(((low <= share) & (share <= high)).mean())
        assert covered == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("clusters", [2, 3, 5, 10, 30])
def test_a_share_over_points_covers_also_with_few_run_numbers(clusters: int) -> None:
    rng = np.random.default_rng(clusters)
    luck = np.repeat(np.arange(clusters), 50)
    covered = 0
    for _ in range(1000):
        # Half of the variance of what decides a run is that of its number.
        lean = rng.normal(size=clusters)[luck] + rng.normal(size=len(luck))
        _, low, high = share_with_bounds(lean < 0.0, luck)
        covered += low <= 0.5 <= high
    assert 0.925 < covered / 1000 <= 1.0


def test_run_numbers_that_agree_are_worth_their_number() -> None:
    assert independent_runs(np.tile([True, False], 6), np.repeat([0, 1, 2], 4)) == 3


def test_shares_are_counted() -> None:
    frame = runs({"trust": [0.2, 0.5], "strategy": ["b", "a"]}, 25)
    table = outcome_shares(frame, ["trust", "strategy"])
    assert len(table) == 4 * len(OUTCOMES)
    assert list(table.columns) == ["trust", "strategy", "outcome", "count", "n", "share", "low", "high"]
    assert table.groupby(["trust", "strategy"])["share"].sum().to_numpy() == pytest.approx(1)
    row = table[(table.trust == 0.5) & (table.strategy == "a") & (table.outcome == "piecemeal")].iloc[0]
    here = frame[(frame.trust == 0.5) & (frame.strategy == "a")]
    assert row["count"] == (here.outcome == "piecemeal").sum() and row["n"] == 25
    assert row["low"] <= row["share"] <= row["high"]


def test_shares_of_everything_and_of_plain_text() -> None:
    table = outcome_shares(pd.DataFrame({"outcome": ["stall", "stall", "collapse"]}))
    assert table["outcome"].tolist() == list(OUTCOMES)
    assert table.set_index("outcome")["count"].loc["stall"] == 2
    with pytest.raises(ValueError, match="`draw` is no outcome"):
        outcome_shares(pd.DataFrame({"outcome": ["draw"]}))
    with pytest.raises(KeyError, match="no column `x`"):
        outcome_shares(pd.DataFrame({"outcome": ["stall"]}), "x")
