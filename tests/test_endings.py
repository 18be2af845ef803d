"""All seven endings occur, and no single one drowns the others where people look first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hosts import compiled

from bargain_sim import load_scenario, sweep
from bargain_sim.analysis.intervals import wilson
from bargain_sim.codes import OUTCOMES
from bargain_sim.shipped import shipped_folder

RUNS = 1000


@pytest.fixture(scope="module")
def counts() -> dict[str, dict[str, int]]:
    """Scenario → ending → how many of 1,000 runs."""
    names = sorted(path.stem for path in Path(shipped_folder("scenarios")).glob("*.yaml"))
    found = {}
    for name in names:
        rows = compiled([load_scenario(name)], RUNS, seed=0)
        found[name] = {outcome: int(rows.ended(outcome).sum()) for outcome in OUTCOMES}
    return found


def test_every_run_has_one_ending(counts: dict[str, dict[str, int]]) -> None:
    assert {sum(of_one.values()) for of_one in counts.values()} == {RUNS}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_ending_occurs(outcome: str, counts: dict[str, dict[str, int]]) -> None:
    """In a fifth (for failures: a tenth) of the runs of some scenario, so that a class will meet it."""
    low, _ = wilson([of_one[outcome] for of_one in counts.values()], RUNS)
    assert low.max() > (0.1 if outcome in ("breakdown", "collapse") else 0.2)


def test_the_baseline_ends_in_four_ways(counts: dict[str, dict[str, int]]) -> None:
    low, _ = wilson([counts["baseline"][outcome] for outcome in OUTCOMES], RUNS)
    assert (low > 0.05).sum() >= 4, counts["baseline"]


def test_no_scenario_is_another_under_a_different_name(counts: dict[str, dict[str, int]]) -> None:
    rows = [tuple(of_one.values()) for of_one in counts.values()]
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("strategy", ["comparative", "proportional"])
def test_the_map_shows_four_endings(strategy: str) -> None:
    runs = 40
    points = sweep("trust_reciprocity", runs=runs).points
    points = points[points["strategy"] == strategy]
    assert len(points) == 17 * 15
    hits = {outcome: (points[f"share_{outcome}"] * runs).round() for outcome in OUTCOMES}
    somewhere = [outcome for outcome in OUTCOMES if (wilson(hits[outcome], runs)[0] > 0.05).any()]
    assert len(somewhere) >= 4, somewhere
    largest = {outcome: float(np.max(points[f"share_{outcome}"])) for outcome in OUTCOMES}
    assert largest["grand_bargain"] > 0.5, largest
