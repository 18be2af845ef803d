"""Pauses and walking out: one rule at a time."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import Game, constant_draws
from toys import concession, scenario, side

from bargain_sim.codes import (
    BREAKDOWN,
    COLLAPSE,
    DOUBT,
    GIVE_UP,
    PATIENCE,
    PAUSED,
    RUNNING,
    STATUS_ACT,
    TALKS,
    WALK_OUT,
)
from bargain_sim.rules.dialogue import gives_up, walks_out, wants_pause
from bargain_sim.rules.trust import trust


def pair(turns: int = 20, events: dict[str, Any] | None = None, **sides: Any) -> Game:
    """Two sides that do nothing, with two concessions each; nothing fires unless a draw is set."""
    numbers = {"strategy": "hardliner", "ambition": 0.0, "correction": 0.0, "doubt": 1.0, "patience": 1000}
    made = scenario(
        side(**(numbers | sides.get("a", {}))),
        side(**(numbers | sides.get("b", {}))),
        {
            "gift_a": concession("a", 10, 4, 2, tags=["relief"]),
            "visit_a": concession("a", 4, 1, kind="status"),
            "gift_b": concession("b", 10, 4, 2, tags=["release"]),
            "visit_b": concession("b", 4, 1, kind="status"),
        },
        turns=turns,
        events=events or {},
    )
    return Game(made, constant_draws(turns))


# Pauses


@pytest.mark.parametrize("fall", [0.04, 0.06])
def test_doubt_pauses_talks(fall: float) -> None:
    game = pair(a={"doubt": 0.05})
    game.state.trust_before[0] = trust(game.state, 0) + fall
    wants_pause(game.terms, game.state, 0, 3)
    assert (game.state.mode[0] == PAUSED) == (fall > 0.05)
    assert game.state.pause_reason[0] == (DOUBT if fall > 0.05 else 0)


def test_the_movers_patience_counts_idle_turns_of_either_side() -> None:
    game = pair(a={"patience": 3}, b={"patience": 6})
    game.play(3)  # b, a, b are silent
    assert game.state.idle[0] == 3 and game.state.mode[0] == TALKS
    game.step()
    assert game.state.mode[0] == PAUSED and game.state.pause_reason[0] == PATIENCE
    assert game.state.idle[0] == 0


def test_growing_readiness_is_not_idle_but_a_full_store_is() -> None:
    sides = {"strategy": "tit_for_tat", "opening": 1, "max_readiness": 2, "exposure": 0}
    game = pair(a=sides, b={"strategy": "linear", "inverse_response": 1, "max_readiness": 4, "max_step": 3})
    game.terms.unit[:] = [1000.0] * 4  # nothing can be afforded
    game.terms.outside_option[:] = [1e9, 1e9]
    game.step()
    assert game.state.readiness[1] == 3.0 and game.state.idle[0] == 0
    game.step()
    assert game.state.idle[0] == 1  # tit for tat was shown nothing
    game.step()
    assert game.state.readiness[1] == 4.0 and game.state.idle[0] == 0
    game.play(2)
    assert game.state.idle[0] == 2  # full: nothing grew


def paused(game: Game, since: int = 0) -> Game:
    game.state.mode[0] = PAUSED
    game.state.pause_from[0] = since
    return game


@pytest.mark.parametrize(
    ("u_resume", "u_abandon", "acts", "mode", "given_up"),
    [
        (0.2, 0.0, 0, TALKS, False),  # resuming is tried first
        (0.3, 0.0, 0, PAUSED, True),
        (0.3, 0.02, 0, PAUSED, False),
        (0.7, 0.0, 1, TALKS, False),
        (0.7, 0.0, 5, TALKS, False),
        (0.76, 0.0, 5, PAUSED, True),  # only the first status act adds 0.5
    ],
)
def test_paused_talks_resume_or_are_given_up(
    u_resume: float, u_abandon: float, acts: int, mode: int, given_up: bool
) -> None:
    game = paused(pair(a={"resume": 0.25, "abandon": 0.01}))
    game.state.status_acts[0] = acts
    assert gives_up(game.terms, game.state, 0, 1, u_resume, u_abandon) == given_up
    assert game.state.mode[0] == mode


def test_a_pause_lasts_at_least_the_turn_it_begins_in() -> None:
    game = paused(pair(a={"resume": 1, "abandon": 1}), since=4)
    assert not gives_up(game.terms, game.state, 0, 4, 0.0, 0.0)
    assert game.state.mode[0] == PAUSED


def test_giving_up_is_a_breakdown() -> None:
    game = paused(pair(a={"resume": 0, "abandon": 1}, b={"resume": 0, "abandon": 1}), since=-1)
    game.step()
    assert (game.state.outcome[0], game.state.act[0]) == (BREAKDOWN, GIVE_UP)


def test_in_a_pause_only_status_goods_are_given_and_readiness_does_not_grow() -> None:
    numbers = {"strategy": "linear", "inverse_response": 1, "resume": 0, "abandon": 0}
    game = paused(pair(a=numbers, b=numbers), since=-1)
    game.state.readiness[:] = [6.0, 30.0]
    game.play(2)
    assert game.state.act[0] == STATUS_ACT
    game.play(2)
    assert game.state.announced_units == [0, 1, 0, 1]
    assert game.state.readiness == [2.0, 26.0]
    assert game.state.status_acts[0] == 2 and game.state.n_paused_turns[0] == 4
    assert game.state.idle[0] == 0


def test_a_new_pause_starts_without_the_help_of_the_last() -> None:
    game = pair(a={"doubt": 0.0})
    game.state.status_acts[0] = 3
    game.state.trust_before[0] = 0.9
    wants_pause(game.terms, game.state, 0, 2)
    assert game.state.status_acts[0] == 0 and game.state.n_pauses[0] == 1


# Walking out


def test_trust_must_be_low_on_own_turns_in_a_row() -> None:
    game = pair(a={"break_trust": 0.3, "break_turns": 3})
    for low in (True, True, False, True, True):
        game.state.kept[0], game.state.broken[0] = (1.0, 9.0) if low else (3.0, 7.0)  # at 0.3: not under
        assert not walks_out(game.terms, game.state, 0)
    game.state.kept[0] = 1.0
    assert walks_out(game.terms, game.state, 0)


@pytest.mark.parametrize(("mode", "outcome"), [(0, BREAKDOWN), (1, BREAKDOWN), (2, COLLAPSE)])
def test_walking_out_ends_the_run(mode: int, outcome: int) -> None:
    game = pair(b={"break_trust": 1.0, "break_turns": 1})
    game.state.mode[0] = mode
    game.state.package[0] = 1
    game.step()
    assert (game.state.outcome[0], game.state.act[0]) == (outcome, WALK_OUT)


def test_nobody_walks_out_at_a_threshold_of_nothing() -> None:
    game = pair(a={"break_trust": 0, "break_turns": 1, "initial_trust": 0}, b={"break_trust": 0})
    game.play(19)
    assert game.state.outcome[0] == RUNNING
