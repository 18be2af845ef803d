"""One run turn by turn in rows of numbers: what patterns, routes and futures are read from."""

from __future__ import annotations

from bargain_sim.rules.delivery import counted
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
)


def trace(terms: Terms, state: State, t: int, i: int, out: Floats, k: int) -> None:
    """Write turn t, whose mover was side i, to `out[k:]`, in the order of TRACE, then counters.

    Pauses, demands, events, corrections and counters are counted since the start; status and material
    are points announced in the turn, short those of them that were not delivered on the day; given is
    what a side has delivered so far, in points,
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
    out[k + 12 + i] = state.announced[t] * (1.0 - state.fraction[t])
    if t < terms.handover[0]:
        out[k + 13 - i] = state.aside[t] * (1.0 - state.aside_fraction[t])
    out[k + 16] = float(state.n_short[0])
    for counter in range(terms.n_counters[0]):
        out[k + 17 + counter] = counted(terms, state, counter)


def first_times(terms: Terms, state: State, t: int, out: Floats, k: int) -> None:
    """Note in which turn each concession was first announced, and first delivered in full.

    `out[k + 2c]` and `out[k + 2c + 1]` for concession c; -1 while that has not happened.
    """
    for c in range(terms.span[2]):
        if out[k + 2 * c] < 0.0 and state.announced_units[c] > 0:
            out[k + 2 * c] = float(t)
        if out[k + 2 * c + 1] < 0.0 and state.delivered[c] >= 1.0:
            out[k + 2 * c + 1] = float(t)
