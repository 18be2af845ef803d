"""Rules that review found wanting, each with the case that showed it."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import Game, compiled, constant_draws
from toys import concession, q, rich, scenario, side

from bargain_sim import simulate
from bargain_sim.codes import OUTCOMES
from bargain_sim.rules.begin import prepare
from bargain_sim.scenario.checks import red_line_on
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.pack import pack
from bargain_sim.shipped import shipped_folder
from bargain_sim.strategies import STRATEGIES

QUIET: dict[str, Any] = {
    "strategy": "hardliner", "ambition": 0.0, "correction": 0.0, "doubt": 1.0, "patience": 1000,
    "break_trust": 0.0, "outside_option": 0.0, "bonus": 50.0, "initial_trust": 0.5, "caution": 0.0,
}  # fmt: skip
SHIPPED = sorted(path.stem for path in shipped_folder("scenarios").glob("*.yaml"))


def implement(catalogue: dict[str, Any], **numbers: Any) -> str:
    """How a package that both want at once ends, with full delivery."""
    sides = side(**(QUIET | numbers))
    game = Game(scenario(sides, sides, catalogue, turns=60), constant_draws(60, delivery=0.0)).play()
    outcome: str = OUTCOMES[game.state.outcome[0]]
    return outcome


@pytest.mark.parametrize("needs", ["x2", "y1"])
def test_nobody_waits_for_a_side_whose_own_chain_waits(needs: str) -> None:
    """a gives x, then x2; b gives y1 (needs x2), and y2 (needs x2 itself, or b's own blocked y1)."""
    catalogue = {
        "x": concession("a", 20, 1),
        "x2": concession("a", 5, 1, requires=["x"]),
        "y1": concession("b", 20, 1, requires=["x2"]),
        "y2": concession("b", 5, 1, requires=[needs]),
    }
    assert implement(catalogue, tranche=5) == "grand_bargain"


def test_who_is_ahead_still_waits_for_a_side_that_could_move() -> None:
    catalogue = {"x": concession("a", 40, 1, 8), "y": concession("b", 40, 1, 8)}
    sides = side(**(QUIET | {"tranche": 5}))
    game = Game(scenario(sides, sides, catalogue, turns=60), constant_draws(60, delivery=0.0))
    while game.running:
        game.step()
        assert abs(game.state.given[0] - game.state.given[1]) <= 5.0 + 1e-9


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_silence_in_a_pause_is_no_answer_withheld_whenever_it_is_seen(lag: int) -> None:
    """Events keep the talks paused in turns 2 to 9: what is seen of those turns counts for nothing."""
    stop = {
        "label": "Stop", "at": list(range(2, 10)), "at_source": "assumption: a test", "pause": True,
        "source": "assumption: a test",
    }  # fmt: skip
    numbers = QUIET | {"lag": lag, "resume": 1.0, "outside_option": 1e9}
    sides = side(**numbers)
    catalogue = {"x": concession("a", 20, 1), "y": concession("b", 20, 1)}
    made = scenario(sides, sides, catalogue, turns=30, events={"stop": stop})
    game = Game(made, constant_draws(30, resume=0.0)).play()
    paused = sum(game.state.forced[t] for t in range(30))
    assert paused >= 4
    for i in range(2):
        other = [t for t in range(30) if (game.terms.first_mover[0] + t) % 2 != i]
        own = [t for t in range(30) if t not in other]
        seen = [t - (2 * lag - 1) for t in own if t - (2 * lag - 1) >= 0]
        assert game.state.unanswered[i] == sum(1 for t in seen if not game.state.forced[t])


def test_why_gives_the_numbers_that_were_used() -> None:
    """At the limit of readiness R + taken − x is not what there was before."""
    made = load_scenario("baseline", ["sides.both.strategy=linear", "sides.both.inverse_response=1.0"])
    checked = 0
    for run in range(10):
        for turn in simulate(made, run=run).moves:
            if turn.why:
                due = float(turn.why.split("of ")[1].split(" points")[0])
                given = float(turn.why.split("less ")[1].split(" given")[0])
                saved = float(turn.why.split("and ")[1].split(" saved")[0])
                step = min(max(due - given - saved, 0.0), 20.0)
                assert step == pytest.approx(turn.step, abs=0.02), turn.why
                checked += 0.0 < step < 20.0
    assert checked > 5


def test_strategies_are_not_each_other() -> None:
    """On the baseline no two strategies do the same."""
    base = load_scenario("baseline")
    told = {}
    for name in STRATEGIES:
        made = load_scenario("baseline", [f"sides.both.strategy={name}"])
        told[name] = [simulate(made, run=run).summary for run in range(6)]
    assert base.sides["minsk"].strategy in told
    for first in told:
        for second in told:
            assert first == second or told[first] != told[second], (first, second)


@pytest.mark.parametrize("name", SHIPPED)
def test_checks_and_rules_agree_on_what_is_barred(name: str) -> None:
    made = load_scenario(name)
    packed = pack(made)
    terms, state = packed.lists()
    prepare(terms, state)
    for c, concession_id in enumerate(packed.concession_ids):
        if red_line_on(made, made.concessions[concession_id]) is not None:
            assert terms.closed[c] == 1, concession_id
        elif terms.closed[c] == 1:
            needed = made.concessions[concession_id].requires
            assert any(terms.closed[packed.concession_ids.index(n)] for n in needed), concession_id


def test_a_package_says_what_is_in_it_and_what_was_struck() -> None:
    found = 0
    for run in range(60):
        for turn in simulate("two_islands", run=run).moves:
            assert bool(turn.package) == turn.agreed
            assert not set(turn.package) & set(turn.struck)
            found += turn.agreed
    assert found > 5


def test_a_counter_holds_large_counts() -> None:
    many = {"many": {"label": "Many", "source": "assumption: a test", "counts": {"a0": q(1e9)}}}
    made = rich(counters=many) if "a0" in rich().concessions else None
    if made is None:
        first = next(iter(rich().concessions))
        many["many"]["counts"] = {first: q(1e9)}
        made = rich(counters=many)
    rows = compiled([made], 50)
    assert rows["many"].max() >= 1e9 / 100
