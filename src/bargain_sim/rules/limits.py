"""What a side may not do, whatever its strategy asks for: red lines, requirements, exposure."""

from __future__ import annotations

from bargain_sim.codes import (
    ALLOWED,
    BARGAIN,
    MATERIAL_IN_A_PAUSE,
    NOT_IN_PACKAGE,
    NOT_MET,
    PAUSED,
    RED_LINE,
    TOO_MANY,
)
from bargain_sim.rules.state import Floats, Ints, State, Terms
from bargain_sim.rules.trust import trust


def soft_price(terms: Terms, c: int) -> float:
    """severity·μ: what crossing its giver's soft red lines adds to the cost of concession c."""
    return terms.severity[c] * terms.firmness[terms.giver[c]]


def always_behind_line(terms: Terms, c: int) -> bool:
    """Whether concession c itself lies across a red line of its giver for the whole run.

    A soft one that bars at the base cost does, even while some event makes the concession cheaper.
    """
    if terms.hard[c] == 1:
        return True
    return terms.soft[c] == 1 and terms.base_cost[c] + soft_price(terms, c) > terms.value[c]


def too_dear(terms: Terms, state: State, c: int) -> bool:
    """Whether a soft red line bars concession c at today's cost: it exceeds the value."""
    return terms.soft[c] == 1 and state.cost[c] > terms.value[c]


def behind_line(terms: Terms, state: State, c: int) -> bool:
    """Whether concession c itself lies across a red line of its giver now."""
    return always_behind_line(terms, c) or too_dear(terms, state, c)


def barred(terms: Terms, state: State, c: int) -> bool:
    """Whether concession c cannot be given now: it lies across a line, is worthless or needs such a one."""
    return terms.closed[c] == 1 or too_dear(terms, state, c)


def requirements_met(terms: Terms, state: State, c: int) -> bool:
    """Whether all that concession c requires has been delivered in full."""
    for k in range(terms.requires_from[c], terms.requires_from[c + 1]):
        if state.delivered[terms.requires[k]] < 1.0:
            return False
    return True


def units_left(terms: Terms, state: State, c: int) -> int:
    """Units of concession c that have not been announced."""
    return terms.units[c] - state.announced_units[c]


def whole_units(points: float, unit: float, left: int) -> int:
    """How many whole units of `unit` points fit into `points`, at most `left`."""
    if points < unit:
        return 0
    if points >= unit * left:
        return left
    return int(points / unit)


def exposure_left(terms: Terms, state: State, i: int) -> float:
    """Points side i may still give: given − received ≤ E·T (may be negative)."""
    return terms.exposure[i] * trust(state, i) - (state.given[i] - state.received[i])


def may_be_announced(terms: Terms, state: State, c: int) -> bool:
    """Whether the mover may announce units of concession c at all in this turn."""
    if units_left(terms, state, c) <= 0:
        return False
    if barred(terms, state, c):
        return False
    if state.mode[0] == PAUSED and terms.status[c] == 0:
        return False
    return requirements_met(terms, state, c)


def why_not_given(terms: Terms, state: State, c: int, n: int) -> int:
    """Why n units of concession c may not be announced now (codes); ALLOWED where they may.

    Readiness and exposure are not asked: they bind strategies, neither history nor people.
    """
    if barred(terms, state, c):
        return RED_LINE
    if not requirements_met(terms, state, c):
        return NOT_MET
    if n > units_left(terms, state, c):
        return TOO_MANY
    if state.mode[0] == PAUSED and terms.status[c] == 0:
        return MATERIAL_IN_A_PAUSE
    if state.mode[0] == BARGAIN and state.package[c] == 0:
        return NOT_IN_PACKAGE
    return ALLOWED


def worth_more(terms: Terms, cost: Floats, c: int, other: int) -> bool:
    """Whether c gives more value per cost than other (cost 0 first, worth 0 last; no division)."""
    if terms.value[c] <= 0.0 or terms.value[other] <= 0.0:  # 0 against 0 would tie with everything
        return terms.value[c] > terms.value[other]
    return terms.value[c] * cost[other] > terms.value[other] * cost[c]


def sort_by_worth(terms: Terms, cost: Floats, order: Ints) -> None:
    """Sort each side's part of the catalogue, most value per cost first; ties keep file order."""
    for side in range(2):
        first = terms.span[side]
        for k in range(first, terms.span[side + 1]):
            order[k] = k
            j = k
            while j > first and worth_more(terms, cost, k, order[j - 1]):
                order[j] = order[j - 1]
                j -= 1
            order[j] = k


def put_in_order(terms: Terms, cost: Floats, order: Ints, c: int) -> None:
    """Move concession c, whose cost has changed, to its place in an `order` that held before."""
    side = terms.giver[c]
    first = terms.span[side]
    last = terms.span[side + 1] - 1
    k = first
    while order[k] != c:
        k += 1
    while k > first and goes_before(terms, cost, c, order[k - 1]):
        order[k] = order[k - 1]
        k -= 1
    while k < last and goes_before(terms, cost, order[k + 1], c):
        order[k] = order[k + 1]
        k += 1
    order[k] = c


def goes_before(terms: Terms, cost: Floats, c: int, other: int) -> bool:
    """Whether c stands before other in the order of worth; file order decides between equals."""
    if worth_more(terms, cost, c, other):
        return True
    return c < other and not worth_more(terms, cost, other, c)
