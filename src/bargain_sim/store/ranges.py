"""How large each result can become at most, told from the scenarios alone.

A side receives at most what the other's concessions are worth, pays at most what its own cost under
every event that makes them dearer, and gains its bonus; nothing can happen more often than turns
allow.  Sketches divide these ranges beforehand, so that they do not depend on what came out first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.pack import Packed

__all__ = ["PackedPoints", "Ranges", "ranges_of"]

Ranges = dict[str, tuple[float, float]]
"""Result column → lowest and highest value it can take at any point."""

_BLOCK: Final = 4_096  # points whose terms are spread out at a time: 6 kB each


class PackedPoints(Protocol):
    """Points packed alike (`sweeps.points.Group`)."""

    @property
    def packed(self) -> Packed:
        """One of the points, for where its fields lie."""

    @property
    def points(self) -> npt.NDArray[np.int64]:
        """Their numbers."""

    def rows(self, first: int, stop: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Terms of some of them, floats and whole numbers: (points, n_floats), (points, n_ints)."""


@dataclass(frozen=True)
class _Block:
    """The terms of a few points of a group."""

    packed: Packed
    floats: npt.NDArray[np.float64]
    ints: npt.NDArray[np.int64]


def ranges_of(results: Sequence[str], groups: Iterable[PackedPoints]) -> Ranges:
    """Ranges of the result columns `results` (`Columns.results`), over all points of a sweep."""
    lows = np.full(len(results), np.inf)
    highs = np.full(len(results), -np.inf)
    for group in groups:
        for first in range(0, len(group.points), _BLOCK):
            floats, ints = group.rows(first, min(first + _BLOCK, len(group.points)))
            block = _Block(group.packed, *_at_most(group.packed, floats, ints))
            for k, (low, high) in enumerate(_of_group(block)):
                lows[k] = min(lows[k], low)
                highs[k] = max(highs[k], high)
    bounds = zip(lows.tolist(), highs.tolist(), strict=True)
    return {name: pair for name, pair in zip(results, bounds, strict=True) if name != "outcome"}


def _at_most(
    packed: Packed, floats: npt.NDArray[np.float64], ints: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The terms with the most of all that runs draw: no bound below falls as one of them rises."""
    if packed.drawn is None:
        return floats, ints
    floats, ints, most = floats.copy(), ints.copy(), packed.drawn.table.max(axis=0)
    floats[:, packed.drawn.float_places] = most[packed.drawn.float_columns]
    ints[:, packed.drawn.int_places] = most[packed.drawn.int_columns]
    return floats, ints


def _of_group(group: _Block) -> list[tuple[float, float]]:
    packed = group.packed
    turns = float(_field(group, "turns").max())
    n = packed.sizes.concessions
    side = packed.layout.places["span"]
    first = int(packed.ints[side[1] + 1])  # concessions of side 0 stand before this one
    owns = (slice(0, first), slice(first, n))
    value = _field(group, "value")
    worth = [value[:, own].sum(axis=1) for own in owns]
    price = _dearest(group, n)
    dear = [price[:, own].sum(axis=1) for own in owns]
    bonus = _field(group, "bonus")
    strikes = turns * packed.sizes.events + packed.sizes.strikes + packed.sizes.entries
    bounds: dict[str, tuple[float, float]] = {
        "outcome": (0.0, 0.0),
        "turns": (0.0, turns),
        "deal_turn": (0.0, turns),
        "trust_0": (0.0, 1.0),
        "trust_1": (0.0, 1.0),
        "exchanged": (0.0, float((worth[0] + worth[1]).max())),
        "moves": (0.0, 2.0 * turns),
        "shortfalls": (0.0, 2.0 * turns),
        "corrections": (0.0, turns * n),
        "pauses": (0.0, 2.0 * turns + strikes),
        "paused_turns": (0.0, turns),
        "slights": (0.0, 2.0 * turns + packed.sizes.entries),
        "events": (0.0, strikes),
    }
    for i in (0, 1):
        bounds[f"given_{i}"] = (0.0, float(worth[i].max()))
        gain = worth[1 - i] + np.maximum(bonus[:, i], 0.0)
        bounds[f"utility_{i}"] = (-float(dear[i].max()), float(gain.max()))
    found = [bounds[name] for name in COLUMNS]
    for k in range(packed.sizes.counters):
        counted = _field(group, "counted")[:, n * k : n * (k + 1)]
        found.append((0.0, float(np.maximum(counted, 0.0).sum(axis=1).max())))
    return found


def _dearest(group: _Block, n: int) -> npt.NDArray[np.float64]:
    """What each concession costs its giver under all events that make it dearer: shape (points, n)."""
    factor = _field(group, "event_factor").reshape(len(group.floats), -1, n)
    length = _field(group, "event_length").reshape(len(group.floats), -1, n)
    worst = np.where(length > 0, np.maximum(factor, 1.0), 1.0).prod(axis=1)
    giver = _field(group, "giver")[0].astype(np.int64)
    soft = _field(group, "severity") * _field(group, "firmness")[:, giver]
    prices: npt.NDArray[np.float64] = _field(group, "base_cost") * worst + np.maximum(soft, 0.0)
    return prices


def _field(group: _Block, name: str) -> npt.NDArray[Any]:
    is_float, start, stop = group.packed.layout.places[name]
    return (group.floats if is_float else group.ints)[:, start:stop]
