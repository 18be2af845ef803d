"""From a sweep's designs to the values of its factors at every point."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.loader import Resolved, with_values
from bargain_sim.scenario.messages import Lines, joined
from bargain_sim.scenario.overrides import FACTOR, nearest_path, targets
from bargain_sim.scenario.paths import spec_at
from bargain_sim.scenario.reading import KeyPath
from bargain_sim.sweeps.checks import check_fits, factor_place
from bargain_sim.sweeps.definition import LEVELS, SAMPLED, Part, Sweep
from bargain_sim.sweeps.factor import EXTENDS, Factor, column_of
from bargain_sim.sweeps.quantiles import as_column, quantiles
from bargain_sim.sweeps.samples import sample
from bargain_sim.sweeps.tables import place_of_row, read_table

__all__ = ["Design", "Origin", "Plan", "make_points", "plan_design"]

Column = npt.NDArray[Any]


@dataclass(frozen=True)
class Origin:
    """Where points `start … stop-1` come from: a part of the sweep, and the table it read, if any."""

    design: str
    start: int
    stop: int
    table: Path | None = None


@dataclass(frozen=True)
class Plan:
    """Which factors a sweep has, before their values are made.

    `factors` are in the order of their columns, `places` says where each is written, `tables` holds
    what was read, by part.
    """

    factors: dict[str, Factor]
    places: dict[str, KeyPath]
    tables: dict[int, tuple[Path, dict[str, Column]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Design:
    """Every factor's value at every point (path → (points,)), and where the points come from."""

    table: dict[str, Column]
    origins: tuple[Origin, ...]


def plan_design(sweep: Sweep, resolved: Resolved, folder: Path | None, lines: Lines) -> Plan:
    """Read the tables, and list the factors of all parts.  Raises InputError."""
    plan = Plan({}, {})
    wrong: list[InputError] = []
    for k, part in enumerate(sweep.parts()):
        if part.design == "table" and part.table is not None:
            at: KeyPath = ("union", k, "table") if sweep.design == "union" else ("table",)
            path = Path(part.table) if folder is None else folder / part.table
            try:
                columns = _by_path(read_table(path), part, sweep, resolved, path)
                missing = [each for each in part.factors if each not in columns and each not in sweep.factors]
                missing += [each for each in sweep.factors if sweep.design == "table" and each not in columns]
                for each in dict.fromkeys(missing):
                    wrong.append(InputError(
                        f"`{each}` has no column in `{part.table}`", remedy="Add it, or take the factor out",
                        place=lines.of(factor_place(sweep, k, each)),
                    ))  # fmt: skip
            except InputError as error:
                wrong += [_at(each, lines.of(at)) for each in error.all()]
                continue
            plan.tables[k] = path, columns
            for each in columns:
                plan.factors.setdefault(each, part.factors.get(each, Factor()))
                plan.places.setdefault(each, factor_place(sweep, k, each) if each in part.factors else at)
        else:
            for each, factor in part.factors.items():
                plan.factors.setdefault(each, factor)
                plan.places.setdefault(each, factor_place(sweep, k, each))
    fault = joined(wrong)
    if fault is not None:
        raise fault
    return plan


def make_points(sweep: Sweep, plan: Plan, resolved: Resolved, lines: Lines) -> Design:
    """The values of all factors at every point, part by part.  Raises InputError."""
    parts = sweep.parts()
    lengths = [
        len(next(iter(plan.tables[k][1].values()))) if k in plan.tables else part.n_points or 0
        for k, part in enumerate(parts)
    ]
    wrong = [
        InputError(f"`{each.path[0]}`: {each.problem}", remedy=each.remedy, place=lines.of(each.path))
        for each in check_fits(sweep, sum(lengths), len(plan.factors))
    ]
    whole = {path: _is_whole(path, resolved) for path in plan.factors}
    for k, part in enumerate(parts):
        wrong += _uneven(sweep, k, part, whole, lines) or _beyond(sweep, k, part, whole, resolved, lines)
    fault = joined(wrong)
    if fault is not None:
        raise fault
    pieces: list[dict[str, Column]] = []
    origins: list[Origin] = []
    for k, (part, length) in enumerate(zip(parts, lengths, strict=True)):
        try:
            values = plan.tables[k][1] if k in plan.tables else _values(sweep, k, part, whole)
            pieces.append(_filled(values, plan, length, resolved))
        except InputError as error:
            at: KeyPath = ("union", k, "design") if sweep.design == "union" else ("design",)
            raise _at(error, lines.of(at)) from error
        start = origins[-1].stop if origins else 0
        path = plan.tables[k][0] if k in plan.tables else None
        origins.append(Origin(part.design, start, start + length, path))
    return Design(_joined(pieces, plan, lines), tuple(origins))


def row_place(design: Design, point: int) -> Place | None:
    """The line of a table that holds a point; None where it comes from no table."""
    for origin in design.origins:
        if origin.table is not None and origin.start <= point < origin.stop:
            return place_of_row(origin.table, point - origin.start)
    return None


def _at(error: InputError, place: Place | None) -> InputError:
    """The same error, at `place` if it has none of its own."""
    return InputError(error.problem, remedy=error.remedy, place=error.place or place)


def _values(sweep: Sweep, number: int, part: Part, whole: dict[str, bool]) -> dict[str, Column]:
    if part.design not in SAMPLED:
        return _grid(part)
    points = sample(part, sweep.seed, number)
    return {
        path: quantiles(factor, points[:, k], whole[path])
        for k, (path, factor) in enumerate(part.factors.items())
    }


