"""Undominated packages against brute force, what counts as a bargain, and what is guaranteed beyond."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from minimum_cuts import supported
from toys import concession, q, red_line, scenario, side

from bargain_sim.analysis.bargaining import hull
from bargain_sim.analysis.packages import undominated, undominated_rows
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]


def random_scenario(seed: int) -> Scenario:
    """Up to 14 concessions with units, chains, hard and soft red lines, institutions and bonuses."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 15))
    catalogue: dict[str, Any] = {}
    ways = 1
    for k in range(count):
        units = int(rng.choice([1, 1, 1, 2, 3, 5]))
        units = units if ways * (units + 1) * 2 ** (count - k - 1) <= 150_000 else 1
        ways *= units + 1
        whole = rng.random() < 0.5  # whole numbers make ties
        value = float(rng.integers(1, 20)) if whole else float(rng.uniform(0.5, 20))
        cost = float(rng.integers(0, 15)) if whole else float(rng.uniform(0, 15))
        needs = [name for name in catalogue if rng.random() < 0.2]
        # No institution may stand behind a red line, nor what it requires.
        tag = str(rng.choice(["free", "free", "free", "closed", "dear"]))
        tags = [] if tag == "free" or any(catalogue[n]["tags"] == [] for n in needs) else [tag]
        catalogue[f"c{k}"] = concession(
            str(rng.choice(["a", "b"])), value, cost, units, requires=needs, tags=tags
        )
    plain = [n for n, c in catalogue.items() if not c["tags"] and not reaches_tag(n, catalogue)]
    for name in plain[: int(rng.integers(0, 3))]:
        catalogue[name]["institution"] = True
    lines = {"closed": red_line(), "dear": red_line(3.0)}
    bonus = [float(b) for b in rng.choice([0.0, 7.0, 15.0], 2)]
    return scenario(
        side(red_lines=lines, bonus=bonus[0]), side(red_lines=lines, bonus=bonus[1]), catalogue
    )  # fmt: skip


def reaches_tag(name: str, catalogue: dict[str, Any]) -> bool:
    return any(catalogue[n]["tags"] or reaches_tag(n, catalogue) for n in catalogue[name]["requires"])


def every_package(made: Scenario) -> Floats:
    """Payoffs of all packages that keep to red lines and requirements, by plain enumeration."""
    names = list(made.concessions)
    items = list(made.concessions.values())
    grids = np.meshgrid(*[np.arange(int(c.units) + 1) for c in items], indexing="ij")
    units = np.stack([grid.ravel() for grid in grids], axis=1)
    of = np.array([int(c.units) for c in items])
    full = units == of
    allowed = np.ones(len(units), dtype=bool)
    extra = np.zeros(len(items))
    for k, c in enumerate(items):
        lines = made.sides[c.giver].red_lines
        for tag in c.tags:
            line = lines.get(tag)
            if line is None:
                continue
            if line.kind == "hard":
                allowed &= units[:, k] == 0
            else:
                assert line.severity is not None
                extra[k] += float(line.severity) * float(made.sides[c.giver].firmness)
                if float(c.cost) + extra[k] > float(c.value):
                    allowed &= units[:, k] == 0
        for needed in c.requires:
            allowed &= (units[:, k] == 0) | full[:, names.index(needed)]
    units, full = units[allowed], full[allowed]
    payoffs = np.zeros((len(units), 2))
    for k, c in enumerate(items):
        giver = made.side_ids.index(c.giver)
        payoffs[:, giver] -= units[:, k] / of[k] * (float(c.cost) + extra[k])
        payoffs[:, 1 - giver] += units[:, k] / of[k] * float(c.value)
    # A grand bargain: institutions stand, and both give something that these do not need.
    base = {name for name, c in made.concessions.items() if c.institution}
    while more := {n for name in base for n in made.concessions[name].requires} - base:
        base |= more
    stands = full[:, [k for k, n in enumerate(names) if n in base]].all(axis=1)
    gives = [
        units[:, [k for k, (n, c) in enumerate(made.concessions.items()) if n not in base and c.giver == s]]
        .any(axis=1)
        for s in made.side_ids
    ]  # fmt: skip
    bonus = np.array([float(made.sides[s].bonus) for s in made.side_ids])
    total: Floats = payoffs + (stands & gives[0] & gives[1])[:, None] * bonus
    return total


def best_of(points: Floats) -> Floats:
    """Undominated points by looking at every pair, in steps, sorted."""
    rounded = np.unique(np.round(points, 9), axis=0)
    kept = [
        p for p in rounded if not ((rounded >= p - 1e-9).all(axis=1) & (rounded > p + 1e-9).any(axis=1)).any()
    ]
    return np.array(sorted(map(tuple, kept)))


def front_of(points: Floats) -> Floats:
    """The same where there are too many for pairs: rising in the first, each with the best of the second."""
    order = np.lexsort((-points[:, 1], -np.round(points[:, 0], 9)))
    kept: list[tuple[float, float]] = []
    for first, second in points[order]:
        if not kept or second > kept[-1][1] + 1e-9:
            kept.append((first, second))
    return np.array(sorted(kept))


