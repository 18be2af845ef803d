"""A scenario as the arrays that the rules read, and an empty state of the right sizes.

All float fields of `Terms` are windows on one float64 buffer, all whole-number fields windows on one
int64 buffer (and likewise `State`): copying a point of a sweep into place is two array copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar, cast, get_type_hints

import numpy as np
import numpy.typing as npt

from bargain_sim.rules.state import Floats, State, Terms

__all__ = [
    "Drawn",
    "Layout",
    "Packed",
    "Sizes",
    "as_copy",
    "as_lists",
    "fields_of",
    "layout_of",
    "windows",
]

Fields = TypeVar("Fields", Terms, State)


class Sizes(NamedTuple):
    """How many there are of everything that fields are long by."""

    turns: int
    concessions: int
    requirements: int
    events: int
    strikes: int
    counters: int
    entries: int

    def length(self, size: str) -> int:
        """Length of a field annotated with `size` (see rules.state); never 0."""
        events = max(1, self.events)
        return {
            "one": 1,
            "side": 2,
            "span": 3,
            "concession": self.concessions,
            "offset": self.concessions + 1,
            "requirement": max(1, self.requirements),
            "event": events,
            "event_side": 2 * events,
            "event_cost": events * self.concessions,
            "strike": max(1, self.strikes),
            "counter": max(1, self.counters) * self.concessions,
            "turn": self.turns,
            "entry": max(1, self.entries),
        }[size]


def _read_fields(kind: type[Any]) -> dict[str, tuple[bool, str]]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: (hint.__origin__ is Floats, hint.__metadata__[0]) for name, hint in hints.items()}


_FIELDS = {Terms: _read_fields(Terms), State: _read_fields(State)}


def fields_of(kind: type[Terms] | type[State]) -> dict[str, tuple[bool, str]]:
    """Field → (whether it holds floats, its size), read from the annotations of Terms or State."""
    return _FIELDS[kind]


@dataclass(frozen=True)
class Layout:
    """Where each field of Terms or State lies in its buffer: name → (floats?, start, stop)."""

    places: dict[str, tuple[bool, int, int]]
    n_floats: int
    n_ints: int


def layout_of(kind: type[Terms] | type[State], sizes: Sizes) -> Layout:
    """Lay the fields of Terms or State out, floats and whole numbers apart, in their order."""
    places: dict[str, tuple[bool, int, int]] = {}
    ends = {True: 0, False: 0}
    for name, (is_float, size) in fields_of(kind).items():
        start = ends[is_float]
        ends[is_float] = start + sizes.length(size)
        places[name] = (is_float, start, ends[is_float])
    return Layout(places, ends[True], ends[False])


def windows(
    kind: type[Fields], layout: Layout, floats: npt.NDArray[np.float64], ints: npt.NDArray[np.int64]
) -> Fields:
    """`Terms` or `State` whose fields are windows on the two buffers."""
    parts: list[Any] = [
        (floats if is_float else ints)[start:stop] for is_float, start, stop in layout.places.values()
    ]
    return kind(*parts)


def as_lists(fields: Fields) -> Fields:
    """The same fields as plain lists, copied."""
    parts: list[Any] = [field.tolist() for field in cast("tuple[npt.NDArray[Any], ...]", fields)]
    return type(fields)(*parts)


def as_copy(fields: Fields) -> Fields:
    """A copy of fields that are plain lists."""
    parts: list[Any] = [list(field) for field in cast("tuple[list[Any], ...]", fields)]
    return type(fields)(*parts)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Numbers of the packed terms that every run draws: a row of `table` each (see `rules.parameters`).

    Number `float_places[k]` of `Packed.floats` is in column `float_columns[k]` of the table, and likewise
    for whole numbers.  `key` is equal where all of this is.
    """

    table: npt.NDArray[np.float64]  # (rows, columns)
    float_places: npt.NDArray[np.int64]
    float_columns: npt.NDArray[np.int64]
    int_places: npt.NDArray[np.int64]
    int_columns: npt.NDArray[np.int64]
    key: str

    def without(self, float_places: Sequence[int], int_places: Sequence[int]) -> Drawn:
        """The same, but for some numbers that are held."""
        floats = ~np.isin(self.float_places, float_places)
        ints = ~np.isin(self.int_places, int_places)
        return replace(
            self,
            float_places=self.float_places[floats],
            float_columns=self.float_columns[floats],
            int_places=self.int_places[ints],
            int_columns=self.int_columns[ints],
            key=f"{self.key} without {sorted(float_places)} {sorted(int_places)}",
        )

    @property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """As the rules take them."""
        return self.table, self.float_places, self.float_columns, self.int_places, self.int_columns


@dataclass(frozen=True)
class Packed:
    """A scenario ready for the rules.  `floats` and `ints` hold the fields of Terms.

    Where runs draw some of them (`drawn`), these two hold medians.
    """

    sizes: Sizes
    layout: Layout
    floats: npt.NDArray[np.float64]
    ints: npt.NDArray[np.int64]
    concession_ids: tuple[str, ...]  # in the order of the arrays: side 0's first
    event_ids: tuple[str, ...]
    entry_ids: tuple[str, ...] = ()  # of the history, one a concession given
    drawn: Drawn | None = None

    def lists(self) -> tuple[Terms, State]:
        """Fresh terms and state as plain lists, for the plain host and Mesa."""
        terms = windows(Terms, self.layout, self.floats, self.ints)
        state_layout = layout_of(State, self.sizes)
        empty = windows(
            State, state_layout, np.zeros(state_layout.n_floats), np.zeros(state_layout.n_ints, np.int64)
        )
        return as_lists(terms), as_lists(empty)
