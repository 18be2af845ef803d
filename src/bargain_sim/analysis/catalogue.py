"""What of a scenario's catalogue both sides may give, and what it is worth to them."""

from __future__ import annotations

from bargain_sim.scenario.checks import red_line_on
from bargain_sim.scenario.schema import Concession, Scenario

__all__ = ["allowed", "gains_of"]


def allowed(scenario: Scenario) -> dict[str, Concession]:
    """The concessions that no red line bars and that require none that is barred."""
    kept = {
        name: concession
        for name, concession in scenario.concessions.items()
        if float(concession.value) > 0.0 and red_line_on(scenario, concession) is None
    }
    while True:
        left = {n: c for n, c in kept.items() if all(required in kept for required in c.requires)}
        if len(left) == len(kept):
            return kept
        kept = left


def gains_of(scenario: Scenario, concession: Concession, first: str) -> tuple[float, float]:
    """What the whole of a concession adds to the utility of the first and of the second side."""
    giver = scenario.sides[concession.giver]
    cost = float(concession.cost)
    for tag in concession.tags:
        line = giver.red_lines.get(tag)
        if line is not None and line.severity is not None:
            cost += float(line.severity) * float(giver.firmness)
    value = float(concession.value)
    return (-cost, value) if concession.giver == first else (value, -cost)
