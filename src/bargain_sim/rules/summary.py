"""One run in one row of numbers: what sweeps store and transcripts carry."""

from __future__ import annotations

from bargain_sim.codes import GRAND_BARGAIN
from bargain_sim.rules.delivery import counted, utility
from bargain_sim.rules.state import Floats, State, Terms
from bargain_sim.rules.trust import trust

# Columns, in the order of the row; counters follow.  `_0` and `_1` stand for the sides' ids.
COLUMNS = (
    "outcome",
    "turns",
    "deal_turn",
    "utility_0",
    "utility_1",
    "trust_0",
    "trust_1",
    "given_0",
    "given_1",
    "exchanged",
    "moves",
    "shortfalls",
    "corrections",
    "pauses",
    "paused_turns",
    "slights",
    "events",
)


def summarise(terms: Terms, state: State, played: int, out: Floats, k: int) -> None:
    """Write the row of a run of `played` turns to `out[k:]`, in the order of COLUMNS, then counters.

    Counters count whole things: of each concession, the whole number delivered.
    """
    bargain = state.outcome[0] == GRAND_BARGAIN
    out[k] = float(state.outcome[0])
    out[k + 1] = float(played)
    out[k + 2] = float(state.deal_turn[0])
    for i in range(2):
        out[k + 3 + i] = utility(terms, state, i, bargain)
        out[k + 5 + i] = trust(state, i)
        out[k + 7 + i] = state.given[i]
    out[k + 9] = state.given[0] + state.given[1]
    out[k + 10] = float(state.n_moves[0])
    out[k + 11] = float(state.n_shortfalls[0])
    out[k + 12] = float(state.n_corrections[0])
    out[k + 13] = float(state.n_pauses[0])
    out[k + 14] = float(state.n_paused_turns[0])
    out[k + 15] = float(state.n_slights[0])
    out[k + 16] = float(state.n_events[0])
    for counter in range(terms.n_counters[0]):
        out[k + 17 + counter] = counted(terms, state, counter)
