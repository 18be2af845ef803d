"""A scenario as the arrays that the rules read; what these are like: `scenario.packed`."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bargain_sim.codes import CORRECTS, DEMANDS, GIVES, HAPPENS, NOTES, PAUSES, RESUMES
from bargain_sim.rules.state import Terms
from bargain_sim.scenario.drawn import drawn_of
from bargain_sim.scenario.history import Entry
from bargain_sim.scenario.packed import (
    Drawn,
    Layout,
    Packed,
    Sizes,
    as_copy,
    as_lists,
    fields_of,
    layout_of,
    windows,
)
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.side import Side
from bargain_sim.strategies import number_of

__all__ = [
    "Drawn",
    "Layout",
    "Packed",
    "Sizes",
    "as_copy",
    "as_lists",
    "fields_of",
    "layout_of",
    "pack",
    "windows",
]


def rotation_of(name: str) -> float:
    """Where on a shared draw the hazard of `name` lies: a number in [0, 1) fixed by its id."""
    return zlib.crc32(name.encode()) / 2**32


def pack(scenario: Scenario) -> Packed:
    """Turn a scenario into the arrays of `Terms`, concessions grouped by their givers."""
    sides = scenario.side_ids
    names = tuple(
        name
        for side in sides
        for name, concession in scenario.concessions.items()
        if concession.giver == side
    )
    where = {name: k for k, name in enumerate(names)}
    events = tuple(scenario.events)
    requires = [scenario.concessions[name].requires for name in names]
    strikes = [
        (when if isinstance(when, int) else scenario.turn_of(when), e)
        for e, event in enumerate(scenario.events.values())
        for when in event.at
    ]
    told = entries_of(scenario, where)
    sizes = Sizes(
        int(scenario.turns),
        len(names),
        sum(map(len, requires)),
        len(events),
        len(strikes),
        len(scenario.counters),
        len(told),
    )
    layout = layout_of(Terms, sizes)
    floats = np.zeros(layout.n_floats)
    ints = np.zeros(layout.n_ints, dtype=np.int64)
    put = windows(Terms, layout, floats, ints)._asdict()

    put["turns"][0] = sizes.turns
    put["first_mover"][0] = sides.index(scenario.first_mover)
    for i, side_id in enumerate(sides):
        for name, value in side_values(scenario.sides[side_id]).items():
            put[name][i] = value
    givers = [sides.index(scenario.concessions[name].giver) for name in names]
    put["span"][:] = (0, givers.count(0), len(names))
    put["giver"][:] = givers
    for c, name in enumerate(names):
        concession = scenario.concessions[name]
        lines = [
            line for tag, line in scenario.sides[concession.giver].red_lines.items() if tag in concession.tags
        ]
        put["value"][c] = float(concession.value)
        put["base_cost"][c] = float(concession.cost)
        put["severity"][c] = sum(float(line.severity) for line in lines if line.severity)
        put["units"][c] = int(concession.units)
        put["status"][c] = concession.kind == "status"
        put["reversible"][c] = concession.reversible
        put["institution"][c] = concession.institution
        put["hard"][c] = any(line.kind == "hard" for line in lines)
        put["soft"][c] = any(line.kind == "soft" for line in lines)
        put["rotation"][c] = rotation_of(name)
    flat = [where[required] for wanted in requires for required in wanted]
    put["requires"][: len(flat)] = flat
    put["requires_from"][:] = np.cumsum([0, *map(len, requires)])

    put["n_events"][0] = len(events)
    for e, event_id in enumerate(events):
        event = scenario.events[event_id]
        put["event_rate"][e] = float(event.rate) if event.rate is not None else 0.0
        put["event_rotation"][e] = rotation_of(event_id)
        put["event_pause"][e] = event.pause
        for side_id, weight in event.evidence.items():
            put["event_evidence"][2 * e + sides.index(side_id)] = float(weight)
        for c, name in enumerate(names):
            for tag, effect in event.cost.items():
                if tag in scenario.concessions[name].tags:
                    k = len(names) * e + c
                    put["event_factor"][k] = float(effect.factor)
                    put["event_length"][k] = int(effect.turns)
    put["n_strikes"][0] = len(strikes)
    for s, (turn, e) in enumerate(strikes):
        put["strike_turn"][s] = turn
        put["strike_event"][s] = e
    put["handover"][0] = scenario.handover
    put["turn_days"][0] = int(scenario.turn_days)
    put["n_entries"][0] = len(told)
    for s, (_, numbers) in enumerate(told):
        for name, value in numbers.items():
            put[f"entry_{name}"][s] = value
    put["n_counters"][0] = len(scenario.counters)
    for k, counter in enumerate(scenario.counters.values()):
        for name, count in counter.counts.items():
            put["counted"][len(names) * k + where[name]] = float(count)
    packed = Packed(sizes, layout, floats, ints, names, events, tuple(name for name, _ in told))
    return packed if scenario.parameters is None else replace(packed, drawn=drawn_of(scenario, packed))


def side_values(side: Side) -> dict[str, float]:
    """The numbers of one side, by the names of Terms' side fields."""
    values = {
        name: float(getattr(side, name))
        for name in type(side).model_fields
        if isinstance(getattr(side, name), Quantity)
    }
    return values | {"strategy": number_of(side.strategy), "snapback": float(side.snapback)}


