"""Where a person sits: what takes the place of a strategy's decisions, by the rules of any move.

A person bears what the model makes of the other (trust, verification) and of events, and is bound by red
lines, requirements, units, turn order and mode.  What the rules decide for a strategy a person
decides itself: how much to announce (neither readiness nor exposure binds it), how much of that is
delivered, when to make a shortfall good, to demand, to pause, to resume and to leave.  It uses none of the
side's own draws, and all other draws are those of any run.

A package is never struck over a person's head: it is proposed, and the other side answers in its own
turn.  A strategy answers by its net of the package (`rules.package`), and itself proposes what it would
have agreed to with another strategy.
"""

from __future__ import annotations

from typing import NamedTuple

from bargain_sim.codes import (
    ALLOWED,
    BARGAIN,
    CHOSEN,
    CONCEDE,
    DELIVER,
    DEMAND,
    LEAVE,
    NOT_MET,
    PAUSED,
    RED_LINE,
    RUNNING,
    STATUS_ACT,
    TALKS,
    TOO_MANY,
    WAIT,
)
from bargain_sim.rules.dialogue import check_endings, fail, rebuff
from bargain_sim.rules.events import begin_pause, move_costs, strike
from bargain_sim.rules.limits import behind_line, units_left
from bargain_sim.rules.package import (
    clear_package,
    find_package,
    given_by_both,
    institutions_stand,
    net_worth,
)
from bargain_sim.rules.state import ConcessionInts, Floats, Ints, OneInt, State, Terms
from bargain_sim.rules.trust import trust
from bargain_sim.rules.turn import agree, carry_on, decide, makes_demand, settle


class Offer(NamedTuple):
    """The package on the table: what is in it, and by whom (-1: none; `inside` is then the last one)."""

    inside: ConcessionInts  # 1: its remainder is in the package
    by: OneInt


def sit_down(terms: Terms, i: int) -> None:
    """A person takes side i's seat: its shortfalls are made good when it says so, and not by chance."""
    terms.correction[i] = 0.0


def happen_now(terms: Terms, state: State, t: int, e: int) -> None:
    """Event e strikes in turn t, after what was drawn (a teacher's hand)."""
    state.struck[e] = 1
    if strike(terms, state, e, t):
        move_costs(terms, state, t)


def ask(terms: Terms, state: State, i: int, c: int) -> bool:
    """Side i asks for concession c; true where that crosses a red line: refused, a slight."""
    if not behind_line(terms, state, c):
        return False
    state.act[0] = DEMAND
    rebuff(terms, state, i)
    return True


def announce(terms: Terms, state: State, i: int, wanted: Ints) -> float:
    """Side i announces `wanted[c]` units of each concession; returns their points."""
    announced = 0.0
    for k in range(terms.span[i], terms.span[i + 1]):
        c = state.order[k]
        if wanted[c] > 0:
            state.chosen[c] = wanted[c]
            announced += wanted[c] * terms.unit[c]
    if state.mode[0] == BARGAIN:
        state.act[0] = WAIT
    if announced <= 0.0:
        return 0.0
    state.step[i] = announced
    if state.mode[0] == BARGAIN:
        state.act[0] = DELIVER
    elif state.mode[0] == PAUSED:
        state.act[0] = STATUS_ACT
        state.status_acts[0] += 1
    else:
        state.act[0] = CONCEDE
    return announced


def pause(state: State, t: int) -> None:
    """The talks pause because a side wants it."""
    begin_pause(state, t, CHOSEN)


def resume(state: State) -> None:
    """The talks are taken up again."""
    state.mode[0] = TALKS
    state.idle[0] = 0


def leave(terms: Terms, state: State) -> None:
    """Walking out: of a package it is a collapse, else a breakdown."""
    state.act[0] = LEAVE
    fail(terms, state)


def finish(terms: Terms, state: State, t: int, i: int, announced: float, d: float, proposed: bool) -> None:
    """The end of a person's turn: the share d of what was announced is delivered.

    To propose a package is not idle, though nothing is announced (an assumption: it is movement).
    """
    state.trust_before[i] = trust(state, i)
    if state.outcome[0] == RUNNING:
        if state.mode[0] == TALKS:
            state.idle[0] += 1
            if announced > 0.0 or proposed:
                state.idle[0] = 0
        settle(terms, state, t, i, announced, d)
    check_endings(terms, state, t)


def why_not_inside(terms: Terms, state: State, inside: Ints, c: int) -> int:
    """Why concession c cannot be carried out as part of a package (codes)."""
    if behind_line(terms, state, c) or terms.value[c] <= 0.0:
        return RED_LINE
    for k in range(terms.requires_from[c], terms.requires_from[c + 1]):
        needed = terms.requires[k]
        if inside[needed] == 0 and state.delivered[needed] < 1.0:
            return NOT_MET
    return ALLOWED


def why_not_proposed(terms: Terms, state: State, inside: Ints, c: int) -> int:
    """The same for a new proposal: of what is announced to the last unit nothing is left to promise."""
    if units_left(terms, state, c) <= 0:
        return TOO_MANY
    return why_not_inside(terms, state, inside, c)


def take_up(terms: Terms, state: State, offer: Offer) -> bool:
    """Make the offer the package; false, and no package, where it cannot be carried out (any more)."""
    for c in range(terms.span[2]):
        state.package[c] = offer.inside[c]
        if offer.inside[c] == 1 and why_not_inside(terms, state, offer.inside, c) != ALLOWED:
            clear_package(terms, state)
            return False
    return given_by_both(terms, state)


def accept(terms: Terms, state: State, offer: Offer, t: int) -> bool:
    """A person accepts the offer of the other; false where it cannot be carried out any more."""
    if not take_up(terms, state, offer):
        return False
    offer.by[0] = -1
    agree(state, t)
    return True


def answers_yes(terms: Terms, state: State, offer: Offer, t: int, i: int) -> bool:
    """Strategy i answers a person's offer: agreed where its net suffices."""
    offer.by[0] = -1
    if not take_up(terms, state, offer):
        return False
    if net_worth(terms, state, i) >= terms.outside_option[i]:
        agree(state, t)
        return True
    clear_package(terms, state)
    return False


def propose_found(terms: Terms, state: State, offer: Offer, i: int) -> None:
    """Strategy i proposes the package that it would agree to with another strategy, and only once.

    What it proposed before it takes back where it no longer holds.
    """
    found = find_package(terms, state)
    same = True
    for c in range(terms.span[2]):
        if state.package[c] != offer.inside[c]:
            same = False
    if found and not same:
        offer.by[0] = i
    elif not found and offer.by[0] == i:
        offer.by[0] = -1
    if (found and not same) or not found:
        for c in range(terms.span[2]):
            offer.inside[c] = state.package[c]
    clear_package(terms, state)


def decide_facing_person(terms: Terms, state: State, draws: Floats, t: int, i: int, offer: Offer) -> float:
    """What a strategy does that faces a person: as ever, but packages are proposed and answered."""
    if state.mode[0] != TALKS:
        return decide(terms, state, draws, t, i)
    if makes_demand(terms, state, draws, t, i):
        return 0.0
    if institutions_stand(terms, state):
        agreed = offer.by[0] == 1 - i and answers_yes(terms, state, offer, t, i)
        if not agreed:
            propose_found(terms, state, offer, i)
    return carry_on(terms, state, draws, t, i)
