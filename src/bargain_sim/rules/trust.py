"""Trust: learning from whether the other delivers (model, "Verification", "Fading").

T = a/(a+b) is the mean of a Beta belief that the other delivers what it announces; bad news weighs
λ times good news, and evidence fades back to the prior.
"""

from __future__ import annotations

import math

from bargain_sim.rules.state import State, Terms


def trust(state: State, i: int) -> float:
    """T of side i: the chance it gives to the other delivering what it announces."""
    return state.kept[i] / (state.kept[i] + state.broken[i])


def cautious_trust(terms: Terms, state: State, i: int) -> float:
    """T⁻ = max(0, T − z·sd): the trust side i reckons with when it weighs a package."""
    a = state.kept[i]
    b = state.broken[i]
    n = a + b
    mean = a / n
    sd = math.sqrt(a * b / (n * n * (n + 1.0)))
    low = mean - terms.caution[i] * sd
    if low < 0.0:
        return 0.0
    return low


def weight_of(terms: Terms, i: int, announced: float) -> float:
    """How much evidence a move of `announced` points is to side i: w = min(1, announced/w₀)."""
    if announced >= terms.full_weight[i]:
        return 1.0
    return announced / terms.full_weight[i]


def delay(terms: Terms, i: int) -> int:
    """Turns until side i has seen a move of the other's: its `lag`-th own turn after it."""
    return 2 * terms.lag[i] - 1


def verify(terms: Terms, state: State, i: int, t: int) -> None:
    """Side i, whose turn it is, sees the other's move of `lag` own turns ago."""
    seen = t - delay(terms, i)
    if seen < 0:
        return
    heard = False
    if seen <= terms.handover[0] and seen > 0 and state.aside[seen - 1] > 0.0:
        # History may let a side move in the other's turn, too.
        learn(terms, state, i, state.aside[seen - 1], state.aside_fraction[seen - 1])
        heard = True
    if state.announced[seen] > 0.0:
        learn(terms, state, i, state.announced[seen], state.fraction[seen])
    elif not heard:
        # Silence that a pause forces is no answer withheld.
        if state.forced[seen] == 0:
            state.unanswered[i] += 1
            state.last_delivered[i] = 0.0
        state.perceived[i] *= terms.memory[i]


def learn(terms: Terms, state: State, i: int, announced: float, d: float) -> None:
    """Side i takes in a move of the other: what was announced, and the share d delivered on the day."""
    w = weight_of(terms, i, announced)
    state.kept[i] += w * d
    state.broken[i] += terms.negativity[i] * w * (1.0 - d)
    state.perceived[i] = announced * (1.0 - (1.0 - terms.generosity[i]) * (1.0 - d))
    state.last_delivered[i] = announced * d
    state.received[i] += announced * d
    state.unanswered[i] = 0


def fade(terms: Terms, state: State) -> None:
    """Evidence of both sides fades towards the prior: a ← a₀ + ρ(a − a₀), b likewise."""
    for i in range(2):
        a0 = terms.prior_kept[i]
        b0 = terms.prior_broken[i]
        rho = terms.evidence_kept[i]
        state.kept[i] = a0 + rho * (state.kept[i] - a0)
        state.broken[i] = b0 + rho * (state.broken[i] - b0)


def make_corrections(terms: Terms, state: State, u: float, t: int) -> None:
    """Each shortfall that has been seen is made good with its giver's hazard q; the receiver gives credit.

    Nobody makes good what nobody has missed: doubt comes before correction, as in the record (pattern
    P3).  Were it otherwise, most shortfalls would be made good before anybody could doubt.  Of a
    concession that fell short several times the oldest shortfall counts: all are made good with it.

    The model's η·w is scaled by the part that had been missing, (1 − d), and shared among the
    concessions of the move: otherwise a small shortfall made good would earn more trust than
    delivering in full.
    """
    if state.n_short[0] == 0:
        return
    for c in range(terms.span[2]):
        if state.short[c] <= 0.0:
            continue
        i = terms.giver[c]
        if t <= state.short_from[c] + delay(terms, 1 - i):
            continue
        place = u + terms.rotation[c]
        if place >= 1.0:
            place -= 1.0
        if place < terms.correction[i]:
            make_good(terms, state, c)


def make_good(terms: Terms, state: State, c: int) -> None:
    """Deliver what was announced of concession c and fell short, and credit its giver."""
    i = terms.giver[c]
    j = 1 - i
    points = state.short[c] * terms.value[c]
    price = state.short[c] * state.cost[c]
    state.short[c] = 0.0
    state.n_short[0] -= 1
    state.delivered[c] = state.announced_units[c] / terms.units[c]
    if terms.institution[c] == 1 and state.delivered[c] >= 1.0:
        state.n_standing[0] += 1
    state.given[i] += points
    state.received[j] += points
    state.paid[i] += price
    state.paid_for[c] += price
    state.kept[j] += terms.correction_credit[j] * state.credit[c]
    state.credit[c] = 0.0
    state.corrected[c] = 1
    state.marked[0] = 1
    state.n_corrections[0] += 1
