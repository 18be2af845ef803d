"""From which days of the record its last acts are forecast, and what then came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from bargain_sim.calibration.next_happening import category, first_of, happened, named
from bargain_sim.errors import InputError
from bargain_sim.scenario.overrides import Override
from bargain_sim.scenario.schema import Scenario

__all__ = ["LAST", "Origin", "origins_of"]

LAST: Final = 4
"""So many days of the record are left out, one after the other."""


@dataclass(frozen=True)
class Origin:
    """A forecast made when all `until` a day was known, of what came on the `day` of the next act.

    `start_date` lays the turns so that the one numbered `turn` begins the day after `until`; `came` is the
    category of what then came.
    """

    until: dt.date
    day: dt.date
    label: str
    start_date: dt.date
    turn: int
    came: int

    @property
    def told(self) -> tuple[Override, ...]:
        """What lets history be told up to that day, in these turns."""
        return (
            Override("start_date", self.start_date),
            Override("history.until", self.until),
            Override("history.uncertain", "stated"),
            Override("start", "record"),
        )


def origins_of(scenario: Scenario) -> list[Origin]:
    """The last days on which the record tells of acts of the two sides, the earliest first.

    Raises InputError where there are too few.
    """
    kinds: dict[dt.date, dict[str, str]] = {}
    for name, entry in scenario.history.kept() if scenario.history is not None else ():
        kind = happened(scenario, entry)
        if kind is not None:
            kinds.setdefault(entry.date, {}).setdefault(kind, name)
    days = sorted(kinds)
    if len(days) <= LAST:
        raise InputError(
            f"the history tells of acts on {len(days)} days, and the last {LAST} are to be forecast",
            remedy="Leave the history as the baseline has it",
        )
    return [
        _origin(scenario, until, day, first_of(kinds[day]))
        for until, day in zip(days[-LAST - 1 : -1], days[-LAST:], strict=True)
    ]


def _origin(scenario: Scenario, until: dt.date, day: dt.date, kind: str) -> Origin:
    turn_days = int(scenario.turn_days)
    first = until + dt.timedelta(days=1)
    known = (first - scenario.start_date).days
    start = scenario.start_date - dt.timedelta(days=-known % turn_days)
    came = category(kind, (day - first).days // turn_days)
    return Origin(until, day, named(came), start, (first - start).days // turn_days, came)
