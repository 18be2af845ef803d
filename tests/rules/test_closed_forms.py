"""The closed forms of the model description, on its toy: one endlessly divisible concession a side.

Deterministic forms are played in plain Python with chosen draws (a constant shortfall), statistical
ones in the compiled engine under fixed seeds, each with its standard error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hosts import Game, Rows, compiled, constant_draws, mean_and_error, steps_of, style, view
from toys import divisible

from bargain_sim.scenario.schema import Scenario
from bargain_sim.strategies import STRATEGIES

STILL: dict[str, float] = {"full_weight": 1e6, "prior_strength": 1000, "trust_threshold": 0}
"""Evidence weighs next to nothing, so that trust, and with it initiative, stays where it starts."""

GRAIN = 1e-4  # points: the toy's concession is divisible into units of this size


def short_by(phi: float) -> dict[str, float]:
    """A side that always falls short; with constant draws of 0 for the fraction it delivers φ."""
    return {"reliability": 0.0, "shortfall_floor": phi, "sham": 0.0}


def plateau(scenario: Scenario) -> tuple[float, float]:
    """Announced a turn, averaged over the last ten turns of each side (units round single turns)."""
    turns = int(scenario.turns)
    game = Game(scenario, constant_draws(turns, fraction=0.0, delivery=0.5, sham=0.5)).play()
    return float(np.mean(steps_of(game, 0)[-10:])), float(np.mean(steps_of(game, 1)[-10:]))


# 1. comparative: x*_W = (k_W/r_W + φ_M·k_M/r_M)/(1 − φ_W·φ_M)


@pytest.mark.parametrize(
    ("r_a", "r_b", "k_a", "k_b", "phi_a", "phi_b", "g"),
    [
        (0.6, 0.6, 2.0, 2.0, 0.75, 0.95, 0.0),
        (0.2, 0.9, 1.0, 3.0, 0.5, 0.8, 0.0),
        (1.0, 0.3, 0.0, 2.0, 0.3, 0.9, 0.0),
        (0.14, 0.14, 5.8, 5.8, 0.6, 0.95, 0.2),
        (0.6, 0.6, 2.0, 2.0, 0.2, 0.2, 0.67),
        (1.0, 1.0, 2.0, 1.0, 0.0, 0.9, 0.0),
        (1.5, 0.5, 2.0, 1.0, 0.5, 0.5, 0.33),
    ],
)
def test_comparative_settles_at_its_fixed_point(
    r_a: float, r_b: float, k_a: float, k_b: float, phi_a: float, phi_b: float, g: float
) -> None:
    trust = 0.5
    common = STILL | {"initial_trust": trust, "generosity": g, "strategy": "comparative"}
    toy = divisible(
        turns=600,
        a=common | short_by(phi_a) | {"reciprocity": r_a, "initiative": k_a / trust},
        b=common | short_by(phi_b) | {"reciprocity": r_b, "initiative": k_b / trust},
    )
    seen_a, seen_b = 1 - (1 - g) * (1 - phi_a), 1 - (1 - g) * (1 - phi_b)
    x_a = (k_a / r_a + seen_b * k_b / r_b) / (1 - seen_a * seen_b)
    x_b = (k_b / r_b + seen_a * k_a / r_a) / (1 - seen_a * seen_b)
    got = plateau(toy)
    # Trust moves by some 1e-5 over the run, and units are 1e-4.
    assert got == pytest.approx((x_a, x_b), rel=2e-3, abs=2 * GRAIN)


@pytest.mark.parametrize(("r", "reliability", "g"), [(0.6, 0.75, 0.0), (0.3, 0.5, 0.2), (1.0, 0.6, 0.5)])
def test_comparative_settles_there_on_average_when_delivery_is_random(
    r: float, reliability: float, g: float
) -> None:
    k, trust = 2.0, 0.5
    common = STILL | {
        "initial_trust": trust, "generosity": g, "strategy": "comparative", "reciprocity": r,
        "initiative": k / trust, "reliability": reliability, "shortfall_floor": 0.2,
    }  # fmt: skip
    phi = reliability + (1 - reliability) * 0.6  # a shortfall delivers 0.6 on average
    seen = 1 - (1 - g) * (1 - phi)
    expected = phi * (k / r) / (1 - seen)
    early, late = (compiled([divisible(turns=n, a=common, b=common)], runs=2000) for n in (200, 400))
    for side in ("given_0", "given_1"):
        per_turn = (late[side] - early[side])[:, 0] / 100
        mean, error = mean_and_error(per_turn)
        assert abs(mean - expected) < 4 * error + 2e-3 * expected


# 2. Trust under iid delivery tends to φ/(φ + λ(1 − φ))


@pytest.mark.parametrize("negativity", [1.0, 2.0, 4.0])
@pytest.mark.parametrize(
    ("reliability", "floor", "sham"), [(0.75, 0.3, 0.0), (0.5, 0.0, 1.0), (0.95, 1.0, 0.0), (0.0, 0.0, 0.3)]
)
def test_trust_tends_to_its_limit(negativity: float, reliability: float, floor: float, sham: float) -> None:
    common: dict[str, object] = {
        "strategy": "proportional", "reciprocity": 0, "initiative": 5, "trust_threshold": 0,
        "full_weight": 1e-3, "prior_strength": 1, "negativity": negativity,
        "reliability": reliability, "shortfall_floor": floor, "sham": sham,
    }  # fmt: skip
    phi = reliability + (1 - reliability) * (1 - sham) * (1 + floor) / 2
    rows = compiled([divisible(turns=8000, a=common, b=common)], runs=200)
    limit = phi / (phi + negativity * (1 - phi))
    for side in ("trust_0", "trust_1"):
        mean, error = mean_and_error(rows[side][:, 0])
        # 4000 observations: the bias of the ratio is of order 1/4000.
        assert abs(mean - limit) < 4 * error + 1.5e-3


@pytest.mark.parametrize(("phi", "negativity"), [(0.5, 2.0), (0.9, 1.0), (1.0, 4.0), (0.1, 3.0)])
def test_trust_tends_to_it_exactly_when_every_delivery_is_the_same(phi: float, negativity: float) -> None:
    common: dict[str, object] = {
        "strategy": "proportional", "reciprocity": 0, "initiative": 5, "trust_threshold": 0,
        "full_weight": 1e-9, "prior_strength": 1e-6, "negativity": negativity, **short_by(phi),
    }  # fmt: skip
    toy = divisible(turns=40, a=common | {"initial_trust": 0.5}, b=common | {"initial_trust": 0.5})
    game = Game(toy, constant_draws(40, fraction=0.0, delivery=0.5, sham=0.5)).play(20)
    for i in range(2):
        trust = game.state.kept[i] / (game.state.kept[i] + game.state.broken[i])
        assert trust == pytest.approx(phi / (phi + negativity * (1 - phi)), abs=1e-6)


# 3. All-or-nothing failure


def sham_rows(strategy_a: str, strategy_b: str, turns: int, runs: int = 3000, **numbers: Any) -> Rows:
    """Side a is honest unless `error_a` says otherwise, side b fails entirely at rate `error_b`."""
    sides = {}
    for name, strategy in (("a", strategy_a), ("b", strategy_b)):
        sides[name] = {
            "strategy": strategy,
            "opening": 1.0,
            "generosity": numbers.get(f"g_{name}", 0.0),
            "reliability": 1.0 - numbers.get(f"error_{name}", 0.0),
            "sham": 1.0,
        }
    return compiled([divisible(turns=turns, **sides)], runs)


def delivered_a_turn(strategies: tuple[str, str], **numbers: Any) -> list[tuple[float, float]]:
    """Mean and error of what each side delivers on its own turns between turns 200 and 600."""
    early, late = (sham_rows(*strategies, turns=n, **numbers) for n in (200, 600))
    return [mean_and_error((late[side] - early[side])[:, 0] / 200) for side in ("given_0", "given_1")]


@pytest.mark.parametrize("error", [0.05, 0.1, 0.5])
def test_strict_tit_for_tat_decays_to_nothing_under_noise(error: float) -> None:
    for mean, _ in delivered_a_turn(("tit_for_tat", "tit_for_tat"), error_a=error, error_b=error):
        # A step survives a round with probability (1 − ε)².
        assert mean < 2 * (1 - error) ** 200 / (1 - (1 - error) ** 2)


def test_strict_tit_for_tat_goes_on_for_ever_without_noise() -> None:
    for mean, error in delivered_a_turn(("tit_for_tat", "tit_for_tat")):
        assert mean == pytest.approx(1.0, abs=1e-6) and error == 0.0


@pytest.mark.parametrize(("error", "g"), [(0.1, 1 / 3), (0.2, 0.1), (0.5, 0.5), (0.1, 1.0), (0.1, 0.0)])
def test_generosity_holds_a_failing_side_up(error: float, g: float) -> None:
    """ε = 0.1, g = ⅓ → 0.75 of `opening`."""
    _, (mean, se) = delivered_a_turn(("generous_tit_for_tat", "tit_for_tat"), g_a=g, error_b=error)
    expected = (1 - error) * g / (error + g - error * g)
    assert abs(mean - expected) < 4 * se + 2 * GRAIN
    if (error, g) == (0.1, 1 / 3):
        assert expected == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("g_a", "g_b", "error_a", "error_b"),
    [(1 / 3, 1 / 3, 0.05, 0.05), (0.0, 1 / 3, 0.05, 0.05), (0.2, 0.6, 0.3, 0.1)],
)
def test_reactive_strategies_under_one_sided_noise(
    g_a: float, g_b: float, error_a: float, error_b: float
) -> None:
    """Reactive strategies (p, q): r = p − q, s = (q + r·q′)/(1 − r·r′), with p = 1, q = g.

    The flip noise of Axelrod's tournaments (p → p(1−2ε)+ε) also turns defections into co-operation;
    here a move can only fail, p → p(1−ε) and q → q(1−ε), so the published figures (.57487, .80319,
    .87812) cannot be had from these rules; the same fixed point under one-sided noise can.
    """
    both = ("generous_tit_for_tat", "generous_tit_for_tat")
    got = delivered_a_turn(both, g_a=g_a, g_b=g_b, error_a=error_a, error_b=error_b)
    q_a, r_a = g_a * (1 - error_a), (1 - g_a) * (1 - error_a)
    q_b, r_b = g_b * (1 - error_b), (1 - g_b) * (1 - error_b)
    for (mean, se), expected in zip(
        got, ((q_a + r_a * q_b) / (1 - r_a * r_b), (q_b + r_b * q_a) / (1 - r_a * r_b)), strict=True
    ):
        assert abs(mean - expected) < 4 * se + 2 * GRAIN


# 4. proportional converges iff r_W·r_M·T_W·T_M·φ_W·φ_M < 1


@pytest.mark.parametrize(
    ("r_a", "r_b", "trust_a", "trust_b", "phi_a", "phi_b"),
    [
        (1.0, 1.0, 0.5, 0.9, 0.75, 0.95),
        (2.0, 2.0, 0.45, 0.45, 1.0, 1.0),
        (2.0, 2.0, 0.55, 0.55, 1.0, 1.0),
        (2.0, 2.0, 0.9, 0.9, 0.5, 0.5),
        (2.0, 2.0, 0.9, 0.9, 0.6, 0.6),
        (3.0, 0.5, 0.9, 0.9, 0.9, 0.9),
        (3.0, 0.5, 0.8, 0.8, 0.9, 0.9),
    ],
)
def test_proportional_converges_only_below_its_frontier(
    r_a: float, r_b: float, trust_a: float, trust_b: float, phi_a: float, phi_b: float
) -> None:
    product = r_a * r_b * trust_a * trust_b * phi_a * phi_b
    common = STILL | {"strategy": "proportional", "initiative": 1.0, "generosity": 0.0, "opening": 100.0}
    toy = divisible(
        turns=61,
        a=common | short_by(phi_a) | {"reciprocity": r_a, "initial_trust": trust_a, "full_weight": 1e6},
        b=common | short_by(phi_b) | {"reciprocity": r_b, "initial_trust": trust_b},
    )
    game = Game(toy, constant_draws(61, fraction=0.0, delivery=0.5, sham=0.5)).play()
    steps = steps_of(game, 0)
    changes = np.abs(np.diff(steps))
    assert (changes[20] < changes[10]) == (product < 1)
    # Each round multiplies the distance from the fixed point by the product (while trust stands still).
    assert changes[6] / changes[2] == pytest.approx(product**4, rel=0.02)
    if product < 0.7:
        k_a, k_b = trust_a, trust_b
        assert steps[-1] == pytest.approx(
            (k_a + r_a * trust_a * phi_b * k_b) / (1 - product), rel=0.01, abs=3 * GRAIN
        )


# 5. signed: more r helps iff T > κ/(ŷ + κ)


@pytest.mark.parametrize("kappa", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("perceived", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("trust", [0.0, 0.05, 0.3, 0.55, 1.0])
def test_more_reciprocity_helps_signed_only_above_a_trust(
    kappa: float, perceived: float, trust: float
) -> None:
    steps = [
        STRATEGIES["signed"].step(
            view(trust=trust, perceived=perceived), style(reciprocity=r, inverse_response=kappa)
        )
        for r in (0.2, 0.8)
    ]
    if perceived + kappa == 0:
        assert steps[0] == steps[1]
    elif trust == pytest.approx(kappa / (perceived + kappa)):
        assert steps[1] == pytest.approx(steps[0])
    else:
        assert (steps[1] > steps[0]) == (trust > kappa / (perceived + kappa))


@pytest.mark.parametrize(("trust", "helps"), [(0.15, False), (0.35, True)])
def test_and_so_it_does_in_the_toy(trust: float, helps: bool) -> None:
    """ŷ stays at a linear side's even step of 1; κ/(ŷ + κ) = 0.3/1.3 = 0.23."""
    given = []
    for r in (0.3, 0.9):
        toy = divisible(
            turns=100,
            a=STILL | {"strategy": "signed", "reciprocity": r, "initial_trust": trust, "initiative": 5.0,
                       "reliability": 1.0, "generosity": 0.0},
            b=STILL | {"strategy": "tit_for_tat", "max_step": 1.0, "reliability": 1.0, "opening": 1.0},
        )  # fmt: skip
        game = Game(toy).play()
        assert steps_of(game, 1)[5:] == pytest.approx([1.0] * 45, abs=2 * GRAIN) or not helps
        given.append(game.state.given[0])
    assert (given[1] > given[0]) == helps
