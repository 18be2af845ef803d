"""What happens in rooms because time goes by: late turns, students who stay away, rooms nobody looks at."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Final

from bargain_sim.errors import InputError
from bargain_sim.web import rules
from bargain_sim.web.hall import Hall
from bargain_sim.web.pairs import Pair
from bargain_sim.web.room import Room
from bargain_sim.web.seats import Seat
from bargain_sim.web.store import Entry

__all__ = ["watch"]

_log = logging.getLogger(__name__)

_TICK: Final = 0.5  # seconds between looks


async def watch(hall: Hall) -> None:
    """Look at all rooms for as long as the server runs, whatever goes wrong in one of them."""
    while True:
        await asyncio.sleep(_TICK)
        kept: list[Awaitable[None]] = []
        for room in tuple(hall.rooms.values()):
            try:
                kept += _look(hall, room)
            except Exception:
                _log.exception("the clocks of room %s could not be looked at", room.code)
        # Together: a hundred late turns go to disk in one transaction.
        for fault in await asyncio.gather(*kept, return_exceptions=True):
            if isinstance(fault, Exception) and not isinstance(fault, InputError):
                _log.error("a late turn could not be kept", exc_info=fault)


def _look(hall: Hall, room: Room) -> Iterator[Awaitable[None]]:
    hall.put_away_if_idle(room)
    if room.phase == "lobby":
        hall.tell_how_many(room)
    if room.phase == "running":
        for late in tuple(_late(hall, room)):
            with suppress(InputError):  # another of these has overtaken it: the next look
                yield hall.keep(room, late())


def _is_waited_for(hall: Hall, room: Room, pair: Pair, seat: Seat) -> bool:
    """Whether somebody sits across who would have to wait.

    Where nobody does the table waits, or strategies would play to the end at once: an outage of the whole
    network must not take a lesson away.
    """
    others = (room.seats[number] for number in pair.seats.values() if number not in (None, seat.number))
    return any(other.played_by == "person" and hall.hub.present(room.code, other.number) for other in others)


def _late(hall: Hall, room: Room) -> Iterator[Callable[[], list[Entry]]]:
    clock, patience = room.settings.clock_seconds, room.settings.absent_seconds
    for seat in room.present_seats:
        pair = room.pair_of(seat)
        if pair is None or pair.game.over or seat.played_by != "person":
            continue
        away = patience is not None and hall.hub.away(room.code, seat.number, seat.expected) > patience
        if away and _is_waited_for(hall, room, pair, seat):
            yield partial(rules.replace, room, seat.number, "absence")
        elif clock is not None and pair.game.to_move == seat.side and pair.waiting > clock:
            yield partial(rules.clock_passes, room, seat, seat.made)