def _stated(scenario: Scenario, entry: Entry) -> tuple[float, float]:
    """The day of an entry since the start, and how far it may be off, in whole days."""
    around = float(entry.give_or_take) if entry.give_or_take is not None else 0.0
    return float((entry.date - scenario.start_date).days), float(int(around))


def _spans(stated: Sequence[tuple[float, float]], until: float) -> list[tuple[float, float]]:
    """The first and last day on which each entry may fall: what has a date to the day stays where it is.

    `stated` are days and how far they may be off, in order.  What is uncertain lies between the dated
    entries before and after it, and not after the day `until`, where the history ends.
    """
    before, floors = 0.0, []
    for day, off in stated:
        before = before if off > 0.0 else day
        floors.append(before)
    after, spans = until, []
    for (day, off), floor in zip(reversed(stated), reversed(floors), strict=True):
        after = after if off > 0.0 else day
        spans.append((max(day - off, floor), min(day + off, after)))
    return spans[::-1]


def entries_of(scenario: Scenario, where: Mapping[str, int]) -> list[tuple[str, dict[str, float]]]:
    """The history as the rules read it: id of each entry → its numbers; one concession, one entry."""
    if scenario.start == "beginning" or scenario.history is None:
        return []
    history = scenario.history
    drawn = history.uncertain == "drawn"
    sides, events = scenario.side_ids, tuple(scenario.events)
    found = []
    kept = history.kept()
    until = float((history.until - scenario.start_date).days)
    spans = _spans([_stated(scenario, entry) for _, entry in kept], until)
    for (name, entry), (first, last) in zip(kept, spans, strict=True):
        day, _ = _stated(scenario, entry)
        numbers = {
            "day": (first + last) / 2.0 if drawn else day,
            "days": (last - first) / 2.0 if drawn else 0.0,
            "share": float(entry.delivered) if entry.delivered is not None else 1.0,
            "shares": float(entry.delivered_give_or_take or 0.0) if drawn else 0.0,
            "units": 0.0,
            "rotation": rotation_of(name),
        }
        if entry.gives:
            for concession, units in entry.gives.items():
                found.append((name, numbers | {"kind": GIVES, "what": where[concession], "units": units}))
            continue
        kind, what = NOTES, 0
        if entry.event:
            kind, what = HAPPENS, events.index(entry.event)
        elif entry.corrects:
            kind, what = CORRECTS, where[entry.corrects]
        elif entry.demands:
            kind, what = DEMANDS, sides.index(entry.demands)
        elif entry.dialogue:
            kind = PAUSES if entry.dialogue == "pauses" else RESUMES
        found.append((name, numbers | {"kind": kind, "what": what}))
    return found
