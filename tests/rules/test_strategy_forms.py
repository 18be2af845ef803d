"""Each strategy's own form in its literature, as a function and played in the toy."""

from __future__ import annotations

import pytest
from hosts import Game, constant_draws, steps_of, style, view
from toys import divisible

from bargain_sim.strategies import STRATEGIES, View
from bargain_sim.strategies.view import own_accord


@pytest.mark.parametrize(
    ("name", "beta", "left"), [("boulware", 0.25, 0.9375), ("linear", 1.0, 0.5), ("conceder", 4.0, 0.1591)]
)
def test_faratins_tactics(name: str, beta: float, left: float) -> None:
    """Utility kept is u(t) = 1 − t^e with e = 1/β: at half time .9375, .5 and .1591."""
    sides = {"strategy": name, "pace": beta, "inverse_response": 0.0, "reliability": 1.0}
    toy = divisible(turns=400, a=sides, b=sides)
    game = Game(toy)
    total = game.terms.total[0]
    for t in range(400):
        i = (game.terms.first_mover[0] + t) % 2
        game.step()
        kept = 1 - game.state.given[i] / total
        assert kept == pytest.approx(1 - (t / 400) ** (1 / beta), abs=1e-9)
        if t == 200:
            assert kept == pytest.approx(left, abs=5e-5)
        if game.state.outcome[0] >= 0:
            break


@pytest.mark.parametrize("kappa", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("time", [0.0, 0.25, 1.0])
def test_faratins_share_at_once(kappa: float, time: float) -> None:
    due = STRATEGIES["linear"].step(view(time=time, total=100.0), style(inverse_response=kappa))
    assert due == pytest.approx(100 * (kappa + (1 - kappa) * time))
    less = STRATEGIES["linear"].step(
        view(time=time, total=100.0, given=10.0, readiness=5.0), style(inverse_response=kappa)
    )
    assert less == pytest.approx(max(0.0, due - 15))


def test_boulware_and_conceder_keep_to_their_side_of_linear() -> None:
    see = view(time=0.5, total=100.0)
    for beta in (0.2, 1.0, 5.0):
        own = style(pace=beta, inverse_response=0.0)
        boulware, linear, conceder = (
            STRATEGIES[name].step(see, own) for name in ("boulware", "linear", "conceder")
        )
        assert boulware <= linear <= conceder


def test_comparative_and_proportional_formulas() -> None:
    own = style(reciprocity=0.5, initiative=4.0, trust_threshold=0.2)
    see = view(trust=0.6, step=2.0, perceived=5.0)
    assert own_accord(see, own) == pytest.approx(4 * 0.5)
    assert STRATEGIES["comparative"].step(see, own) == pytest.approx(2 + 0.5 * 3 + 2)
    assert STRATEGIES["proportional"].step(see, own) == pytest.approx(2 + 0.5 * 0.6 * 5)
    assert own_accord(view(trust=0.2), own) == own_accord(view(trust=0.0), own) == 0.0
    assert own_accord(view(trust=1.0), own) == pytest.approx(4.0)


@pytest.mark.parametrize("name", list(STRATEGIES))
@pytest.mark.parametrize("number", [0.0, 1.0, 1e9])
def test_steps_keep_within_zero_and_the_largest_step(name: str, number: float) -> None:
    see = View(*([number] * len(View._fields)))._replace(trust=0.5, time=0.5)
    step = STRATEGIES[name].step(see, style(max_step=7.0))
    assert step <= 7.0
    assert step >= 0.0 or name == "signed"


def test_tit_for_tat_opens_and_then_echoes() -> None:
    toy = divisible(
        turns=9,
        a={"strategy": "tit_for_tat", "reliability": 1.0, "opening": 9.0},
        b={"strategy": "tit_for_tat", "opening": 2.5, "reliability": 0.0, "shortfall_floor": 0.5},
    )
    game = Game(toy, constant_draws(9, fraction=0.0, delivery=0.5, sham=0.5)).play()
    # b moves first with its opening and delivers half of it; a echoes what was delivered.
    assert [game.state.announced[t] for t in range(5)] == pytest.approx([2.5, 1.25, 1.25, 0.625, 0.625])


def test_grit_keeps_its_initiative_up_and_then_matches() -> None:
    own = style(grit_turns=3.0, opening=2.0)
    grit = STRATEGIES["grit"].step
    assert [grit(view(unanswered=float(n)), own) for n in range(5)] == [2.0, 2.0, 2.0, 0.0, 0.0]
    assert grit(view(last=5.0), own) == 5.0  # a larger answer is matched
    assert grit(view(last=0.5), own) == 2.0  # a small one revives the initiative
    toy = divisible(
        turns=20,
        a={"strategy": "hardliner"},
        b={"strategy": "grit", "opening": 2.0, "grit_turns": 3, "reliability": 1.0},
    )
    assert steps_of(Game(toy).play(), 1) == pytest.approx([2, 2, 2] + [0] * 7)


def test_exploiter_gives_only_after_two_silent_turns() -> None:
    exploiter = STRATEGIES["exploiter"].step
    assert [exploiter(view(unanswered=float(n)), style(opening=2.0)) for n in range(4)] == [0, 0, 2, 2]
    toy = divisible(
        turns=20,
        a={"strategy": "tit_for_tat", "reliability": 1.0},
        b={"strategy": "exploiter", "opening": 1.0, "reliability": 1.0},
    )
    game = Game(toy).play()
    # It is silent first, so the other has nothing to echo; each echo then buys two silent turns.
    assert steps_of(game, 1)[:8] == pytest.approx([0, 0, 1, 0, 0, 1, 0, 0])


def test_hardliner_gives_nothing() -> None:
    toy = divisible(turns=50, a={"strategy": "hardliner"}, b={"strategy": "comparative"})
    assert Game(toy).play().state.given[0] == 0.0
