"""Announcing and delivering (model, "The move": delivery; "snapback")."""

from __future__ import annotations

from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.trust import weight_of


def delivered_fraction(terms: Terms, i: int, u: float, u_sham: float, u_fraction: float) -> float:
    """d: 1 with probability reliability, else 0 with probability sham, else uniform on [φ_min, 1]."""
    if u < terms.reliability[i]:
        return 1.0
    if u_sham < terms.sham[i]:
        return 0.0
    return terms.shortfall_floor[i] + (1.0 - terms.shortfall_floor[i]) * u_fraction


def carry_out(terms: Terms, state: State, i: int, t: int, announced: float, d: float) -> None:
    """Side i announces the units in `state.chosen` (`announced` points) and delivers d of them."""
    state.announced[t] = announced
    state.fraction[t] = d
    state.n_moves[0] += 1
    state.marked[0] = 1
    if d < 1.0:
        state.n_shortfalls[0] += 1
    w = weight_of(terms, 1 - i, announced)
    for c in range(terms.span[i], terms.span[i + 1]):
        n = state.chosen[c]
        if n == 0:
            continue
        points = hand_over(terms, state, c, n, d, t)
        state.credit[c] += w * (1.0 - d) * points / announced


def hand_over(terms: Terms, state: State, c: int, n: int, d: float, t: int) -> float:
    """Of n units of concession c the share d is delivered, the rest falls short; returns their points."""
    i = terms.giver[c]
    part = n / terms.units[c]
    missing = part * (1.0 - d)
    points = part * terms.value[c]
    state.announced_units[c] += n
    if missing > 0.0 and state.short[c] <= 0.0:
        state.n_short[0] += 1
        state.short_from[c] = t
    state.short[c] += missing
    state.delivered[c] = state.announced_units[c] / terms.units[c] - state.short[c]
    if state.delivered[c] < 0.0:
        state.delivered[c] = 0.0
    if terms.institution[c] == 1 and state.delivered[c] >= 1.0 and state.short[c] <= 0.0:
        state.n_standing[0] += 1
    state.given[i] += points * d
    price = part * d * state.cost[c]
    state.paid[i] += price
    state.paid_for[c] += price
    return points


def take_back(terms: Terms, state: State) -> None:
    """Snapback: each side that threatens it takes its reversible concessions out of both payoffs."""
    for c in range(terms.span[2]):
        i = terms.giver[c]
        if terms.snapback[i] == 1 and terms.reversible[c] == 1:
            state.retaken[i] += state.delivered[c] * terms.value[c]
            state.refunded[i] += state.paid_for[c]


def utility(terms: Terms, state: State, i: int, bargain: bool) -> float:
    """Payoff of side i: points received − cost paid, net of snapback, + B in a grand bargain."""
    j = 1 - i
    payoff = (state.given[j] - state.retaken[j]) - (state.paid[i] - state.refunded[i])
    if bargain:
        payoff += terms.bonus[i]
    return payoff


def counted(terms: Terms, state: State, counter: int) -> float:
    """What a counter stands at: of each concession, the whole number delivered."""
    n = terms.span[2]
    count = 0
    for c in range(n):
        count += int(terms.counted[n * counter + c] * state.delivered[c] + 1e-9)
    return float(count)
