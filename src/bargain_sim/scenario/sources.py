"""Where a scenario's numbers come from, and the literature it stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel

from bargain_sim.record import load_record, resolve
from bargain_sim.scenario.layers import BOTH
from bargain_sim.scenario.quantity import Quantity, source_parts
from bargain_sim.scenario.schema import Scenario
from bargain_sim.strategies import STRATEGIES

__all__ = ["Number", "numbers", "references"]

_UNITS: Final = {"evidence": "full-weight moves", "counts": "in the whole"}
"""Units of the numbers that stand in a catalogue of their own, which has no field to tell them."""


@dataclass(frozen=True)
class Number:
    """One number of a scenario: its path as `--set` takes it, its unit, and its source as written."""

    path: str
    value: float
    unit: str
    source: str

    @property
    def support(self) -> str:
        """`source`, `partly` (also an assumption, such as the size), `assumption`, `override` or `drawn`."""
        kinds = {_kind(part) for part in source_parts(self.source)}
        if kinds == {"source"}:
            return "source"
        if "source" in kinds:
            return "partly"
        return next((kind for kind in ("override", "drawn") if kind in kinds), "assumption")


def numbers(scenario: Scenario) -> list[Number]:
    """Every number, in the order of the file format; what is the same for both sides stands once.

    Such a number has the path `sides.both.…`, which also sets both.
    """
    found = list(_walk(scenario, "", ""))
    first, second = (f"sides.{side}." for side in scenario.side_ids)
    of_second = {each.path.removeprefix(second): each for each in found if each.path.startswith(second)}
    shared: set[str] = set()
    result: list[Number] = []
    for each in found:
        if each.path.startswith(first):
            tail = each.path.removeprefix(first)
            twin = of_second.get(tail)
            if twin is not None and (twin.value, twin.source) == (each.value, each.source):
                shared.add(second + tail)
                each = replace(each, path=f"sides.{BOTH}.{tail}")
        if each.path not in shared:
            result.append(each)
    return result


def references(scenario: Scenario) -> list[str]:
    """Full references of what the scenario rests on: the record's own source first, then the literature.

    Counted in: every source in the scenario, what the model's parameters stand on, and its strategies.
    """
    pointers = {part for text in _texts(scenario) for part in source_parts(text)}
    works = {part for part in pointers if part.startswith("seeds/literature/")}
    from_record = any(re.match(r"S\d|fn\d|seeds/(?!literature/)", part) for part in pointers)
    first = [load_record().reference.text()] if from_record else []
    return first + sorted(resolve(work) for work in works)


def _kind(part: str) -> str:
    if part.startswith("seeds/not_in_source/"):
        return "assumption"  # it points to what the record does not say
    word = part.partition(":")[0].strip()
    return word if word in ("assumption", "override", "drawn") else "source"


def _walk(value: Any, path: str, unit: str) -> Iterator[Number]:
    if isinstance(value, Quantity):
        yield Number(path, value.value, unit, value.source)
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            extra = field.json_schema_extra
            inside = str(extra["unit"]) if isinstance(extra, dict) else _UNITS.get(name, "")
            yield from _walk(getattr(value, name), f"{path}.{name}" if path else name, inside)
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from _walk(entry, f"{path}.{name}", unit)


def _texts(value: Any) -> Iterator[str]:
    """Every text that holds pointers, anywhere in the scenario."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            inside = getattr(value, name)
            if name == "source":
                yield inside
            elif name == "strategy":
                yield STRATEGIES[inside].literature
            if isinstance(inside, Quantity) and isinstance(field.json_schema_extra, dict):
                yield str(field.json_schema_extra["stands_on"])
            yield from _texts(inside)
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)
