"""Pauses, walking out, demands and endings (model, "Pauses and walking out", "How a run ends")."""

from __future__ import annotations

from bargain_sim.codes import (
    BARGAIN,
    BARGAIN_UNDER_WAY,
    BREAKDOWN,
    COLLAPSE,
    DOUBT,
    GRAND_BARGAIN,
    NORMALISED_BY_STEPS,
    PATIENCE,
    PIECEMEAL,
    RUNNING,
    STALL,
    TALKS,
)
from bargain_sim.rules.delivery import take_back
from bargain_sim.rules.events import begin_pause
from bargain_sim.rules.package import complete
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.trust import trust

# Assumptions of the model, the same for every scenario.
STALL_TURNS = 26  # turns of silence at the end that make a stall
STALL_SHARE = 0.05  # of all points: less than this given is a stall
NORMAL_SHARE = 0.90  # of each side's points: given step by step, relations are normal
STATUS_HELP = 0.5  # what the first status act in a pause adds to the hazard of resuming


def walks_out(terms: Terms, state: State, i: int) -> bool:
    """Whether side i's trust was under break_trust on break_turns own turns in a row."""
    if trust(state, i) < terms.break_trust[i]:
        state.low_trust[i] += 1
    else:
        state.low_trust[i] = 0
    return state.low_trust[i] >= terms.break_turns[i]


def gives_up(terms: Terms, state: State, i: int, t: int, u_resume: float, u_abandon: float) -> bool:
    """In a pause begun earlier: the talks resume, go on pausing, or are given up (true)."""
    if state.pause_from[0] == t:
        return False
    hazard = terms.resume[i]
    if state.status_acts[0] > 0:
        hazard += STATUS_HELP
    if u_resume < hazard:
        state.mode[0] = TALKS
        state.idle[0] = 0
        return False
    return u_abandon < terms.abandon[i]


def wants_pause(terms: Terms, state: State, i: int, t: int) -> None:
    """Talks pause when they have been idle too long, or the mover's trust fell too far."""
    if state.trust_before[i] - trust(state, i) > terms.doubt[i]:
        begin_pause(state, t, DOUBT)
    elif state.idle[0] >= terms.patience[i]:
        begin_pause(state, t, PATIENCE)


def demands(terms: Terms, state: State, i: int, u: float) -> bool:
    """Whether side i demands what lies across the other's red line; it is refused, a slight."""
    j = 1 - i
    if terms.demandable[j] == 0 or u >= state.ambition_left[i]:
        return False
    rebuff(terms, state, i)
    return True


def rebuff(terms: Terms, state: State, i: int) -> None:
    """A demand of side i is refused: a slight to the other, and the next demand is half as likely."""
    j = 1 - i
    state.ambition_left[i] *= 0.5
    state.broken[j] += terms.slight[j]
    state.n_slights[0] += 1


def end(terms: Terms, state: State, outcome: int) -> None:
    """The run ends here; what a failed dialogue allows to be taken back is taken back."""
    state.outcome[0] = outcome
    if outcome == BREAKDOWN or outcome == COLLAPSE:
        take_back(terms, state)


def fail(terms: Terms, state: State) -> None:
    """Walking out: a collapse if a package had been agreed, a breakdown if not."""
    if state.mode[0] == BARGAIN:
        end(terms, state, COLLAPSE)
    else:
        end(terms, state, BREAKDOWN)


def check_endings(terms: Terms, state: State, t: int) -> None:
    """Whether the run ends with this turn, in the fixed order of the endings."""
    if state.outcome[0] != RUNNING:
        return
    if state.mode[0] == BARGAIN:
        if complete(terms, state):
            end(terms, state, GRAND_BARGAIN)
            return
    elif gave_share(terms, state, 0, NORMAL_SHARE) and gave_share(terms, state, 1, NORMAL_SHARE):
        end(terms, state, NORMALISED_BY_STEPS)
        return
    if t + 1 < terms.turns[0]:
        return
    if state.mode[0] == BARGAIN:
        end(terms, state, BARGAIN_UNDER_WAY)
    elif state.quiet[0] >= STALL_TURNS or little_given(terms, state):
        end(terms, state, STALL)
    else:
        end(terms, state, PIECEMEAL)


def gave_share(terms: Terms, state: State, i: int, share: float) -> bool:
    """Whether side i gave at least that share of all it can give (and can give something)."""
    return terms.total[i] > 0.0 and state.given[i] >= share * terms.total[i]


def little_given(terms: Terms, state: State) -> bool:
    """Whether under STALL_SHARE of both sides' points was given, or there was nothing to give."""
    possible = terms.total[0] + terms.total[1]
    if possible <= 0.0:
        return True
    return state.given[0] + state.given[1] < STALL_SHARE * possible
