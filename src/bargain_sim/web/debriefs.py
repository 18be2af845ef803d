"""The debrief of a class: reckoned in a thread once the room has ended, and shown step by step.

What takes long (the frontier, 2,000 simulated pairs, each pair's own debrief) is reckoned once; what a
teacher may still change (names, an earlier class, how much is shown) is put around it when asked for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from bargain_sim.narrate import CAVEAT
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.cloud import Cloud, cloud
from bargain_sim.table.debrief import debrief
from bargain_sim.table.reference import Reference, reference
from bargain_sim.table.seats import Refusal
from bargain_sim.version import __version__
from bargain_sim.web import comparing
from bargain_sim.web.memory import give_back
from bargain_sim.web.messages import REVEALS, DebriefState
from bargain_sim.web.room import Room
from bargain_sim.web.seats import Seat

__all__ = ["SHOWN_FROM", "SIDE_SHOWN_FROM", "SIMULATED", "Reckoned", "Reckoner", "class_debrief", "reckon"]

_log = logging.getLogger(__name__)

SIMULATED: Final = 2_000
"""Pairs of strategies that a class is held against."""


@dataclass(frozen=True)
class Reckoned:
    """What was reckoned: `pairs` are `Debrief.to_dict()` by number of the pair."""

    known: Reference
    around: Cloud
    pairs: dict[int, dict[str, Any]]


def reckon(room: Room) -> Reckoned:
    """Reckon the debrief of a room that has ended; takes some seconds."""
    known, around = reference(room.scenario), cloud(room.scenario, SIMULATED, room.seed)
    pairs = {n: debrief(pair.game, around, known).to_dict() for n, pair in room.pairs.items()}
    found = Reckoned(known, around, pairs)
    give_back()
    return found


class Reckoner:
    """Debriefs by room, one at a time; `done(code)` is called in the event loop when one is there.

    A debrief is of a `Room` that has ended, for good.  Where its end could not be kept, the room is opened
    anew, and is another: its debrief will be another, too.
    """

    def __init__(self, done: Callable[[str], None]) -> None:
        self._done = done
        self._tasks: dict[str, tuple[Room, asyncio.Future[Reckoned]]] = {}
        self._thread = ThreadPoolExecutor(1, "bargain-debrief")

    def state(self, room: Room) -> DebriefState:
        """How far it is; sets it going where it is not."""
        of, task = self._tasks.get(room.code, (None, None))
        if task is None or of is not room:
            task = asyncio.get_running_loop().run_in_executor(self._thread, reckon, room)
            task.add_done_callback(lambda task: self._made(room.code, task))
            self._tasks[room.code] = room, task
        if not task.done():
            return "reckoning"
        return "failed" if task.cancelled() or task.exception() is not None else "ready"

    def _made(self, code: str, task: asyncio.Future[Reckoned]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("the debrief of room %s failed", code, exc_info=error)
        self._done(code)

    def found(self, room: Room) -> Reckoned:
        """What was reckoned.  Raises Refusal while it is not there, or could not be made; then the next look
        at it is a new try.
        """
        if room.phase != "ended":
            raise Refusal("not_now", "this room has not ended", "There is a debrief once it has")
        state = self.state(room)
        if state == "reckoning":
            raise Refusal("reckoning", "the debrief is being made", "Ask again in a few seconds")
        if state == "failed":
            self.forget(room.code)
            raise Refusal(
                "failed", "the debrief of this room could not be made",
                "Ask once more for another try; moves.csv holds every turn",
            )  # fmt: skip
        return self._tasks[room.code][1].result()

    def forget(self, code: str) -> None:
        """Nothing of a room is left."""
        self._tasks.pop(code, None)

    def close(self) -> None:
        """Let go of the thread; what has not begun is left undone."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def class_debrief(
    room: Room, found: Reckoned, seat: Seat | None, *, teacher: bool, ahead: bool = False
) -> dict[str, Any]:
    """The debrief as docs/classroom-protocol.md has it, as far as it is revealed (`ahead`: all of it): for
    the teacher, and the wall, of every pair the whole; for a student in its `seat` of its own pair more than
    of the others.
    """
    shown = set(REVEALS if ahead else REVEALS[: room.reveal])
    own = None if seat is None else seat.pair
    with_pairs = "endings" in shown
    pairs = [_pair(room, found, n, shown, whole=teacher or n == own) for n in room.pairs]
    predictions = comparing.predictions(room, found.pairs) if room.settings.predict_first else None
    earlier = None if room.earlier is None else comparing.against_earlier(room, found.pairs)
    return {
        "note": CAVEAT,
        "room": {
            "code": room.code, "title": room.title, "scenario": room.scenario.name,
            "made_at": room.made_at, "version": __version__, "set": room.overrides,
        },
        "reveal": room.reveal,
        "reveals": list(REVEALS),
        "sides": _sides(room.scenario),
        "yours": own,
        "pairs": pairs if with_pairs else None,
        "summary": comparing.summary(found.pairs, frontier="frontier" in shown) if with_pairs else None,
        "frontier": found.known.drawn if "frontier" in shown else None,
        "solutions": found.known.solutions if "frontier" in shown else None,
        "cloud": comparing.simulated(found.around, found.pairs) if "cloud" in shown else None,
        "predictions": predictions if "predictions" in shown else None,
        "earlier": earlier if "earlier" in shown else None,
    }  # fmt: skip