@pytest.mark.parametrize("seed", range(60))
def test_equal_to_brute_force(seed: int) -> None:
    made = random_scenario(seed)
    packages = every_package(made)
    found = undominated(made)
    expected = front_of(packages)
    assert found.slack == 0.0
    assert found.points.shape == expected.shape
    assert np.abs(found.points - expected).max() < 1e-9
    if len(packages) < 3000:
        assert np.abs(best_of(packages) - expected).max() < 1e-8


@pytest.mark.parametrize("seed", range(20))
def test_each_package_is_what_it_says(seed: int) -> None:
    made = random_scenario(100 + seed)
    found = undominated(made)
    for row in range(len(found.points)):
        given = found.holds(row)
        payoff = dict.fromkeys(made.side_ids, 0.0)
        for name, n in given.items():
            c = made.concessions[name]
            other = next(s for s in made.side_ids if s != c.giver)
            soft = 3.0 * float(made.sides[c.giver].firmness) if "dear" in c.tags else 0.0
            payoff[c.giver] -= n / int(c.units) * (float(c.cost) + soft)
            payoff[other] += n / int(c.units) * float(c.value)
            assert "closed" not in c.tags
            for needed in c.requires:
                assert given.get(needed) == int(made.concessions[needed].units)
        if found.bargain[row]:
            payoff = {s: u + float(made.sides[s].bonus) for s, u in payoff.items()}
        assert list(payoff.values()) == pytest.approx(list(found.points[row]))


@pytest.mark.parametrize("name", ["baseline", "two_islands", "soft_red_lines"])
def test_the_supported_corners_are_among_them(name: str) -> None:
    """Without a bonus, the concave curve over all packages is the one that minimum cuts find."""
    made = load_scenario(name, {"sides.both.bonus": 0})
    found = undominated(made)
    corners = supported(made).points
    assert found.slack == 0.0 and len(found.points) > len(corners)
    curve = hull(found.points)
    for u in np.linspace(corners[0, 0], corners[-1, 0], 200):
        over = float(np.interp(u, curve[:, 0], curve[:, 1]))
        assert over == pytest.approx(float(np.interp(u, corners[:, 0], corners[:, 1])), abs=1e-6)


def test_the_bonus_is_for_bargains_alone() -> None:
    catalogue = {
        "embassy": concession("a", 5, 1, institution=True),
        "gift": concession("a", 5, 2, requires=["embassy"]),
        "release": concession("b", 10, 3),
    }
    made = scenario(side(bonus=20), side(bonus=30), catalogue)
    found = undominated(made)
    # With the embassy and a gift of each: 10 − 3 + 20 and 10 − 3 + 30; what lacks one of these has no bonus.
    assert found.points.tolist() == [[27.0, 37.0]] and found.bargain.tolist() == [True]
    assert found.holds(0) == {"embassy": 1, "gift": 1, "release": 1}
    without = scenario(side(bonus=20), side(bonus=30), {n: catalogue[n] for n in ("embassy", "release")})
    assert not undominated(without).bargain.any()  # the first gives nothing beyond its embassy


def test_very_many_units_and_points_leave_a_slack_that_holds() -> None:
    pile = {"value": q(100), "cost": q(40), "units": q(10**9)}
    catalogue: dict[str, Any] = {
        "a_pile": concession("a") | pile,
        "b_pile": concession("b") | pile,
        "b_more": concession("b", 30, 5, requires=["b_pile"]),
    }
    made = scenario(side(bonus=0), side(bonus=0), catalogue)
    found = undominated(made, most=500)
    assert 0.0 < found.slack < 2.0
    rng = np.random.default_rng(3)
    units = rng.random((2000, 2)) * 10**9
    units[:500, 1] = 10**9
    shares = np.floor(units) / 10**9
    more = (shares[:, 1] == 1.0) & (rng.random(2000) < 0.5)
    first = 100 * shares[:, 1] + 30 * more - 40 * shares[:, 0]
    second = 100 * shares[:, 0] - 40 * shares[:, 1] - 5 * more
    for u, v in zip(first, second, strict=True):
        as_good = found.points[found.points[:, 1] >= v - 1e-9]
        assert as_good[:, 0].max() >= u - found.slack - 1e-9


def test_a_red_line_on_what_nobody_has_changes_nothing() -> None:
    catalogue = {"x": concession("a", 7, 2, 3), "y": concession("b", 9, 4), "z": concession("b", 3, 1)}
    with_line = scenario(side(red_lines={"east": red_line()}), side(), catalogue)
    assert (undominated(with_line).points == undominated(scenario(side(), side(), catalogue)).points).all()


def test_nothing_to_give_is_one_package_of_nothing() -> None:
    lines = {"closed": red_line()}
    made = scenario(side(red_lines=lines), side(), {"x": concession("a", tags=["closed"])})
    found = undominated(made)
    assert found.points.tolist() == [[0.0, 0.0]] and found.holds(0) == {}


def test_undominated_rows() -> None:
    points = np.array([[1.0, 1], [2, 1], [1, 2], [0, 3], [2, 1], [-1, 3], [1.5, 1.5 + 1e-12]])
    assert undominated_rows(points).tolist() == [3, 2, 6, 1]
