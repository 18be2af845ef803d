"""What a person can choose in its turn, with amounts: every choice named here is one that `act` takes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from bargain_sim.codes import MODES, PAUSED, TALKS
from bargain_sim.rules import person
from bargain_sim.rules.limits import behind_line, units_left
from bargain_sim.rules.state import Terms
from bargain_sim.table.applying import Position, check_gift, check_may_propose
from bargain_sim.table.seats import Refusal

__all__ = ["Choice", "Options", "options"]


@dataclass(frozen=True)
class Choice:
    """A concession of which up to `units` may be named; `points` is the cost, or the worth, to this side.

    Points are those of all `units` together, at today's cost.
    """

    concession: str
    label: str
    units: int
    points: float


@dataclass(frozen=True)
class Options:
    """What a side can do now.  All is empty while it has no turn.

    `gives` holds for the mode the talks are in; `gives_once` for after "resume" or "accept" in the same
    turn.  `not_now` says of every other own concession why it cannot be given.  Of `package` any set may
    be proposed that holds something of both sides, and what each thing in it requires; the reason why
    none can be is in `no_package`.
    """

    mode: str
    your_turn: bool
    gives: tuple[Choice, ...] = ()
    gives_once: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    not_now: dict[str, str] = field(default_factory=dict)
    corrects: tuple[Choice, ...] = ()
    asks: tuple[Choice, ...] = ()
    package: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    no_package: str = ""
    answers: tuple[str, ...] = ()
    dialogue: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def options(position: Position, i: int, *, mine: bool) -> Options:
    """What side i can do; see `Options`.  `mine` says whether it is its turn, and a person's."""
    mode = MODES[position.state.mode[0]]
    if not mine:
        return Options(mode, False)
    state, t = position.state, position.t
    gives, not_now = _gifts(position, i)
    once: dict[str, tuple[Choice, ...]] = {}
    dialogue, answers = ["leave"], []
    if state.mode[0] == TALKS:
        dialogue.append("pause")
    elif state.mode[0] == PAUSED and state.pause_from[0] != t:
        dialogue.append("resume")
        after = position.copy()
        person.resume(after.state)
        once["resume"] = _gifts(after, i)[0]
    if position.offer.by[0] == 1 - i:
        answers.append("reject")
        after = position.copy()
        if state.mode[0] == TALKS and person.accept(after.terms, after.state, after.offer, t):
            answers.append("accept")
            once["accept"] = _gifts(after, i)[0]
    package, no_package = _package(position, i)
    return Options(
        mode,
        True,
        gives=gives,
        gives_once=once,
        not_now=not_now,
        corrects=_shortfalls(position, i),
        asks=_wanted(position, i) if state.mode[0] == TALKS else (),
        package=package,
        no_package=no_package,
        answers=tuple(sorted(answers)),
        dialogue=tuple(sorted(dialogue)),
    )


def _gifts(position: Position, i: int) -> tuple[tuple[Choice, ...], dict[str, str]]:
    """What may be given now, and of the rest why not."""
    found: list[Choice] = []
    refused: dict[str, str] = {}
    for c in range(position.terms.span[i], position.terms.span[i + 1]):
        try:
            check_gift(position, i, c, 1)
        except Refusal as refusal:
            refused[position.packed.concession_ids[c]] = refusal.problem
        else:
            left = units_left(position.terms, position.state, c)
            found.append(_choice(position, c, left, _cost(position, c, left)))
    return tuple(found), refused


def _shortfalls(position: Position, i: int) -> tuple[Choice, ...]:
    terms, state = position.terms, position.state
    return tuple(
        _choice(position, c, 1, state.short[c] * state.cost[c])
        for c in range(terms.span[i], terms.span[i + 1])
        if state.short[c] > 0.0
    )


def _wanted(position: Position, i: int) -> tuple[Choice, ...]:
    """What the other could still announce; whether it crosses a red line of its, nobody says beforehand."""
    terms, state = position.terms, position.state
    return tuple(
        _choice(position, c, left, left * terms.unit[c])
        for c in range(terms.span[1 - i], terms.span[2 - i])
        if (left := units_left(terms, state, c)) > 0 and terms.value[c] > 0.0
    )


def _package(position: Position, i: int) -> tuple[dict[str, tuple[Choice, ...]], str]:
    try:
        check_may_propose(position)
    except Refusal as refusal:
        return {}, refusal.problem
    terms, state = position.terms, position.state
    open_ = {
        c
        for c in range(terms.span[2])
        if units_left(terms, state, c) > 0
        and terms.value[c] > 0.0
        and not (terms.giver[c] == i and behind_line(terms, state, c))
    }
    # What requires something that can be in no package can be in none either.
    while True:
        kept = {c for c in open_ if all(r in open_ or state.delivered[r] >= 1.0 for r in _required(terms, c))}
        if kept == open_:
            break
        open_ = kept
    found: dict[str, tuple[Choice, ...]] = {}
    for key, giver in (("yours", i), ("theirs", 1 - i)):
        of_side = [c for c in sorted(open_) if terms.giver[c] == giver]
        if not of_side:
            return {}, "nothing is left that both could give"
        found[key] = tuple(
            _choice(position, c, left, _cost(position, c, left) if giver == i else left * terms.unit[c])
            for c in of_side
            if (left := units_left(terms, state, c))
        )
    return found, ""


def _required(terms: Terms, c: int) -> list[int]:
    return [terms.requires[k] for k in range(terms.requires_from[c], terms.requires_from[c + 1])]


def _choice(position: Position, c: int, units: int, points: float) -> Choice:
    name = position.packed.concession_ids[c]
    return Choice(name, position.scenario.concessions[name].label, units, points)


def _cost(position: Position, c: int, units: int) -> float:
    return units / position.terms.units[c] * position.state.cost[c]
