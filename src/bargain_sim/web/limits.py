"""How much of everything is enough: sizes and rates, in one place."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

__all__ = ["Limits", "Rate", "Rates"]


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many a second after that."""

    burst: float
    per_second: float


@dataclass(frozen=True)
class Limits:
    """What a server allows.  Generous for a class behind one router, tight for a script gone wild."""

    message_bytes: int = 16_384
    """Of a frame, and of the body of a request."""
    file_bytes: int = 1_000_000
    """Of the only file that is read: an earlier class's results."""
    seats: int = 250
    """In a room."""
    rooms: int = 200
    """Kept in one file."""
    idle_seconds: float = 600.0
    """That a room stays in memory when nobody looks at it any more."""
    seat_connections: int = 4
    """Of one seat: a phone and a laptop; the oldest gives way."""
    connections: int = 1_200
    """Of all."""
    queued: int = 32
    """Answers that a page has not fetched yet."""
    moves: Rate = Rate(12, 4.0)
    """Messages through one seat, hints left out."""
    hints: Rate = Rate(12, 2.0)
    """Requests for advice through one seat: they never stand in the way of its moves."""
    joins: Rate = Rate(60, 1.0)
    """From one address."""
    keys: Rate = Rate(6, 0.2)
    """Wrong keys of the teacher from one address."""
    requests: Rate = Rate(400, 40.0)
    """Of any kind from one address."""


class Rates:
    """Token buckets by key, as many as fit; the longest unused are forgotten, and full again.

    `allows(key)` takes one token and says whether there was one.
    """

    def __init__(self, rate: Rate, most: int = 10_000) -> None:
        self.rate, self.most = rate, most
        self._left: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def allows(self, key: object, now: float | None = None) -> bool:
        """Whether one more is within the rate; `now` in seconds of `time.monotonic`."""
        now = time.monotonic() if now is None else now
        left, then = self._left.pop(key, (self.rate.burst, now))
        left = min(self.rate.burst, left + (now - then) * self.rate.per_second)
        allowed = left >= 1.0
        self._left[key] = (left - 1.0 if allowed else left, now)
        if len(self._left) > self.most:
            self._left.popitem(last=False)
        return allowed
