"""Who sits where: on each side a person, or the strategy that the scenario names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bargain_sim.errors import InputError
from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.schema import Scenario

__all__ = ["PERSON", "STRATEGY", "Refusal", "Seat", "seats_for"]

Seat = Literal["person", "strategy"]
PERSON: Seat = "person"
STRATEGY: Seat = "strategy"


class Refusal(InputError):  # noqa: N818 - the word of the table
    """A move that the rules, or the order of the table, do not allow; nothing has changed.

    `code` is a short word for programs (`red_line`, `not_your_turn`, …), `problem` and `remedy` are for
    people.
    """

    def __init__(self, code: str, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy=remedy)
        self.code = code


def seats_for(scenario: Scenario, people: Iterable[str]) -> dict[str, Seat]:
    """Side → who sits there, with `people` on the sides named.  Raises InputError for an unknown side."""
    seats: dict[str, Seat] = dict.fromkeys(scenario.side_ids, STRATEGY)
    for side in (people,) if isinstance(people, str) else people:
        if side not in seats:
            raise InputError(f"there is no side `{side}`", remedy=nearest(str(side), seats))
        seats[side] = PERSON
    return seats
