"""What holds after every turn of every run, whatever the scenario: checked on the plain rules."""

from __future__ import annotations

import math

from hosts import Game

from bargain_sim.codes import BARGAIN, OUTCOMES, PAUSED, RUNNING, TALKS
from bargain_sim.rules.delivery import utility
from bargain_sim.rules.turn import mover_of

NEAR = 1e-9


def play_checked(game: Game) -> Game:
    """Play to the end and check every turn; the run has exactly one ending, within its turns."""
    while game.running:
        assert game.t < game.terms.turns[0]
        before = list(game.state.announced_units)
        game.step()
        check_turn(game, before)
    assert 0 <= game.state.outcome[0] < len(OUTCOMES)
    return game


def check_turn(game: Game, units_before: list[int], *, person: bool = False) -> None:
    """Everything that must hold once turn `game.t - 1` is over; no exposure limit binds a `person`."""
    terms, state, t = game.terms, game.state, game.t - 1
    i = mover_of(terms, t)
    for c, name in enumerate(game.packed.concession_ids):
        units, giver = terms.units[c], terms.giver[c]
        assert 0.0 <= state.delivered[c] <= 1.0, name
        assert 0.0 <= state.short[c] <= 1.0 + NEAR, name
        assert 0 <= state.announced_units[c] <= units, name
        assert abs(state.delivered[c] + state.short[c] - state.announced_units[c] / units) < NEAR, name
        assert state.announced_units[c] - units_before[c] == state.chosen[c] >= 0, name
        if terms.hard[c] or terms.closed[c]:
            assert state.announced_units[c] == 0 and state.delivered[c] == 0.0, f"{name} is barred"
            assert state.mode[0] != BARGAIN or state.package[c] == 0, f"{name} is barred, and agreed"
        if terms.soft[c] and state.cost[c] > terms.value[c]:
            assert state.chosen[c] == 0, f"{name} counts as hard now"
        if state.chosen[c]:
            assert giver == i, name
            for k in range(terms.requires_from[c], terms.requires_from[c + 1]):
                needed = terms.requires[k]
                assert state.delivered[needed] == 1.0 and state.chosen[needed] == 0, name
            if state.mode[0] == PAUSED:
                assert terms.status[c] == 1, name
            if state.mode[0] == BARGAIN:
                assert state.package[c] == 1, name
    # Counts kept beside what they count.
    whole = [terms.institution[c] == 1 and state.delivered[c] >= 1.0 for c in range(len(terms.units))]
    assert state.n_standing[0] == sum(whole)
    assert state.n_short[0] == sum(short > 0.0 for short in state.short)
    if not person:
        check_exposure(game, i, t)
    for side in range(2):
        trust = state.kept[side] / (state.kept[side] + state.broken[side])
        assert 0.0 <= trust <= 1.0
        assert 0.0 <= state.readiness[side] <= terms.max_readiness[side]
        assert 0.0 <= state.given[side] <= terms.total[side] * (1 + NEAR) + NEAR
        for bargain in (False, True):
            assert math.isfinite(utility(terms, state, side, bargain))
    assert (state.mode[0] == BARGAIN) == (state.deal_turn[0] >= 0)
    assert state.outcome[0] != RUNNING or t + 1 < terms.turns[0]


def check_exposure(game: Game, i: int, t: int) -> None:
    """In talks (and pauses): given − received ≤ E·T at the move, but for one unit of an even side."""
    terms, state = game.terms, game.state
    announced = state.announced[t]
    if announced <= 0.0 or state.mode[0] not in (TALKS, PAUSED):
        return
    # The mover's trust, and what it received, do not change within its own move.
    trust = state.kept[i] / (state.kept[i] + state.broken[i])
    given_before = state.given[i] - announced * state.fraction[t]
    size = NEAR * (1.0 + abs(state.given[i]) + abs(state.received[i]) + terms.exposure[i])
    within = given_before + announced - state.received[i] <= terms.exposure[i] * trust + size
    one_unit = sum(state.chosen) == 1 and given_before <= state.received[i] + size
    assert within or one_unit
