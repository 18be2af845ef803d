"""Delivery, snapback and payoffs, endings in their order."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import Game, constant_draws
from toys import concession, scenario, side

from bargain_sim.codes import (
    BARGAIN,
    BARGAIN_UNDER_WAY,
    BREAKDOWN,
    COLLAPSE,
    GRAND_BARGAIN,
    NORMALISED_BY_STEPS,
    OUTCOMES,
    PIECEMEAL,
    RUNNING,
    STALL,
)
from bargain_sim.rules.delivery import carry_out, delivered_fraction, utility
from bargain_sim.rules.dialogue import check_endings, end

TWO: dict[str, Any] = {"x": concession("a", 10, 5, 5), "y": concession("b", 10, 5, 5)}


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


# Delivery


@pytest.mark.parametrize(
    ("u", "u_sham", "u_fraction", "d"),
    [
        (0.69, 0, 0, 1.0),
        (0.7, 0.1, 0.5, 0.0),
        (0.7, 0.2, 0.0, 0.4),
        (0.99, 0.5, 0.5, 0.7),
        (0.7, 0.2, 1.0, 1.0),
    ],
)
def test_the_fraction_delivered(u: float, u_sham: float, u_fraction: float, d: float) -> None:
    game = make(TWO, a={"reliability": 0.7, "sham": 0.2, "shortfall_floor": 0.4})
    assert delivered_fraction(game.terms, 0, u, u_sham, u_fraction) == pytest.approx(d)


@pytest.mark.parametrize(("reliability", "d"), [(1, 1.0), (0, 0.0)])
def test_delivery_at_its_extremes(reliability: float, d: float) -> None:
    game = make(TWO, a={"reliability": reliability, "sham": 1})
    for u in (0.0, 0.999999):
        assert delivered_fraction(game.terms, 0, u, u, u) == d


def test_a_shortfall_is_not_charged_until_corrected() -> None:
    game = make(TWO, b={"full_weight": 8})
    game.state.chosen[0] = 2  # of 5 units, 4 points, cost 2
    carry_out(game.terms, game.state, 0, 3, 4.0, 0.75)
    state = game.state
    assert (state.announced[3], state.fraction[3]) == (4.0, 0.75)
    assert state.given[0] == pytest.approx(3.0) and state.paid[0] == pytest.approx(1.5)
    assert state.delivered[0] == pytest.approx(0.3) and state.short[0] == pytest.approx(0.1)
    assert state.credit[0] == pytest.approx(0.5 * 0.25)  # w = 4/8, scaled by what was missing
    assert (state.n_moves[0], state.n_shortfalls[0]) == (1, 1)
    assert utility(game.terms, state, 0, False) == pytest.approx(-1.5)
    assert utility(game.terms, state, 1, False) == pytest.approx(3.0)


def test_a_move_falls_short_in_all_its_parts_alike() -> None:
    game = make({"x": concession("a", 10, 5, 5), "z": concession("a", 6, 1), "y": concession("b")})
    game.state.chosen[0], game.state.chosen[1] = 1, 1
    carry_out(game.terms, game.state, 0, 0, 8.0, 0.5)
    assert game.state.delivered[0] == pytest.approx(0.1) and game.state.delivered[1] == pytest.approx(0.5)
    assert game.state.credit[0] / game.state.credit[1] == pytest.approx(2 / 6)


def test_delivering_nothing_leaves_everything_short() -> None:
    game = make(TWO)
    for _ in range(5):
        game.state.chosen[0] = 1
        carry_out(game.terms, game.state, 0, 0, 2.0, 0.0)
        assert game.state.delivered[0] == 0.0
    assert game.state.short[0] == pytest.approx(1.0) and game.state.paid[0] == 0.0


# Snapback and payoffs


@pytest.mark.parametrize("outcome", range(7))
@pytest.mark.parametrize("snapback", [True, False])
def test_snapback_takes_the_reversible_out_of_both_payoffs(outcome: int, snapback: bool) -> None:
    game = make(
        {"x": concession("a", 10, 4, reversible=True), "z": concession("a", 6, 3), "y": concession("b", 8, 2,
         reversible=True)},
        a={"snapback": snapback, "bonus": 15}, b={"snapback": False, "bonus": 7},
    )  # fmt: skip
    for i, points in ((0, 16.0), (1, 8.0)):
        for c in range(game.terms.span[i], game.terms.span[i + 1]):
            game.state.chosen[c] = 1
        carry_out(game.terms, game.state, i, i, points, 1.0)
    end(game.terms, game.state, outcome)
    bargain = outcome == GRAND_BARGAIN
    back = snapback and outcome in (BREAKDOWN, COLLAPSE)
    first = utility(game.terms, game.state, 0, bargain)
    second = utility(game.terms, game.state, 1, bargain)
    assert first == pytest.approx(8 - 7 + (4 if back else 0) + (15 if bargain else 0))
    assert second == pytest.approx(16 - 2 - (10 if back else 0) + (7 if bargain else 0))


# Endings, in their order


def ended(game: Game, t: int) -> str:
    check_endings(game.terms, game.state, t)
    code = game.state.outcome[0]
    return "" if code == RUNNING else OUTCOMES[code]


@pytest.mark.parametrize(
    ("mode", "given", "quiet", "last", "outcome"),
    [
        (0, (9.0, 9.0), 0, False, NORMALISED_BY_STEPS),
        (0, (8.9, 10.0), 0, False, RUNNING),
        (1, (9.0, 9.0), 0, False, NORMALISED_BY_STEPS),
        (0, (9.0, 9.0), 30, True, NORMALISED_BY_STEPS),  # before the horizon's endings
        (2, (9.0, 9.0), 0, False, RUNNING),  # a package was agreed
        (2, (9.0, 9.0), 30, True, BARGAIN_UNDER_WAY),
        (0, (5.0, 5.0), 26, True, STALL),
        (0, (5.0, 5.0), 25, True, PIECEMEAL),
        (0, (5.0, 5.0), 26, False, RUNNING),
        (0, (0.9, 0.0), 0, True, STALL),
        (0, (1.0, 0.0), 0, True, PIECEMEAL),  # exactly 5 %
        (1, (5.0, 5.0), 3, True, PIECEMEAL),
        (0, (0.0, 0.0), 3, True, STALL),
    ],
)
def test_endings(mode: int, given: tuple[float, float], quiet: int, last: bool, outcome: int) -> None:
    game = make(TWO)
    game.state.mode[0] = mode
    game.state.given[:] = list(given)
    game.state.quiet[0] = quiet
    if mode == BARGAIN:
        game.state.package[0] = 1
        game.state.package_total[:] = [1.0, 1.0]
    assert ended(game, 39 if last else 38) == ("" if outcome == RUNNING else OUTCOMES[outcome])


def test_a_completed_package_is_a_grand_bargain_even_on_the_last_turn() -> None:
    game = make(TWO)
    game.state.mode[0] = BARGAIN
    game.state.package[:] = [1, 1]
    game.state.delivered[:] = [1.0, 1.0]
    game.state.given[:] = [10.0, 10.0]
    assert ended(game, 39) == "grand_bargain"


def test_breakdown_and_collapse_come_before_everything() -> None:
    for outcome in (BREAKDOWN, COLLAPSE):
        game = make(TWO)
        game.state.given[:] = [10.0, 10.0]
        end(game.terms, game.state, outcome)
        assert ended(game, 39) == OUTCOMES[outcome]


def test_a_single_turn_is_a_stall() -> None:
    game = make(TWO, turns=1).play()
    assert OUTCOMES[game.state.outcome[0]] == "stall" and game.t == 1


def test_a_side_that_has_nothing_to_give_cannot_have_given_nearly_all() -> None:
    game = make({"x": concession("a", 0, 0), "y": concession("b")})
    game.state.given[1] = 10.0
    assert ended(game, 3) == ""


def test_where_neither_side_can_give_anything_the_dialogue_stalls() -> None:
    game = make({"x": concession("a", 0, 0), "y": concession("b", 0, 0)}, turns=10).play()
    assert OUTCOMES[game.state.outcome[0]] == "stall"