def _sides(scenario: Scenario) -> list[dict[str, Any]]:
    return [
        {"side": name, "label": side.label, "outside_option": float(side.outside_option)}
        for name, side in scenario.sides.items()
    ]


SHOWN_FROM: Final = {
    "note": "endings", "outcome": "endings", "ending": "endings", "turns": "endings", "sides": "endings",
    "joint": "endings", "longest_silence": "endings", "pauses": "endings", "best_joint": "frontier",
    "joint_share": "frontier", "distance": "frontier", "room": "frontier", "nash": "frontier",
    "to_nash": "frontier", "frontier": "frontier", "below_joint": "cloud", "dance": "dance",
    "turning_points": "dance", "swap": "swaps", "swap_in_words": "swaps", "sentences": "swaps",
}  # fmt: skip
"""What of a pair's debrief is shown from which step on; what stands nowhere is not shown."""

SIDE_SHOWN_FROM: Final = {
    "side": "endings", "label": "endings", "seat": "endings", "score": "endings",
    "outside_option": "endings", "surplus": "endings", "gave": "endings", "paid": "endings",
    "trust": "endings", "announcements": "endings", "kept": "endings", "delivered_on_the_day": "endings",
    "corrections": "endings", "owed": "endings", "announced_by_kind": "endings", "slights": "endings",
    "below": "cloud",
}  # fmt: skip
"""The same of each of its sides."""

_OWN: Final = ("dance", "turning_points", "sentences")
_OF_OTHERS: Final = ("side", "label", "seat", "score", "outside_option", "surplus")


def _pair(room: Room, found: Reckoned, number: int, shown: set[str], *, whole: bool) -> dict[str, Any]:
    """One pair; of a pair that is not its own a student sees how it ended, and not its dance."""
    pair = room.pairs[number]
    seats = [None if each is None else room.seats[each] for each in pair.seats.values()]
    said = {
        key: value if SHOWN_FROM.get(key) in shown and (whole or key not in _OWN) else _nothing(value)
        for key, value in found.pairs[number].items()
    }
    said["sides"] = [
        {
            key: value if SIDE_SHOWN_FROM.get(key) in shown and (whole or key in _OF_OTHERS) else None
            for key, value in side.items()
        }
        for side in found.pairs[number]["sides"]
    ]
    return {
        "pair": number,
        "names": [
            room.scenario.sides[side].label + " (a strategy)" if seat is None
            else seat.shown(room.settings.hide_names)
            for side, seat in zip(pair.seats, seats, strict=True)
        ],
        "played_by": list(pair.played.values()),
        "predictions": [
            None if seat is None or "predictions" not in shown else seat.prediction for seat in seats
        ],
        "debrief": said,
    }  # fmt: skip


def _nothing(value: Any) -> Any:
    return type(value)() if isinstance(value, list | tuple | str) else None
