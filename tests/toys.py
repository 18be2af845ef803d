"""Small scenarios for tests: every number at the design's start value unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bargain_sim.scenario.checks import check_scenario
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.side import Side


def q(value: float) -> dict[str, Any]:
    """A number with its source."""
    return {"value": value, "source": "assumption: a test"}


def side(strategy: str = "comparative", **numbers: Any) -> dict[str, Any]:
    """A side at the start values of the parameter table; `numbers` and flags override."""
    data: dict[str, Any] = {"label": "A side", "strategy": strategy}
    for name, field in Side.model_fields.items():
        extra = field.json_schema_extra
        if field.annotation is Quantity and isinstance(extra, dict):
            start = extra["start"]
            data[name] = q(20.0 if start is None else start)  # type: ignore[arg-type]
    for name, value in numbers.items():
        data[name] = q(value) if type(value) in (int, float) else value
    return data


def concession(giver: str, value: float = 10, cost: float = 4, units: int = 1, **more: Any) -> dict[str, Any]:
    """A material concession; `more` adds requires, tags, institution, kind, …"""
    return {
        "giver": giver,
        "label": "Something",
        "kind": "material",
        "value": q(value),
        "cost": q(cost),
        "units": q(units),
        "source": "assumption: a test",
    } | more


def scenario(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    concessions: Mapping[str, Any],
    turns: int = 104,
    **more: Any,
) -> Scenario:
    """A negotiation between `a` and `b`; `b` moves first."""
    data = {
        "format_version": 1,
        "name": "toy",
        "title": "A toy",
        "start_date": "2025-01-14",
        "turns": q(turns),
        "turn_days": q(14),
        "first_mover": "b",
        "sides": {"a": first, "b": second},
        "concessions": concessions,
    } | more
    made = Scenario.model_validate(data)
    check_scenario(made)
    return made


FREE: dict[str, Any] = {
    "exposure": 1e9,
    "max_readiness": 1e9,
    "max_step": 1e9,
    "outside_option": 1e9,
    "patience": 1_000_000,
    "doubt": 1.0,
    "break_trust": 0.0,
    "ambition": 0.0,
    "lag": 1,
    "memory": 1.0,
    "correction": 0.0,
    "evidence_kept": 1.0,
}
"""No limits, no pauses, no demands, no package: what the closed forms of the model stand on."""


def divisible(turns: int = 300, **sides: Mapping[str, Any]) -> Scenario:
    """The model's toy: one endlessly divisible concession a side, no limits."""
    pile: dict[str, Any] = {"value": 1e8, "cost": 0, "units": 10**12}
    return scenario(
        side(**(FREE | dict(sides["a"]))),
        side(**(FREE | dict(sides["b"]))),
        {"of_a": concession("a", **pile), "of_b": concession("b", **pile)},
        turns=turns,
    )


def rich_sides(**numbers: Any) -> dict[str, dict[str, Any]]:
    """Sides `a` and `b` of `rich`; `numbers` go to both, those named `a_…` or `b_…` to that side."""
    own: dict[str, dict[str, Any]] = {"a": {"reliability": 0.75, "ambition": 0.1}, "b": {"reliability": 0.95}}
    for name, value in numbers.items():
        if name[:2] in ("a_", "b_"):
            own[name[0]][name[2:]] = value
        else:
            own["a"].setdefault(name, value)
            own["b"].setdefault(name, value)
            own["a"][name] = own["b"][name] = value
    lines = {
        "a": {"alliance": red_line(), "lobby": red_line(3.0)},
        "b": {"east": red_line(), "far_east": red_line(), "transit": red_line(3.0)},
    }
    return {name: side(**({"red_lines": lines[name]} | own[name])) for name in ("a", "b")}


def red_line(severity: float | None = None) -> dict[str, Any]:
    """A hard red line, or a soft one of that severity."""
    if severity is None:
        return {"kind": "hard", "source": "assumption: a test"}
    return {"kind": "soft", "severity": q(severity), "source": "assumption: a test"}


def rich_catalogue() -> dict[str, Any]:
    """Seventeen concessions: institutions, chains of requirements, hard and soft red lines both sides.

    Behind hard red lines: `of_a_alliance`, `of_b_east`, `of_b_far_east`.
    """
    status: dict[str, Any] = {"kind": "status"}
    return {
        "visits": concession("a", 6, 0.4, 2, **status),
        "call": concession("a", 6, 0.6, **status, requires=["visits"]),
        "relief": concession("a", 10, 1.4, requires=["call"], reversible=True, tags=["sanctions"]),
        "envoy": concession("a", 5, 0.6, **status, requires=["relief"], institution=True),
        "embassy": concession("a", 6, 1, requires=["envoy"], institution=True),
        "loans": concession("a", 20, 3, 4, requires=["relief"], reversible=True, tags=["sanctions"]),
        "big_relief": concession("a", 44, 9, requires=["relief"], reversible=True, tags=["sanctions"]),
        "lobby_gift": concession("a", 8, 1, tags=["lobby"]),
        "of_a_alliance": concession("a", 30, 20, tags=["alliance"]),
        "words": concession("b", 3, 0.1, **status),
        "release": concession("b", 2, 0.1),
        "releases": concession("b", 30, 4, 30, requires=["release"]),
        "line": concession("b", 10, 1.5, 2, requires=["release"]),
        "assurances": concession("b", 6, 1, 2, requires=["visits"]),
        "security": concession("b", 42, 8, requires=["assurances"]),
        "transit_rights": concession("b", 8, 1, tags=["transit"], reversible=True),
        "of_b_east": concession("b", 40, 24, tags=["east"]),
        "of_b_far_east": concession("b", 20, 14, tags=["far_east", "east"]),
    }


BARRED = ("of_a_alliance", "of_b_east", "of_b_far_east")
"""What `rich` puts behind hard red lines."""


def event(**more: Any) -> dict[str, Any]:
    """An event; `more` adds rate, at, evidence, pause, cost."""
    source = "assumption: a test"
    return {"label": "Something happens", "source": source, "at_source": source} | more


def rich_events() -> dict[str, Any]:
    """Evidence against a side, a forced pause, dearer concessions, each now and then."""
    return {
        "balloons": event(rate=q(0.04), evidence={"b": q(1)}),
        "crisis": event(rate=q(0.01), pause=True),
        "tariff": event(rate=q(0.02), cost={"sanctions": {"factor": q(1.5), "turns": q(6)}}),
    }


def rich(
    turns: int = 104,
    concessions: Mapping[str, Any] | None = None,
    events: Mapping[str, Any] | None = None,
    counters: Mapping[str, Any] | None = None,
    lines: Mapping[str, Mapping[str, Any]] | None = None,
    **numbers: Any,
) -> Scenario:
    """A scenario with everything in it.  `numbers` are sides' parameters (see `rich_sides`); `lines`
    replaces the red lines of the sides it names; counters count whole barred concessions.
    """
    sides = rich_sides(**numbers)
    for name, of_side in (lines or {}).items():
        sides[name]["red_lines"] = dict(of_side)
    catalogue = rich_catalogue() if concessions is None else dict(concessions)
    return scenario(
        sides["a"],
        sides["b"],
        catalogue,
        turns=turns,
        events=rich_events() if events is None else dict(events),
        counters=counters_of(BARRED) if counters is None else dict(counters),
    )


def counters_of(names: Any) -> dict[str, Any]:
    """For each concession a counter that reads thousandths of it delivered (0: nothing at all)."""
    return {
        f"n_{name}": {"label": "Something", "counts": {name: q(1000)}, "source": "assumption: a test"}
        for name in names
    }
