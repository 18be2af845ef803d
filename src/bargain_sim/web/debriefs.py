"""The debrief of a class, reckoned in a thread once the room has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bargain_sim.web.messages import DebriefState
from bargain_sim.web.room import Room

__all__ = ["Reckoner"]


class Reckoner:
    """Debriefs by room; `done(code)` is called in the event loop when one is there."""

    def __init__(self, done: Callable[[str], None]) -> None:
        self._done = done
        self._found: dict[str, asyncio.Task[dict[str, Any]]] = {}

    def state(self, room: Room) -> DebriefState:
        """How far it is."""
        return "none"

    def forget(self, code: str) -> None:
        """Nothing of a room is left."""
        self._found.pop(code, None)
