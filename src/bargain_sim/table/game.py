"""A negotiation at a table: each side is a person or a strategy, and every move is kept.

    game = Game("baseline", people="minsk")
    game.advance()                                   # strategies move until a person has to
    game.act("minsk", {"gives": {"release_us_citizen": 1}})
    game.view("minsk"), game.legal("minsk"), game.hint("minsk")

A game is (scenario, seed, run, who sat down, log): what was done from outside, in its order.  Everything
else follows, so that a game is rebuilt from its log to the last bit (`table.keeping`).  With strategies
on both sides it is the negotiation that `simulate` plays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bargain_sim.codes import DRAW_STRATEGY, RUNNING, SLOTS
from bargain_sim.errors import InputError
from bargain_sim.play import Negotiation
from bargain_sim.rules import person
from bargain_sim.rules.dialogue import check_endings
from bargain_sim.rules.person import Offer
from bargain_sim.rules.turn import close_turn, decide, mover_of, news, take_stock, turn
from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.applying import Position, carried_out
from bargain_sim.table.hints import hints
from bargain_sim.table.moves import Move, read_move
from bargain_sim.table.options import Options, options
from bargain_sim.table.seats import PERSON, STRATEGY, Refusal, Seat, seats_for
from bargain_sim.table.views import View, view_for
from bargain_sim.transcript import Said, Transcript

__all__ = ["Game"]


class Game:
    """One negotiation under way, in which `people` (ids of sides) decide for themselves.

    `scenario` is a Scenario, a path, a mapping or the name of a shipped one.  Whose turn it is says
    `to_move`; a person's turn has always been opened (events, corrections, what it has come to see).
    Raises InputError where scenario, seed, run or people are not usable.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | Mapping[str, object],
        seed: int = 0,
        run: int = 0,
        people: Iterable[str] = (),
    ) -> None:
        if not isinstance(scenario, Scenario):
            scenario = load_scenario(scenario)
        self.scenario = scenario
        self.seats: dict[str, Seat] = seats_for(scenario, people)
        self.sat_down = dict(self.seats)
        self.log: list[dict[str, Any]] = []
        self._host = Negotiation(scenario, seed, run)
        self._offer = Offer([0] * len(scenario.concessions), [-1])
        self._opened = False
        self._events: list[int] = []  # to strike when the next turn is opened
        self._said: list[Said] = []  # by the table, in this turn
        for i, side in enumerate(scenario.side_ids):
            if self.seats[side] == PERSON:
                person.sit_down(self._host.terms, i)
        self._open_for_a_person()

    @property
    def seed(self) -> int:
        """The seed of its luck."""
        return self._host.seed

    @property
    def run(self) -> int:
        """Which run under that seed."""
        return self._host.run

    @property
    def turn(self) -> int:
        """The turn that is being played, or the number of turns once it is over."""
        return self._host.t

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return not self._host.running

    @property
    def to_move(self) -> str | None:
        """The side whose turn it is; None once it is over, and while a history is told."""
        if self.over or self.turn < self._host.terms.handover[0]:
            return None
        return self.scenario.side_ids[mover_of(self._host.terms, self.turn)]

    @property
    def waits_for_a_person(self) -> bool:
        """Whether nothing goes on until a person moves."""
        return self.to_move is not None and self.seats[self.to_move] == PERSON

    def act(self, side: str, move: Move | str | bytes | dict[str, Any]) -> None:
        """The person on `side` takes its turn.  Raises Refusal, and then nothing has changed."""
        i = self._side(side)
        if self.over:
            raise Refusal("over", "the negotiation has ended")
        if self.seats[side] != PERSON:
            raise Refusal("no_person", "a strategy plays this side")
        if self.to_move != side:
            other = self.scenario.sides[self.scenario.side_ids[1 - i]].label
            raise Refusal("not_your_turn", f"it is {other}'s turn", "Wait for its move")
        read = read_move(move)
        after, said = carried_out(self.position, i, read)
        self.log.append({"turn": self.turn, "side": side, "move": read.data()})
        self._host.state, self._offer = after.state, after.offer
        self._said += said
        self._record(None)

    def step(self) -> bool:
        """Play the next turn if no person has to; says whether it did."""
        if self.over or self.waits_for_a_person:
            return False
        host, t = self._host, self._host.t
        terms, state, draws = host.terms, host.state, host.draws
        i = mover_of(terms, t)
        draw = draws[SLOTS * t + DRAW_STRATEGY]
        if t < terms.handover[0]:
            host.recorder.before(state)
            turn(terms, state, draws, t)
            self._record(draw)
            return True
        self._open()
        take_stock(terms, state, draws, t, i)
        if state.outcome[0] == RUNNING:
            if self.seats[self.scenario.side_ids[1 - i]] == PERSON:
                announced = self._decide_facing_person(t, i)
            else:
                announced = decide(terms, state, draws, t, i)
            close_turn(terms, state, draws, t, i, announced)
        check_endings(terms, state, t)
        self._record(draw)
        return True

    def advance(self) -> int:
        """Play on until a person has to move, or to the end; returns how many turns were played."""
        before = self.turn
        while self.step():
            pass
        return self.turn - before

    def strike(self, event: str) -> None:
        """Let an event strike now, whatever the draws say: a teacher's hand.  Raises InputError."""
        if event not in self.scenario.events:
            raise InputError(f"there is no event `{event}`", remedy=nearest(event, self.scenario.events))
        if self.over:
            raise Refusal("over", "the negotiation has ended")
        self.log.append({"turn": self.turn, "event": event})
        self._events.append(list(self.scenario.events).index(event))
        if self._opened:
            self._strike()

    def seat(self, side: str, seat: Seat) -> None:
        """Put a strategy in a person's place, or a person in a strategy's, from this moment on."""
        i = self._side(side)
        if self.over:
            raise Refusal("over", "the negotiation has ended")
        if seat not in (PERSON, STRATEGY):
            raise Refusal("message", f"there is no seat `{seat}`", "It is `person` or `strategy`")
        if self.seats[side] == seat:
            return
        self.log.append({"turn": self.turn, "side": side, "seat": seat})
        self.seats[side] = seat
        label = self.scenario.sides[side].label
        who = "a strategy plays" if seat == STRATEGY else "a person plays"
        self._said.append(Said("seat", text=f"from here on {who} {label}"))
        if seat == PERSON:
            person.sit_down(self._host.terms, i)
        else:
            self._host.terms.correction[i] = float(self.scenario.sides[side].correction)
        if PERSON not in self.seats.values():
            self._offer.by[0] = -1
        self._open_for_a_person()

    @property
    def position(self) -> Position:
        """Where it stands, with all that the rules see.  Not to be shown to players, or changed."""
        host = self._host
        return Position(host.scenario, host.packed, host.terms, host.state, self._offer, host.t)

    def view(self, side: str) -> View:
        """What that side may see, and nothing else: its own sheet, and what happened at the table."""
        i = self._side(side)
        seen = view_for(self.position, tuple(self._host.recorder.turns), i, opened=self._opened)
        return replace(seen, your_turn=self.waits_for_a_person and self.to_move == side)

    def legal(self, side: str) -> Options:
        """What that side can choose now, with amounts; nothing where it is not a person's turn there."""
        i = self._side(side)
        return options(self.position, i, mine=self.waits_for_a_person and self.to_move == side)

    def hint(self, side: str) -> list[str]:
        """Advice in sentences, from what that side may see."""
        return hints(self.view(side), self.legal(side))

    def transcript(self) -> Transcript:
        """What happened so far, with everything that players do not see."""
        return self._host.transcript()

    def _side(self, side: str) -> int:
        if side not in self.seats:
            raise InputError(f"there is no side `{side}`", remedy=nearest(str(side), self.seats))
        return self.scenario.side_ids.index(side)

    def _open(self) -> None:
        """What the mover learns before it moves; once a turn."""
        host = self._host
        if not self._opened:
            host.recorder.before(host.state)
            news(host.terms, host.state, host.draws, host.t, mover_of(host.terms, host.t))
            self._opened = True
        self._strike()

    def _open_for_a_person(self) -> None:
        if self.waits_for_a_person:
            self._open()

    def _strike(self) -> None:
        for event in self._events:
            person.happen_now(self._host.terms, self._host.state, self._host.t, event)
        self._events = []

    def _decide_facing_person(self, t: int, i: int) -> float:
        """A strategy's turn; what it says of packages is written down."""
        host = self._host
        asked, stood = self._offer.by[0] == 1 - i, self._offer.by[0] == i
        before = self.position.offered()
        announced = person.decide_facing_person(host.terms, host.state, host.draws, t, i, self._offer)
        agreed = host.state.deal_turn[0] == t
        if asked and self._offer.by[0] != 1 - i:
            self._said.append(Said("accept" if agreed else "reject", self._named(before)))
        elif stood and self._offer.by[0] == -1:
            self._said.append(Said("withdraw", self._named(before)))
        now = self.position.offered()
        if self._offer.by[0] == i and not (stood and now == before):
            self._said.append(Said("propose", self._named(now)))
        return announced

    def _named(self, inside: Iterable[int]) -> tuple[str, ...]:
        names = self._host.packed.concession_ids
        return tuple(name for name, there in zip(names, inside, strict=True) if there)

    def _record(self, draw: float | None) -> None:
        """Write the turn down and go on to the next."""
        host = self._host
        host.recorder.after(host.terms, host.state, host.t, draw, tuple(self._said))
        host.t += 1
        self._said = []
        self._opened = False
        self._open_for_a_person()
