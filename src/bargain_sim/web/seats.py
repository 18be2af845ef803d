"""A student's seat: its number, its name, and the token by which its browser is known again."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field

from bargain_sim.web.messages import Played, Prediction

__all__ = ["Seat", "drawn_token", "hashed"]


@dataclass
class Seat:
    """One student.  `made` counts its turns, those that the clock let pass (`clock_passes`) included."""

    number: int
    name: str
    token_hash: str
    pair: int | None = None
    side: str | None = None
    made: int = 0
    clock_passes: int = 0
    played_by: Played = "person"
    away: bool = False
    """A strategy took over because nobody was there: who returns takes the seat back."""
    removed: bool = False
    prediction: Prediction | None = None
    expected: float = field(default_factory=time.monotonic)
    """Since when it is to be there, in seconds of `time.monotonic`: its joining, its getting a table or its
    seat back; after a restart, since the room was opened."""

    def sit_down(self, pair: int, side: str) -> None:
        """It has a table now."""
        self.pair, self.side, self.expected = pair, side, time.monotonic()

    @property
    def alias(self) -> str:
        """What it is called where names are hidden."""
        return f"Seat {self.number}"

    @property
    def for_the_teacher(self) -> str:
        """Its name, and how others call it where that is hidden."""
        return f"{self.name} ({self.alias})" if self.name else self.alias

    def shown(self, hide: bool) -> str:
        """Its name, or its number where names are hidden or none was given."""
        return self.alias if hide or not self.name else self.name


def drawn_token() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a token: enough to know it again, not to use it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
