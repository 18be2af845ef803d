"""What factors move by themselves: on shares that are put together from known parts."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from bargain_sim.analysis.effects import ending_to_watch, main_effects
from bargain_sim.codes import OUTCOMES


def points(share: np.ndarray[tuple[int], np.dtype[np.float64]], **factors: list[object]) -> pd.DataFrame:
    frame = pd.DataFrame(factors)
    for name in OUTCOMES:
        frame[f"share_{name}"] = 0.0
    frame["share_grand_bargain"] = share
    frame["share_stall"] = 1.0 - share
    return frame


def test_an_additive_share_is_explained_by_its_parts() -> None:
    # 5 × 4 × 2 points: the share is .1 a + .05 b, and nothing of c.
    grid = list(itertools.product(range(5), range(4), range(2)))
    a, b, c = (np.array(levels) for levels in zip(*grid, strict=True))
    share = 0.1 * a + 0.05 * b
    frame = points(share, a=list(a.astype(float)), b=[f"b{k}" for k in b], c=list(c.astype(float)))
    table = main_effects(frame, {"c": "numeric", "b": "categorical", "a": "numeric"}, "grand_bargain")
    assert list(table["factor"]) == ["a", "b", "c"]
    first = table.iloc[0]
    assert (first["least_at"], first["most_at"]) == ("0", "4")
    assert first["least"] == pytest.approx(0.075)
    assert first["most"] == pytest.approx(0.475)
    assert (table["least_at"][1], table["most_at"][1]) == ("b0", "b3")
    # Variances of the parts: .01 · 2 and .0025 · 1.25; ε² corrects for the number of levels.
    whole, of_a = 0.02 + 0.003125, 0.02
    expected = 1 - ((whole - of_a) / whole) * (39 / 35)
    assert first["explained"] == pytest.approx(expected)
    assert table["explained"][2] == 0.0


def test_levels_without_effect_explain_nothing_on_average() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(200):
        frame = points(rng.uniform(0, 1, 60), x=list(rng.uniform(0, 1, 60)))
        found.append(float(main_effects(frame, {"x": "numeric"}, "grand_bargain")["explained"].iloc[0]))
    # Cut off at 0, so a little above it; the plain correlation ratio would be 4/59 = .068.
    assert np.mean(found) < 0.035


def test_many_values_are_cut_into_five_groups() -> None:
    x = np.linspace(0.0, 1.0, 101)
    table = main_effects(points(x, x=list(x)), {"x": "numeric"}, "grand_bargain")
    row = table.iloc[0]
    assert (row["least_at"], row["most_at"]) == ("0–0.2", "0.81–1")
    assert row["explained"] == pytest.approx(1 - (1 - 24 / 25) * (100 / 96), abs=0.01)


def test_bounds_of_groups_have_the_digits_that_their_span_is_worth() -> None:
    x = np.linspace(0.000922, 24.0, 101)
    row = main_effects(points(np.linspace(0, 1, 101), x=list(x)), {"x": "numeric"}, "grand_bargain").iloc[0]
    assert row["least_at"] == "0–4.8"


@pytest.mark.parametrize("steps", [3, 40])
def test_levels_alike_in_four_digits_are_told_apart(steps: int) -> None:
    # 10000, 10001, 10002; and ranges of which the first two round to one number over so wide a span.
    x = np.arange(steps) + 10_000.0 if steps == 3 else np.append(np.linspace(0.0, 1e-3, steps - 1), 1e3)
    frame = points(np.arange(steps) / steps, x=list(x), other=["a", *(["b"] * (steps - 1))])
    table = main_effects(frame, {"x": "numeric", "other": "categorical"}, "grand_bargain").set_index("factor")
    row = table.loc["x"]
    assert row["least_at"] != row["most_at"]
    if steps == 3:
        assert (row["least_at"], row["most_at"]) == ("10000", "10002")
    else:
        assert row["explained"] == pytest.approx(1 - (1 - 24 / 25) * (39 / 35), abs=0.02)


def test_one_level_moves_nothing_and_a_level_a_point_explains_nothing() -> None:
    frame = points(np.array([0.1, 0.2, 0.6]), one=["a"] * 3, each=[1.0, 2.0, 3.0])
    table = main_effects(frame, {"one": "categorical", "each": "numeric"}, "grand_bargain")
    assert list(table["factor"]) == ["each"]
    assert np.isnan(table["explained"].iloc[0])
    assert main_effects(frame, {"one": "categorical"}, "stall").empty


def test_the_ending_to_watch() -> None:
    assert ending_to_watch(points(np.array([0.1, 0.2]), x=[0, 1])) == "grand_bargain"
    never = points(np.zeros(2), x=[0, 1])
    assert ending_to_watch(never) == "stall"  # none differs: the most frequent
    never["share_breakdown"], never["share_stall"] = [0.0, 0.4], [1.0, 0.6]
    assert ending_to_watch(never) in ("breakdown", "stall")
