"""Every point of a sweep as packed terms, without building a scenario for each where that can be spared.

A factor that is a plain parameter of a side only changes one number of the packed terms: its lowest
and highest value are checked by building scenarios, and the rest is written in place.  All other
factors (strategies, concessions, events …) are structural: a scenario is built, checked and packed
for every combination of them that occurs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.scenario.loader import Resolved, with_values
from bargain_sim.scenario.pack import Packed, Sizes, pack
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.side import Side

__all__ = ["Group", "pack_points"]

# Parameters that checks between parts of a scenario look at (scenario.checks).
_CHECKED = frozenset({"max_readiness", "firmness"})
_Values = dict[str, list[Any]]


@dataclass(frozen=True)
class Group:
    """Points whose scenarios have the same sizes, ready for the engine."""

    sizes: Sizes
    packed: Packed  # of one of them, for the engine's buffers
    points: npt.NDArray[np.int64]  # their numbers, ascending
    floats: npt.NDArray[np.float64]  # (points, n_floats)
    ints: npt.NDArray[np.int64]  # (points, n_ints)


def pack_points(resolved: Resolved, table: _Values) -> list[Group]:
    """Pack every point of `table` (path → value at every point).  Raises InputError."""
    plain = {path: sides for path in table if (sides := _plain(resolved, path, table[path]))}
    structural = [path for path in table if path not in plain]
    _check_plain(resolved, table, list(plain))
    n_points = len(next(iter(table.values())))
    kinds: dict[tuple[Any, ...], list[int]] = {}
    for point in range(n_points):
        kinds.setdefault(tuple(table[path][point] for path in structural), []).append(point)
    lowest = {path: min(table[path]) for path in plain}

    members: dict[Sizes, list[tuple[Packed, list[int]]]] = {}
    for combination, points in kinds.items():
        values = lowest | dict(zip(structural, combination, strict=True))
        packed = pack(with_values(resolved, values))
        members.setdefault(packed.sizes, []).append((packed, points))
    return [_group(sizes, found, plain, table) for sizes, found in members.items()]


def _group(
    sizes: Sizes,
    members: list[tuple[Packed, list[int]]],
    plain: dict[str, list[tuple[str, int]]],
    table: _Values,
) -> Group:
    numbers = np.concatenate([np.array(points, dtype=np.int64) for _, points in members])
    floats = np.concatenate([np.tile(packed.floats, (len(points), 1)) for packed, points in members])
    ints = np.concatenate([np.tile(packed.ints, (len(points), 1)) for packed, points in members])
    order = np.argsort(numbers, kind="stable")
    numbers, floats, ints = numbers[order], floats[order], ints[order]
    layout = members[0][0].layout
    for path, targets in plain.items():
        column = np.array(table[path], dtype=np.float64)[numbers]
        for name, side in targets:
            is_float, start, _ = layout.places[name]
            (floats if is_float else ints)[:, start + side] = column
    return Group(sizes, members[0][0], numbers, floats, ints)


def _plain(resolved: Resolved, path: str, values: list[Any]) -> list[tuple[str, int]]:
    """(parameter, side) pairs that `path` sets, if it is a plain parameter; else none."""
    parts = path.removesuffix(".value").split(".")
    if len(parts) != 3 or parts[0] != "sides" or parts[2] in _CHECKED:
        return []
    name = parts[2]
    field = Side.model_fields.get(name)
    if field is None or field.annotation is not Quantity or (name == "reciprocity" and 0 in values):
        return []
    if any(isinstance(value, bool | str) for value in values):
        return []
    return [(name, side) for side in _sides_meant(resolved.scenario, parts[1])]


def _sides_meant(scenario: Scenario, part: str) -> list[int]:
    if part in ("both", "*"):
        return [0, 1]
    return [k for k, side in enumerate(scenario.side_ids) if side == part]


def _check_plain(resolved: Resolved, table: _Values, paths: list[str]) -> None:
    """Build the scenarios at the ends of each factor, and at every value that is no whole number."""
    for path in paths:
        values = table[path]
        telling = {min(values), max(values)}
        telling |= {value for value in set(values) if value != int(value)} if _whole(path) else set()
        for value in sorted(telling):
            with_values(resolved, {path: value})


def _whole(path: str) -> bool:
    extra = Side.model_fields[path.removesuffix(".value").split(".")[2]].json_schema_extra
    return bool(isinstance(extra, dict) and extra["whole"])
