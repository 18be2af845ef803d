"""One turn, in the order of the model; everything else in `rules` is called from here.

`open_turn` does what happens before the mover decides, `decide` is its decision, `close_turn` what
follows from it.  Where a person sits, `rules.person` takes the place of `decide`: whatever is asked
for then passes the same limits.
"""

from __future__ import annotations

from bargain_sim.codes import (
    BARGAIN,
    CONCEDE,
    DELIVER,
    DEMAND,
    DRAW_ABANDON,
    DRAW_CORRECTION,
    DRAW_DELIVERY,
    DRAW_DEMAND,
    DRAW_EVENT,
    DRAW_FRACTION,
    DRAW_RESUME,
    DRAW_SHAM,
    DRAW_STRATEGY,
    GIVE_UP,
    PAUSED,
    RENEGE,
    RUNNING,
    SILENT,
    SLOTS,
    STATUS_ACT,
    TALKS,
    WAIT,
    WALK_OUT,
)
from bargain_sim.rules.delivery import carry_out, delivered_fraction
from bargain_sim.rules.dialogue import (
    check_endings,
    demands,
    fail,
    gives_up,
    walks_out,
    wants_pause,
)
from bargain_sim.rules.events import strike_events
from bargain_sim.rules.history import replay
from bargain_sim.rules.move import choose_concessions, save_up, style_of, view_of
from bargain_sim.rules.package import (
    choose_tranche,
    delivered_share,
    find_package,
    held_up,
    institutions_stand,
    reneges,
)
from bargain_sim.rules.state import Floats, State, Terms
from bargain_sim.rules.trust import fade, make_corrections, trust, verify
from bargain_sim.strategies import desired_step


def mover_of(terms: Terms, t: int) -> int:
    """The side whose turn t is."""
    return (terms.first_mover[0] + t) % 2


def turn(terms: Terms, state: State, draws: Floats, t: int) -> None:
    """Turn t, from its draws `draws[SLOTS*t : SLOTS*(t+1)]`; sets `state.outcome` when it ends the run."""
    i = mover_of(terms, t)
    open_turn(terms, state, draws, t, i)
    if t < terms.handover[0]:
        replay(terms, state, draws, t, i)
        return
    if state.outcome[0] == RUNNING:
        announced = decide(terms, state, draws, t, i)
        close_turn(terms, state, draws, t, i, announced)
    check_endings(terms, state, t)


def open_turn(terms: Terms, state: State, draws: Floats, t: int, i: int) -> None:
    """Events, corrections, verification, fading, pauses, walking out."""
    news(terms, state, draws, t, i)
    take_stock(terms, state, draws, t, i)


def news(terms: Terms, state: State, draws: Floats, t: int, i: int) -> None:
    """What the mover learns before it moves: events, corrections, what the other delivered; fading."""
    first = SLOTS * t
    state.act[0] = SILENT
    if state.marked[0] == 1:
        state.marked[0] = 0
        for c in range(terms.span[2]):
            state.chosen[c] = 0
            state.corrected[c] = 0
    state.announced[t] = 0.0
    state.fraction[t] = 1.0
    strike_events(terms, state, t, draws[first + DRAW_EVENT])
    if t >= terms.handover[0]:
        make_corrections(terms, state, draws[first + DRAW_CORRECTION], t)
    verify(terms, state, i, t)
    fade(terms, state)


def take_stock(terms: Terms, state: State, draws: Floats, t: int, i: int) -> None:
    """What the mover makes of it: pauses, resumption, walking out."""
    if t >= terms.handover[0]:  # before, history says what becomes of the dialogue
        pause_or_leave(terms, state, draws, t, i)
    state.trust_before[i] = trust(state, i)


def pause_or_leave(terms: Terms, state: State, draws: Floats, t: int, i: int) -> None:
    """Pauses, resumption, giving up and walking out (model, "One turn", 6)."""
    first = SLOTS * t
    if walks_out(terms, state, i):
        state.act[0] = WALK_OUT
        fail(terms, state)
    elif state.mode[0] == PAUSED:
        if gives_up(terms, state, i, t, draws[first + DRAW_RESUME], draws[first + DRAW_ABANDON]):
            state.act[0] = GIVE_UP
            fail(terms, state)
    elif state.mode[0] == TALKS:
        wants_pause(terms, state, i, t)


def decide(terms: Terms, state: State, draws: Floats, t: int, i: int) -> float:
    """What the mover does; fills `state.chosen` and returns the points it announces."""
    if state.mode[0] == PAUSED:
        announced = choose_concessions(terms, state, i)
        if announced > 0.0:
            state.act[0] = STATUS_ACT
            state.status_acts[0] += 1
        return announced
    if state.mode[0] == TALKS:
        if makes_demand(terms, state, draws, t, i):
            return 0.0
        if institutions_stand(terms, state) and find_package(terms, state):
            agree(state, t)
    return carry_on(terms, state, draws, t, i)


def makes_demand(terms: Terms, state: State, draws: Floats, t: int, i: int) -> bool:
    """Whether the mover spends its turn on a demand across the other's red line."""
    if not demands(terms, state, i, draws[SLOTS * t + DRAW_DEMAND]):
        return False
    state.act[0] = DEMAND
    state.idle[0] += 1
    return True


def agree(state: State, t: int) -> None:
    """Both want what is in `state.package`: from now on it is carried out."""
    state.mode[0] = BARGAIN
    state.deal_turn[0] = t


def carry_on(terms: Terms, state: State, draws: Floats, t: int, i: int) -> float:
    """The mover's part in the package where one is agreed, else the step its strategy asks for."""
    if state.mode[0] == BARGAIN:
        return implement(terms, state, i)
    see = view_of(terms, state, i, t, draws[SLOTS * t + DRAW_STRATEGY])
    step = desired_step(terms.strategy[i], see, style_of(terms, i))
    grew = save_up(terms, state, i, step)
    announced = choose_concessions(terms, state, i)
    if announced > 0.0:
        state.act[0] = CONCEDE
        state.idle[0] = 0
    elif grew:
        state.idle[0] = 0
    else:
        state.idle[0] += 1
    return announced


def implement(terms: Terms, state: State, i: int) -> float:
    """The mover's part in carrying out the package: deliver a tranche, wait, or renege."""
    if reneges(terms, state, i):
        state.act[0] = RENEGE
        fail(terms, state)
        return 0.0
    state.act[0] = WAIT
    ahead = delivered_share(terms, state, i) > delivered_share(terms, state, 1 - i)
    if ahead and not held_up(terms, state, 1 - i):
        return 0.0
    announced = choose_tranche(terms, state, i)
    if announced > 0.0:
        state.act[0] = DELIVER
    return announced


def close_turn(terms: Terms, state: State, draws: Floats, t: int, i: int, announced: float) -> None:
    """Deliver what was announced, fully or not, and keep count of silence and pauses."""
    first = SLOTS * t
    d = 1.0
    if announced > 0.0:
        d = delivered_fraction(
            terms,
            i,
            draws[first + DRAW_DELIVERY],
            draws[first + DRAW_SHAM],
            draws[first + DRAW_FRACTION],
        )
    settle(terms, state, t, i, announced, d)


def settle(terms: Terms, state: State, t: int, i: int, announced: float, d: float) -> None:
    """Of what was announced the share d is delivered; silence and pauses are counted."""
    state.forced[t] = 0
    if state.mode[0] == PAUSED:
        state.forced[t] = 1
        state.n_paused_turns[0] += 1
    if announced <= 0.0:
        state.quiet[0] += 1
        return
    state.quiet[0] = 0
    carry_out(terms, state, i, t, announced, d)
