"""Which numbers of a scenario its runs draw, and the scenario of a single run.

A drawn number says so in its source, `drawn: COLUMN of FILE`, and has the column's median; whatever is
laid over it has another source, and is held.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

import numpy as np
from pydantic import BaseModel

from bargain_sim.rules.parameters import row_of
from bargain_sim.scenario.packed import Drawn, Packed
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.reading import KeyPath
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.spots import Spot, spots_of

__all__ = [
    "as_drawn",
    "columns_in",
    "drawn_numbers",
    "drawn_of",
    "drawn_source",
    "drawn_spots",
    "drawn_values",
    "with_row",
]

_SOURCE: Final = re.compile(r"drawn: (\S+) of ")


def drawn_source(column: str, file: str) -> str:
    """The source of a number that each run draws from a column of a file."""
    return f"drawn: {column} of {file}"


def drawn_numbers(scenario: Scenario) -> dict[KeyPath, str]:
    """The numbers that runs draw: path → column of the file.  None once the row is known."""
    if scenario.parameters is None or scenario.parameters.row is not None:
        return {}
    return columns_in(scenario)


def drawn_values(scenario: Scenario) -> dict[str, float]:
    """The numbers that a run has drawn, by column, in the order of the file.  Empty where it drew none."""
    if scenario.parameters is None or scenario.parameters.row is None:
        return {}
    table, used = scenario.parameters.table, set(columns_in(scenario).values())
    row = table.values[scenario.parameters.row].tolist()
    return {column: number for column, number in zip(table.columns, row, strict=True) if column in used}


def drawn_spots(scenario: Scenario, packed: Packed) -> dict[Spot, int]:
    """The numbers of the packed terms that runs draw: field and place → number of the column."""
    numbers = drawn_numbers(scenario)
    if not numbers or scenario.parameters is None:
        return {}
    where = {column: k for k, column in enumerate(scenario.parameters.table.columns)}
    return {
        spot: where[column]
        for path, column in numbers.items()
        for spot in spots_of(path, scenario, packed) or ()
    }


def drawn_of(scenario: Scenario, packed: Packed) -> Drawn | None:
    """What the packed scenario needs to draw them; None where nothing is drawn."""
    spots = drawn_spots(scenario, packed)
    if not spots or scenario.parameters is None:
        return None
    found: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for (name, place), column in spots.items():
        is_float, start, _ = packed.layout.places[name]
        found[is_float].append((start + place, column))
    floats, ints = (np.array(found[kind], dtype=np.int64).reshape(-1, 2).T.copy() for kind in (True, False))
    key = hashlib.sha256(f"{scenario.parameters.sha256} {sorted(spots.items())}".encode()).hexdigest()
    return Drawn(scenario.parameters.table.values, floats[0], floats[1], ints[0], ints[1], key)


def with_row(scenario: Scenario, row: int) -> Scenario:
    """The scenario in which all that runs draw is as in one row of the file, counted from 0."""
    numbers = drawn_numbers(scenario)
    if scenario.parameters is None:
        return scenario
    table, file = scenario.parameters.table, scenario.parameters.file
    values = dict(zip(table.columns, table.values[row].tolist(), strict=True))
    tree: dict[str, Any] = {}
    for path, column in numbers.items():
        inside = tree
        for key in path[:-1]:
            inside = inside.setdefault(str(key), {})
        source = f"{drawn_source(column, file)}, row {row}"
        inside[str(path[-1])] = Quantity(value=values[column], source=source)
    known = scenario.parameters.model_copy(update={"row": row})
    found: Scenario = _laid(scenario, tree | {"parameters": known})
    return found


def as_drawn(scenario: Scenario, draw: float) -> Scenario:
    """The scenario of a run whose uniform draw for its parameters is `draw`."""
    if not drawn_numbers(scenario) or scenario.parameters is None:
        return scenario
    return with_row(scenario, row_of(draw, scenario.parameters.rows))


def _laid(below: Any, above: dict[str, Any]) -> Any:
    """A copy of a block or catalogue with the leaves of a tree of new parts in it."""
    if isinstance(below, BaseModel):
        changed = {
            key: _laid(getattr(below, key), new) if isinstance(new, dict) else new
            for key, new in above.items()
        }
        return below.model_copy(update=changed)
    return below | {
        key: _laid(below[key], new) if isinstance(new, dict) else new for key, new in above.items()
    }


def columns_in(value: Any, path: KeyPath = ()) -> dict[KeyPath, str]:
    """The drawn numbers in a scenario, or in its plain data: path → column of the file."""
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if not isinstance(value, dict):
        return {}
    if set(value) == {"value", "source"}:
        found = _SOURCE.match(str(value["source"]))
        return {path: found.group(1)} if found else {}
    return {
        where: column
        for name, entry in value.items()
        for where, column in columns_in(entry, (*path, name)).items()
    }
