"""What holds in every run of every scenario: Hypothesis looks for one where it does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hosts import Game, compiled, compiled_steps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invariants import play_checked
from randoms import scenarios
from toys import rich

import bargain_sim.rules.turn as rules_turn
from bargain_sim.draws import draws_for
from bargain_sim.rules.summary import COLUMNS, summarise
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.schema import Scenario
from bargain_sim.strategies import STRATEGIES, Style, View, desired_step

OFTEN = settings(
    max_examples=250, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
SELDOM = settings(OFTEN, max_examples=60)


@OFTEN
@given(scenarios(), st.integers(0, 2**40))
def test_every_run_of_every_scenario_keeps_to_the_rules(scenario: Scenario, run: int) -> None:
    play_checked(Game(scenario, run=run))


@SELDOM
@given(scenarios(), st.integers(0, 1000), st.sampled_from([0.0, 1.0 - 2.0**-53, 0.5]))
def test_so_it_does_under_the_strangest_luck(scenario: Scenario, run: int, luck: float) -> None:
    turns = int(scenario.turns)
    draws = draws_for(0, run, turns)
    draws[:: 1 + run % 5] = luck
    play_checked(Game(scenario, draws.tolist()))


@SELDOM
@given(scenarios(), st.integers(0, 2**40))
def test_compiled_rules_play_the_same_turns_bit_for_bit(scenario: Scenario, run: int) -> None:
    packed = pack(scenario)
    draws = draws_for(0, run, packed.sizes.turns)
    game = Game(scenario, run=run)
    for terms, state in compiled_steps(packed, draws):
        game.step()
        # repr shows every bit of a float and tells 0.0 from -0.0.
        assert repr(game.state) == repr(state)
        assert repr(game.terms) == repr(terms)
    assert not game.running


@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_summaries_are_the_same_too(strategy: str) -> None:
    scenario = rich(strategy=strategy, b_strategy="comparative", a_reciprocity=1.0)
    rows = compiled([scenario], runs=40, seed=0).values[:, 0]
    for run in range(40):
        game = Game(scenario, run=run).play()
        out = [0.0] * (len(COLUMNS) + len(scenario.counters))
        summarise(game.terms, game.state, game.t, out, 0)
        assert np.array(out).tobytes() == rows[run].tobytes()


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -math.inf, 1e308, -1e308, 1e250, -0.0])
@pytest.mark.parametrize("every", [1, 3])
def test_a_strategy_cannot_break_the_rules(
    nonsense: float, every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = desired_step
    calls = [0]

    def mad(number: int, see: View, own: Style) -> float:
        calls[0] += 1
        return nonsense if calls[0] % every == 0 else honest(number, see, own)

    monkeypatch.setattr(rules_turn, "desired_step", mad)
    for run in range(30):
        play_checked(Game(rich(bonus=30), run=run))


@pytest.mark.parametrize("strategy", list(STRATEGIES))
def test_rich_runs_keep_to_the_rules(strategy: str) -> None:
    outcomes = set()
    for run in range(40):
        scenario = rich(strategy=strategy, bonus=30, snapback=bool(run % 2), lag=1 + run % 3)
        game = play_checked(Game(scenario, run=run))
        outcomes.add(game.state.outcome[0])
    assert outcomes


@given(scenarios())
@SELDOM
def test_the_engine_delivers_nothing_that_is_barred(scenario: Scenario) -> None:
    """Counters read thousandths of each concession: the sweep's own columns show what was delivered."""
    rows = compiled([scenario], runs=20)
    game = Game(scenario)
    assert np.isin(rows["outcome"], range(7)).all()
    assert np.isfinite(rows.values).all()
    for name in scenario.concessions:
        c = game.index(name)
        count = rows[f"n_{name}"]
        assert ((count >= 0) & (count <= 1000)).all()
        if game.terms.closed[c]:
            assert (count == 0).all()
