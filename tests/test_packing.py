"""Packing many points: the same terms as packing each scenario, the same refusals, and few scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bargain_sim import InputError
from bargain_sim.scenario.loader import Resolved, resolve, with_values
from bargain_sim.scenario.pack import pack
from bargain_sim.sweeps import points as module
from bargain_sim.sweeps.loading import load_sweep
from bargain_sim.sweeps.points import pack_points

SMALL = Path(__file__).parent / "good" / "small.yaml"

# Every kind of number that is written in place, and its values; then structural factors.
PLAIN: dict[str, list[Any]] = {
    "sides.both.initial_trust": [0.2, 0.4, 0.6],
    "sides.highport.lag.value": [1, 2, 3],
    "sides.both.max_readiness": [20, 30, 40],
    "sides.*.firmness": [0, 1, 2],
    "sides.highport.red_lines.night_shift.severity": [1, 2, 6],
    "concessions.berths.value": [20, 30, 40.5],
    "concessions.*.cost": [1, 2, 3],
    "concessions.pilots.units": [4, 8, 12],
    "events.storm.rate": [0, 0.1, 0.2],
    "events.storm.evidence.highport": [0.5, 1, 2],
    "events.storm.cost.harbour.factor": [1, 2, 3],
    "events.storm.cost.harbour.turns": [1, 2, 3],
    "counters.ships.counts.berths": [100, 200, 300],
}
STRUCTURAL: dict[str, list[Any]] = {
    "sides.both.strategy": ["grit", "signed", "grit"],
    "turns": [20, 30, 30],
    "sides.both.snapback": [True, False, False],
    "start_date": ["2024-03-04", "2024-03-04", "2024-03-11"],
    "concessions.salute.giver": ["highport", "lowport", "lowport"],
    "events.storm.pause": [False, True, True],
}


@pytest.fixture(scope="module")
def small() -> Resolved:
    return resolve(SMALL)


def check(resolved: Resolved, table: dict[str, list[Any]]) -> None:
    """Every point's terms are those of its own scenario."""
    seen: list[int] = []
    for group in pack_points(resolved, table):
        assert (np.diff(group.points) > 0).all()
        floats, ints = group.rows(0, len(group.points))
        for k, point in enumerate(group.points):
            alone = pack(with_values(resolved, {path: values[point] for path, values in table.items()}))
            assert alone.sizes == group.sizes
            assert np.array_equal(alone.floats, floats[k])
            assert np.array_equal(alone.ints, ints[k])
        seen += group.points.tolist()
    assert sorted(seen) == list(range(len(next(iter(table.values())))))


@pytest.mark.parametrize("path", [*PLAIN, *STRUCTURAL])
def test_one_factor(small: Resolved, path: str) -> None:
    check(small, {path: (PLAIN | STRUCTURAL)[path]})


