"""Who is connected, and what they are still to be told.

A page is told how things stand, not each step there: a slow phone misses states and never holds others up.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from bargain_sim.web.limits import Limits
from bargain_sim.web.messages import Closed

__all__ = ["GONE", "Connection", "Hub", "said"]

GONE: Final = 4410
"""Closes the socket of who was removed, or whose room was forgotten."""


def said(code: str, problem: str, remedy: str = "") -> Closed:
    """A last message."""
    return {"type": "closed", "code": code, "problem": problem, "remedy": remedy}


class Connection:
    """One open socket.  `seat` is None for the desk and the projector.

    `state` makes the message that says how things stand (None: there is nothing to say); no two are sent
    within `pause` seconds.
    """

    def __init__(
        self,
        socket: WebSocket,
        seat: int | None,
        state: Callable[[Connection], Mapping[str, Any] | None],
        most: int,
        pause: float = 0.0,
    ) -> None:
        self.socket, self.seat, self.pause, self.most = socket, seat, pause, most
        self.number = 0  # in the order of coming
        self.told = 0  # lines of the story
        self.closing: tuple[int, Mapping[str, Any] | None] | None = None
        self._state = state
        self._answers: deque[Mapping[str, Any]] = deque()
        self._stale = True
        self._wake = asyncio.Event()
        self._wake.set()

    def answer(self, message: Mapping[str, Any]) -> None:
        """Send this, before any state; who fetches none of its answers is cut off."""
        self._answers.append(message)
        if len(self._answers) > self.most:
            self.close(4429)
        self._wake.set()

    def changed(self) -> None:
        """How things stand is to be said anew."""
        self._stale = True
        self._wake.set()

    def close(self, code: int, last: Mapping[str, Any] | None = None) -> None:
        """Close after a last message."""
        if self.closing is None:
            self.closing = (code, last)
        self._wake.set()

    async def send(self) -> None:
        """Send what there is to say until it is closed."""
        try:
            await self._send()
        except (WebSocketDisconnect, RuntimeError):
            pass  # gone in the middle of it
        except Exception:
            with suppress(WebSocketDisconnect, RuntimeError):
                await self.socket.close(1011)
            raise

    async def _send(self) -> None:
        while self.closing is None:
            await self._wake.wait()
            self._wake.clear()
            while self._answers and self.closing is None:
                await self.socket.send_json(self._answers.popleft())
            if self._stale and self.closing is None:
                self._stale = False
                state = self._state(self)
                if state is not None:
                    await self.socket.send_json(state)
                    await asyncio.sleep(self.pause)
        code, last = self.closing
        if last is not None:
            await self.socket.send_json(last)
        await self.socket.close(code)


class Hub:
    """All connections, by room."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rooms: dict[str, set[Connection]] = {}
        self.count = 0
        self._open: Counter[tuple[str, int]] = Counter()
        self._left: dict[tuple[str, int], float] = {}

    def enter(self, room: str, connection: Connection) -> None:
        """A page has connected.  The oldest of too many of one seat gives way."""
        here = self.rooms.setdefault(room, set())
        own = [each for each in here if each.seat is not None and each.seat == connection.seat]
        if len(own) >= self.limits.seat_connections:
            first = min(own, key=lambda each: each.number)
            first.close(
                4408, said("elsewhere", "this seat is open in too many windows", "Go on in the newest")
            )
        self.count += 1
        connection.number = self.count
        here.add(connection)
        if connection.seat is not None:
            self._open[room, connection.seat] += 1

    def leave(self, room: str, connection: Connection) -> None:
        """A page has gone."""
        here = self.rooms.get(room, set())
        here.discard(connection)
        if connection.seat is not None:
            key = (room, connection.seat)
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
                if connection.closing is None or connection.closing[0] != GONE:
                    self._left[key] = time.monotonic()  # it is waited for
        if not here:
            self.rooms.pop(room, None)

    @property
    def size(self) -> int:
        """How many are connected."""
        return sum(map(len, self.rooms.values()))

    def present(self, room: str, seat: int) -> bool:
        """Whether a seat is connected."""
        return (room, seat) in self._open

    def away(self, room: str, seat: int, expected: float) -> float:
        """Seconds since a seat was connected last, or has been expected if that is later; 0 while it is."""
        if self.present(room, seat):
            return 0.0
        return time.monotonic() - max(expected, self._left.get((room, seat), expected))

    def forget(self, room: str) -> None:
        """When seats of a room were left is of no use any more."""
        self._left = {key: when for key, when in self._left.items() if key[0] != room}

    def changed(self, room: str, seats: Iterable[int | None] | None = None) -> None:
        """Tell these seats, and always desk and projector; None: everyone."""
        told = None if seats is None else set(seats)
        for each in self.rooms.get(room, ()):
            if told is None or each.seat is None or each.seat in told:
                each.changed()

    def close(self, room: str, code: int, last: Mapping[str, Any], seat: int | None = None) -> None:
        """Close the connections of a seat; None: of the whole room."""
        for each in tuple(self.rooms.get(room, ())):
            if seat is None or each.seat == seat:
                each.close(code, last)
