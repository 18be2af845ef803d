"""Where a scenario's numbers come from."""

from __future__ import annotations

import pytest

from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.sources import Number, numbers, references


def test_every_path_can_be_set_and_sets_that_number() -> None:
    scenario = load_scenario("baseline")
    every = numbers(scenario)
    again = load_scenario("baseline", [(each.path, each.value) for each in every])
    assert [(each.path, each.value) for each in numbers(again)] == [(each.path, each.value) for each in every]
    assert {each.support for each in numbers(again)} == {"override"}


def test_every_number_has_unit_and_source() -> None:
    for name in ("baseline", "two_islands", "snapback"):
        for each in numbers(load_scenario(name)):
            assert each.unit, each.path
            assert each.source.strip(), each.path


def test_what_both_sides_share_stands_once() -> None:
    paths = [each.path for each in numbers(load_scenario("baseline"))]
    assert len(set(paths)) == len(paths)
    assert "sides.both.initial_trust" in paths
    assert "sides.washington.reliability" in paths
    assert "sides.minsk.reliability" in paths
    assert "sides.minsk.initial_trust" not in paths


@pytest.mark.parametrize(
    ("source", "support"),
    [
        ("S28", "source"),
        ("seeds/events/9; fn1", "source"),
        ("S28; assumption: the size", "partly"),
        ("assumption", "assumption"),
        ("assumption: because", "assumption"),
        ("seeds/not_in_source/prisoners; assumption: the number", "assumption"),
        ("override: --set", "override"),
    ],
)
def test_support(source: str, support: str) -> None:
    assert Number("turns", 1.0, "turns", source).support == support


def test_references_are_full_and_follow_the_strategies() -> None:
    baseline = references(load_scenario("baseline"))
    assert "Preiherman" in baseline[0]
    assert any("Druckman" in work for work in baseline)
    assert not any("Axelrod" in work for work in baseline)
    changed = references(load_scenario("baseline", ["sides.minsk.strategy=tit_for_tat"]))
    assert any("Axelrod" in work for work in changed)
    assert changed[1:] == sorted(changed[1:])
