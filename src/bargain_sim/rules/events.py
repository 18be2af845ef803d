"""Events that strike from outside (model, "Events"): evidence, forced pauses, dearer concessions."""

from __future__ import annotations

from bargain_sim.codes import EVENT, NO_REASON, PAUSED, TALKS
from bargain_sim.rules.limits import put_in_order, soft_price
from bargain_sim.rules.state import State, Terms


def strike_events(terms: Terms, state: State, t: int, u: float) -> None:
    """Scripted events strike on their turns, random ones with their rate (each its own rotation)."""
    state.pause_reason[0] = NO_REASON
    chance = t >= terms.handover[0]  # history leaves nothing to chance
    for e in range(terms.n_events[0]):
        state.struck[e] = 0
        place = u + terms.event_rotation[e]
        if place >= 1.0:
            place -= 1.0
        if chance and place < terms.event_rate[e]:
            state.struck[e] = 1
    for s in range(terms.n_strikes[0]):
        if terms.strike_turn[s] == t:
            state.struck[terms.strike_event[s]] = 1
    fresh = False
    for e in range(terms.n_events[0]):
        if state.struck[e] == 1:
            fresh = strike(terms, state, e, t) or fresh
    ended = state.costs_hold[0] > 0 and t >= state.costs_hold[0]
    if fresh or ended:
        move_costs(terms, state, t)


def strike(terms: Terms, state: State, e: int, t: int) -> bool:
    """Event e takes effect; true where it moves costs."""
    state.n_events[0] += 1
    for side in range(2):
        # Evidence against a side is held by the other.
        state.broken[1 - side] += terms.event_evidence[2 * e + side]
    if terms.event_pause[e] == 1 and state.mode[0] == TALKS:
        begin_pause(state, t, EVENT)
    n = terms.span[2]
    moved = False
    for k in range(terms.n_movable[0]):
        c = terms.movable[k]
        if terms.event_length[n * e + c] > 0:
            state.cost_until[n * e + c] = t + terms.event_length[n * e + c]
            moved = True
    return moved


def begin_pause(state: State, t: int, reason: int) -> None:
    """Talks pause from turn t on."""
    state.mode[0] = PAUSED
    state.pause_from[0] = t
    state.pause_reason[0] = reason
    state.status_acts[0] = 0
    state.idle[0] = 0
    state.n_pauses[0] += 1


def move_costs(terms: Terms, state: State, t: int) -> None:
    """Costs now: base × the factors of all effects in force, plus the price of soft red lines."""
    n = terms.span[2]
    state.costs_hold[0] = 0
    for k in range(terms.n_movable[0]):
        c = terms.movable[k]
        factor = 1.0
        for e in range(terms.n_events[0]):
            until = state.cost_until[n * e + c]
            if until > t:
                factor *= terms.event_factor[n * e + c]
                if state.costs_hold[0] == 0 or until < state.costs_hold[0]:
                    state.costs_hold[0] = until
        cost = terms.base_cost[c] * factor + soft_price(terms, c)
        if cost != state.cost[c]:
            state.cost[c] = cost
            put_in_order(terms, state.cost, state.order, c)
