"""What may be given at all."""

from __future__ import annotations

from bargain_sim.analysis.catalogue import allowed
from bargain_sim.scenario.loader import load_scenario


def test_what_stands_behind_a_red_line_falls_with_all_that_requires_it() -> None:
    scenario = load_scenario("baseline")
    kept = allowed(scenario)
    for name, concession in scenario.concessions.items():
        giver = scenario.sides[concession.giver]
        if any(tag in giver.red_lines and giver.red_lines[tag].kind == "hard" for tag in concession.tags):
            assert name not in kept
        elif name in kept:
            assert set(concession.requires) <= set(kept)
