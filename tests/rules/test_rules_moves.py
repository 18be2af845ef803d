"""Readiness, choosing what to announce, red lines, demands, delivery, snapback, endings."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hosts import Game, constant_draws
from toys import concession, event, q, red_line, scenario, side

from bargain_sim.codes import (
    DEMAND,
    PAUSED,
    SILENT,
)
from bargain_sim.rules.dialogue import demands
from bargain_sim.rules.limits import barred, exposure_left, requirements_met, whole_units, worth_more
from bargain_sim.rules.move import choose_concessions, save_up
from bargain_sim.rules.turn import decide


def make(
    concessions: dict[str, Any], turns: int = 40, events: dict[str, Any] | None = None, **sides: Any
) -> Game:
    """A game of hardliners, `b` first; nothing fires."""
    quiet = {"strategy": "hardliner", "ambition": 0.0, "correction": 0.0, "doubt": 1.0, "patience": 1000,
             "break_trust": 0.0, "outside_option": 1e9}  # fmt: skip
    made = scenario(
        side(**(quiet | sides.get("a", {}))), side(**(quiet | sides.get("b", {}))), concessions,
        turns=turns, events=events or {},
    )  # fmt: skip
    return Game(made, constant_draws(turns))


def chosen(game: Game, side_index: int, readiness: float) -> dict[str, int]:
    """What a side would announce from that readiness."""
    game.state.readiness[side_index] = readiness
    for c in range(len(game.state.chosen)):
        game.state.chosen[c] = 0
    choose_concessions(game.terms, game.state, side_index)
    return {name: n for name, n in zip(game.packed.concession_ids, game.state.chosen, strict=True) if n}


TWO: dict[str, Any] = {"x": concession("a", 10, 5, 5), "y": concession("b", 10, 5, 5)}


# Readiness


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [(0, 3, 3), (9, 3, 10), (10, 3, 10), (2, -5, 0), (2, -1, 1), (2, 0, 2), (0, -1, 0), (3, 1e299, 10)],
)
def test_readiness_is_kept_within_its_bounds(before: float, step: float, after: float) -> None:
    game = make(TWO, a={"max_readiness": 10})
    game.state.readiness[0] = float(before)
    assert save_up(game.terms, game.state, 0, float(step)) == (after > before)
    assert game.state.readiness[0] == after


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -math.inf, 1e301, -1e301])
def test_a_step_that_is_no_number_counts_as_none(nonsense: float) -> None:
    game = make(TWO)
    game.state.readiness[0] = 4.0
    assert not save_up(game.terms, game.state, 0, nonsense)
    assert game.state.readiness[0] == 4.0 and game.state.step[0] == 0.0


# The pass over the catalogue


@pytest.mark.parametrize(
    ("points", "unit", "left", "n"),
    [(0, 1, 5, 0), (0.99, 1, 5, 0), (1, 1, 5, 1), (4.9, 1, 5, 4), (5, 1, 5, 5), (99, 1, 5, 5), (-3, 1, 5, 0),
     (1e9, 1e-6, 7, 7), (3, 1, 0, 0)],
)  # fmt: skip
def test_whole_units(points: float, unit: float, left: int, n: int) -> None:
    assert whole_units(points, unit, left) == n


def test_most_value_per_cost_first_and_the_free_first_of_all() -> None:
    game = make(
        {
            "dear": concession("a", 10, 8), "fair": concession("a", 10, 4), "free": concession("a", 1, 0),
            "cheap": concession("a", 10, 1), "also_free": concession("a", 9, 0), "y": concession("b"),
        }
    )  # fmt: skip
    names = [game.packed.concession_ids[c] for c in game.state.order[:5]]
    assert names == ["free", "also_free", "cheap", "fair", "dear"]


@pytest.mark.parametrize("place", range(4))
def test_what_is_worth_nothing_and_costs_nothing_does_not_spoil_the_order(place: int) -> None:
    catalogue = {
        "bad": concession("a", 10, 8),
        "good": concession("a", 10, 1),
        "best": concession("a", 10, 0),
    }
    items = list(catalogue.items())
    items.insert(place, ("nothing", concession("a", 0, 0)))
    game = make(dict(items) | {"y": concession("b")})
    assert [game.packed.concession_ids[c] for c in game.state.order[:4]] == ["best", "good", "bad", "nothing"]
    nothing, good = game.index("nothing"), game.index("good")
    assert worth_more(game.terms, game.state.cost, good, nothing)
    assert not worth_more(game.terms, game.state.cost, nothing, good)


def test_as_many_whole_units_as_readiness_allows_and_the_rest_is_saved() -> None:
    game = make({"x": concession("a", 10, 1, 5), "z": concession("a", 3, 1), "y": concession("b")},
                a={"exposure": 100})  # fmt: skip
    assert chosen(game, 0, 5.5) == {"x": 2}
    assert game.state.readiness[0] == pytest.approx(1.5)


def test_what_is_too_dear_is_skipped() -> None:
    game = make({"big": concession("a", 30, 1), "small": concession("a", 3, 2), "y": concession("b")},
                a={"exposure": 100})  # fmt: skip
    assert chosen(game, 0, 5.0) == {"small": 1}
    assert chosen(game, 0, 33.0) == {"big": 1, "small": 1}


def test_requirements_are_of_either_side_and_in_full() -> None:
    game = make(
        {"x": concession("a", 2, 1, requires=["y"]), "y": concession("b", 4, 1, 2)}, a={"exposure": 99}
    )
    x, y = game.index("x"), game.index("y")
    for delivered, met in ((0.0, False), (0.5, False), (0.999, False), (1.0, True)):
        game.state.delivered[y] = delivered
        assert requirements_met(game.terms, game.state, x) == met
        assert chosen(game, 0, 9.0) == ({"x": 1} if met else {})


def test_two_in_a_chain_take_two_turns() -> None:
    game = make(
        {"x": concession("a", 2, 1), "z": concession("a", 2, 1, requires=["x"]), "y": concession("b")},
        a={"exposure": 99},
    )
    assert chosen(game, 0, 9.0) == {"x": 1}


# Exposure


@pytest.mark.parametrize(
    ("given", "received", "limit", "units"),
    [
        (0, 0, 4, 2),  # E·T = 4, units of 2 points
        (0, 0, 5.9, 2),
        (0, 0, 1, 1),  # nothing fits, but one unit may always be given from even
        (0, 0, 0, 1),
        (2, 2, 0, 1),
        (1, 0, 1.5, 0),  # ahead already: no exception
        (4, 0, 4, 0),
        (0, 6, 4, 5),  # what was received makes room
        (9, 0, 4, 0),
    ],
)
def test_exposure(given: float, received: float, limit: float, units: int) -> None:
    game = make(TWO, a={"initial_trust": 0.5, "exposure": 2 * limit})
    game.state.given[0], game.state.received[0] = float(given), float(received)
    assert exposure_left(game.terms, game.state, 0) == pytest.approx(limit - given + received)
    assert chosen(game, 0, 10.0).get("x", 0) == units


def test_the_exception_is_for_one_unit_a_turn() -> None:
    catalogue = {"x": concession("a", 10, 1, 5), "z": concession("a", 10, 2, 5), "y": concession("b")}
    game = make(catalogue, a={"exposure": 0})
    assert chosen(game, 0, 30.0) == {"x": 1}
    game = make(catalogue, a={"exposure": 10, "initial_trust": 0.25})  # 2.5: one unit fits, no second
    assert chosen(game, 0, 30.0) == {"x": 1}


def test_the_exception_needs_readiness_too() -> None:
    assert chosen(make(TWO, a={"exposure": 0}), 0, 1.9) == {}


# Red lines


def test_hard_red_lines_bar_whatever_readiness() -> None:
    game = make({"x": concession("a", 10, 0, tags=["no"]), "y": concession("b")},
                a={"red_lines": {"no": red_line()}, "exposure": 1e6})  # fmt: skip
    assert chosen(game, 0, 1e6) == {}
    assert game.terms.total[0] == 0.0


@pytest.mark.parametrize(
    ("severity", "firmness", "bars"),
    [(5, 1, False), (6, 1, False), (6.01, 1, True), (3, 2, False), (3, 2.1, True), (5, 1e6, True)],
)
def test_a_soft_red_line_is_hard_while_it_costs_more_than_it_is_worth(
    severity: float, firmness: float, bars: bool
) -> None:
    game = make({"x": concession("a", 10, 4, tags=["dear"]), "y": concession("b")},
                a={"red_lines": {"dear": red_line(severity)}, "firmness": firmness})  # fmt: skip
    assert barred(game.terms, game.state, 0) == bars
    assert game.state.cost[0] == 4 + severity * firmness
    assert game.terms.demandable[0] == bars


def test_a_soft_red_line_hardens_while_an_event_makes_it_dearer() -> None:
    up = event(at=[1], cost={"dear": {"factor": q(2), "turns": q(2)}})
    game = make({"x": concession("a", 10, 4, tags=["dear"]), "y": concession("b")}, events={"up": up},
                a={"red_lines": {"dear": red_line(3.0)}})  # fmt: skip
    bars = []
    for _ in range(4):
        game.step()
        bars.append(barred(game.terms, game.state, 0))
    assert bars == [False, True, True, False]


def test_without_a_red_line_cost_may_exceed_value() -> None:
    game = make({"x": concession("a", 10, 90), "y": concession("b")}, a={"exposure": 100})
    assert chosen(game, 0, 10.0) == {"x": 1}


def test_what_needs_something_behind_a_red_line_can_never_be_given() -> None:
    game = make({"x": concession("a", 10, 1, requires=["z"]), "y": concession("b", 5, 1, requires=["x"]),
                 "z": concession("b", 5, 1, tags=["no"]), "w": concession("b", 5, 1)},
                b={"red_lines": {"no": red_line()}})  # fmt: skip
    assert [game.terms.closed[game.index(name)] for name in "xyzw"] == [1, 1, 1, 0]
    assert list(game.terms.total) == [0.0, 5.0]


# Demands


def demanding(**more: Any) -> Game:
    return make({"x": concession("a"), "y": concession("b", tags=["no"]), "z": concession("b")},
                a={"ambition": 0.4}, b={"red_lines": {"no": red_line()}, "slight": 1.5} | more)  # fmt: skip


def test_every_rebuff_halves_the_ambition_and_each_demand_is_a_slight() -> None:
    game = demanding()
    broken = game.state.broken[1]
    assert not demands(game.terms, game.state, 0, 0.4)
    assert demands(game.terms, game.state, 0, 0.39)
    assert not demands(game.terms, game.state, 0, 0.2)
    assert demands(game.terms, game.state, 0, 0.19)
    assert not demands(game.terms, game.state, 0, 0.1)
    assert game.state.broken[1] == broken + 3.0 and game.state.n_slights[0] == 2
    assert game.state.broken[0] == game.state.kept[0] / 0.4 * 0.6


def test_nothing_is_demanded_where_no_red_line_keeps_anything() -> None:
    game = make({"x": concession("a"), "y": concession("b")}, a={"ambition": 1.0})
    assert not demands(game.terms, game.state, 0, 0.0)
    worthless = make({"x": concession("a"), "y": concession("b", 0, 1, tags=["no"]), "z": concession("b")},
                     a={"ambition": 1.0}, b={"red_lines": {"no": red_line()}})  # fmt: skip
    assert not demands(worthless.terms, worthless.state, 0, 0.0)


def test_a_demand_spends_the_turn_and_is_made_in_talks_only() -> None:
    game = demanding()
    game.terms.strategy[0] = 0
    draws = constant_draws(40, demand=0.0)
    assert decide(game.terms, game.state, draws, 1, 0) == 0.0
    assert game.state.act[0] == DEMAND and game.state.readiness[0] == 0.0 and game.state.idle[0] == 1
    game.state.mode[0] = PAUSED
    game.state.act[0] = SILENT
    decide(game.terms, game.state, draws, 3, 0)
    assert game.state.act[0] == SILENT and game.state.n_slights[0] == 1
