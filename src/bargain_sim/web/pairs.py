"""A pair at its table: the game, who sits where, and since when somebody has been thinking."""

from __future__ import annotations

import time
from typing import Any

from bargain_sim.codes import MODES, OUTCOME_LABEL, OUTCOMES
from bargain_sim.rules.delivery import utility
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.game import Game
from bargain_sim.table.keeping import fingerprint
from bargain_sim.table.seats import PERSON, STRATEGY
from bargain_sim.web.messages import Played
from bargain_sim.web.seats import Seat
from bargain_sim.web.store import Entry

__all__ = ["Pair"]


class Pair:
    """Two sides, each with a seat's number or None (a strategy from the beginning).

    `version` rises with every change.  `since` is when the present turn began, in seconds of
    `time.monotonic`; while the room rests, `waited` holds what had gone by.
    """

    def __init__(self, number: int, scenario: Scenario, seed: int, run: int, seats: list[int | None]) -> None:
        self.number = number
        self.seats: dict[str, int | None] = dict(zip(scenario.side_ids, seats, strict=True))
        people = [side for side, seat in self.seats.items() if seat is not None]
        self.played: dict[str, Played] = {
            side: "strategy" if seat is None else "person" for side, seat in self.seats.items()
        }
        self.game = Game(scenario, seed, run, people)
        self.since = time.monotonic()
        self.waited: float | None = None
        self.version = 0
        self.by_hand: dict[int, Entry] = {}  # turn → the entry of who made it
        self._played_from: dict[str, list[tuple[int, Played]]] = {
            side: [(0, played)] for side, played in self.played.items()
        }
        self._views: dict[str, tuple[int, dict[str, Any], dict[str, Any]]] = {}
        self.go_on()

    def go_on(self) -> None:
        """Strategies play until somebody has to move."""
        before = self.game.turn
        self.game.advance()
        self.changed(moved=before != self.game.turn)

    def changed(self, *, moved: bool = True) -> None:
        """Something is to be told; `moved`: a new turn has begun."""
        self.version += 1
        if moved:
            self.wind_up()

    def wind_up(self) -> None:
        """Who has to move has the whole time for it from now on."""
        self.since = time.monotonic()
        self.waited = None if self.waited is None else 0.0

    def rest(self, resting: bool) -> None:
        """Stop the clock, or let it go on."""
        now = time.monotonic()
        if resting and self.waited is None:
            self.waited = now - self.since
        elif not resting and self.waited is not None:
            self.since, self.waited = now - self.waited, None

    @property
    def waiting(self) -> float:
        """Seconds since the present turn began, without those in which the room rested."""
        return time.monotonic() - self.since if self.waited is None else self.waited

    def act(self, side: str, move: dict[str, Any]) -> None:
        """A person's turn, and what strategies answer.  Raises Refusal, and then nothing has changed."""
        self.game.act(side, move)
        self.game.advance()
        self.changed()

    def strike(self, event: str) -> None:
        """Let an event strike; nothing where it is over."""
        if not self.game.over:
            self.game.strike(event)
            self.go_on()

    def replace(self, side: str) -> None:
        """A strategy plays for the person on `side`."""
        self._seat(side, "replaced")

    def restore(self, side: str) -> None:
        """The person on `side` plays itself again."""
        self._seat(side, "person")

    def take_chair(self, side: str, seat: Seat) -> None:
        """A latecomer sits down where a strategy has played."""
        self.seats[side] = seat.number
        self._seat(side, "person")

    def _seat(self, side: str, played: Played) -> None:
        if not self.game.over:
            self.game.seat(side, PERSON if played == "person" else STRATEGY)
            self.played[side] = played
            self._played_from[side].append((self.game.turn, played))
            before = self.game.turn
            self.game.advance()
            # Who sits down has the whole time for its turn.
            self.changed(moved=before != self.game.turn or self.game.to_move == side)

    def played_in(self, side: str, turn: int) -> Played:
        """Who played a side in a turn."""
        return [played for first, played in self._played_from[side] if first <= turn][-1]

    @property
    def stands(self) -> str:
        """A fingerprint of where it stands, by which a replay is known to be the same."""
        return fingerprint(self.game)

    def seen(self, side: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """View and options of a side as plain data; reckoned once for each change.  Not to be changed."""
        kept = self._views.get(side)
        if kept is None or kept[0] != self.version:
            kept = (self.version, self.game.view(side).to_dict(), self.game.legal(side).to_dict())
            self._views[side] = kept
        return kept[1], kept[2]

    def score(self, side: str) -> float:
        """What a side really has, in points: also what it has not seen yet."""
        here, i = self.game.position, self.game.scenario.side_ids.index(side)
        return float(utility(here.terms, here.state, i, self.outcome == "grand_bargain"))

    @property
    def outcome(self) -> str:
        """How it ended; empty while it has not."""
        return OUTCOMES[self.game.position.state.outcome[0]] if self.game.over else ""

    @property
    def ending(self) -> str:
        """The same in words."""
        return OUTCOME_LABEL[self.outcome] if self.game.over else ""

    @property
    def mode(self) -> str:
        """Talks, paused, or carrying out a package."""
        return MODES[self.game.position.state.mode[0]]
