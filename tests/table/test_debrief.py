"""What a pair looks back on: worked out by hand, from a toy with one gift on each side."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd
import pytest
from tables import play, small
from toys import concession, rich, scenario, side

from bargain_sim.analysis.bargaining import SOLUTIONS
from bargain_sim.analysis.solutions import solutions
from bargain_sim.play import simulate
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.cloud import cloud
from bargain_sim.table.debrief import debrief
from bargain_sim.table.game import Game
from bargain_sim.table.reference import reference


def toy(bonus: float = 0.0, outside: float = 1.0) -> Scenario:
    """Points of (a, b): a's gift −4, 10; b's gift 8, −2; both 4, 8."""
    a, b = (side(bonus=bonus, outside_option=outside, break_trust=0.0) | {"label": name} for name in "AB")
    catalogue = {
        "of_a": concession("a", 10, 4, label="Of a"),
        "of_b": concession("b", 8, 2, label="Of b"),
    }
    return scenario(a, b, catalogue, turns=12, first_mover="a")


def test_the_frontier_of_the_toy() -> None:
    known = reference(toy())
    assert known.packages.tolist() == [[-4.0, 10.0], [4.0, 8.0], [8.0, -2.0]]
    assert known.drawn == ((-4.0, 10.0), (4.0, 8.0), (8.0, -2.0))
    assert known.joint == 12.0
    assert known.nash == (4.0, 8.0)
    assert known.room((0.0, 0.0)) == 4.0
    assert known.distance((0.0, 0.0)) == pytest.approx(math.hypot(8.0, 2.0))
    assert known.room((4.0, 8.0)) == known.distance((4.0, 8.0)) == 0.0
    assert known.room((9.0, 9.0)) == known.distance((9.0, 9.0)) == 0.0
    # No package lies between these: of a package that would give more to one, the other has less.
    assert known.room((5.0, 5.0)) == known.distance((5.0, 5.0)) == 0.0
    # Only the second side could have had more.
    assert known.room((4.0, 7.0)) == 0.0 and known.distance((4.0, 7.0)) == 1.0
    assert known.room((7.0, -5.0)) == 1.0  # the end on the right is as far as a can go


def test_the_solutions_of_the_toy() -> None:
    found = reference(toy()).solutions
    assert set(found) == set(SOLUTIONS)
    assert set(found.values()) == {(4.0, 8.0)}, "of three packages one alone gives both more than (1, 1)"
    assert reference(toy(outside=50.0)).solutions == {}, "and none more than (50, 50)"


@pytest.mark.parametrize("name", ["two_islands", "baseline", "soft_red_lines", "hardliner"])
def test_the_solutions_are_those_of_the_analysis(name: str) -> None:
    known, found = reference(load_scenario(name)), solutions(name)
    assert set(known.solutions) == set(SOLUTIONS)
    assert {each: found.point(each) for each in SOLUTIONS} == known.solutions
    assert known.joint == found.best_joint
    runs = cloud(load_scenario(name), 60).scores
    frame = pd.DataFrame(runs, columns=[f"utility_{side}" for side in known.sides])
    for at, row in zip(runs, found.measured(frame).to_dict("records"), strict=True):
        assert known.room(at) == row["both_more"]
        better = any(row[f"more_{side}"] > 0.0 for side in known.sides)
        assert known.distance(at) == pytest.approx(row["to_frontier"] if better else 0.0)
    reached = {tuple(point) for point in known.packages.tolist()}
    assert len(known.drawn) <= 60 + len(SOLUTIONS) and reached.issuperset(known.drawn)


def test_the_bonus_belongs_to_bargains_of_both() -> None:
    known = reference(toy(bonus=5.0))
    assert known.drawn == ((9.0, 13.0),)
    assert known.nash == (9.0, 13.0)
    assert known.distance((9.0, 10.0)) == 3.0
    assert known.room((0.0, 5.0)) == 8.0


def test_what_was_left_on_the_table() -> None:
    game = Game(toy(), people=("a", "b"))
    game.act("a", {"dialogue": "leave"})
    found = debrief(game)
    assert found.swap is not None
    assert found.swap.gives == {"a": ("of_a",), "b": ("of_b",)}
    assert found.swap.gains == {"a": 4.0, "b": 8.0}
    words = "Had A given “Of a”, and B “Of b”, A would have 4.0 points more and B 8.0."
    assert found.swap_in_words == words and words in found.sentences
    assert found.joint == 0.0
    assert found.best_joint == 12.0
    assert found.joint_share == 0.0
    assert found.to_nash == pytest.approx(math.hypot(4.0, 8.0))
    assert [each.surplus for each in found.sides] == [-1.0, -1.0]


def test_a_swap_that_helps_only_one_is_none() -> None:
    game = Game(toy(), people=("a", "b"))
    game.act("a", {"gives": {"of_a": 1}})
    game.act("b", {"dialogue": "leave"})
    assert debrief(game).swap is None


def test_what_was_taken_back_can_be_given_again() -> None:
    sides = {name: side(break_trust=0.0) | {"snapback": name == "a", "label": name} for name in "ab"}
    catalogue = {"of_a": concession("a", 10, 4, reversible=True), "of_b": concession("b", 8, 2)}
    made = scenario(sides["a"], sides["b"], catalogue, first_mover="a")
    game = Game(made, people=("a", "b"))
    game.act("a", {"gives": {"of_a": 1}})
    game.act("b", {"dialogue": "leave"})
    found = debrief(game)
    assert [each.score for each in found.sides] == [0.0, 0.0]
    assert found.swap is not None
    assert found.swap.gains == {"a": 4.0, "b": 8.0}


def test_promises_slights_and_silence_are_counted() -> None:
    game = Game(small(break_trust=0.0), people=("a", "b"))
    moves: list[dict[str, Any]] = [
        {"gives": {"visit": 1}, "delivered": 0.25},
        {},
        {"corrects": ["visit"]},
        {"asks": "temple"},
        {},
        {"gives": {"song": 1}},
        {},
        {"dialogue": "leave"},
    ]
    for move in moves:
        game.act(str(game.to_move), move)
    found = debrief(game)
    a, b = found.sides
    assert (a.announcements, a.kept, a.corrections, a.slights) == (1, 0, 1, 0)
    assert a.delivered_on_the_day == 0.25
    assert a.announced_by_kind == {"status": 4.0, "material": 0.0}
    assert (b.announcements, b.kept, b.corrections, b.slights) == (1, 1, 0, 1)
    assert (a.paid, a.gave, a.owed) == (1.0, 4.0, 0.0)
    assert found.longest_silence == 4
    assert found.pauses == 1
    assert "Atlantis kept 0 of 1 promise in full on the day, made good 1." in found.sentences
    assert any("it demanded across a red line once" in each for each in found.sentences)
    assert json.loads(json.dumps(found.to_dict()))["longest_silence"] == 4


def test_turning_points_are_named() -> None:
    game = Game(small(break_trust=0.0), people=("a", "b"))
    game.act("a", {"gives": {"gold": 10}, "delivered": 0.0})
    play(game)
    found = debrief(game)
    first = found.turning_points[0]
    assert (first.turn, first.kind, first.side) == (1, "trust", "b")
    assert first.change < -0.1
    assert "it sees what Atlantis announced (Gold (all 10)) – nothing of it delivered" in first.text
    assert found.turning_points[-1].text == found.ending
    assert len(found.dance) == found.turns
    assert found.dance[-1].score == {each.side: each.score for each in found.sides}


def test_a_grand_bargain_lies_on_the_frontier() -> None:
    game = play(Game(toy(bonus=5.0), people=("a", "b")))
    found = debrief(game)
    assert found.outcome == "grand_bargain"
    assert (found.joint, found.joint_share, found.room) == (22.0, 1.0, 0.0)
    assert any("lies on the frontier" in each for each in found.sentences) and found.swap_in_words == ""
    agreed = [each.turn for each in found.turning_points if each.kind == "agreed"]
    assert agreed == [game.transcript().deal_turn]


def test_an_unfinished_game_has_no_ending_yet() -> None:
    game = Game(small(), people=("a", "b"))
    game.act("a", {"gives": {"gold": 1}})
    found = debrief(game)
    assert (found.outcome, found.ending) == ("", "")
    assert found.sentences[0] == "Not ended, after 1 turn."
    assert [each.kind for each in found.turning_points] == []


def test_the_cloud_is_what_simulate_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.table.cloud._AT_ONCE", 5)
    made = rich()
    around = cloud(made, 12, seed=2)
    runs = [simulate(made, 2, run).summary for run in range(12)]
    assert around.scores == tuple((each["utility_a"], each["utility_b"]) for each in runs)
    assert around.outcomes == tuple(each["outcome"] for each in runs)
    assert sum(around.share(name) for name in set(around.outcomes)) == pytest.approx(1.0)
    middle = sorted(score for score, _ in around.scores)[6]
    assert around.below("a", middle) == 0.5
    game = Game(made, people="a")
    game.advance()
    game.act("a", {"dialogue": "leave"})
    found = debrief(game, around)
    assert found.sides[0].below == around.below("a", found.sides[0].score)
    assert "Of 12 simulated pairs" in found.sentences[-1]
    with pytest.raises(ValueError, match="one pair at least"):
        cloud(made, 0)
