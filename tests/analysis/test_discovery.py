"""Scenario discovery: planted boxes and questions are found again, with the numbers that belong to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from planted import THREE, by_factor, design, planted

from bargain_sim import InputError
from bargain_sim.analysis.boxes import find_boxes
from bargain_sim.analysis.cases import cases_of
from bargain_sim.analysis.cut import Cut, cut_of
from bargain_sim.analysis.tree import grow_tree

WORDS = {"sides.both.strategy": {"values": ["comparative", "proportional", "grit"], "label": "Strategy"}}


def in_box(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Trust over 0.35, reciprocity from 0.3 to 0.8; generosity does not matter."""
    reciprocity = frame["reciprocity"].between(0.3, 0.8)
    return np.asarray((frame["initial_trust"] >= 0.35) & reciprocity)


def noisy(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    lot = np.random.default_rng(3).random(len(frame))
    return np.asarray(np.where(in_box(frame), lot < 0.9, lot < 0.05))


def cut(truth: Any = in_box, samples: int = 2048, **more: Any) -> Cut:
    return cut_of(cases_of(planted(design("sobol", samples, **more), truth)))


@pytest.mark.parametrize(("truth", "density"), [(in_box, 0.97), (noisy, 0.87)])
def test_prim_finds_a_planted_box(truth: Any, density: float) -> None:
    found = find_boxes(cut(truth), density)
    box = found.boxes[0]
    limits = by_factor(box.limits)
    assert set(limits) == {"initial_trust", "reciprocity"}
    assert limits["initial_trust"]["low"] == pytest.approx(0.35, abs=0.02)
    assert np.isnan(limits["initial_trust"]["high"])
    reciprocity = limits["reciprocity"]
    assert [reciprocity["low"], reciprocity["high"]] == pytest.approx([0.3, 0.8], abs=0.05)
    assert (box.limits["quasi_p"] < 0.001).all()
    assert box.density >= density and box.dense and box.coverage > 0.85


def test_what_is_told_of_a_box_can_be_counted_again() -> None:
    asked = cut(noisy)
    for box in find_boxes(asked).boxes[:1]:
        here = np.ones(len(asked.hit), dtype=bool)
        for limit in box.limits.to_dict("records"):
            value = asked.cases.x[limit["factor"]].to_numpy()
            here &= ~(value < limit["low"]) & ~(value > limit["high"])
        assert (box.cases, box.hits) == (here.sum(), (here & asked.hit).sum())
        assert box.density == box.hits / box.cases and box.mass == box.cases / len(here)
        assert box.coverage == box.hits / asked.hit.sum()
        assert box.density_low < box.density < box.density_high


def test_a_second_box_is_found_outside_the_first() -> None:
    def two(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        return np.asarray((frame["initial_trust"] > 0.4) | (frame["reciprocity"] > 0.75))

    found = find_boxes(cut(two), density=0.97)
    first, second = (by_factor(box.limits) for box in found.boxes)
    assert list(first) == ["initial_trust"] and list(second) == ["reciprocity"]
    assert first["initial_trust"]["low"] == pytest.approx(0.4, abs=0.02)
    assert second["reciprocity"]["low"] == pytest.approx(0.75, abs=0.03)
    assert sum(box.coverage for box in found.boxes) == pytest.approx(1.0, abs=0.03)
    assert sum(box.hits for box in found.boxes) <= found.cut.hit.sum()  # none is counted twice


def test_a_restriction_that_may_be_chance_is_taken_back() -> None:
    """With 64 points PRIM peels generosity too, somewhere; none of it is left."""
    for seed in range(4):
        found = find_boxes(cut(in_box, 64, seed=seed))
        assert (found.boxes[0].limits["quasi_p"] < 0.05).all()


def test_the_densest_box_is_shown_where_none_is_dense_enough() -> None:
    found = find_boxes(cut(lambda frame: noisy(frame) & (np.arange(len(frame)) % 2 == 0)), density=0.99)
    assert not found.boxes[0].dense and len(found.boxes) == 1
    assert found.boxes[0].density > found.cut.share


def test_words_are_peeled_as_words() -> None:
    factors = THREE | WORDS

    def truth(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        return np.asarray(frame["strategy"].isin(["grit", "comparative"]) & (frame["initial_trust"] > 0.4))

    asked = cut(truth, 1024, factors=factors)
    limits = by_factor(find_boxes(asked).boxes[0].limits)
    assert limits["strategy"]["words"] == "Strategy is comparative or grit"
    tree = grow_tree(asked)
    best = tree.leaves.iloc[0]
    assert best["density"] == 1.0 and "Strategy is not proportional" in best["rule"]


def test_cart_finds_a_planted_split() -> None:
    asked = cut(lambda frame: np.asarray(frame["initial_trust"] > 0.42))
    tree = grow_tree(asked)
    assert list(tree.nodes["factor"]) == ["initial_trust", "", ""]
    assert list(tree.leaves["density"]) == [1.0, 0.0]
    assert list(tree.leaves["rule"]) == ["Trust is at least 0.42", "Trust is at most 0.42"]
    assert tree.skill > 0.97


def test_cart_asks_no_more_than_helps() -> None:
    """One noisy split, and two factors that do nothing: one question, not seven."""

    def truth(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        lot = np.random.default_rng(5).random(len(frame))
        return np.asarray(np.where(frame["initial_trust"] > 0.42, lot < 0.8, lot < 0.3))

    tree = grow_tree(cut(truth, 1024))
    assert len(tree.leaves) == 2 and 0.1 < tree.skill < 0.4


def test_leaves_part_all_cases_and_their_numbers_add_up() -> None:
    tree = grow_tree(cut(noisy))
    assert tree.leaves["cases"].sum() == len(tree.cut.hit)
    assert tree.leaves["coverage"].sum() == pytest.approx(1.0)
    assert tree.leaves["hits"].sum() == tree.cut.hit.sum()


def test_where_nothing_helps_it_is_said() -> None:
    asked = cut(lambda frame: np.random.default_rng(1).random(len(frame)) < 0.5, 512)
    with pytest.raises(InputError, match="no question"):
        grow_tree(asked)


def test_the_line_is_drawn_as_asked() -> None:
    results = planted(design("sobol", 256), lambda f: f["initial_trust"].to_numpy(), "utility_minsk")
    cases = cases_of(results, "utility_minsk")
    assert cut_of(cases).share == pytest.approx(0.5, abs=0.01)
    assert cut_of(cases, at_least=0.5).share == pytest.approx(0.25, abs=0.01)
    assert cut_of(cases, at_most=0.3).share == pytest.approx(0.25, abs=0.01)
    with pytest.raises(InputError, match="both"):
        cut_of(cases, at_least=0.1, at_most=0.2)
    with pytest.raises(InputError, match="no run is of interest"):
        cut_of(cases, at_least=0.7)


def test_with_several_runs_a_point_the_points_are_the_cases() -> None:
    results = planted(design("sobol", 64, runs=5), in_box)
    asked = cut_of(cases_of(results))
    assert asked.unit == "point" and len(asked.hit) == 64
    assert asked.rule.startswith("points at which at least 50 %")


@pytest.mark.parametrize("density", [0.0, 1.5, -1.0])
def test_densities_that_cannot_be_are_refused(density: float) -> None:
    with pytest.raises(InputError, match="density"):
        find_boxes(cut(in_box, 64), density)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        cut(in_box, 16)


@pytest.mark.parametrize("density", [0.5, 0.6, 0.7, 0.8, 0.85])
def test_what_was_asked_for_is_kept_when_restrictions_are_taken_back(density: float) -> None:
    """A factor set free may cost some density: then a smaller box is taken, not a thinner one."""
    box = find_boxes(cut(noisy, 512), density).boxes[0]
    assert box.dense and box.density >= density and (box.limits["quasi_p"] < 0.05).all()
