"""The assumptions that drive a forecast: each moved alone over its studied range, under the same luck.

Points are written into the packed terms, none is built as a scenario: some hundred thousand runs take a
second or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.codes import GRAND_BARGAIN
from bargain_sim.engine import Engine, draws_of
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.pack import Packed, pack
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.schema import Event, Scenario
from bargain_sim.scenario.side import Side
from bargain_sim.scenario.spots import Spot, spots_of, suspects

__all__ = ["MOST_SENSITIVITY_RUNS", "drivers"]

FloatArray = npt.NDArray[np.float64]
MOST_SENSITIVITY_RUNS = 100_000
"""Runs of each value of each assumption: some thirty million in all, which take as long as a calibration."""

_LEVELS = 5
_AT_ONCE = 500  # runs of every value, some 30 MB
_CLEAR = 2.0  # standard errors by which an assumption must move the chance
_COLUMNS = [
    *("path", "label", "now", "low", "high", "share_at_low", "share_at_high"),
    *("least", "most", "change", "error"),
]


@dataclass(frozen=True)
class _Assumption:
    path: str
    label: str
    spots: tuple[Spot, ...]
    now: float
    levels: npt.NDArray[np.float64]


def drivers(
    scenario: Scenario, stop: int, runs: int, seed: int, most: int = 10,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The assumptions that move the chance of a grand bargain before turn `stop` most.

    One row each, strongest first: `path`, `label`, its value `now` (the median, where runs draw it), the
    ends `low` and `high` of the range over which it was moved, the chance at both, the `least` and `most`
    chance at five values over the range, their `change` and its paired standard `error`.  Moved are the
    parameters of each side, the rates of events, and delivered shares that the record leaves open; what
    changes the chance by no more than two standard errors is left out, for so does luck alone.  `least` and
    `most` are picked by the same runs that tell them, so weak drivers look somewhat stronger than they are.
    """
    packed = pack(scenario)
    assumptions = [each for each in _assumptions(scenario, packed) if len(each.levels) > 1]
    if not assumptions:
        return pd.DataFrame(columns=_COLUMNS)
    sizes = [len(each.levels) for each in assumptions]
    floats = np.tile(packed.floats, (sum(sizes), 1))
    ints = np.tile(packed.ints, (sum(sizes), 1))
    ends = np.cumsum(sizes)
    for each, end in zip(assumptions, ends, strict=True):
        for name, place in each.spots:
            is_float, start, _ = packed.layout.places[name]
            (floats if is_float else ints)[end - len(each.levels) : end, start + place] = each.levels
    pieces = []
    for first in range(0, runs, _AT_ONCE):
        last = min(first + _AT_ONCE, runs)
        rows = _played(packed, assumptions, floats, ints, draws_of(seed, first, last, packed.sizes.turns))
        in_time = rows[:, :, COLUMNS.index("turns")] <= stop
        pieces.append(in_time & (rows[:, :, COLUMNS.index("outcome")] == GRAND_BARGAIN))
        if progress is not None:
            progress(last * len(floats), runs * len(floats))
    parts = np.split(np.concatenate(pieces), ends[:-1], axis=1)
    found = [_effect(each, part) for each, part in zip(assumptions, parts, strict=True)]
    told = [each for each in found if each["change"] > _CLEAR * each["error"]]
    moving = sorted(told, key=lambda each: -each["change"])
    return pd.DataFrame(moving[:most], columns=_COLUMNS)


def _played(
    packed: Packed, assumptions: list[_Assumption], floats: FloatArray, ints: npt.NDArray[np.int64],
    draws: FloatArray,
) -> FloatArray:  # fmt: skip
    """Results of every run at every point: shape (runs, points, columns)."""
    if packed.drawn is None:
        engine = Engine(packed)
        return engine.run(floats, ints, draws).reshape(len(draws), len(floats), engine.columns)
    # What is moved is not drawn as well; all else is.
    parts, first = [], 0
    for each in assumptions:
        stop = first + len(each.levels)
        places = [(packed.layout.places[name], place) for name, place in each.spots]
        held = {kind: [start + k for (f, start, _), k in places if f == kind] for kind in (True, False)}
        engine = Engine(replace(packed, drawn=packed.drawn.without(held[True], held[False])))
        rows = engine.run(floats[first:stop], ints[first:stop], draws)
        parts.append(rows.reshape(len(draws), stop - first, engine.columns))
        first = stop
    return np.concatenate(parts, axis=1)


def _effect(assumption: _Assumption, bargain: npt.NDArray[np.bool_]) -> dict[str, Any]:
    shares = bargain.mean(axis=0)
    top, bottom = int(shares.argmax()), int(shares.argmin())
    apart = bargain[:, top].astype(float) - bargain[:, bottom]
    return {
        "path": assumption.path,
        "label": assumption.label,
        "now": assumption.now,
        "low": float(assumption.levels[0]),
        "high": float(assumption.levels[-1]),
        "share_at_low": float(shares[0]),
        "share_at_high": float(shares[-1]),
        "least": float(shares[bottom]),
        "most": float(shares[top]),
        "change": float(apart.mean()),
        "error": float(apart.std() / np.sqrt(len(apart))),
    }


def _assumptions(scenario: Scenario, packed: Packed) -> Iterator[_Assumption]:
    for name, field in Side.model_fields.items():
        extra: Any = field.json_schema_extra
        if field.annotation is not Quantity or not extra["studied"]:
            continue
        words = " ".join(part for part in (name.replace("_", " "), extra["symbol"]) if part)
        for side_id, side in scenario.sides.items():
            now = float(getattr(side, name))
            yield from _moved(
                scenario, packed, f"sides.{side_id}.{name}", f"{side.label}: {words}", now,
                extra["studied"], extra["whole"],
            )  # fmt: skip
    rate: Any = Event.model_fields["rate"].json_schema_extra
    for event_id, event in scenario.events.items():
        if event.rate is not None:
            yield from _moved(
                scenario, packed, f"events.{event_id}.rate", f"Rate of: {event.label}", float(event.rate),
                rate["studied"], False,
            )  # fmt: skip
    yield from _of_the_record(scenario, packed)


def _moved(
    scenario: Scenario, packed: Packed, path: str, label: str, now: float, studied: tuple[float, float],
    whole: bool,
) -> Iterator[_Assumption]:  # fmt: skip
    """The assumption at the values of its range that go with the rest of the scenario."""
    spots = spots_of(tuple(path.split(".")), scenario, packed)
    if spots is None:
        return
    levels = np.linspace(*studied, _LEVELS)
    levels = np.unique(np.round(levels)) if whole else levels
    fitting = ~suspects(scenario, packed, dict.fromkeys(spots, levels), len(levels))
    yield _Assumption(path, label, tuple(spots), now, levels[fitting])


def _of_the_record(scenario: Scenario, packed: Packed) -> Iterator[_Assumption]:
    """Shares delivered on the day that the record leaves open."""
    if scenario.history is None or scenario.history.uncertain == "drawn":
        return  # each run draws its own
    entries = scenario.history.entries
    for name in dict.fromkeys(packed.entry_ids):
        share, around = entries[name].delivered, entries[name].delivered_give_or_take
        if share is None or around is None:
            continue
        ends = np.clip([float(share) - float(around), float(share) + float(around)], 0.0, 1.0)
        spots = tuple(("entry_share", s) for s, other in enumerate(packed.entry_ids) if other == name)
        label = f"Share delivered: {entries[name].label or name}"
        yield _Assumption(
            f"history.entries.{name}.delivered", label, spots, float(share),
            np.linspace(ends[0], ends[1], _LEVELS),
        )  # fmt: skip
