"""All rooms of a server: opened from the file when they are asked for, kept as they go on."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final
from weakref import WeakValueDictionary

from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.table.seats import Refusal
from bargain_sim.version import __version__
from bargain_sim.web import rules
from bargain_sim.web.debriefs import Reckoner
from bargain_sim.web.hub import GONE, Hub, said
from bargain_sim.web.limits import Limits
from bargain_sim.web.messages import DebriefState, MakeRoom
from bargain_sim.web.naming import drawn_code, is_code
from bargain_sim.web.offers import Offers
from bargain_sim.web.room import PLAYED, Room
from bargain_sim.web.store import Entry, NotKeptError, Store

__all__ = ["Hall"]

_SEEDS: Final = 1_000_000  # enough that nobody plays them all beforehand, and short enough to note down

_log = logging.getLogger(__name__)


class Hall:
    """The rooms.  Its methods belong to the event loop."""

    def __init__(self, store: Store, limits: Limits, offers: Offers) -> None:
        self.store, self.limits, self.offers = store, limits, offers
        self.hub = Hub(limits)
        self.reckoner = Reckoner(self._reckoned)
        self.rooms: dict[str, Room] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._counted: dict[str, int] = {}
        self._used: dict[str, float] = {}  # code → when somebody last had to do with the room

    async def find(self, code: str) -> Room:
        """The room of this code.  Raises Refusal where there is none, or it cannot be opened."""
        if code not in self.rooms and is_code(code):
            async with self._lock(code):
                if code not in self.rooms:
                    await self._open(code)
        if code not in self.rooms:
            raise _no_room()
        self._used[code] = time.monotonic()
        return self.rooms[code]

    def _lock(self, code: str) -> asyncio.Lock:
        """Of a room that is being opened or deleted: one cannot keep others waiting."""
        return self._locks.setdefault(code, asyncio.Lock())

    async def _open(self, code: str) -> None:
        entries = await self.store.journal(code)
        if entries:
            room = Room(code)
            await asyncio.to_thread(room.replay, entries)
            self.rooms[code] = room
            self.hub.changed(code)

    async def make(self, wish: MakeRoom) -> Room:
        """A new room.  Raises InputError with the scenario loader's words, or Refusal."""
        taken = await self.store.rooms()
        if len(taken) >= self.limits.rooms:
            raise Refusal("full", f"there are {len(taken)} rooms", "Forget some that are over")
        source = self.offers.source(wish.scenario)
        scenario = await asyncio.to_thread(load_scenario, source, wish.set)
        room = Room(drawn_code({*taken, *self.rooms}))
        seed = secrets.randbelow(_SEEDS) if wish.seed is None else wish.seed
        # Settings are checked against the scenario by the rule that changes them.
        data = {
            "scenario": scenario.model_dump(mode="json"), "set": list(wish.set), "seed": seed,
            "settings": type(wish.settings)().model_dump(), "version": __version__,
        }  # fmt: skip
        entries = [room.do("made", data), *rules.change_settings(room, wish.settings.model_dump())]
        self.rooms[room.code], self._used[room.code] = room, time.monotonic()
        await self.keep(room, entries)
        return room

    def keep(
        self, room: Room, entries: Sequence[Entry], kept: Callable[[], None] | None = None
    ) -> Awaitable[None]:
        """To be awaited: what has happened is on disk, `kept` has been called, and everyone whom it
        concerns is told.  Raises Refusal where the disk refused: then it has not happened.

        To be called in the same breath as the rule that made the entries (awaited later, if need be), so
        that they come to the store in their order.
        """
        done = self.store.append(room.code, entries)
        # Who sent it may be gone by then; the others are told all the same.
        return asyncio.shield(self._kept(room, entries, done, kept))

    async def _kept(
        self,
        room: Room,
        entries: Sequence[Entry],
        done: asyncio.Future[None],
        kept: Callable[[], None] | None,
    ) -> None:
        try:
            await done
        except NotKeptError as error:
            await self._back_to_what_is_kept(room, error)
            raise
        if kept is not None:
            kept()
        for entry in entries:
            self._tell(room, entry)

    async def _back_to_what_is_kept(self, room: Room, error: NotKeptError) -> None:
        """Open the room anew from disk.

        More than one action may have been refused: the first of them gives the room up, and nothing more
        happens in it; what happens in the one that is opened then is no business of the others.
        """
        if self.rooms.get(room.code) is room:
            _log.error("the disk refused what happened in room %s: %s", room.code, error.why)
            self._give_up(room.code)
        with suppress(InputError):  # whoever asks for it next tries again
            await self.find(room.code)

    def _give_up(self, code: str) -> None:
        room = self.rooms.pop(code, None)
        if room is not None:
            room.given_up = True
        self._counted.pop(code, None)
        self._used.pop(code, None)
        self.reckoner.forget(code)
        self.hub.forget(code)

    def _tell(self, room: Room, entry: Entry) -> None:
        if entry.kind == "move":
            self.hub.changed(room.code, room.pairs[entry.data["pair"]].seats.values())
        elif entry.kind == "joined":
            self.hub.changed(room.code, ())
        elif entry.kind == "predicted":
            self.hub.changed(room.code, (entry.data["seat"],))
        else:
            self.hub.changed(room.code)

    async def forget(self, code: str) -> None:
        """Delete a room with all that happened in it, one that cannot be opened included."""
        async with self._lock(code):
            there = await self.store.forget(code)
            self._give_up(code)
        if not there:
            raise _no_room()
        self.hub.close(code, GONE, said("forgotten", "this room has been deleted"))

    async def came_back(self, room: Room, number: int) -> None:
        """Who was away long enough for a strategy to take over has its seat again."""
        seat = room.seats[number]
        pair = room.pair_of(seat)
        if pair is None and room.phase not in ("lobby", "ended"):
            await self.keep(room, rules.sit_down(room, number))
        elif seat.away and pair is not None and not pair.game.over and room.phase != "ended":
            await self.keep(room, rules.restore(room, number))

    def debrief_state(self, room: Room) -> DebriefState:
        """Whether the debrief is there; the first question after the end sets it going."""
        return self.reckoner.state(room) if room.phase == "ended" else "none"

    def _reckoned(self, code: str) -> None:
        self.hub.changed(code, ())

    def is_being_played(self) -> bool:
        """Whether in some room with people in it the sheets are a secret."""
        return any(room.phase in PLAYED and room.code in self.hub.rooms for room in self.rooms.values())

    def put_away_if_idle(self, room: Room) -> None:
        """Let go of a room that nobody has had to do with for a while, its debrief included: it is on disk.

        One in which something may happen by itself stays.
        """
        alone = room.phase == "running" and (room.settings.clock_seconds or room.settings.absent_seconds)
        if alone or room.code in self.hub.rooms:
            self._used[room.code] = time.monotonic()
        elif time.monotonic() - self._used[room.code] > self.limits.idle_seconds:
            self._give_up(room.code)

    def tell_how_many(self, room: Room) -> None:
        """Once a tick: at each who joins, everyone would be told as often as a lecture hall has seats."""
        here = len(room.present_seats)
        if self._counted.get(room.code) != here:
            self._counted[room.code] = here
            self.hub.changed(room.code)


def _no_room() -> Refusal:
    return Refusal("no_room", "there is no room of this code", "Look at the four letters again")
