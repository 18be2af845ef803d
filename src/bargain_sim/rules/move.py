"""Choosing what to announce in talks and in a pause (model, "The move: Talks")."""

from __future__ import annotations

from bargain_sim.rules.limits import exposure_left, may_be_announced, units_left, whole_units
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.trust import trust
from bargain_sim.strategies.view import Style, View


def view_of(terms: Terms, state: State, i: int, t: int, draw: float) -> View:
    """What side i sees when it decides on its step: nothing that only the other knows."""
    share = 1.0
    if terms.total[i] > 0.0:
        share = state.given[i] / terms.total[i]
    return View(
        trust(state, i),
        state.perceived[i],
        state.last_delivered[i],
        state.unanswered[i],
        state.step[i],
        state.readiness[i],
        state.given[i],
        state.received[i],
        terms.total[i],
        share,
        t / terms.turns[0],
        draw,
    )


def style_of(terms: Terms, i: int) -> Style:
    """Side i's own parameters, as far as strategies use them."""
    return Style(
        terms.reciprocity[i],
        terms.initiative[i],
        terms.trust_threshold[i],
        terms.opening[i],
        terms.max_step[i],
        terms.generosity[i],
        terms.inverse_response[i],
        terms.pace[i],
        terms.grit_turns[i],
    )


def save_up(terms: Terms, state: State, i: int, step: float) -> bool:
    """R ← clip(R + x, 0, R_max); true where readiness grew.  A step that is no number counts as 0."""
    if not (step > -1e300 and step < 1e300):
        step = 0.0
    state.step[i] = step
    before = state.readiness[i]
    after = before + step
    if after < 0.0:
        after = 0.0
    if after > terms.max_readiness[i]:
        after = terms.max_readiness[i]
    state.readiness[i] = after
    return after > before


def choose_concessions(terms: Terms, state: State, i: int) -> float:
    """One pass over side i's catalogue: as many whole units as readiness and exposure allow.

    Fills `state.chosen`, takes what they are worth off readiness, returns the points announced.  A
    side that has not given more than it received may give one unit whatever its exposure limit.
    """
    announced = 0.0
    room = exposure_left(terms, state, i)
    for k in range(terms.span[i], terms.span[i + 1]):
        c = state.order[k]
        unit = terms.unit[c]
        if unit > state.readiness[i] or not may_be_announced(terms, state, c):
            continue
        points = state.readiness[i]
        if room - announced < points:
            points = room - announced
        n = whole_units(points, unit, units_left(terms, state, c))
        if n == 0 and announced == 0.0 and state.given[i] <= state.received[i]:
            n = 1
        if n > 0:
            state.chosen[c] = n
            announced += n * unit
            state.readiness[i] -= n * unit
    if state.readiness[i] < 0.0:
        state.readiness[i] = 0.0
    return announced
