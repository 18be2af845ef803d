"""Scripted history (model, "One turn", 5): what is known to have happened, by the rules of any move.

Entries stand in their order; each falls into the turn of its day, which a run may draw from around the
day stated.  Their draws are those that scripted turns leave unused, each turned on by the entry's id, so
that leaving one out changes nobody else's luck.  What the rules forbid is not done,
whatever a file asks for, and is remembered as refused.
"""

from __future__ import annotations

from bargain_sim.codes import (
    ALLOWED,
    ALREADY_PAUSED,
    CORRECTS,
    CREDITED,
    DEMANDS,
    DONE,
    DRAW_DELIVERY,
    DRAW_FRACTION,
    GIVES,
    HAPPENS,
    NOT_PAUSED,
    NOTHING_BARRED,
    NOTHING_SHORT,
    PAUSED,
    PAUSES,
    RECORD,
    RECORDED,
    REFUSED,
    RESUMES,
    SLOTS,
    TALKS,
)
from bargain_sim.rules.delivery import hand_over
from bargain_sim.rules.dialogue import rebuff
from bargain_sim.rules.events import begin_pause, move_costs, strike
from bargain_sim.rules.limits import why_not_given
from bargain_sim.rules.state import Floats, State, Terms
from bargain_sim.rules.trust import make_good, weight_of


def replay(terms: Terms, state: State, draws: Floats, t: int, i: int) -> None:
    """The entries that fall into turn t, whose mover is side i."""
    state.act[0] = RECORD
    state.aside[t] = 0.0
    state.aside_fraction[t] = 1.0
    first = state.entry_next[0]
    if first == 0 and state.entry_due[0] < 0:
        draw_entry(terms, state, draws, 0)
    while state.entry_next[0] < terms.n_entries[0] and state.entry_due[0] <= t:
        happen(terms, state, t, i, first, state.entry_next[0])
        state.entry_next[0] += 1
        draw_entry(terms, state, draws, state.entry_next[0])
    for c in range(terms.span[2]):
        credit_shortfalls(terms, state, t, i, first, c)
    count_moves(terms, state, t, i)
    state.readiness[0] = 0.0
    state.readiness[1] = 0.0
    state.idle[0] = 0
    state.forced[t] = 0
    if state.mode[0] == PAUSED:
        state.forced[t] = 1
        state.n_paused_turns[0] += 1


def draw_entry(terms: Terms, state: State, draws: Floats, s: int) -> None:
    """Day, turn and delivered share of entry s, as this run has them; entries keep their order."""
    if s >= terms.n_entries[0]:
        return
    place = SLOTS * int(terms.entry_day[s] / terms.turn_days[0])
    rotation = terms.entry_rotation[s]
    # Whole days, the first and the last among them, each as likely as any other.
    around = terms.entry_days[s]
    own = own_part(draws[place + DRAW_DELIVERY], rotation)
    day = float(int(terms.entry_day[s] - around + (2.0 * around + 1.0) * own))
    if day > terms.entry_day[s] + around:  # rounding, next to 1
        day = terms.entry_day[s] + around
    before = 0.0
    if s > 0:
        before = state.entry_drawn[s - 1]
    if day < before:
        day = before
    end = float(terms.handover[0] * terms.turn_days[0] - 1)
    if day > end:
        day = end
    swing = 2.0 * own_part(draws[place + DRAW_FRACTION], rotation) - 1.0
    share = terms.entry_share[s] + terms.entry_shares[s] * swing
    if share < 0.0:
        share = 0.0
    if share > 1.0:
        share = 1.0
    state.entry_drawn[s] = day
    state.entry_delivered[s] = share
    state.entry_due[0] = turn_of(terms, state, s)


def turn_of(terms: Terms, state: State, s: int) -> int:
    """The turn into which the day of entry s falls, as this run has drawn it."""
    return int(state.entry_drawn[s] / terms.turn_days[0])


def own_part(u: float, rotation: float) -> float:
    """A number in [0, 1) out of a draw from [0, 1), of which each `rotation` takes other digits.

    Entries of one turn share its draw.  Turned on by different amounts they would keep their distance,
    and of their ranges some parts would never occur; later digits of the draw know nothing of each other.
    """
    place = u * float(65_537 + 2 * int(rotation * 524_288.0))
    return place - float(int(place))


