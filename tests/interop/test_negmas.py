"""Frontier and solution points of shipped scenarios, against NegMAS's own functions."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from bargain_sim.analysis.bargaining import among_packages
from bargain_sim.analysis.packages import undominated_rows
from bargain_sim.errors import InputError
from bargain_sim.interop.negmas import NegmasDomain, negmas_domain
from bargain_sim.scenario.loader import load_scenario

CASES = [("baseline", 1), ("two_islands", 2), ("soft_red_lines", 1)]


@pytest.fixture(scope="module")
def ops() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what NegMAS's own imports warn of
        return pytest.importorskip("negmas.preferences.ops")


@pytest.fixture(scope="module", params=CASES, ids=[name for name, _ in CASES])
def domain(request: pytest.FixtureRequest, ops: Any) -> NegmasDomain:
    name, steps = request.param
    return negmas_domain(load_scenario(name), steps)


def frontier_of(domain: NegmasDomain, ops: Any) -> list[tuple[float, float]]:
    points, _ = ops.pareto_frontier(domain.ufuns, issues=domain.outcome_space.issues)
    return sorted((float(a), float(b)) for a, b in points)


def test_the_frontier_is_that_of_negmas(domain: NegmasDomain, ops: Any) -> None:
    """NegMAS leaves out what is worse than the reserved values; the rest is the same, point by point."""
    reserved = [ufun.reserved_value for ufun in domain.ufuns]
    ours = domain.points[undominated_rows(domain.points)]
    ours = ours[(ours >= np.array(reserved) - 1e-9).all(axis=1)]
    theirs = np.array(frontier_of(domain, ops))
    # They keep packages that differ by rounding alone.
    theirs = theirs[undominated_rows(theirs)]
    assert ours.shape == theirs.shape and np.abs(ours - theirs).max() < 1e-8


def test_the_points_are_those_of_negmas(domain: NegmasDomain, ops: Any) -> None:
    reserved = tuple(float(ufun.reserved_value) for ufun in domain.ufuns)
    points = np.array(frontier_of(domain, ops))
    ours = {name: points[row] for name, row in among_packages(points, (reserved[0], reserved[1])).items()}
    frontier = [tuple(point) for point in points]
    issues = domain.outcome_space.issues
    for name, function in (
        ("nash", ops.nash_points),
        ("egalitarian", ops.kalai_points),
        ("utilitarian", ops.max_welfare_points),
    ):
        theirs = [point for point, _ in function(domain.ufuns, frontier, issues=issues)]
        assert any(np.abs(np.array(point) - ours[name]).max() < 1e-9 for point in theirs), name


def test_where_no_package_is_in_proportion_negmas_reads_kalai_and_smorodinsky_otherwise(
    domain: NegmasDomain, ops: Any
) -> None:
    """Its `ks_points` makes both proportions as alike as can be, ours makes the smaller one largest.

    On a curve both are the point where they are equal.  Among packages each lies beside where the ray to
    the ideal point crosses the frontier: so they are the same package, or neighbours along it.  NegMAS
    is told the ideal point, which by default it takes over what nobody would agree to as well.
    """
    reserved = tuple(float(ufun.reserved_value) for ufun in domain.ufuns)
    points = np.array(frontier_of(domain, ops))
    ideal = points.max(axis=0)
    ranges = [(reserved[k], float(ideal[k])) for k in (0, 1)]
    row = among_packages(points, (reserved[0], reserved[1]))["kalai_smorodinsky"]
    theirs = [k for _, k in ops.ks_points(domain.ufuns, [tuple(p) for p in points], ranges=ranges)]
    shares = (points - reserved) / (ideal - reserved)
    assert min(abs(row - k) for k in theirs) <= 1
    assert shares[row].min() >= max(shares[k].min() for k in theirs) - 1e-12
    assert np.ptp(shares[row]) >= min(np.ptp(shares[k]) for k in theirs) - 1e-12


def test_every_value_is_an_allowed_package(domain: NegmasDomain) -> None:
    issue = domain.outcome_space.issues[0]
    assert issue.cardinality == len(domain.units) == len(domain.points)
    for k in (0, len(domain.units) // 2, len(domain.units) - 1):
        for side in (0, 1):
            worth = domain.ufuns[side]((f"package_{k}",))
            assert float(worth) == pytest.approx(float(domain.points[k, side]))


def test_too_many_packages_are_refused(ops: Any) -> None:
    with pytest.raises(InputError, match="more than 500 packages"):
        negmas_domain(load_scenario("two_islands"), None, most=500)
