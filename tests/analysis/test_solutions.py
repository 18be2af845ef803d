"""Solutions of scenarios, and how far runs ended from them, against plain search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from toys import concession, scenario, side

from bargain_sim import InputError, Results, simulate, solutions, sweep, value_left
from bargain_sim.analysis.solutions import Solutions
from bargain_sim.scenario.loader import load_scenario


def small(**numbers: Any) -> Solutions:
    catalogue = {
        "x": concession("a", 30, 10, 3),
        "y": concession("b", 24, 6, 2),
        "z": concession("b", 10, 9),
    }
    return solutions(scenario(side(**numbers), side(**numbers), catalogue))


def test_the_disagreement_point_is_what_a_package_must_be_worth() -> None:
    found = small(outside_option=4, bonus=5)
    assert found.disagreement == (4.0, 4.0)
    both = found.table[found.table["over"] == "packages"]
    assert list(both["solution"]) == ["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]
    for row in both.to_dict("records"):
        assert row["gain_a"] == row["utility_a"] - 4 >= 0 and row["gain_b"] == row["utility_b"] - 4 >= 0
        assert row["joint_share"] == pytest.approx((row["utility_a"] + row["utility_b"]) / found.best_joint)
        assert found.packages.points[row["row"]] == pytest.approx([row["utility_a"], row["utility_b"]])
    # All but z, which costs 9 and brings 10: 24 + 5 − 10 and 30 + 5 − 6, or with z 10 and 9 more and less.
    assert found.best_joint == pytest.approx(49.0)
    assert found.point("utilitarian") in ((19.0, 29.0), (29.0, 20.0))


def test_other_disagreement_points() -> None:
    made = load_scenario("two_islands")
    assert solutions(made, disagreement="nothing").disagreement == (0.0, 0.0)
    assert solutions(made, disagreement=(3.0, 7.5)).disagreement == (3.0, 7.5)
    with pytest.raises(InputError, match="no disagreement point"):
        solutions(made, disagreement="somewhere")  # type: ignore[arg-type]
    for wrong in ((float("nan"), 1.0), (1.0, float("inf"))):
        with pytest.raises(InputError, match="no disagreement point"):
            solutions(made, disagreement=wrong)
    nowhere = solutions(made, disagreement=(1000.0, 0.0))
    assert nowhere.table.empty and nowhere.point("nash") is None and nowhere.ideal is None
    runs = pd.DataFrame({f"utility_{side}": [0.0] for side in made.side_ids})
    assert np.isnan(nowhere.measured(runs)["to_nash"]).all()


def test_lotteries_are_at_least_as_good_as_packages() -> None:
    found = solutions("two_islands", discounts=(0.9, 0.8))
    d = np.array(found.disagreement)
    one, other = (found.point("nash", over) for over in ("packages", "lotteries"))
    assert one is not None and other is not None
    assert np.prod(np.array(other) - d) >= np.prod(np.array(one) - d) - 1e-6
    for name in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "rubinstein"):
        point = found.point(name, "lotteries")
        assert point is not None
        assert float(np.interp(point[0], *found.corners.T)) == pytest.approx(point[1], abs=1e-6)
    with pytest.raises(InputError, match="discount"):
        solutions("two_islands", discounts=(1.0, 0.5))


def test_packages_in_words() -> None:
    found = small(outside_option=0, bonus=0)
    row = int(np.argmax(found.packages.points[:, 1]))  # the first gives all, the second nothing
    assert found.words(row) == "Something 3/3"
    assert found.left_out(row) == "Something 2/2, Something"


@pytest.mark.parametrize("seed", range(5))
def test_what_is_left_is_as_by_looking_at_every_package(seed: int) -> None:
    found = small(outside_option=4, bonus=5)
    points = found.packages.points
    rng = np.random.default_rng(seed)
    runs = pd.DataFrame(
        rng.uniform(-15, 40, (200, 2)), columns=["utility_a", "utility_b"], index=range(7, 207)
    )
    runs.iloc[:3] = points[:3]  # some are packages themselves
    measured = found.measured(runs)
    assert list(measured.index) == list(runs.index)
    nash = np.array(found.point("nash"))
    for at, u in zip(runs.index, runs.to_numpy(), strict=True):
        row = measured.loc[at]
        more = [
            max([p[k] - u[k] for p in points if p[1 - k] >= u[1 - k] - 1e-3] + [0.0]) for k in (0, 1)
        ]  # fmt: skip
        both = max(0.0, *(min(p - u) for p in points))
        assert row["more_a"] == pytest.approx(more[0] if more[0] > 1e-3 else 0.0)
        assert row["more_b"] == pytest.approx(more[1] if more[1] > 1e-3 else 0.0)
        assert row["both_more"] == pytest.approx(both if both > 1e-3 else 0.0)
        assert row["to_frontier"] == pytest.approx(min(np.hypot(*(p - u)) for p in points), abs=1e-3)
        assert row["to_nash"] == pytest.approx(float(np.hypot(*(nash - u))))
        assert row["joint_share"] == pytest.approx(u.sum() / found.best_joint)
    assert (measured.iloc[:3][["more_a", "more_b", "both_more", "to_frontier"]] == 0).all(axis=None)


def test_no_run_ends_beyond_the_lotteries() -> None:
    """Costs of events aside, whatever is delivered in part lies under the curve over the packages."""
    made = load_scenario("two_islands")
    made = made.model_copy(update={"events": {}})
    corners = solutions(made).corners
    for run in range(60):
        transcript = simulate(made, 3, run)
        first, second = (transcript.moves[-1].utility[side] for side in made.side_ids)
        assert second <= float(np.interp(first, *corners.T)) + 1e-6
        assert first <= corners[-1, 0] + 1e-6


SWEEP: dict[str, Any] = {
    "format_version": 1, "name": "left", "title": "Left", "scenario": "two_islands", "design": "grid",
    "runs": 15,
}  # fmt: skip


def test_each_point_is_measured_against_its_own_frontier(tmp_path: Path) -> None:
    factors = {"sides.both.bonus": [0, 30], "sides.both.initial_trust": [0.3, 0.6]}
    results = sweep(SWEEP | {"factors": factors}, out=tmp_path / "r", workers=1)
    left = value_left(results)
    assert len(left) == 60 and (left.index == results.frame.index).all()
    for point in range(4):
        here = results.frame[results.frame["point"] == point]
        own = solutions(results.scenario_at(point)).measured(here)
        pd.testing.assert_frame_equal(left.loc[here.index], own)
    best = {results.scenario_at(point).sides["norrholm"].bonus.value for point in range(4)}
    assert best == {0, 30}


def test_one_frontier_where_no_factor_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    results = sweep(SWEEP | {"factors": {"sides.both.initial_trust": [0.3, 0.6]}}, workers=1)
    monkeypatch.setattr(Results, "scenario_at", lambda *_: pytest.fail("not needed"))
    assert len(value_left(results)) == 30
