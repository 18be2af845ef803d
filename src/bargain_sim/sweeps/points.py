"""Every point of a sweep as packed terms, without building a scenario for each.

A factor that is a number of the packed terms (see `writing`) is written in place: its lowest and
highest value are checked by building scenarios, and so is every point that a check between parts of
the scenario might refuse.  All other factors are structural: a scenario is built, checked and packed
for every combination of them that occurs.  Terms are spread out only when they are asked for, so that
a million points take no more memory than the values of their factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.errors import InputError
from bargain_sim.scenario.drawn import drawn_spots
from bargain_sim.scenario.loader import Resolved, with_values
from bargain_sim.scenario.overrides import targets
from bargain_sim.scenario.pack import Packed, Sizes, pack
from bargain_sim.scenario.reading import KeyPath
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.spots import Spot, spots_of, suspects
from bargain_sim.sweeps.factor import EXTENDS
from bargain_sim.sweeps.quantiles import as_column

__all__ = ["Group", "PointError", "pack_points"]

Column = npt.NDArray[Any]
_SMALL: Final = 64_000_000  # bytes of terms up to which they are spread out once and for all


class PointError(InputError):
    """What is wrong at one point of a sweep."""

    def __init__(self, error: InputError, point: int) -> None:
        super().__init__(error.problem, remedy=error.remedy, place=error.place, more=error.more)
        self.point = point


@dataclass(frozen=True)
class Group:
    """Points whose scenarios have the same sizes, ready for the engine.

    `rows(first, stop)` gives the packed terms of some of them.
    """

    sizes: Sizes
    packed: Packed  # of one of them, for the engine's buffers
    points: npt.NDArray[np.int64]  # their numbers, ascending
    _templates: tuple[Packed, ...]  # one a combination of structural factors
    _which: npt.NDArray[np.int32]  # (points,) the template of each
    _written: tuple[tuple[Column, tuple[Spot, ...]], ...]  # values at every point of the sweep → numbers

    def rows(self, first: int, stop: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Terms of points number first … stop-1 of the group: (points, n_floats), (points, n_ints).

        About 6 kB a point: ask for a few thousand at a time.
        """
        return self.at(slice(first, stop))

    def at(
        self, which: slice | npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Terms of the points at these places in the group; see `rows`."""
        if self._is_small:
            return self.floats[which], self.ints[which]
        return self._spread(which)

    @property
    def floats(self) -> npt.NDArray[np.float64]:
        """Float terms of all points at once: shape (points, n_floats)."""
        return self._whole[0]

    @property
    def ints(self) -> npt.NDArray[np.int64]:
        """Whole-number terms of all points at once: shape (points, n_ints)."""
        return self._whole[1]

    @property
    def _is_small(self) -> bool:
        return len(self.points) * (self.packed.floats.nbytes + self.packed.ints.nbytes) <= _SMALL

    @cached_property
    def _whole(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        return self._spread(slice(None))

    def _spread(
        self, places: slice | npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        numbers, which = self.points[places], self._which[places]
        if len(self._templates) == 1:
            floats = np.tile(self._templates[0].floats, (len(numbers), 1))
            ints = np.tile(self._templates[0].ints, (len(numbers), 1))
        else:
            floats = np.stack([each.floats for each in self._templates])[which]
            ints = np.stack([each.ints for each in self._templates])[which]
        for values, spots in self._written:
            column = values[numbers]
            for name, place in spots:
                is_float, start, _ = self.packed.layout.places[name]
                (floats if is_float else ints)[:, start + place] = column
        return floats, ints


def pack_points(
    resolved: Resolved,
    table: Mapping[str, Sequence[Any] | Column],
    variants: Mapping[str, Resolved] | None = None,
) -> list[Group]:
    """Pack every point of `table` (path → value at every point).

    `variants` are the sub-scenarios that a factor `extends` names.  Raises PointError.
    """
    packing = _Packing(
        resolved,
        {
            path: values if isinstance(values, np.ndarray) else as_column(list(values))
            for path, values in table.items()
        },
        variants or {},
    )
    return packing.groups()


@dataclass(frozen=True)
class _Combination:
    """The points that share the values of all structural factors."""

    scenario: Scenario
    packed: Packed
    spots: tuple[tuple[Spot, ...], ...]  # a plain factor each
    points: npt.NDArray[np.int64]


class _Packing:
    """Packing one table; the values at a point are looked up as they are needed."""

    def __init__(
        self, resolved: Resolved, table: Mapping[str, Column], variants: Mapping[str, Resolved]
    ) -> None:
        self.resolved, self.table, self.variants = resolved, table, variants
        self.n = len(next(iter(table.values())))
        first = self.build(0)
        packed = pack(first)
        self.plain = [path for path in table if self._spots(path, first, packed, 0) is not None]
        self.structural = [path for path in table if path not in self.plain]

    def groups(self) -> list[Group]:
        members: dict[tuple[Any, ...], list[_Combination]] = {}
        combinations = list(self._combinations())
        self._check_ends()
        for each in combinations:
            self._check_suspects(each)
            drawn = each.packed.drawn and each.packed.drawn.key
            members.setdefault((each.packed.sizes, drawn, each.spots), []).append(each)
        return [self._group(found) for found in members.values()]

    def build(self, point: int) -> Scenario:
        """The scenario of one point, checked."""
        values = {path: column[point] for path, column in self.table.items() if path != EXTENDS}
        try:
            return with_values(self._base(point), values)
        except InputError as error:
            raise PointError(error, point) from error

    def _base(self, point: int) -> Resolved:
        if EXTENDS not in self.table:
            return self.resolved
        return self.variants[self.table[EXTENDS][point]]

    def _spots(self, path: str, scenario: Scenario, packed: Packed, point: int) -> list[Spot] | None:
        """The numbers that a factor writes; None where it is structural."""
        if path == EXTENDS or self.table[path].dtype.kind not in "iuf":
            return None
        found: list[Spot] = []
        ways: tuple[KeyPath, ...] = targets(path, self._base(point).base)
        for way in ways:
            spots = spots_of(way, scenario, packed)
            # Another scenario may have other red lines, and with them a sum where here is a number.
            if spots is None or (self.variants and way[-1] == "severity"):
                return None
            found += spots
        return found

    def _combinations(self) -> Iterator[_Combination]:
        for points in self._alike():
            point = int(points[0])
            scenario = self.build(point)
            packed = pack(scenario)
            spots = tuple(tuple(self._spots(path, scenario, packed, point) or ()) for path in self.plain)
            yield _Combination(scenario, packed, spots, points)

    def _alike(self) -> list[npt.NDArray[np.int64]]:
        """Points in classes of the same structural values, by their first point; ascending in each."""
        if not self.structural:
            return [np.arange(self.n)]
        import pyarrow as pa

        codes = np.zeros(self.n, dtype=np.int64)
        for path in self.structural:
            one = pa.array(self.table[path], from_pandas=False).dictionary_encode()
            codes = codes * len(one.dictionary) + one.indices.to_numpy()
            # Numbered anew each time, lest they grow beyond 64 bits.
            codes = np.unique(codes, return_inverse=True)[1]
        order = np.argsort(codes, kind="stable")
        classes = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
        return sorted(classes, key=lambda points: int(points[0]))

    def _check_ends(self) -> None:
        """Build the points at which each plain factor is lowest and highest: ranges have no holes."""
        telling: set[int] = set()
        for path in self.plain:
            column = self.table[path]
            telling |= {int(np.argmin(column)), int(np.argmax(column))}
            if column.dtype.kind == "f":
                telling |= set(np.flatnonzero(~np.isfinite(column))[:1].tolist())
                broken = np.flatnonzero(column != np.floor(column))[:1]
                # Where only whole numbers will do, the first that is none is refused.
                telling |= set(broken.tolist())
        for point in sorted(telling):
            self.build(point)

    def _check_suspects(self, each: _Combination) -> None:
        written = {
            spot: self.table[path][each.points]
            for path, spots in zip(self.plain, each.spots, strict=True)
            for spot in spots
            if spot[0] in _CHECKED
        }
        if written:
            found = np.zeros(len(each.points), dtype=np.bool_)
            for drawn in _extremes(each):
                found |= suspects(each.scenario, each.packed, drawn | written, len(each.points))
            for point in each.points[found]:
                self.build(int(point))

    def _group(self, found: list[_Combination]) -> Group:
        numbers = np.concatenate([each.points for each in found])
        which = np.repeat(np.arange(len(found), dtype=np.int32), [len(each.points) for each in found])
        order = np.argsort(numbers, kind="stable")
        written = tuple(
            (self.table[path], spots) for path, spots in zip(self.plain, found[0].spots, strict=True)
        )
        return Group(
            found[0].packed.sizes, found[0].packed, numbers[order],
            tuple(each.packed for each in found), which[order], written,
        )  # fmt: skip


def _extremes(each: _Combination) -> list[dict[Spot, Column]]:
    """Numbers that runs draw, as hard as can be on the checks: with what is worth least, and most.

    Whether a row is as hard as that is asked when the point is built.
    """
    spots = drawn_spots(each.scenario, each.packed)
    if not any(name in _CHECKED for name, _ in spots) or each.packed.drawn is None:
        return [{}]
    table, n = each.packed.drawn.table, len(each.points)
    lows, highs = table.min(axis=0), table.max(axis=0)
    low = {"reciprocity", "max_readiness", "units"}
    return [
        {
            spot: np.full(n, (lows if spot[0] in low or (spot[0] == "value" and cheap) else highs)[column])
            for spot, column in spots.items()
        }
        for cheap in (True, False)
    ]


# Fields of the packed terms that checks between parts of a scenario look at (see writing.suspects).
_CHECKED = frozenset({"reciprocity", "max_readiness", "firmness", "value", "base_cost", "units", "severity"})
