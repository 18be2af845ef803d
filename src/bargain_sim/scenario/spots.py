"""Which numbers of the packed terms a factor writes, and which checks between parts it may break.

A number of a side, a concession or an event stands in the packed terms just as the scenario says it:
a point of a sweep writes it in place, and no scenario is built.  Everything else (strategies, dates,
lengths, kinds) is structural.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.scenario.packed import Packed
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.reading import KeyPath
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.side import Side
from bargain_sim.strategies import number_of

__all__ = ["Spot", "spots_of", "suspects"]

Spot = tuple[str, int]
"""One number of the packed terms: a field of Terms, and its place in it."""

_CONCESSION = {"value": "value", "cost": "base_cost", "units": "units"}
_LEAST_VALUE = 1e-6  # scenario.checks refuses less


def spots_of(target: KeyPath, scenario: Scenario, packed: Packed) -> list[Spot] | None:
    """The numbers of the packed terms that `target` alone decides; None where it is structural."""
    n = len(packed.concession_ids)
    match target:
        case ("sides", str(side), str(name)):
            field = Side.model_fields.get(name)
            if field is not None and field.annotation is Quantity:
                return [(name, scenario.side_ids.index(side))]
        case ("sides", str(side), "red_lines", str(tag), "severity"):
            return _severity(side, tag, scenario, packed)
        case ("concessions", str(name), str(key)) if key in _CONCESSION:
            return [(_CONCESSION[key], packed.concession_ids.index(name))]
        case ("events", str(event), "rate"):
            return [("event_rate", packed.event_ids.index(event))]
        case ("events", str(event), "evidence", str(side)):
            return [("event_evidence", 2 * packed.event_ids.index(event) + scenario.side_ids.index(side))]
        case ("events", str(event), "cost", str(tag), str(key)):
            first = n * packed.event_ids.index(event)
            return [
                ("event_factor" if key == "factor" else "event_length", first + c)
                for c, name in enumerate(packed.concession_ids)
                if tag in scenario.concessions[name].tags
            ]
        case ("counters", str(counter), "counts", str(name)):
            first = n * list(scenario.counters).index(counter)
            return [("counted", first + packed.concession_ids.index(name))]
    return None


def _severity(side: str, tag: str, scenario: Scenario, packed: Packed) -> list[Spot] | None:
    found: list[Spot] = []
    for c, name in enumerate(packed.concession_ids):
        concession = scenario.concessions[name]
        if concession.giver != side or tag not in concession.tags:
            continue
        lines = scenario.sides[side].red_lines
        if any(lines[other].severity for other in concession.tags if other != tag and other in lines):
            return None  # the packed number is a sum
        found.append(("severity", c))
    return found


def suspects(
    scenario: Scenario, packed: Packed, written: Mapping[Spot, npt.NDArray[Any]], n: int
) -> npt.NDArray[np.bool_]:
    """Which of `n` points some check between parts of a scenario may refuse: shape (n,).

    `written` holds the value at every point of each number that factors write; the rest is as in
    `scenario`, which passes the checks.  What is told here is what `scenario.checks` tells.
    """

    def at(field: str, place: int) -> Any:
        if (field, place) in written:
            return written[field, place]
        is_float, start, _ = packed.layout.places[field]
        return (packed.floats if is_float else packed.ints)[start + place]

    found = np.zeros(n, dtype=np.bool_)
    for side in (0, 1):
        if at("strategy", side) == number_of("comparative"):
            found |= at("reciprocity", side) == 0
    required = {name for each in scenario.concessions.values() for name in each.requires}
    for field, c in written:
        if field != "value":
            continue
        value, name = written[field, c], packed.concession_ids[c]
        found |= (value > 0) & (value < _LEAST_VALUE)
        if name in required or scenario.concessions[name].institution:
            found |= value == 0
    for c in _behind_institutions(scenario, packed):
        found |= _out_of_reach(at, c)
    return found


def _behind_institutions(scenario: Scenario, packed: Packed) -> list[int]:
    """Institutions, and all that they require."""
    needed = [name for name, each in scenario.concessions.items() if each.institution]
    for name in needed:
        needed += [other for other in scenario.concessions[name].requires if other not in needed]
    return [packed.concession_ids.index(name) for name in needed]


def _out_of_reach(at: Callable[[str, int], Any], c: int) -> Any:
    """Whether a concession cannot be given: too dear to save up for, or behind a soft red line."""
    giver = int(at("giver", c))
    too_large = at("value", c) / at("units", c) > at("max_readiness", giver)
    if not at("soft", c):
        return too_large
    return too_large | (at("base_cost", c) + at("severity", c) * at("firmness", giver) > at("value", c))
