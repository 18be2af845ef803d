"""One run turn by turn in rows of numbers: what patterns, routes and futures are read from."""

from __future__ import annotations

from bargain_sim.codes import GIVES, REFUSED
from bargain_sim.rules.delivery import counted
from bargain_sim.rules.history import turn_of
from bargain_sim.rules.state import Floats, State, Terms
from bargain_sim.rules.trust import trust

# Columns of a turn, as it stands after it; counters follow.  `_0` and `_1` stand for the sides' ids.
TRACE = (
    "mode",
    "act",
    "pauses",
    "demands",
    "events",
    "corrections",
    "trust_0",
    "trust_1",
    "status_0",
    "status_1",
    "material_0",
    "material_1",
    "short_0",
    "short_1",
    "given_0",
    "given_1",
    "standing_short",
    "short_material_0",
    "short_material_1",
)


def trace(terms: Terms, state: State, t: int, i: int, out: Floats, k: int) -> None:
    """Write turn t, whose mover was side i, to `out[k:]`, in the order of TRACE, then counters.

    Pauses, demands, events, corrections and counters are counted since the start; status and material
    are points announced in the turn, short those of them that were not delivered on the day, short_material
    those that were material; given is what a side has delivered so far, in points,
    standing_short the number of concessions that are short still.
    """
    out[k] = float(state.mode[0])
    out[k + 1] = float(state.act[0])
    out[k + 2] = float(state.n_pauses[0])
    out[k + 3] = float(state.n_slights[0])
    out[k + 4] = float(state.n_events[0])
    out[k + 5] = float(state.n_corrections[0])
    for j in range(2):
        status = 0.0
        material = 0.0
        for c in range(terms.span[j], terms.span[j + 1]):
            if state.chosen[c] > 0:
                points = state.chosen[c] * terms.unit[c]
                if terms.status[c] == 1:
                    status += points
                else:
                    material += points
        out[k + 6 + j] = trust(state, j)
        out[k + 8 + j] = status
        out[k + 10 + j] = material
        out[k + 12 + j] = 0.0
        out[k + 14 + j] = state.given[j]
        out[k + 17 + j] = told_short_material(terms, state, t, j)
    out[k + 12 + i] = state.announced[t] * (1.0 - state.fraction[t])
    if t < terms.handover[0]:
        out[k + 13 - i] = state.aside[t] * (1.0 - state.aside_fraction[t])
    else:
        out[k + 17 + i] = out[k + 10 + i] * (1.0 - state.fraction[t])
    out[k + 16] = float(state.n_short[0])
    for counter in range(terms.n_counters[0]):
        out[k + 19 + counter] = counted(terms, state, counter)


def told_short_material(terms: Terms, state: State, t: int, j: int) -> float:
    """Material points of side j that history tells of in turn t and that were not delivered on the day.

    Each entry has a share of its own; what is given in one move of play has one for all of it.
    """
    missing = 0.0
    for s in range(state.entry_next[0]):
        if terms.entry_kind[s] != GIVES or state.entry_done[s] == REFUSED:
            continue
        c = terms.entry_what[s]
        if terms.giver[c] == j and terms.status[c] == 0 and turn_of(terms, state, s) == t:
            missing += terms.entry_units[s] * terms.unit[c] * (1.0 - state.entry_delivered[s])
    return missing


def first_times(terms: Terms, state: State, t: int, out: Floats, k: int) -> None:
    """Note in which turn each concession was first announced, and first delivered in full.

    `out[k + 2c]` and `out[k + 2c + 1]` for concession c; -1 while that has not happened.
    """
    for c in range(terms.span[2]):
        if out[k + 2 * c] < 0.0 and state.announced_units[c] > 0:
            out[k + 2 * c] = float(t)
        if out[k + 2 * c + 1] < 0.0 and state.delivered[c] >= 1.0:
            out[k + 2 * c + 1] = float(t)
