"""All rooms of a server: opened from the file when they are asked for, kept as they go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.table.seats import Refusal
from bargain_sim.version import __version__
from bargain_sim.web import rules
from bargain_sim.web.debriefs import Reckoner
from bargain_sim.web.hub import Hub, said
from bargain_sim.web.limits import Limits
from bargain_sim.web.messages import DebriefState, MakeRoom
from bargain_sim.web.naming import drawn_code, is_code
from bargain_sim.web.offers import Offers
from bargain_sim.web.room import Room
from bargain_sim.web.store import Entry, NotKeptError, Store

__all__ = ["Hall"]

_TICK = 0.5  # seconds between looks at the clocks


class Hall:
    """The rooms.  Its methods belong to the event loop."""

    def __init__(self, store: Store, limits: Limits, offers: Offers) -> None:
        self.store, self.limits, self.offers = store, limits, offers
        self.hub = Hub(limits)
        self.reckoner = Reckoner(self._reckoned)
        self.rooms: dict[str, Room] = {}
        self._opening = asyncio.Lock()
        self._counted: dict[str, int] = {}

    async def find(self, code: str) -> Room:
        """The room of this code.  Raises Refusal where there is none, or it cannot be opened."""
        if code not in self.rooms and is_code(code):
            async with self._opening:
                if code not in self.rooms:
                    entries = await self.store.journal(code)
                    if entries:
                        room = Room(code)
                        await asyncio.to_thread(room.replay, entries)
                        self.rooms[code] = room
        if code not in self.rooms:
            raise Refusal("no_room", "there is no room of this code", "Look at the four letters again")
        return self.rooms[code]

    async def make(self, wish: MakeRoom) -> Room:
        """A new room.  Raises InputError with the scenario loader's words, or Refusal."""
        taken = await self.store.rooms()
        if len(taken) >= self.limits.rooms:
            raise Refusal("full", f"there are {len(taken)} rooms", "Forget some that are over")
        source = self.offers.source(wish.scenario)
        scenario = await asyncio.to_thread(load_scenario, source, wish.set)
        room = Room(drawn_code({*taken, *self.rooms}))
        # Settings are checked against the scenario by the rule that changes them.
        data = {
            "scenario": scenario.model_dump(mode="json"), "set": list(wish.set), "seed": wish.seed,
            "settings": type(wish.settings)().model_dump(), "version": __version__,
        }  # fmt: skip
        entries = [room.do("made", data), *rules.change_settings(room, wish.settings.model_dump())]
        self.rooms[room.code] = room
        await self.keep(room, entries)
        return room

    async def keep(
        self, room: Room, entries: Sequence[Entry], kept: Callable[[], None] | None = None
    ) -> None:
        """Wait until what has happened is on disk, call `kept`, and tell everyone whom it concerns.

        To be called in the same breath as the rule that made the entries, so that they come to the
        store in their order.  Raises Refusal where the disk refused: then it has not happened.
        """
        waiting = [self.store.append(room.code, entry) for entry in entries]
        # Who sent it may be gone by then; the others are told all the same.
        await asyncio.shield(self._kept(room, entries, waiting, kept))

    async def _kept(
        self,
        room: Room,
        entries: Sequence[Entry],
        waiting: Sequence[asyncio.Future[None]],
        kept: Callable[[], None] | None,
    ) -> None:
        try:
            for each in waiting:
                await each
        except NotKeptError:
            await self._back_to_what_is_kept(room)
            raise Refusal("not_kept", "this could not be kept on disk", "Try again in a moment") from None
        if kept is not None:
            kept()
        for entry in entries:
            self._tell(room, entry)

    async def _back_to_what_is_kept(self, room: Room) -> None:
        entries = await self.store.journal(room.code)
        if not entries:
            self.rooms.pop(room.code, None)
            return
        if len(entries) < len(room.entries):
            room.replay(entries)
        self.hub.changed(room.code)

    def _tell(self, room: Room, entry: Entry) -> None:
        if entry.kind == "move":
            self.hub.changed(room.code, room.pairs[entry.data["pair"]].seats.values())
        elif entry.kind == "joined":
            self.hub.changed(room.code, ())
        elif entry.kind == "predicted":
            self.hub.changed(room.code, (entry.data["seat"],))
        else:
            self.hub.changed(room.code)

    async def forget(self, room: Room) -> None:
        """Delete a room with all that happened in it."""
        await self.store.forget(room.code)
        self.rooms.pop(room.code, None)
        self._counted.pop(room.code, None)
        self.reckoner.forget(room.code)
        self.hub.close(room.code, 4410, said("forgotten", "this room has been deleted"))

    async def came_back(self, room: Room, number: int) -> None:
        """Who was away long enough for a strategy to take over has its seat again."""
        seat = room.seats[number]
        pair = room.pair_of(seat)
        if seat.away and pair is not None and not pair.game.over and room.phase != "ended":
            await self.keep(room, rules.restore(room, number))

    def debrief_state(self, room: Room) -> DebriefState:
        """Whether the debrief is there; the first question after the end sets it going."""
        return self.reckoner.state(room) if room.phase == "ended" else "none"

    def _reckoned(self, code: str) -> None:
        self.hub.changed(code, ())

    async def watch_the_clocks(self) -> None:
        """For as long as the server runs: late turns, students who stay away, a room that fills."""
        while True:
            await asyncio.sleep(_TICK)
            for room in tuple(self.rooms.values()):
                if room.phase == "lobby":
                    self._tell_how_many(room)
                if room.phase == "running":
                    for late in self._late(room):
                        try:
                            await self.keep(room, late())
                        except InputError:
                            continue  # it has been overtaken by a move, or the disk is full: the next look

    def _tell_how_many(self, room: Room) -> None:
        """Once a tick: at each who joins, everyone would be told as often as a lecture hall has seats."""
        here = len(room.present_seats)
        if self._counted.get(room.code) != here:
            self._counted[room.code] = here
            self.hub.changed(room.code)

    def _late(self, room: Room) -> list[Callable[[], list[Entry]]]:
        found: list[Callable[[], list[Entry]]] = []
        clock, patience = room.settings.clock_seconds, room.settings.absent_seconds
        for seat in room.present_seats:
            pair = room.pair_of(seat)
            if pair is None or pair.game.over or seat.played_by != "person":
                continue
            if patience is not None and self.hub.away(room.code, seat.number) > patience:
                found.append(partial(rules.replace, room, seat.number, "absence"))
            elif clock is not None and pair.game.to_move == seat.side and pair.waiting > clock:
                found.append(partial(rules.clock_passes, room, seat, seat.made))
        return found
