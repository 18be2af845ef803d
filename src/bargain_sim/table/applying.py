"""A person's move, carried out by the rules on a copy of the state, or refused in plain words.

What is said here rests on what the mover may know: its own red lines, the catalogue with its
requirements, and what has been said at the table.  Of what other things require, or packages (an
institution), it may know that it stands, or does not, before it has seen what came of the announcement:
who builds on a thing sees whether it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bargain_sim.codes import (
    BARGAIN,
    MATERIAL_IN_A_PAUSE,
    MODES,
    NOT_IN_PACKAGE,
    NOT_MET,
    PAUSED,
    RED_LINE,
    TALKS,
    TOO_MANY,
)
from bargain_sim.rules import person
from bargain_sim.rules.limits import units_left, why_not_given
from bargain_sim.rules.package import institutions_stand
from bargain_sim.rules.person import Offer
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.trust import make_good
from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.pack import Packed, as_copy
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.moves import Move
from bargain_sim.table.seats import Refusal
from bargain_sim.transcript import Said

__all__ = ["Position", "carried_out"]


@dataclass(frozen=True)
class Position:
    """Where a negotiation stands: what the rules see, and the names of it.  Never changed in place."""

    scenario: Scenario
    packed: Packed
    terms: Terms
    state: State
    offer: Offer
    t: int

    def copy(self) -> Position:
        """The same with state and offer of its own."""
        offer = Offer(self.offered(), [self.offer.by[0]])
        return Position(self.scenario, self.packed, self.terms, as_copy(self.state), offer, self.t)

    def offered(self) -> list[int]:
        """What is in the offer: 1 or 0 for each concession."""
        return [self.offer.inside[c] for c in range(self.terms.span[2])]

    def index(self, name: str) -> int:
        """The place of a concession.  Raises Refusal where there is none."""
        try:
            return self.packed.concession_ids.index(name)
        except ValueError:
            known = nearest(name, self.packed.concession_ids)
            raise Refusal("unknown", f"there is no concession `{name}`", known) from None

    def label(self, c: int) -> str:
        """A concession as people read it."""
        return f"“{self.scenario.concessions[self.packed.concession_ids[c]].label}”"

    def other(self, i: int) -> str:
        """The label of the side across from i."""
        return self.scenario.sides[self.scenario.side_ids[1 - i]].label


def carried_out(position: Position, i: int, move: Move) -> tuple[Position, tuple[Said, ...]]:
    """The position after side i's whole turn, and what it said.  Raises Refusal; nothing changes then."""
    here = position.copy()
    terms, state, t = here.terms, here.state, here.t
    said: list[Said] = []
    if move.answers is not None:
        said.append(_answer(here, i, move.answers))
    for name in move.corrects:
        _correct(here, i, name)
    if move.dialogue is not None:
        _DIALOGUE[move.dialogue](here)
    wanted = [0] * terms.span[2]
    for name, units in move.gives.items():
        c = here.index(name)
        check_gift(here, i, c, units)
        wanted[c] = units
    announced = 0.0
    if move.dialogue != "leave":
        announced = person.announce(terms, state, i, wanted)
    if move.asks is not None:
        said.append(_ask(here, i, move.asks))
    if move.proposes:
        said.append(_propose(here, i, move.proposes))
    if move.words:
        said.append(Said("words", text=move.words))
    proposed = any(each.kind == "propose" for each in said)
    person.finish(terms, state, t, i, announced, move.delivered, proposed)
    return here, tuple(said)


def check_gift(here: Position, i: int, c: int, units: int) -> None:
    """Raise Refusal where side i may not announce so many units of concession c now."""
    terms, state = here.terms, here.state
    if terms.giver[c] != i:
        remedy = "You may ask for it"
        raise Refusal("not_yours", f"{here.label(c)} is {here.other(i)}'s to give", remedy)
    why = why_not_given(terms, state, c, units)
    if why == RED_LINE:
        raise _own_line(here, i, c)
    if why == NOT_MET:
        raise Refusal(
            "requires",
            f"{here.label(c)} requires {_missing(here, c)}, not yet delivered in full",
            "Let that come first",
        )
    if why == TOO_MANY:
        left = units_left(terms, state, c)
        problem = f"of {here.label(c)} only {left} of {terms.units[c]} units are left to give"
        if left <= 0:
            problem = f"{here.label(c)} has been announced to the last unit"
        remedy = "Make good what was short of it" if left <= 0 and state.short[c] > 0.0 else "Give fewer"
        raise Refusal("too_many", problem, remedy if left > 0 or state.short[c] > 0.0 else "")
    if why == MATERIAL_IN_A_PAUSE:
        raise Refusal(
            "paused",
            f"{here.label(c)} is material, and in a pause only status goods may be given",
            "Take the talks up again first",
        )
    if why == NOT_IN_PACKAGE:
        raise Refusal(
            "not_in_package",
            f"{here.label(c)} is not in the package that is being carried out",
            "Give what is in it, or wait",
        )


def _own_line(here: Position, i: int, c: int) -> Refusal:
    side = here.scenario.sides[here.scenario.side_ids[i]]
    concession = here.scenario.concessions[here.packed.concession_ids[c]]
    tags = [tag for tag in concession.tags if tag in side.red_lines]
    if not tags:
        if here.terms.value[c] <= 0.0:
            return Refusal("worthless", f"{here.label(c)} is worth nothing to {here.other(i)}")
        return Refusal("requires", f"{here.label(c)} requires {_missing(here, c)}, not yet delivered in full")
    hard = [tag for tag in tags if side.red_lines[tag].kind == "hard"]
    line = f"your red line `{(hard or tags)[0]}`"
    if hard:
        return Refusal("red_line", f"{here.label(c)} lies behind {line}, which you never cross")
    problem = f"{here.label(c)} lies behind {line}: at its present cost you do not give it"
    return Refusal("red_line", problem)


