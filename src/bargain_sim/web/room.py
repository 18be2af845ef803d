"""A room: what has happened in it, entry by entry, and where that leaves it.

Every change is an `Entry`; `do` applies one and returns it to be kept, `replay` applies those that were
kept.  The same entries make the same room, whatever the machine.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import build
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.seats import Refusal
from bargain_sim.version import __version__
from bargain_sim.web.messages import Phase, RoomSettings
from bargain_sim.web.pairs import Pair
from bargain_sim.web.seats import Seat
from bargain_sim.web.store import Entry

__all__ = ["Room"]

_log = logging.getLogger(__name__)

RESTING: Final = ("lobby", "predicting", "paused", "ended")
PLAYED: Final = ("predicting", "running", "paused")
"""While there are sheets that are a secret."""
"""Phases in which no turn is taken."""


class Room:
    """A room.  It is changed by `do` only; whoever sends a message asks `web.rules` whether it may."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.given_up = False
        """Nothing happens here any more: it may differ from what is on disk, and is opened anew from that."""
        self._clear()

    def _clear(self) -> None:
        self.entries: list[Entry] = []
        self.scenario: Scenario
        self.overrides: list[str] = []
        self.seed = 0
        self.made_at = 0.0
        self.phase: Phase = "lobby"
        self.settings = RoomSettings()
        self.seats: dict[int, Seat] = {}
        self.by_token: dict[str, Seat] = {}
        self.pairs: dict[int, Pair] = {}
        self.reveal = 0
        self.earlier: dict[str, Any] | None = None

    def do(
        self, kind: str, data: dict[str, Any], *, seat: int | None = None, seq: int | None = None
    ) -> Entry:
        """Let something happen now.  Raises Refusal where a game does not allow it; nothing changes then."""
        if self.given_up:
            raise Refusal("not_kept", "this room is just being opened anew", "Try again in a moment")
        entry = Entry(len(self.entries), time.time(), kind, data, seat, seq)
        _APPLIED[kind](self, entry)
        if kind == "move":
            data["stands"] = self.pairs[data["pair"]].stands
        self.entries.append(entry)
        return entry

    def replay(self, entries: Iterable[Entry]) -> None:
        """Become what these entries make of it.  Raises InputError where the rules have changed since."""
        self._clear()
        for entry in entries:
            try:
                _APPLIED[entry.kind](self, entry)
                same = entry.kind != "move" or entry.data["stands"] == self.pairs[entry.data["pair"]].stands
            except Exception:  # entries of another version may lack anything, or say it differently
                _log.warning("entry %d of room %s is not understood", entry.n, self.code, exc_info=True)
                same = False
            if not same:
                raise InputError(
                    f"room {self.code} was played by the rules of bargain_sim "
                    f"{self.entries[0].data.get('version', '?') if self.entries else '?'}, and by those of "
                    f"{__version__} it would not be the same",
                    remedy="Open it with the version it was begun with; moves.csv holds its moves",
                )
            self.entries.append(entry)
        self._rest()

    @property
    def title(self) -> str:
        """That of its scenario."""
        return self.scenario.title

    @property
    def present_seats(self) -> list[Seat]:
        """Everyone who has not been removed."""
        return [seat for seat in self.seats.values() if not seat.removed]

    def pair_of(self, seat: Seat) -> Pair | None:
        """The table a seat belongs to."""
        return None if seat.pair is None else self.pairs[seat.pair]

    def run_of(self, pair: int) -> int:
        """Whose luck a pair has."""
        return 0 if self.settings.same_luck else pair

    def _rest(self) -> None:
        for pair in self.pairs.values():
            pair.rest(self.phase in RESTING)

    # --- what entries do ------------------------------------------------------------------------------

    def _made(self, entry: Entry) -> None:
        data = entry.data
        self.scenario = build(data["scenario"])
        self.overrides, self.seed, self.made_at = data["set"], data["seed"], entry.at
        self.settings = RoomSettings.model_validate(data["settings"])

    def _joined(self, entry: Entry) -> None:
        seat = Seat(len(self.seats) + 1, entry.data["name"], entry.data["token"])
        self.seats[seat.number] = seat
        self.by_token[seat.token_hash] = seat

    def _set(self, entry: Entry) -> None:
        before, self.settings = self.settings, RoomSettings.model_validate(entry.data)
        if self.settings.clock_seconds != before.clock_seconds:
            for pair in self.pairs.values():
                pair.wind_up()  # who has thought for long by no clock is not late by the new one

    def _paired(self, entry: Entry) -> None:
        """Tables as `[seat or None, seat or None]`, in the order of the scenario's sides."""
        for seats in entry.data["pairs"]:
            number = len(self.pairs) + 1
            pair = Pair(number, self.scenario, self.seed, self.run_of(number), seats)
            self.pairs[number] = pair
            for side, seat in pair.seats.items():
                if seat is not None:
                    self.seats[seat].sit_down(number, side)
        self._rest()

    def _chair(self, entry: Entry) -> None:
        seat, pair = self.seats[entry.data["seat"]], self.pairs[entry.data["pair"]]
        pair.take_chair(entry.data["side"], seat)
        seat.sit_down(pair.number, entry.data["side"])

    def _phase(self, entry: Entry) -> None:
        self.phase = entry.data["phase"]
        self._rest()

    def _move(self, entry: Entry) -> None:
        pair = self.pairs[entry.data["pair"]]
        pair.act(entry.data["side"], entry.data["move"])
        pair.by_hand[entry.data["turn"]] = entry
        seat = self.seats[entry.seat or 0]
        seat.made += 1
        seat.clock_passes += entry.data["by"] == "clock"

    def _replaced(self, entry: Entry) -> None:
        seat = self.seats[entry.data["seat"]]
        seat.played_by, seat.away = "replaced", entry.data["by"] == "absence"
        self._at_table(seat, Pair.replace)

    def _restored(self, entry: Entry) -> None:
        seat = self.seats[entry.data["seat"]]
        seat.played_by, seat.away, seat.expected = "person", False, time.monotonic()
        self._at_table(seat, Pair.restore)

    def _removed(self, entry: Entry) -> None:
        seat = self.seats[entry.data["seat"]]
        seat.removed, seat.played_by = True, "replaced"
        self.by_token.pop(seat.token_hash, None)
        self._at_table(seat, Pair.replace)

    def _at_table(self, seat: Seat, change: Callable[[Pair, str], None]) -> None:
        pair = self.pair_of(seat)
        if pair is not None and seat.side is not None and self.phase != "ended":
            change(pair, seat.side)

    def _struck(self, entry: Entry) -> None:
        if entry.data["event"] not in self.scenario.events:
            raise Refusal("unknown", f"there is no event `{entry.data['event']}`")
        for pair in self.pairs.values():
            pair.strike(entry.data["event"])

    def _predicted(self, entry: Entry) -> None:
        self.seats[entry.data["seat"]].prediction = {
            "ending": entry.data["ending"], "score": entry.data["score"]
        }  # fmt: skip

    def _revealed(self, entry: Entry) -> None:
        self.reveal = entry.data["step"]

    def _compared(self, entry: Entry) -> None:
        self.earlier = entry.data


_APPLIED: Final[dict[str, Callable[[Room, Entry], None]]] = {
    "made": Room._made,
    "joined": Room._joined,
    "set": Room._set,
    "paired": Room._paired,
    "chair": Room._chair,
    "phase": Room._phase,
    "move": Room._move,
    "replaced": Room._replaced,
    "restored": Room._restored,
    "removed": Room._removed,
    "struck": Room._struck,
    "predicted": Room._predicted,
    "revealed": Room._revealed,
    "compared": Room._compared,
}
