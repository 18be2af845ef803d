"""Before the first turn: what follows from the terms alone, and the state at the start."""

from __future__ import annotations

from bargain_sim.codes import AHEAD, ALLOWED, NO_REASON, RUNNING, SILENT, TALKS
from bargain_sim.rules.limits import always_behind_line, soft_price, sort_by_worth
from bargain_sim.rules.state import State, Terms


def prepare(terms: Terms, state: State) -> None:
    """Fill the derived terms: what can never be given, totals, demands, the order of worth.

    `state.cost` serves as scratch space.
    """
    n = terms.span[2]
    terms.n_institutions[0] = 0
    for c in range(n):
        state.cost[c] = terms.base_cost[c] + soft_price(terms, c)
        terms.closed[c] = 0
        if always_behind_line(terms, c) or terms.value[c] <= 0.0:
            terms.closed[c] = 1
        if terms.institution[c] == 1:
            terms.n_institutions[0] += 1
    for side in range(2):
        terms.total[side] = 0.0
        terms.demandable[side] = 0
        for c in range(terms.span[side], terms.span[side + 1]):
            if terms.closed[c] == 1 and terms.value[c] > 0.0:
                terms.demandable[side] = 1
    # What needs something that can never be given can never be given either.
    spread = True
    while spread:
        spread = False
        for c in range(n):
            for k in range(terms.requires_from[c], terms.requires_from[c + 1]):
                if terms.closed[terms.requires[k]] == 1 and terms.closed[c] == 0:
                    terms.closed[c] = 1
                    spread = True
    for c in range(n):
        terms.unit[c] = terms.value[c] / terms.units[c]
        if terms.closed[c] == 0:
            terms.total[terms.giver[c]] += terms.value[c]
    for i in range(2):
        terms.prior_kept[i] = terms.initial_trust[i] * terms.prior_strength[i]
        terms.prior_broken[i] = (1.0 - terms.initial_trust[i]) * terms.prior_strength[i]
    sort_by_worth(terms, state.cost, terms.sorted)
    terms.n_movable[0] = 0
    for c in range(n):
        if movable(terms, c):
            terms.movable[terms.n_movable[0]] = c
            terms.n_movable[0] += 1


def movable(terms: Terms, c: int) -> bool:
    """Whether some event can move the cost of concession c."""
    for e in range(terms.n_events[0]):
        if terms.event_length[terms.span[2] * e + c] > 0:
            return True
    return False


def begin(terms: Terms, state: State) -> None:
    """Set the state to the start of a negotiation under prepared terms."""
    for i in range(2):
        state.kept[i] = terms.prior_kept[i]
        state.broken[i] = terms.prior_broken[i]
        state.trust_before[i] = terms.initial_trust[i]
        state.low_trust[i] = 0
        state.step[i] = 0.0
        state.readiness[i] = 0.0
        state.perceived[i] = terms.opening[i]
        state.last_delivered[i] = terms.opening[i]
        state.unanswered[i] = 0
        state.ambition_left[i] = terms.ambition[i]
        state.given[i] = 0.0
        state.received[i] = 0.0
        state.paid[i] = 0.0
        state.retaken[i] = 0.0
        state.refunded[i] = 0.0
        state.package_total[i] = 0.0
    for c in range(terms.span[2]):
        state.announced_units[c] = 0
        state.delivered[c] = 0.0
        state.short[c] = 0.0
        state.short_from[c] = -1
        state.credit[c] = 0.0
        state.cost[c] = terms.base_cost[c] + soft_price(terms, c)
        state.paid_for[c] = 0.0
        state.order[c] = terms.sorted[c]
        state.package[c] = 0
        state.chosen[c] = 0
        state.corrected[c] = 0
    for k in range(terms.n_events[0] * terms.span[2]):
        state.cost_until[k] = 0
    for e in range(terms.n_events[0]):
        state.struck[e] = 0
    state.entry_next[0] = 0
    state.entry_due[0] = -1
    for s in range(terms.n_entries[0]):
        state.entry_done[s] = AHEAD
    state.refused[0] = -1
    state.refusal[0] = ALLOWED
    state.mode[0] = TALKS
    state.outcome[0] = RUNNING
    state.deal_turn[0] = -1
    state.idle[0] = 0
    state.quiet[0] = 0
    state.pause_from[0] = -1
    state.status_acts[0] = 0
    state.costs_hold[0] = 0
    state.n_short[0] = 0
    state.n_standing[0] = 0
    state.marked[0] = 0
    state.act[0] = SILENT
    state.pause_reason[0] = NO_REASON
    state.n_moves[0] = 0
    state.n_shortfalls[0] = 0
    state.n_corrections[0] = 0
    state.n_pauses[0] = 0
    state.n_paused_turns[0] = 0
    state.n_slights[0] = 0
    state.n_events[0] = 0
