"""Named happenings: in which turn after the hand-over each of them first takes place, and how large it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import FloatArray, Runs

__all__ = ["Happening", "first_times", "happenings_of"]


@dataclass(frozen=True)
class Happening:
    """Something that may come: `column` and `kind` say where a trace shows it.

    Kinds: `rises` (a count of the trace grows), `is_given` (points announced in the turn), `agreed`,
    `carried_out`, and `possible` (all institutions stand).  `unit` is that of its size, empty where it has
    none.
    """

    id: str
    label: str
    kind: str
    column: str = ""
    unit: str = ""


def happenings_of(scenario: Scenario) -> list[Happening]:
    """What is looked for in the futures of a scenario, in the order in which it is told."""
    found = [
        Happening(f"next_{name}", f"{counter.label}: more of them", "rises", name, "counted")
        for name, counter in scenario.counters.items()
    ]
    found += [
        Happening(f"material_{side}", f"Material concession by {scenario.sides[side].label}", "is_given",
                  f"material_{k}", "points")
        for k, side in enumerate(scenario.side_ids)
    ]  # fmt: skip
    found += [
        Happening("correction", "Correction of a shortfall", "rises", "corrections"),
        Happening("pause", "Pause of the talks", "rises", "pauses"),
        Happening("slight", "Demand across a red line, a slight", "rises", "demands"),
    ]
    if any(each.institution for each in scenario.concessions.values()):
        found.append(
            Happening("package_possible", "Institutions stand, a package can be proposed", "possible")
        )
    found.append(Happening("package_agreed", "Package agreed", "agreed"))
    found.append(Happening("package_carried_out", "Agreed package carried out", "carried_out"))
    return found


def first_times(runs: Runs, found: list[Happening], stop: int) -> pd.DataFrame:
    """The turn of each happening's first time from the hand-over on and before turn `stop`, one row a run.

    Columns are the ids, NaN where it does not happen; sizes stand in `size_<id>` for those that have one.
    """
    columns: dict[str, FloatArray] = {}
    for each in found:
        turns, sizes = _first_time(runs, each, stop)
        columns[each.id] = turns
        if each.unit:
            columns[f"size_{each.id}"] = sizes
    return pd.DataFrame(columns)


def _first_time(runs: Runs, happening: Happening, stop: int) -> tuple[FloatArray, FloatArray]:
    nothing = np.full(runs.n, np.nan)
    start = runs.scenario.handover
    if happening.kind == "agreed":
        return _before(runs.result("deal_turn"), stop), nothing
    if happening.kind == "carried_out":
        return _before(np.where(runs.ended("grand_bargain"), runs.played - 1.0, -1.0), stop), nothing
    if happening.kind == "possible":
        catalogue = runs.scenario.concessions.items()
        turns = np.stack([runs.delivered_in(name) for name, each in catalogue if each.institution])
        last = np.where((turns >= 0).all(axis=0), np.maximum(turns.max(axis=0), start), -1.0)
        return _before(last, stop), nothing
    values = runs.turn(happening.column)
    amounts = values[:, start:stop]
    if happening.kind == "rises":
        before = values[:, start - 1 : start] if start else np.zeros((runs.n, 1))
        amounts = np.diff(amounts, prepend=before)
    happens = amounts > 0.0  # never after the end, where it is NaN
    first = happens.argmax(axis=1)
    ever = happens.any(axis=1)
    sizes = amounts[np.arange(runs.n), first]
    return np.where(ever, first + float(start), np.nan), np.where(ever, sizes, np.nan)


def _before(turns: FloatArray, stop: int) -> FloatArray:
    return np.where((turns >= 0) & (turns < stop), turns, np.nan)
