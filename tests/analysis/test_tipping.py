"""Tipping points: found where the truth is known, covered as often as stated, none where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from bargain_sim import InputError, sweep, tipping_point
from bargain_sim.analysis.tipping import tipping_point_of

LEVELS = np.linspace(0.0, 1.0, 11)


def chance(x: Any) -> Any:
    """Straight from 0.05 to 0.95 between 0.2 and 0.8: one half exactly at 0.5, and kinks between levels."""
    return np.interp(x, [0.2, 0.8], [0.05, 0.95])


def runs(n: int, seed: int, share: float = 0.6, falls: bool = False, top: float = 1.0) -> pd.DataFrame:
    """`n` run numbers at every level; `share` of the variance of their luck is common to all levels."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    parts = []
    for point, x in enumerate(LEVELS):
        luck = norm.cdf(np.sqrt(share) * common + np.sqrt(1 - share) * rng.normal(size=n))
        hit = luck < top * chance(1.0 - x if falls else x)
        parts.append(
            pd.DataFrame({"point": point, "run": np.arange(n), "x": x,
                          "outcome": np.where(hit, "grand_bargain", "stall")})
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("falls", [False, True])
def test_it_is_found(falls: bool) -> None:
    found = tipping_point_of(runs(4000, 1, falls=falls), "x")
    assert found.at == pytest.approx(0.5, abs=0.02)
    assert found.low < 0.5 < found.high and found.high - found.low < 0.06
    assert found.direction == ("falls" if falls else "rises") and found.crossing == 1.0
    assert list(found.levels["x"]) == list(LEVELS) and found.misfit < 0.02
    assert ("falls below" if falls else "rises above") in found.words()


def test_the_interval_covers_and_knows_of_shared_luck() -> None:
    covered, widths, alone = [], [], []
    for seed in range(120):
        frame = runs(60, seed, share=0.97)
        found = tipping_point_of(frame, "x", resamples=300, seed=seed)
        covered.append(found.low <= 0.5 <= found.high)
        widths.append(found.high - found.low)
        # As if every row had luck of its own: what shared luck does to the interval.
        other = tipping_point_of(frame.drop(columns="run"), "x", resamples=300, seed=seed)
        alone.append(other.high - other.low)
    # 120 samples: three standard errors of 95 % are 6 points.
    assert 0.88 < np.mean(covered) <= 1.0
    assert np.median(widths) > 1.1 * np.median(alone)


def test_none_in_range() -> None:
    found = tipping_point_of(runs(500, 2, top=0.3), "x")
    assert found.at is None and found.crossing == 0.0
    assert found.low == found.high == np.inf
    assert "does not cross 50\u00a0%" in found.words("trust") and "over trust from 0 to 1" in found.words(
        "trust"
    )
    frame = runs(500, 2)
    always = tipping_point_of(frame[frame["x"] > 0.75], "x")
    assert always.at is None and always.low == -np.inf and "over it" in always.words()


def test_hardly_in_range_has_an_open_end() -> None:
    found = tipping_point_of(runs(200, 3, top=0.53), "x")
    assert np.isfinite(found.low) and found.high == np.inf
    assert 0.0 < found.crossing < 1.0
    assert ("above the range" if found.at is not None else "cannot be ruled out") in found.words()


def test_a_chance_of_one_half_everywhere_may_cross_anywhere() -> None:
    told = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        flat = pd.concat(
            [
                pd.DataFrame(
                    {"point": k, "run": 400 * k + np.arange(400), "x": x,
                     "outcome": np.where(rng.random(400) < 0.5, "grand_bargain", "stall")}
                )
                for k, x in enumerate([0.0, 0.5, 1.0])
            ]
        )  # fmt: skip
        found = tipping_point_of(flat, "x", resamples=200, seed=seed)
        if found.low == -np.inf and found.high == np.inf:
            told.append(found.words())
    assert len(told) > 15
    either = ("cannot be ruled out", "below the range to above the range")
    assert all(any(each in words for each in either) for words in told)
    assert any("a crossing anywhere cannot be ruled out" in words for words in told)


def test_another_level_and_ending() -> None:
    frame = runs(4000, 4)
    quarter = tipping_point_of(frame, "x", level=0.25)
    assert quarter.at == pytest.approx(0.2 + 0.6 * 0.2 / 0.9, abs=0.02)
    stall = tipping_point_of(frame, "x", outcome="stall")
    assert stall.direction == "falls" and stall.at == pytest.approx(0.5, abs=0.02)


def test_many_values_are_binned() -> None:
    rng = np.random.default_rng(6)
    x = rng.random(30_000)
    frame = pd.DataFrame(
        {"x": x, "outcome": np.where(rng.random(30_000) < chance(x), "grand_bargain", "stall")}
    )
    found = tipping_point_of(frame, "x")
    assert len(found.levels) == 20 and found.levels["runs"].sum() == 30_000
    assert found.at == pytest.approx(0.5, abs=0.02)


def test_the_same_seed_gives_the_same_interval() -> None:
    frame = runs(50, 7)
    one, two, other = (tipping_point_of(frame, "x", seed=seed) for seed in (0, 0, 1))
    assert (one.low, one.high) == (two.low, two.high) and (one.low, one.high) != (other.low, other.high)


def test_too_few_runs_have_no_interval() -> None:
    found = tipping_point_of(runs(5, 8), "x")
    assert np.isnan(found.low) and np.isnan(found.high) and np.isnan(found.crossing)


def test_what_cannot_be_asked() -> None:
    frame = runs(20, 9).assign(name="a", constant=1.0)
    for column, word in (("y", "no column"), ("name", "no number"), ("constant", "one value")):
        with pytest.raises(InputError, match=word):
            tipping_point_of(frame, column)
    with pytest.raises(InputError, match="no ending"):
        tipping_point_of(frame, "x", outcome="peace")
    with pytest.raises(InputError, match="between 0 and 1"):
        tipping_point_of(frame, "x", level=1.0)


def test_of_a_sweep() -> None:
    definition = {
        "format_version": 1, "name": "tip", "title": "Tip", "scenario": "small_initiative", "design": "grid",
        "factors": {"sides.both.initial_trust": {"range": [0.1, 0.9], "steps": 9}}, "runs": 60,
    }  # fmt: skip
    results = sweep(definition, workers=1)
    found = tipping_point(results, "sides.both.initial_trust")
    by_hand = results.frame.groupby("initial_trust")["outcome"].apply(lambda o: (o == "grand_bargain").mean())
    assert found.levels["share"].tolist() == pytest.approx(by_hand.tolist())
    assert found.factor == "initial_trust" == tipping_point(results, "initial_trust").factor
    with pytest.raises(InputError, match="no factor"):
        tipping_point(results, "trust")