def _missing(here: Position, c: int) -> str:
    terms, state = here.terms, here.state
    needed = [terms.requires[k] for k in range(terms.requires_from[c], terms.requires_from[c + 1])]
    return " and ".join(here.label(each) for each in needed if state.delivered[each] < 1.0)


def _answer(here: Position, i: int, answer: str) -> Said:
    if here.offer.by[0] != 1 - i:
        raise Refusal("no_offer", f"{here.other(i)} has proposed no package that you could {answer}")
    names = _names(here, here.offered())
    if answer == "reject":
        here.offer.by[0] = -1
        return Said("reject", names)
    _check_mode(here, "a package can be accepted")
    if not person.accept(here.terms, here.state, here.offer, here.t):
        remedy = "Reject it, or propose another"
        raise Refusal("no_offer", "the package can no longer be carried out as it was proposed", remedy)
    return Said("accept", names)


def _correct(here: Position, i: int, name: str) -> None:
    c = here.index(name)
    if here.terms.giver[c] != i:
        raise Refusal("not_yours", f"{here.label(c)} is {here.other(i)}'s to give, and to make good")
    if here.state.short[c] <= 0.0:
        raise Refusal("nothing_short", f"nothing of {here.label(c)} is short")
    make_good(here.terms, here.state, c)


def _pause(here: Position) -> None:
    if here.state.mode[0] == PAUSED:
        raise Refusal("paused", "the talks are paused already")
    _check_mode(here, "the talks can be paused")
    person.pause(here.state, here.t)


def _resume(here: Position) -> None:
    if here.state.mode[0] != PAUSED:
        raise Refusal("not_paused", "the talks are not paused")
    if here.state.pause_from[0] == here.t:
        raise Refusal("paused", "the talks have only just been paused", "Resume them in your next turn")
    person.resume(here.state)


def _leave(here: Position) -> None:
    person.leave(here.terms, here.state)


_DIALOGUE: dict[str, Callable[[Position], None]] = {"pause": _pause, "resume": _resume, "leave": _leave}


def _ask(here: Position, i: int, name: str) -> Said:
    c = here.index(name)
    _check_mode(here, "a thing can be asked for")
    if here.terms.giver[c] == i:
        raise Refusal("not_theirs", f"{here.label(c)} is yours to give")
    if here.terms.value[c] <= 0.0:
        raise Refusal("worthless", f"{here.label(c)} is worth nothing to you")
    if units_left(here.terms, here.state, c) <= 0:
        raise Refusal("too_many", f"{here.label(c)} has been announced to the last unit")
    return Said("demand" if person.ask(here.terms, here.state, i, c) else "ask", (name,))


def _propose(here: Position, i: int, names: Iterable[str]) -> Said:
    """A package; where it names what lies across the other's red line, it is a demand for that."""
    terms, state = here.terms, here.state
    check_may_propose(here)
    inside = [0] * terms.span[2]
    for name in names:
        inside[here.index(name)] = 1
    chosen = [c for c in range(terms.span[2]) if inside[c]]
    if len({terms.giver[c] for c in chosen}) < 2:
        raise Refusal("one_sided", "in a package both sides give something", "Put something of both sides in")
    crossed = None
    for c in chosen:
        if terms.value[c] <= 0.0:
            raise Refusal("worthless", f"{here.label(c)} is worth nothing to who would receive it")
        why = person.why_not_proposed(terms, state, inside, c)
        if why == TOO_MANY:
            raise Refusal("too_many", f"{here.label(c)} has been announced to the last unit", "Leave it out")
        if why == RED_LINE and terms.giver[c] == i:
            raise _own_line(here, i, c)
        if why == RED_LINE:
            crossed = c if crossed is None else crossed
        elif why == NOT_MET:
            needs = f"{here.label(c)} requires {_missing(here, c)}"
            raise Refusal("requires", f"{needs}, neither delivered in full nor in the package", "Put it in")
    if crossed is not None:
        person.ask(terms, state, i, crossed)
        return Said("demand", (here.packed.concession_ids[crossed],))
    here.offer.by[0] = i
    for c in range(terms.span[2]):
        here.offer.inside[c] = inside[c]
    return Said("propose", _names(here, inside))


def check_may_propose(here: Position) -> None:
    """Raise Refusal where this is no time for packages."""
    _check_mode(here, "a package can be proposed")
    if not institutions_stand(here.terms, here.state):
        missing = [
            here.label(c)
            for c in range(here.terms.span[2])
            if here.terms.institution[c] == 1 and here.state.delivered[c] < 1.0
        ]
        raise Refusal(
            "institutions",
            f"no package can be struck before {' and '.join(missing)} stands"
            if len(missing) == 1
            else f"no package can be struck before {' and '.join(missing)} stand",
            "Work towards that, step by step",
        )


def _check_mode(here: Position, what: str) -> None:
    mode = here.state.mode[0]
    if mode == PAUSED:
        raise Refusal("paused", f"{what} in talks only, and these are paused", "Resume them first")
    if mode == BARGAIN:
        raise Refusal(
            "in_a_package", f"{what} in talks only, and a package is being carried out",
            "Give what is in it, wait, or leave",
        )  # fmt: skip
    assert mode == TALKS, MODES[mode]


def _names(here: Position, inside: Iterable[int]) -> tuple[str, ...]:
    return tuple(name for name, there in zip(here.packed.concession_ids, inside, strict=True) if there)