def test_all_factors_together(small: Resolved, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    every = PLAIN | STRUCTURAL
    table = {path: [values[k] for k in rng.integers(0, 3, 60)] for path, values in every.items()}
    check(small, table)
    monkeypatch.setattr(module, "_SMALL", 0)
    check(small, table)
    for group in pack_points(small, table):
        floats, ints = group.rows(1, 3)
        assert np.array_equal(floats, group.floats[1:3]) and np.array_equal(ints, group.ints[1:3])


def test_plain_factors_build_no_scenarios(small: Resolved, monkeypatch: pytest.MonkeyPatch) -> None:
    built = 0

    def counted(resolved: Resolved, values: Any) -> Any:
        nonlocal built
        built += 1
        return with_values(resolved, values)

    monkeypatch.setattr(module, "with_values", counted)
    rng = np.random.default_rng(2)
    ends = {path: (min(values), max(values)) for path, values in PLAIN.items()}
    whole = [path for path in PLAIN if path.endswith((".units", ".turns", ".value", ".lag.value"))]
    table = {
        path: np.rint(rng.uniform(low, high, 20_000)) if path in whole else rng.uniform(low, high, 20_000)
        for path, (low, high) in ends.items()
    }
    (group,) = pack_points(small, table)
    assert len(group.points) == 20_000
    assert built <= 2 + 3 * len(PLAIN)
    # What is kept of a point is its number and that of its template, not its terms.
    assert group._which.nbytes + group.points.nbytes == 12 * 20_000


def refused(resolved: Resolved, table: dict[str, list[Any]]) -> set[int]:
    found = set()
    for point in range(len(next(iter(table.values())))):
        try:
            with_values(resolved, {path: values[point] for path, values in table.items()})
        except InputError:
            found.add(point)
    return found


@pytest.mark.parametrize(
    "table",
    [
        {"sides.both.strategy": ["grit", "comparative", "grit", "comparative"],
         "sides.both.reciprocity": [0, 0.5, 0.5, 0]},
        {"sides.lowport.max_readiness": [8, 7.9, 40, 4], "concessions.office.value": [8, 8, 8, 5],
         "sides.both.caution": [0, 1, 2, 3]},
        {"concessions.office.value": [1, 5e-7, 3, 4], "sides.both.caution": [0, 1, 2, 3]},
        {"concessions.salute.value": [1, 2, 0, 4], "sides.both.caution": [0, 1, 2, 3]},
        {"concessions.office.units": [1, 2, 1, 2], "concessions.office.value": [30, 60, 50, 90],
         "sides.both.caution": [0, 1, 2, 3]},
    ],
)  # fmt: skip
def test_checks_between_parts_hold_at_every_point(small: Resolved, table: dict[str, list[Any]]) -> None:
    wrong = refused(small, table)
    assert wrong, "the case shows nothing"
    with pytest.raises(InputError):
        pack_points(small, table)
    fine = [point for point in range(4) if point not in wrong]
    if fine:
        check(small, {path: [values[point] for point in fine] for path, values in table.items()})


def test_checks_in_the_middle_of_a_large_table(small: Resolved) -> None:
    """Refused by what two factors say together, at neither's lowest or highest value."""
    n = 1001
    room = np.linspace(10, 40, n)
    value = np.linspace(5, 9, n)
    room[500], value[500] = 11.0, 8.9
    units = np.ones(n)
    table = {
        "sides.lowport.max_readiness": room, "concessions.office.value": value,
        "concessions.office.units": units,
    }  # fmt: skip
    assert len(pack_points(small, table)) == 1
    value[500] = 8.95
    room[500], room[0] = 8.94, 8.0
    with pytest.raises(InputError) as caught:
        pack_points(small, table)
    assert getattr(caught.value, "point", None) == 500


def test_soft_red_lines_behind_institutions() -> None:
    resolved = resolve("soft_red_lines", ["concessions.distance_from_china.institution=true"])
    severity = "sides.minsk.red_lines.leave_china.severity"
    base = float(getattr(resolved.scenario.sides["minsk"].red_lines["leave_china"].severity, "value", 0))
    table = {
        severity: [0.0, 1.0, base, 50.0, 3.0], "sides.minsk.firmness": [1.0, 1.0, 0.0, 0.1, 3.0],
        "concessions.distance_from_china.value": [20.0, 18.0, 20.0, 20.0, 20.0],
    }  # fmt: skip
    wrong = refused(resolved, table)
    assert wrong and len(wrong) < 5
    with pytest.raises(InputError, match="lies behind the red line"):
        pack_points(resolved, table)
    fine = [point for point in range(5) if point not in wrong]
    check(resolved, {path: [values[point] for point in fine] for path, values in table.items()})


def test_soft_red_lines_in_the_middle_of_a_large_table() -> None:
    resolved = resolve("soft_red_lines", ["concessions.distance_from_china.institution=true"])
    severity, firmness = np.linspace(0, 10, 101), np.linspace(1, 0, 101)
    table = {"sides.minsk.red_lines.leave_china.severity": severity, "sides.minsk.firmness": firmness}
    assert len(pack_points(resolved, table)) == 1
    severity[50], firmness[50] = 9, 0.9  # it costs 14, and is worth 20
    with pytest.raises(InputError, match="lies behind the red line") as caught:
        pack_points(resolved, table)
    assert getattr(caught.value, "point", None) == 50


def test_a_sobol_of_16384_points_over_20_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    built = 0

    def counted(resolved: Resolved, values: Any) -> Any:
        nonlocal built
        built += 1
        return with_values(resolved, values)

    monkeypatch.setattr(module, "with_values", counted)
    shipped = load_sweep("uncertainty").sweep
    source = {
        "format_version": 1, "title": "Large", "scenario": "baseline", "runs": 1,
        "design": "sobol", "samples": 16_384,
        "factors": {path: {"range": factor.range} for path, factor in shipped.factors.items()},
    }  # fmt: skip
    (group,) = load_sweep(source).groups()
    assert len(group.points) == 16_384
    assert built <= 70, "time goes into scenarios that are built"
