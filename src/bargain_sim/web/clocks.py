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
from bargain_sim.web.room import Room
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


def _late(hall: Hall, room: Room) -> Iterator[Callable[[], list[Entry]]]:
    clock, patience = room.settings.clock_seconds, room.settings.absent_seconds
    for seat in room.present_seats:
        pair = room.pair_of(seat)
        if pair is None or pair.game.over or seat.played_by != "person":
            continue
        if patience is not None and hall.hub.away(room.code, seat.number, seat.expected) > patience:
            yield partial(rules.replace, room, seat.number, "absence")
        elif clock is not None and pair.game.to_move == seat.side and pair.waiting > clock:
            yield partial(rules.clock_passes, room, seat, seat.made)
