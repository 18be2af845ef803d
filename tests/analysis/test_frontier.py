"""The frontier against brute force on small catalogues, and against the ratio-ordered polyline."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bargain_sim.analysis.frontier import allowed, frontier
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Concession, Scenario


def catalogue(seed: int, count: int, requires: bool) -> Scenario:
    rng = np.random.default_rng(seed)
    base = load_scenario("baseline")
    some = next(iter(base.concessions.values()))
    source = some.value.source
    entries: dict[str, Concession] = {}
    for k in range(count):
        needs = tuple(name for name in entries if requires and rng.random() < 0.25)
        numbers: dict[str, Any] = {
            "value": {"value": float(rng.integers(1, 20)), "source": source},
            "cost": {"value": float(rng.integers(0, 15)), "source": source},
            "units": {"value": 1, "source": source},
        }
        entries[f"c{k}"] = Concession(
            giver=base.side_ids[k % 2], label=f"c{k}", kind="material", requires=needs, source="assumption",
            **numbers,
        )  # fmt: skip
    return base.model_copy(update={"concessions": entries})


def all_packages(scenario: Scenario) -> npt.NDArray[np.float64]:
    first = scenario.side_ids[0]
    names = list(scenario.concessions)
    found = []
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            items = [scenario.concessions[name] for name in chosen]
            if all(set(item.requires) <= set(chosen) for item in items):
                one = sum(-float(c.cost) if c.giver == first else float(c.value) for c in items)
                two = sum(float(c.value) if c.giver == first else -float(c.cost) for c in items)
                found.append((one, two))
    return np.array(found)


@pytest.mark.parametrize("requires", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_no_package_lies_beyond_and_every_corner_is_a_package(seed: int, requires: bool) -> None:
    scenario = catalogue(seed, 9, requires)
    packages = all_packages(scenario)
    found = frontier(scenario)
    for weight in np.linspace(0.001, 0.999, 400):
        direction = np.array([weight, 1 - weight])
        assert (found.points @ direction).max() == pytest.approx((packages @ direction).max(), abs=1e-6)
    for corner in found.points:
        assert (np.abs(packages - corner).sum(axis=1) < 1e-9).any()
    assert (np.diff(found.points[:, 0]) > 0).all() and (np.diff(found.points[:, 1]) < 0).all()
    for package in found.packages:
        for name in package:
            assert set(scenario.concessions[name].requires) <= set(package)


def test_without_requires_the_corners_are_ordered_by_ratio() -> None:
    scenario = catalogue(1, 10, requires=False)
    first = scenario.side_ids[0]
    steps = []
    at = np.zeros(2)
    for c in scenario.concessions.values():
        gain = np.array([-float(c.cost), float(c.value)])
        gain = gain if c.giver == first else gain[::-1]
        if c.giver == first:
            at += gain  # best for the second side: the first gives everything
            if gain[0] < 0:
                steps.append(-gain)
        elif gain[1] < 0:
            steps.append(gain)
        else:
            at += gain
    corners = [at.copy()]
    for step in sorted(steps, key=lambda step: step[1] / step[0], reverse=True):
        at = at + step
        corners.append(at)
    found = frontier(scenario)
    for corner in found.points:
        assert (np.abs(np.array(corners) - corner).sum(axis=1) < 1e-6).any()
    assert found.points[0] == pytest.approx(corners[0]) and found.points[-1] == pytest.approx(corners[-1])


@pytest.mark.parametrize("name", ["baseline", "two_islands", "soft_red_lines"])
def test_shipped_catalogues(name: str) -> None:
    scenario = load_scenario(name)
    found = frontier(scenario)
    kept = allowed(scenario)
    assert found.sides == scenario.side_ids
    assert found.points.shape == (len(found.packages), 2) and len(found.points) >= 2
    assert all(set(package) <= set(kept) for package in found.packages)
    slopes = np.diff(found.points[:, 1]) / np.diff(found.points[:, 0])
    assert (np.diff(slopes) < 1e-9).all()


def test_what_stands_behind_a_red_line_falls_with_all_that_requires_it() -> None:
    scenario = load_scenario("baseline")
    kept = allowed(scenario)
    for name, concession in scenario.concessions.items():
        giver = scenario.sides[concession.giver]
        if any(tag in giver.red_lines and giver.red_lines[tag].kind == "hard" for tag in concession.tags):
            assert name not in kept
        elif name in kept:
            assert set(concession.requires) <= set(kept)
