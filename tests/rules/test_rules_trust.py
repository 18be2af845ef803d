"""Events, corrections, verification, fading, pauses and walking out: one rule at a time."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import Game, constant_draws
from toys import concession, event, q, scenario, side

from bargain_sim.codes import (
    EVENT,
    PAUSED,
    SLOTS,
)
from bargain_sim.rules.events import strike_events
from bargain_sim.rules.trust import (
    cautious_trust,
    fade,
    make_corrections,
    make_good,
    trust,
    verify,
    weight_of,
)


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


def announced(game: Game, t: int, points: float, d: float) -> None:
    game.state.announced[t] = points
    game.state.fraction[t] = d


# Trust


def test_trust_is_the_mean_of_the_evidence_and_caution_takes_deviations_off() -> None:
    game = pair(a={"initial_trust": 0.4, "prior_strength": 4, "caution": 1.3})
    assert trust(game.state, 0) == pytest.approx(0.4)
    sd = (1.6 * 2.4 / (16 * 5)) ** 0.5
    assert cautious_trust(game.terms, game.state, 0) == pytest.approx(0.4 - 1.3 * sd)
    game.terms.caution[0] = 100.0
    assert cautious_trust(game.terms, game.state, 0) == 0.0
    game.terms.caution[0] = 0.0
    assert cautious_trust(game.terms, game.state, 0) == trust(game.state, 0)


@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_certainty_needs_no_caution(prior: float) -> None:
    game = pair(a={"initial_trust": prior, "caution": 3})
    assert cautious_trust(game.terms, game.state, 0) == prior


@pytest.mark.parametrize(("points", "weight"), [(0.0, 0.0), (1.0, 0.2), (5.0, 1.0), (50.0, 1.0)])
def test_weight_grows_with_size_up_to_one(points: float, weight: float) -> None:
    game = pair(a={"full_weight": 5})
    assert weight_of(game.terms, 0, points) == pytest.approx(weight)


# Verification


def test_a_move_counts_by_what_was_delivered_and_bad_news_more() -> None:
    game = pair(a={"negativity": 2, "full_weight": 5, "generosity": 0.2})
    announced(game, 0, 4.0, 0.75)
    a, b = game.state.kept[0], game.state.broken[0]
    verify(game.terms, game.state, 0, 1)
    assert game.state.kept[0] == pytest.approx(a + 0.8 * 0.75)
    assert game.state.broken[0] == pytest.approx(b + 2 * 0.8 * 0.25)
    assert game.state.perceived[0] == pytest.approx(4 * (1 - 0.8 * 0.25))
    assert game.state.last_delivered[0] == pytest.approx(3.0)
    assert game.state.received[0] == pytest.approx(3.0)


@pytest.mark.parametrize(("g", "d", "share"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (0.5, 0.5, 0.75), (1, 1, 1)])
def test_generosity_overlooks_part_of_a_shortfall(g: float, d: float, share: float) -> None:
    game = pair(a={"generosity": g})
    announced(game, 0, 8.0, d)
    verify(game.terms, game.state, 0, 1)
    assert game.state.perceived[0] == pytest.approx(8 * share)
    assert game.state.last_delivered[0] == pytest.approx(8 * d)  # what came is not a matter of generosity


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_the_lag_counts_the_receivers_own_turns(lag: int) -> None:
    game = pair(a={"lag": lag, "opening": 1, "memory": 0.5})
    announced(game, 4, 5.0, 1.0)
    before = game.state.kept[0]
    for turn in range(5, 4 + 2 * lag - 1, 2):
        verify(game.terms, game.state, 0, turn)
        assert game.state.kept[0] == before  # not yet seen
    verify(game.terms, game.state, 0, 4 + 2 * lag - 1)
    assert game.state.kept[0] == before + 1.0


def test_before_anything_can_be_seen_nothing_fades_from_memory() -> None:
    game = pair(a={"lag": 3, "memory": 0.5, "opening": 4})
    for turn in (1, 3):
        verify(game.terms, game.state, 0, turn)
    assert (game.state.perceived[0], game.state.unanswered[0]) == (4.0, 0)
    verify(game.terms, game.state, 0, 5)
    assert (game.state.perceived[0], game.state.unanswered[0], game.state.last_delivered[0]) == (2.0, 1, 0.0)


@pytest.mark.parametrize(("memory", "left"), [(0.0, 0.0), (0.7, 0.49), (1.0, 1.0)])
def test_silence_is_forgotten_at_the_rate_of_memory(memory: float, left: float) -> None:
    game = pair(a={"memory": memory, "opening": 1})
    verify(game.terms, game.state, 0, 1)
    verify(game.terms, game.state, 0, 3)
    assert game.state.perceived[0] == pytest.approx(left)


# Fading


@pytest.mark.parametrize("kept", [0.0, 0.9, 1.0])
def test_evidence_fades_to_the_prior(kept: float) -> None:
    game = pair(a={"evidence_kept": kept, "initial_trust": 0.4, "prior_strength": 5})
    game.state.kept[0] += 3.0
    game.state.broken[0] += 1.0
    fade(game.terms, game.state)
    assert game.state.kept[0] == pytest.approx(2.0 + kept * 3)
    assert game.state.broken[0] == pytest.approx(3.0 + kept * 1)
    assert trust(game.state, 1) == pytest.approx(0.4)


# Corrections


def fall_short(game: Game, name: str, short: float, credit: float) -> int:
    c = game.index(name)
    game.state.announced_units[c] = 2
    game.state.short[c] = short
    game.state.short_from[c] = 0
    game.state.n_short[0] += 1
    game.state.delivered[c] = 1.0 - short
    game.state.credit[c] = credit
    return c


def test_making_good_delivers_charges_and_earns_credit() -> None:
    game = pair(b={"correction_credit": 0.5})
    c = fall_short(game, "gift_a", 0.25, 0.4)
    a = game.state.kept[1]
    make_good(game.terms, game.state, c)
    assert game.state.delivered[c] == 1.0 and game.state.short[c] == 0.0
    assert game.state.given[0] == game.state.received[1] == pytest.approx(2.5)
    assert game.state.paid[0] == pytest.approx(1.0)
    assert game.state.kept[1] == pytest.approx(a + 0.5 * 0.4)
    assert game.state.n_corrections[0] == 1 and game.state.credit[c] == 0.0


@pytest.mark.parametrize(
    ("hazard", "draw", "made"), [(0, 0.0, 0), (0.5, 0.4, 1), (0.5, 0.6, 0), (1, 0.999, 1)]
)
def test_the_giver_has_its_own_hazard_and_each_concession_its_own_draw(
    hazard: float, draw: float, made: int
) -> None:
    game = pair(a={"correction": hazard}, b={"correction": 0})
    c = fall_short(game, "gift_a", 0.5, 1.0)
    fall_short(game, "gift_b", 0.5, 1.0)
    game.terms.rotation[c] = 0.0
    make_corrections(game.terms, game.state, draw, 2)
    assert game.state.corrected[c] == made and game.state.n_corrections[0] == made


@pytest.mark.parametrize(("lag", "first"), [(1, 2), (2, 4), (4, 8)])
def test_nobody_makes_good_what_nobody_has_missed(lag: int, first: int) -> None:
    # Fallen short in turn 0, it is seen in the other's lag-th own turn after it, 2 lag − 1.
    for t in range(10):
        game = pair(a={"correction": 1}, b={"lag": lag})
        c = fall_short(game, "gift_a", 0.5, 1.0)
        make_corrections(game.terms, game.state, 0.5, t)
        assert game.state.corrected[c] == (t >= first)


def test_rotation_carries_on_past_one() -> None:
    game = pair(a={"correction": 0.5})
    c = fall_short(game, "gift_a", 0.5, 1.0)
    game.terms.rotation[c] = 0.75
    make_corrections(game.terms, game.state, 0.5, 2)  # 1.25 → 0.25
    assert game.state.corrected[c] == 1


def test_a_correction_never_earns_more_than_delivering_at_once_would_have() -> None:
    """η·w is scaled by what had been missing: 1 − d (a choice of ours; the model says η·w)."""
    gains = []
    for d in (0.2, 0.99, 1.0):
        game = pair(
            turns=9, a={"reliability": 0, "shortfall_floor": d, "strategy": "comparative", "opening": 9},
            b={"correction_credit": 1.0, "evidence_kept": 1.0, "negativity": 1.0},
        )  # fmt: skip
        game.draws = constant_draws(9, fraction=0.0)
        game.play(2)  # b silent, a gives
        assert game.state.announced[1] > 0
        verify(game.terms, game.state, 1, 2)
        for c in range(4):
            if game.state.short[c] > 0:
                make_good(game.terms, game.state, c)
        gains.append(trust(game.state, 1))
    assert gains[0] < gains[1] < gains[2]


# Events


def test_events_strike_with_their_rate_or_on_their_turns() -> None:
    events = {"now_and_then": event(rate=q(0.1)), "scripted": event(at=[3, "2025-03-11"]),
              "always": event(rate=q(1))}  # fmt: skip
    game = pair(events=events)
    game.terms.event_rotation[:] = [0.0, 0.5, 0.25]
    struck = []
    for t, u in enumerate((0.05, 0.1, 0.95, 0.5, 0.9)):
        strike_events(game.terms, game.state, t, u)
        struck.append(list(game.state.struck))
    # 11 March is the first day of turn 4.
    assert struck == [[1, 0, 1], [0, 0, 1], [0, 0, 1], [0, 1, 1], [0, 1, 1]]
    assert game.state.n_events[0] == 8


def test_evidence_against_a_side_is_held_by_the_other() -> None:
    game = pair(events={"bad": event(at=[0], evidence={"a": q(2), "b": q(0.5)})})
    before = list(game.state.broken)
    strike_events(game.terms, game.state, 0, 0.99)
    assert game.state.broken == [before[0] + 0.5, before[1] + 2.0]


def test_an_event_that_also_strikes_at_random_strikes_once() -> None:
    game = pair(events={"twice": event(at=[0], rate=q(1), evidence={"a": q(1)})})
    strike_events(game.terms, game.state, 0, 0.5)
    assert game.state.n_events[0] == 1


def test_an_event_may_force_a_pause_of_talks_only() -> None:
    game = pair(events={"stop": event(at=[0, 1, 2], pause=True)})
    game.step()
    assert game.state.mode[0] == PAUSED and game.state.pause_reason[0] == EVENT
    game.step()
    assert game.state.n_pauses[0] == 1  # it was paused already
    game.state.mode[0] = 2
    strike_events(game.terms, game.state, 2, 0.999)
    assert game.state.mode[0] == 2


def test_costs_move_for_a_while_and_come_back() -> None:
    up = {"relief": {"factor": q(3), "turns": q(2)}}
    down = {"relief": {"factor": q(0.5), "turns": q(3)}}
    game = pair(events={"up": event(at=[1, 2], cost=up), "down": event(at=[2], cost=down)})
    c, other = game.index("gift_a"), game.index("gift_b")
    costs = []
    for t in range(7):
        strike_events(game.terms, game.state, t, 0.999)
        costs.append(game.state.cost[c])
        assert game.state.cost[other] == 4.0
    assert costs == [4, 12, 6, 6, 2, 4, 4]


def test_dearer_concessions_move_back_in_the_order() -> None:
    game = pair(events={"up": event(at=[1], cost={"relief": {"factor": q(3), "turns": q(1)}})})
    c = game.index("gift_a")
    game.terms.base_cost[c] = game.state.cost[c] = 1.0
    game.state.order[0], game.state.order[1] = c, game.index("visit_a")
    strike_events(game.terms, game.state, 1, 0.999)
    assert game.state.order[1] == c or game.state.cost[c] == 3.0
    strike_events(game.terms, game.state, 2, 0.999)
    assert game.state.order[0] == c and game.state.cost[c] == 1.0


def test_draws_are_read_by_turn() -> None:
    game = pair(events={"e": event(rate=q(0.5))})
    game.terms.event_rotation[0] = 0.0
    game.draws[SLOTS * 2] = 0.1
    struck = []
    for _ in range(4):
        game.step()
        struck.append(game.state.struck[0])
    assert struck == [0, 0, 1, 0]
