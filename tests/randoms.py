"""Random scenarios of every kind the schema allows, extremes included, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from toys import concession, counters_of, event, q, red_line, scenario, side

from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.side import Side
from bargain_sim.strategies import STRATEGIES

TAGS = ("first", "second", "third")
RANGES: dict[str, dict[str, Any]] = {
    name: field.json_schema_extra
    for name, field in Side.model_fields.items()
    if field.annotation is Quantity and isinstance(field.json_schema_extra, dict)
}
PARAMETERS = tuple(RANGES)


def values_of(name: str, extra: dict[str, Any]) -> st.SearchStrategy[float]:
    """A parameter's bounds, its start value, or anything in the range it is studied over."""
    low, high = float(extra["low"]), float(extra["high"])
    studied = extra["studied"] or (low, high)
    if extra["above"]:
        low = 1e-6
    if extra["below"]:
        high = 0.999999
    if name == "reciprocity":
        low = max(low, 0.01)  # `comparative` needs some
    bounds = st.sampled_from([low, high])
    if extra["whole"]:
        return st.one_of(st.integers(int(studied[0]), int(studied[1])).map(float), bounds)
    return st.one_of(st.floats(max(low, studied[0]), min(high, studied[1])), bounds)


@st.composite
def sides(draw: st.DrawFn) -> dict[str, Any]:
    """A side with any strategy; up to a dozen parameters studied or at their bounds, the others as usual.

    A lively start (more initiative, less outside option) lets runs reach packages and endings.
    """
    numbers: dict[str, Any] = {"initiative": 6, "outside_option": draw(st.sampled_from([0, 2, 8]))}
    for name in draw(st.lists(st.sampled_from(PARAMETERS), max_size=12)):
        numbers[name] = float(draw(values_of(name, RANGES[name])))
    lines = {
        tag: draw(st.sampled_from([red_line(), red_line(0.0), red_line(2.0), red_line(1e6)]))
        for tag in draw(st.sets(st.sampled_from(TAGS), max_size=1))
    }
    return side(draw(st.sampled_from(list(STRATEGIES))), **numbers) | {
        "red_lines": lines,
        "snapback": draw(st.booleans()),
    }


@st.composite
def catalogues(draw: st.DrawFn) -> dict[str, Any]:
    """One to ten concessions of either side: worthless to enormous, requirements among the earlier."""
    catalogue: dict[str, Any] = {}
    for k in range(draw(st.integers(1, 12))):
        able = [name for name, entry in catalogue.items() if entry["value"]["value"] > 0]
        value = st.one_of(st.floats(0.1, 20), st.floats(0.1, 60), st.sampled_from([0.0, 1e-6, 1.0, 5.0, 1e9]))
        cost = st.one_of(st.floats(0.01, 5), st.floats(0.01, 5), st.sampled_from([0.0, 1e-6, 20.0, 1e9]))
        catalogue[f"c{k}"] = concession(
            "ab"[k] if k < 2 else draw(st.sampled_from("ab")),
            draw(value),
            draw(cost),
            draw(st.sampled_from([1, 1, 2, 3, 100, 10**12])),
            kind=draw(st.sampled_from(["status", "material"])),
            requires=sorted(draw(st.sets(st.sampled_from(able), max_size=2))) if able else [],
            tags=sorted(draw(st.sets(st.sampled_from(TAGS), max_size=2))),
            reversible=draw(st.booleans()),
            institution=draw(st.integers(0, 4)) == 0,
        )
    return catalogue


@st.composite
def events(draw: st.DrawFn, turns: int) -> dict[str, Any]:
    """Up to three events, random and scripted."""
    made = {}
    for k in range(draw(st.integers(0, 3))):
        made[f"e{k}"] = event(
            rate=q(draw(st.sampled_from([0.0, 0.05, 0.3, 1.0]))),
            at=sorted(draw(st.sets(st.integers(0, turns - 1), max_size=3))),
            evidence={name: q(draw(st.sampled_from([0.0, 1.0, 1000.0]))) for name in draw(
                st.sets(st.sampled_from("ab")))},
            pause=draw(st.booleans()),
            cost={tag: {"factor": q(draw(st.sampled_from([0.0, 0.5, 2.0, 1000.0]))),
                        "turns": q(draw(st.integers(1, 9)))}
                  for tag in draw(st.sets(st.sampled_from(TAGS), max_size=1))},
        )  # fmt: skip
    return made


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A whole scenario; institutions that its checks refuse become ordinary concessions."""
    turns = draw(st.sampled_from([104, 40, 40, 7, 2, 1]))
    catalogue = draw(catalogues())
    parts: dict[str, Any] = {
        "turns": turns,
        "first_mover": draw(st.sampled_from("ab")),
        "events": draw(events(turns)),
        "counters": counters_of(catalogue),
    }
    first, second = draw(sides()), draw(sides())
    try:
        return scenario(first, second, catalogue, **parts)
    except PydanticCustomError:
        plain = {name: entry | {"institution": False} for name, entry in catalogue.items()}
        return scenario(first, second, plain, **parts)