def refusal_of(terms: Terms, state: State, s: int) -> int:
    """Why entry s may not be; ALLOWED where it may."""
    kind = terms.entry_kind[s]
    what = terms.entry_what[s]
    if kind == GIVES:
        return why_not_given(terms, state, what, terms.entry_units[s])
    if kind == CORRECTS:
        if state.short[what] <= 0.0:
            return NOTHING_SHORT
    elif kind == DEMANDS:
        if terms.demandable[1 - what] == 0:
            return NOTHING_BARRED
        if state.mode[0] == PAUSED:
            return ALREADY_PAUSED
    elif kind == PAUSES and state.mode[0] == PAUSED:
        return ALREADY_PAUSED
    elif kind == RESUMES and state.mode[0] != PAUSED:
        return NOT_PAUSED
    return ALLOWED


def happen(terms: Terms, state: State, t: int, i: int, first: int, s: int) -> None:
    """Entry s takes place in turn t, whose first entry is `first`, if the rules allow it."""
    why = refusal_of(terms, state, s)
    state.entry_done[s] = DONE
    if why != ALLOWED:
        state.entry_done[s] = REFUSED
        if state.refused[0] < 0:
            state.refused[0] = s
            state.refusal[0] = why
        return
    kind = terms.entry_kind[s]
    what = terms.entry_what[s]
    if kind == GIVES:
        give(terms, state, t, i, s)
    elif kind == HAPPENS:
        state.struck[what] = 1
        if strike(terms, state, what, t):
            move_costs(terms, state, t)
    elif kind == CORRECTS:
        state.marked[0] = 1
        credit_shortfalls(terms, state, t, i, first, what)  # it may have fallen short this very turn
        make_good(terms, state, what)
    elif kind == DEMANDS:
        rebuff(terms, state, what)
    elif kind == PAUSES and state.mode[0] == TALKS:
        begin_pause(state, t, RECORDED)
    elif kind == RESUMES:
        state.mode[0] = TALKS


def give(terms: Terms, state: State, t: int, i: int, s: int) -> None:
    """A side announces units and delivers its share of them; moves of one turn count as one."""
    c = terms.entry_what[s]
    d = state.entry_delivered[s]
    if state.mode[0] == PAUSED:
        state.status_acts[0] += 1
    state.marked[0] = 1
    state.chosen[c] += terms.entry_units[s]
    points = hand_over(terms, state, c, terms.entry_units[s], d, t)
    j = terms.giver[c]
    if j == i:
        whole = state.announced[t] + points
        state.fraction[t] = (state.announced[t] * state.fraction[t] + points * d) / whole
        state.announced[t] = whole
    else:
        whole = state.aside[t] + points
        state.aside_fraction[t] = (state.aside[t] * state.aside_fraction[t] + points * d) / whole
        state.aside[t] = whole


def announced_by(state: State, t: int, i: int, j: int) -> float:
    """Points that side j announced in turn t, whose mover is side i."""
    if j == i:
        return state.announced[t]
    return state.aside[t]


def credit_shortfalls(terms: Terms, state: State, t: int, i: int, first: int, c: int) -> None:
    """What correcting this turn's shortfalls of concession c will be worth, by the moves so far."""
    j = terms.giver[c]
    whole = announced_by(state, t, i, j)
    for s in range(first, state.entry_next[0]):
        if terms.entry_kind[s] != GIVES or terms.entry_what[s] != c or state.entry_done[s] != DONE:
            continue
        state.entry_done[s] = CREDITED
        d = state.entry_delivered[s]
        if d < 1.0:
            points = terms.entry_units[s] * terms.unit[c]
            state.credit[c] += weight_of(terms, 1 - j, whole) * (1.0 - d) * points / whole


def count_moves(terms: Terms, state: State, t: int, i: int) -> None:
    """Each side's move of this turn is counted, and is its last step."""
    moved = False
    for j in range(2):
        points = announced_by(state, t, i, j)
        if points <= 0.0:
            continue
        moved = True
        state.step[j] = points
        state.n_moves[0] += 1
        d = state.aside_fraction[t]
        if j == i:
            d = state.fraction[t]
        if d < 1.0:
            state.n_shortfalls[0] += 1
    state.quiet[0] += 1
    if moved:
        state.quiet[0] = 0
