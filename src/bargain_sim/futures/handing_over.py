"""Beginning play on a day of the record: which scenario that is, and how far the futures reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bargain_sim.errors import InputError
from bargain_sim.scenario.history import History
from bargain_sim.scenario.loader import Overrides, Resolved, resolve
from bargain_sim.scenario.overrides import Override, as_overrides
from bargain_sim.scenario.schema import Scenario

__all__ = ["Day", "Source", "as_day", "beginning_after", "first_day", "last_turn_until", "recorded"]

Source = Scenario | str | Path | Mapping[str, Any]
"""A scenario, a file, the name of a shipped scenario, or a mapping."""

Day = dt.date | str
"""A date, or its text such as `2025-12-05`."""


def as_day(value: Day, name: str) -> dt.date:
    """A date from what was given for the option `name`.  Raises InputError."""
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise InputError(
            f"`{value}` is no date", remedy="Write year, month and day, such as 2025-12-05", place=name
        ) from None


def recorded(source: Source, overrides: Overrides = ()) -> tuple[Resolved, History]:
    """A scenario and its history.  Raises InputError where it has none."""
    found = resolve(_plain(source), overrides)
    history = found.scenario.history
    if history is None:
        raise InputError(
            f"`{found.scenario.name}` has no history whose end could be the start",
            remedy="Write a `history` into it, or take a scenario that has one, such as `baseline`",
        )
    return found, history


def beginning_after(
    source: Source, day: dt.date, overrides: Overrides, name: str, more: Iterable[Override] = ()
) -> Resolved:
    """The scenario in which all up to and including `day` is told, and play takes over after it.

    `name` is the option that gave the day, for messages; `more` are further changes, set last.  Raises
    InputError where the record says nothing of that day.
    """
    found, history = recorded(source, overrides)
    set_ = {each.path: each for each in as_overrides(overrides)}.get("start")
    if set_ is not None and set_.value != "record":
        raise InputError(
            f"`start` is set to `{set_.value}`, and play begins here where the record ends",
            remedy="Leave it out", place=set_.place,
        )  # fmt: skip
    if history.until < found.scenario.start_date:
        raise InputError(
            f"the history ends on {history.until}, before the start, {found.scenario.start_date}",
            remedy="Let `history.until` be a later day",
        )
    if not found.scenario.start_date <= day <= history.until:
        raise InputError(
            f"the record tells of {found.scenario.start_date} to {history.until}, not of {day}",
            remedy="Choose one of these days, or add entries to the history and move its `until`",
            place=name,
        )
    start = (Override("start", "record", name), Override("history.until", day, name))
    return resolve(_plain(source), (*as_overrides(overrides), *start, *more))


def last_turn_until(scenario: Scenario, until: dt.date | None, name: str) -> int:
    """One more than the last turn that begins by `until` (None: the end).  Raises InputError."""
    turns = int(scenario.turns)
    if until is None:
        return turns
    first, end = first_day(scenario, scenario.handover), scenario.date_of(turns) - dt.timedelta(days=1)
    if not first <= until <= end:
        raise InputError(
            f"play lasts from {first} to {end}, and {until} lies outside",
            remedy="Choose a day within, or give the scenario more `turns`", place=name,
        )  # fmt: skip
    return scenario.turn_of(until) + 1


def first_day(scenario: Scenario, turn: int) -> dt.date:
    """The first day of a turn; of the turn in which the history ends, the first day that is played."""
    day = scenario.date_of(turn)
    if scenario.start == "beginning" or scenario.history is None or turn < scenario.handover:
        return day
    return max(day, scenario.history.until + dt.timedelta(days=1))


def _plain(source: Source) -> str | Path | Mapping[str, Any]:
    return source.model_dump(mode="json", exclude_none=True) if isinstance(source, Scenario) else source