def _grid(part: Part) -> dict[str, Column]:
    """Every combination; the first factor changes most slowly."""
    values = {path: as_column(factor.all_values()) for path, factor in part.factors.items()}
    total = part.n_points or 0
    made: dict[str, Column] = {}
    inner = total
    for path, column in values.items():
        inner //= len(column)
        made[path] = np.tile(np.repeat(column, inner), total // (inner * len(column)))
    return made


def _by_path(
    columns: dict[str, Column], part: Part, sweep: Sweep, resolved: Resolved, file: Path
) -> dict[str, Column]:
    """A table's columns by the paths they mean: a path as it is, or the column of a named factor."""
    named = {name: path for path, name in {**sweep.columns(), **part.columns()}.items()}
    found: dict[str, Column] = {}
    for name, column in columns.items():
        path = named.get(name, name)
        if path == name and name not in part.factors and name != EXTENDS:
            try:
                targets(name, resolved.base)
            except InputError as error:
                near = nearest_path(name, resolved.base)
                raise InputError(
                    f"the column `{name}` is neither a path nor the name of a factor",
                    remedy=f"Did you mean `{near}`?" if near else error.remedy, place=str(file),
                ) from error  # fmt: skip
        if path in found:
            raise InputError(f"two columns set `{path}`", remedy="Keep one of them", place=str(file))
        found[path] = column
    return found


def _is_whole(path: str, resolved: Resolved) -> bool:
    """Whether something that the factor sets takes whole numbers only."""
    if path == EXTENDS:
        return False
    specs = [spec_at(target) for target in targets(path, resolved.base)]
    return any(spec is not None and bool(spec.unit.get("whole")) for spec in specs)


def _uneven(sweep: Sweep, k: int, part: Part, whole: dict[str, bool], lines: Lines) -> list[InputError]:
    """Ranges of whole-number parameters that end between two, or have fewer than a Morris design levels.

    Two levels that round to the same number make steps of other lengths than SALib's analyses take
    them to have, and may leave numbers out that no step reaches.
    """
    found: list[InputError] = []
    for path, factor in part.factors.items():
        if part.design not in SAMPLED or not whole[path] or factor.size:
            continue
        low, high = factor.range or (0.0, 1.0)
        key = "range" if factor.range is not None else "distribution"
        place = lines.of((*factor_place(sweep, k, path), key))
        between = [end for end in (low, high) if end != int(end)]
        levels = part.levels or LEVELS
        if between:
            found.append(InputError(
                f"`{path}` takes whole numbers, and the range ends at {between[0]:g}", place=place,
                remedy="Begin and end with whole numbers",
            ))  # fmt: skip
        elif part.design == "morris" and high - low + 1 < levels:
            fewer = int(high - low + 1) // 2 * 2
            found.append(InputError(
                f"`{path}` takes whole numbers, and its range has {high - low + 1:g} for {levels} levels",
                place=place, remedy=f"Widen the range, or write `levels: {fewer}`",
            ))  # fmt: skip
    return found


def _beyond(
    sweep: Sweep, k: int, part: Part, whole: dict[str, bool], resolved: Resolved, lines: Lines
) -> list[InputError]:
    """Ranges that end beyond what a parameter allows, where the sample may happen to stay inside."""
    found: list[InputError] = []
    for path, factor in part.factors.items():
        if part.design not in SAMPLED or not factor.kind or factor.size:
            continue
        low, high = factor.range or (0.0, 1.0)
        for end, inside, word in ((low, high, "begins"), (high, low, "ends")):
            # What is drawn comes as near as can be: a range may end where a bound itself is left out.
            nearest = end if whole[path] else math.nextafter(end, inside)
            for error in _refused(path, nearest, resolved):
                key = "range" if factor.range is not None else "distribution"
                found.append(InputError(
                    f"`{path}`: the range {word} at {end:g}, which is out of range", remedy=error.remedy,
                    place=lines.of((*factor_place(sweep, k, path), key)),
                ))  # fmt: skip
    return found


def _refused(path: str, value: float, resolved: Resolved) -> list[InputError]:
    """Whether the parameter itself, and no check between several, refuses a value: one error, or none."""
    try:
        with_values(resolved, {path: value})
    except InputError as error:
        said = [
            each for each in error.all() if each.place and each.place.file.startswith(f"{FACTOR} {path}=")
        ]
        return [each for each in said if "is out of range" in each.problem][:1]
    return []


def _filled(values: dict[str, Column], plan: Plan, length: int, resolved: Resolved) -> dict[str, Column]:
    """The values of one part, with the scenario's own where a part leaves a factor alone."""
    return {
        path: values[path] if path in values else np.repeat(as_column([_own(path, resolved)]), length)
        for path in plan.factors
    }


def _own(path: str, resolved: Resolved) -> Any:
    """What the scenario says at `path`.  Raises InputError unless it is one number or word."""
    found: set[Any] = set()
    for target in () if path == EXTENDS else targets(path, resolved.base):
        value: Any = resolved.data
        for key in target:
            value = value.get(key) if isinstance(value, dict) else None
        found.add(value["value"] if isinstance(value, dict) else value)
    if len(found) != 1 or None in found:
        what = "has no single value" if len(found) > 1 else "has no value"
        raise InputError(
            f"this part does not vary `{path}`, which {what} in the scenario",
            remedy="Give it values in every part of the union",
        )
    return found.pop()


def _joined(pieces: list[dict[str, Column]], plan: Plan, lines: Lines) -> dict[str, Column]:
    if len(pieces) == 1:
        return pieces[0]
    table: dict[str, Column] = {}
    for path in plan.factors:
        columns = [piece[path] for piece in pieces]
        if len({column.dtype == object for column in columns}) > 1:
            raise InputError(
                f"`{column_of(path, plan.factors[path])}` is a number in one part and a word in another",
                place=lines.of(plan.places[path]), remedy="Make two sweeps of it",
            )  # fmt: skip
        table[path] = np.concatenate(columns)
    return table
