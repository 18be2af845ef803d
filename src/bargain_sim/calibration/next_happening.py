"""What comes next, and when: the categories of a left-out forecast.

A category is a kind of happening and whether it comes within two turns (one of each side) or within the two
after, or that nothing comes in these four.  Where a turn holds several, the first in the order of `KINDS`
counts, which is that of the rules.  Outside events and what only one side thinks are no happenings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import BARGAIN, BREAKDOWN, COLLAPSE, PAUSED, TALKS
from bargain_sim.errors import InputError
from bargain_sim.scenario.history import Entry
from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import Runs

__all__ = ["CATEGORIES", "KINDS", "NOTHING", "TURNS", "category", "first_of", "happened", "named", "next_of"]

Flags = npt.NDArray[np.bool_]

KINDS: Final[dict[str, str]] = {
    "correction": "a shortfall is made good",
    "over": "the talks break down",
    "pause": "the talks pause",
    "resumption": "the talks are taken up again",
    "slight": "a demand across a red line",
    "agreement": "a package is agreed",
    "status_0": "Washington gives status goods",
    "material_0": "Washington gives material relief",
    "status_1": "Minsk gives status goods",
    "material_1": "Minsk gives something material",
}
_ROUND: Final = 2  # turns of a round: each side has one
_ROUNDS: Final = 2
TURNS: Final = _ROUND * _ROUNDS
"""Turns that a forecast looks ahead."""
NOTHING: Final = len(KINDS) * _ROUNDS
"""The category in which nothing happens in these turns."""
CATEGORIES: Final = NOTHING + 1


def category(kind: str, turn: int) -> int:
    """The category of a happening in the turn that is so many after the first one played."""
    if not 0 <= turn < TURNS:
        return NOTHING
    return list(KINDS).index(kind) * _ROUNDS + turn // _ROUND


def named(number: int) -> str:
    """A category in words."""
    if number == NOTHING:
        return "nothing within four turns"
    when = ("within two turns", "within the two after")[number % _ROUNDS]
    return f"{list(KINDS.values())[number // _ROUNDS]} {when}"


def happened(scenario: Scenario, entry: Entry) -> str | None:
    """The kind of happening that an entry of a history is; None for events, notes and what did not occur."""
    if not entry.occurs:
        return None
    if entry.corrects is not None:
        return "correction"
    if entry.dialogue is not None:
        return {"pauses": "pause", "resumes": "resumption"}[entry.dialogue]
    if entry.demands is not None:
        return "slight"
    if entry.gives:
        given = scenario.concessions[next(iter(entry.gives))]
        return f"{given.kind}_{scenario.side_ids.index(given.giver)}"
    return None


def first_of(kinds: Iterable[str]) -> str:
    """Of several kinds in one turn, the one that counts."""
    return min(kinds, key=list(KINDS).index)


def next_of(runs: Runs) -> npt.NDArray[np.intp]:
    """The category of what comes next in each run after its history: shape (runs,).

    Raises InputError where no history is told, or not enough turns were traced.
    """
    start = runs.scenario.handover
    if start < 1 or runs.traced.turns.shape[1] < start + TURNS:
        raise InputError(f"a forecast needs a history and {TURNS} turns after it")
    found = np.full(runs.n, NOTHING)
    open_ = np.ones(runs.n, dtype=bool)
    for turn in range(TURNS):
        for kind, happens in _in_turn(runs, start + turn).items():
            new = open_ & happens
            found[new] = category(kind, turn)
            open_ &= ~new
    return found


def _in_turn(runs: Runs, t: int) -> dict[str, Flags]:
    """Which runs see each kind in turn `t`, in the order of KINDS."""

    def rises(name: str) -> Flags:
        column = runs.turn(name)
        return np.asarray(column[:, t] > column[:, t - 1])

    mode = runs.turn("mode")
    gives = {
        f"{kind}_{side}": np.asarray(runs.turn(f"{kind}_{side}")[:, t] > 0.0)
        for side in (0, 1)
        for kind in ("status", "material")
    }
    return {
        "correction": rises("corrections"),
        "over": np.asarray((runs.played == t + 1) & np.isin(runs.outcomes, (BREAKDOWN, COLLAPSE))),
        "pause": rises("pauses"),
        "resumption": np.asarray((mode[:, t - 1] == PAUSED) & (mode[:, t] == TALKS)),
        "slight": rises("demands"),
        "agreement": np.asarray((mode[:, t - 1] != BARGAIN) & (mode[:, t] == BARGAIN)),
        **gives,
    }
