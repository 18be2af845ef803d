"""`parameters: FILE` in a scenario: what it lays over the numbers below, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.checks import check_scenario
from bargain_sim.scenario.drawn import columns_in, drawn_numbers, drawn_source, drawn_spots, with_row
from bargain_sim.scenario.layers import Merged
from bargain_sim.scenario.messages import Lines, from_check, from_pydantic
from bargain_sim.scenario.overrides import targets
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.parameters import Parameters, read_parameters
from bargain_sim.scenario.paths import spec_at
from bargain_sim.scenario.reading import KeyPath, Tree
from bargain_sim.scenario.scalars import shortened
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.spots import spots_of, suspects
from bargain_sim.shipped import shipped_folder

__all__ = ["blamed", "check_draws", "check_ranges", "check_rows", "lay_draws"]

_TEXT: Final = ("parameters", "text")


def lay_draws(tree: Tree, merged: Merged) -> None:
    """Let the numbers of what a file extends be drawn from the file that its `parameters` names.

    What is wrong goes to `merged.faults`.
    """
    place = tree.places.get(("parameters",), Place(tree.name))
    named = tree.data["parameters"]
    try:
        if not isinstance(named, str) or not named.strip():
            raise InputError(
                f"`parameters` names one file, here it is `{shortened(named)}`", place=place,
                remedy="Write `parameters: posterior.csv` for a file beside this one, or "
                "`parameters: posterior` for the one that ships with the package",
            )  # fmt: skip
        if not merged.data:
            raise InputError(
                "`parameters` draws numbers of the scenario that a file extends, and this one extends none",
                place=place, remedy="Write a file with `extends: THIS_FILE` and with `parameters`",
            )  # fmt: skip
        path = _find(named, tree.folder, place)
        parameters = read_parameters(path, str(path))
    except InputError as error:
        merged.faults.append(error)
        return
    merged.data["parameters"] = parameters.model_dump(exclude={"row"})
    merged.places |= {("parameters",): place, _TEXT: Place(str(path), 1)}
    taken: dict[KeyPath, str] = {}
    for column, values in zip(parameters.table.columns, parameters.table.values.T, strict=True):
        try:
            ways = targets(column, merged.data, Place(str(path), 1))
        except InputError as error:
            merged.faults.append(error)
            continue
        # One that occurs, also between two whole numbers.
        median = float(np.percentile(values, 50, method="inverted_cdf"))
        number = {"value": median, "source": drawn_source(column, parameters.file)}
        for way in ways:
            spec = spec_at(way)
            if spec is None or spec.kind != "number":
                problem, remedy = f"`{column}` is not a number, and cannot be drawn", "Take the column out"
            elif way in taken:
                problem, remedy = f"`{column}` and `{taken[way]}` draw the same number", "Keep one of them"
            else:
                taken[way] = column
                merged.draw(way, dict(number), Place(str(path), 1))
                continue
            merged.faults.append(InputError(problem, remedy=remedy, place=Place(str(path), 1)))
            break


def check_ranges(data: Mapping[str, Any], lines: Lines) -> list[InputError]:
    """What is wrong with single numbers of the file: each column's lowest, highest, first that is not whole.

    `data` is what a scenario is to be read from.  Ranges have no holes, so that no other need be looked at.
    """
    try:
        parameters = Parameters.model_validate(data.get("parameters"))
    except ValidationError:
        return []  # there are none, or that is told elsewhere
    table, numbers = parameters.table, columns_in(data)
    where = {column: k for k, column in enumerate(table.columns)}
    wrong: list[InputError] = []
    for rows in _telling(table.values) if parameters.row is None else []:
        tried, places = dict(data), {}
        for path, column in numbers.items():
            if column in where:
                row = int(rows[where[column]])
                value = float(table.values[row, where[column]])
                tried = _put(tried, path, {"value": value, "source": drawn_source(column, parameters.file)})
                places[path] = Place(_file(parameters, lines), table.lines[row])
        try:
            Scenario.model_validate(tried)
        except ValidationError as error:
            wrong += [each for each in from_pydantic(error, Lines(places)) if each.place is not None]
    return wrong


def check_draws(scenario: Scenario, lines: Lines) -> list[InputError]:
    """What is wrong with the choice of columns."""
    parameters, numbers = scenario.parameters, drawn_numbers(scenario)
    if parameters is None or parameters.row is not None:
        return []
    place, packed = Place(_file(parameters, lines), 1), pack(scenario)
    return [
        InputError(
            f"`{column}` cannot be drawn", place=place,
            remedy="Numbers of sides, concessions, events and counters can; take the column out",
        )
        for path, column in numbers.items()
        if column not in parameters.table.columns or spots_of(path, scenario, packed) is None
    ]  # fmt: skip


def check_rows(scenario: Scenario, lines: Lines) -> None:
    """Refuse a row whose numbers do not go together with the rest of the scenario.  Raises InputError."""
    parameters = scenario.parameters
    if parameters is None or parameters.row is not None:
        return
    packed = pack(scenario)
    values = parameters.table.values
    written = {spot: values[:, column] for spot, column in drawn_spots(scenario, packed).items()}
    for row in np.flatnonzero(suspects(scenario, packed, written, len(values))):
        fault = _fault_of(scenario, int(row), lines)
        if fault is not None:
            raise fault


def blamed(scenario: Scenario, lines: Lines) -> InputError | None:
    """The first row to blame where the medians do not go together; None where no row does either."""
    rows = range(scenario.parameters.rows if drawn_numbers(scenario) and scenario.parameters else 0)
    faults = [_fault_of(scenario, row, lines) for row in rows]
    found = [fault for fault in faults if fault is not None]
    return found[0] if 0 < len(found) < len(faults) else None


def _fault_of(scenario: Scenario, row: int, lines: Lines) -> InputError | None:
    """What a check between parts of the scenario says of a row."""
    try:
        check_scenario(with_row(scenario, row))
    except PydanticCustomError as error:
        assert scenario.parameters is not None
        place = Place(_file(scenario.parameters, lines), scenario.parameters.table.lines[row])
        return from_check(error, Lines({(): place}))
    return None


def _telling(values: Any) -> list[Any]:
    """For every column the rows of its lowest and highest number, and of the first that is not whole."""
    broken = values != np.floor(values)
    return [values.argmin(axis=0), values.argmax(axis=0), broken.argmax(axis=0)]


def _file(parameters: Parameters, lines: Lines) -> str:
    place = lines.places.get(_TEXT)
    return parameters.file if place is None else place.file


def _put(data: Mapping[str, Any], path: KeyPath, number: dict[str, Any]) -> dict[str, Any]:
    key = str(path[0])
    inside = number if len(path) == 1 else _put(data[key], path[1:], number)
    return {**data, key: inside}


def _find(name: str, folder: Path | None, place: Place) -> Path:
    """A file beside the scenario's, `.csv` added if need be, or one that ships with the package."""
    beside = [folder / name, folder / f"{name}.csv"] if folder is not None else []
    shipped = {path.stem: path for path in sorted(shipped_folder("scenarios").glob("*.csv"))}
    for path in [*beside, *([shipped[name]] if name in shipped else [])]:
        try:
            if path.is_file():
                return path
        except OSError:  # such as a name that is too long
            break
    known = [path.name for path in sorted(folder.glob("*.csv"))] if folder is not None else []
    near = get_close_matches(name, [*known, *shipped], n=1)
    raise InputError(
        f"there is no file `{shortened(name)}`", place=place,
        remedy=f"Did you mean `{near[0]}`?" if near else "Name a CSV file that lies beside this one",
    )  # fmt: skip
