"""The table keeps the rules: with strategies alone it is `simulate`, and a person is bound like any move."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from randoms import scenarios
from tables import play, plays_along, repeated, small
from toys import BARRED, concession, event, q, red_line, rich, scenario, side

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.play import simulate
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.game import Game
from bargain_sim.table.keeping import as_json, fingerprint, from_json
from bargain_sim.table.moves import Move
from bargain_sim.table.seats import PERSON, STRATEGY, Refusal


@given(scenarios(), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_with_two_strategies_it_is_the_negotiation_of_simulate(made: Scenario, run: int) -> None:
    game = Game(made, seed=5, run=run)
    game.advance()
    assert game.over
    assert game.transcript().to_json() == simulate(made, seed=5, run=run).to_json()


@pytest.mark.parametrize("player", ["a", "b"])
@pytest.mark.parametrize("run", range(12))
def test_a_person_that_repeats_a_strategy_leads_to_the_same(player: str, run: int) -> None:
    """All but packages (a person answers in its own turn), chance corrections, and growing readiness.

    The last counts against idleness, which patience would see.
    """
    own: dict[str, Any] = {f"{player}_correction": 0.0}
    made = rich(outside_option=1e9, patience=1_000_000, abandon=0.02, break_trust=0.1, **own)
    before = simulate(made, seed=3, run=run)
    game = Game(made, seed=3, run=run, people=player)
    barred = BARRED[1] if player == "a" else BARRED[0]
    game.advance()
    while game.to_move is not None:
        game.act(player, repeated(before.moves[game.turn], barred))
        game.advance()
    after = game.transcript()
    assert after.summary == before.summary
    for one, other in zip(before.moves, after.moves, strict=True):
        for name in ("trust", "given", "utility", "items", "fraction", "events", "corrections", "mode"):
            assert getattr(one, name) == getattr(other, name), (name, one.turn)


def test_a_grand_bargain_between_two_people() -> None:
    game = play(Game(small(break_trust=0.0), people=("a", "b")))
    transcript = game.transcript()
    assert transcript.outcome == "grand_bargain"
    assert transcript.deal_turn is not None
    agreed = transcript.moves[transcript.deal_turn]
    assert agreed.agreed
    assert [said.kind for said in agreed.said] == ["accept"]
    assert "temple" not in agreed.package
    assert game.view("a").score == transcript.summary["utility_a"]


def test_a_strategy_answers_by_its_net() -> None:
    """The same proposal, to a side that wants little for it and to one that wants more than there is."""
    for wanted, answer in ((0.0, "accept"), (1e6, "reject")):
        game = Game(
            small(b_outside_option=wanted, b_patience=100, b_ambition=0.0, b_correction=1.0, break_trust=0.0),
            people="a",
        )
        game.act("a", {"gives": {"visit": 1}})
        game.advance()
        game.act("a", {"gives": {"office": 1}})
        game.advance()
        proposed = ["gold", "grain"]
        game.act("a", {"proposes": proposed})
        game.advance()
        said = [each for each in game.transcript().moves[5].said if each.kind in ("accept", "reject")]
        assert [(each.kind, each.concessions) for each in said] == [(answer, ("gold", "grain"))]
        assert (game.view("a").mode == "bargain") == (answer == "accept")


def test_what_was_agreed_can_be_broken() -> None:
    game = Game(small(break_trust=0.0, b_outside_option=0.0, b_patience=100, b_ambition=0.0), people="a")
    while game.view("a").mode != "bargain":
        game.advance()
        game.act("a", plays_along(game, "a"))
    game.advance()
    for move in ({"asks": "song"}, {"dialogue": "pause"}, {"proposes": ["gold", "song"]}):
        with pytest.raises(Refusal) as refused:
            game.act("a", move)
        assert refused.value.code == "in_a_package"
    game.act("a", {"dialogue": "leave"})
    assert game.over
    assert game.transcript().outcome == "collapse"
    assert "Atlantis walked away from what was agreed" in game.transcript().ending


def test_leaving_the_talks_is_a_breakdown() -> None:
    game = Game(small(), people="a")
    game.act("a", {"dialogue": "leave"})
    assert game.transcript().outcome == "breakdown"
    assert "Atlantis walked away from the talks" in game.transcript().ending
    with pytest.raises(Refusal, match="has ended"):
        game.act("a", {})
    assert game.advance() == 0
    assert game.to_move is None


REFUSED: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("red_line", [], {"gives": {"temple": 1}}),
    ("requires", [], {"gives": {"office": 1}}),
    ("requires", [{"gives": {"visit": 1}, "delivered": 0.5}], {"gives": {"office": 1}}),
    ("too_many", [], {"gives": {"gold": 11}}),
    ("too_many", [{"gives": {"visit": 1}}], {"gives": {"visit": 1}}),
    ("not_yours", [], {"gives": {"song": 1}}),
    ("not_yours", [], {"corrects": ["song"]}),
    ("nothing_short", [], {"corrects": ["gold"]}),
    ("unknown", [], {"gives": {"silver": 1}}),
    ("unknown", [], {"asks": "silver"}),
    ("not_theirs", [], {"asks": "gold"}),
    ("no_offer", [], {"answers": "accept"}),
    ("not_paused", [], {"dialogue": "resume"}),
    ("paused", [{"dialogue": "pause"}], {"dialogue": "pause"}),
    ("paused", [{"dialogue": "pause"}], {"gives": {"gold": 1}}),
    ("paused", [{"dialogue": "pause"}], {"asks": "song"}),
    ("paused", [], {"dialogue": "pause", "gives": {"gold": 1}}),
    ("institutions", [], {"proposes": ["gold", "song"]}),
    ("one_sided", [{"gives": {"visit": 1}}, {"gives": {"office": 1}}], {"proposes": ["gold"]}),
    ("red_line", [{"gives": {"visit": 1}}, {"gives": {"office": 1}}], {"proposes": ["temple", "song"]}),
    ("too_many", [{"gives": {"visit": 1}}, {"gives": {"office": 1}}], {"proposes": ["visit", "song"]}),
    ("message", [], {"gives": {"gold": 0}}),
]


@pytest.mark.parametrize(("code", "before", "move"), REFUSED)
def test_what_is_refused_changes_nothing(
    code: str, before: list[dict[str, Any]], move: dict[str, Any]
) -> None:
    game = Game(small(), people=("a", "b"))
    for each in before:
        game.act("a", each)
        game.act("b", {})
    stood, log = fingerprint(game), list(game.log)
    with pytest.raises(Refusal) as refused:
        game.act("a", move)
    assert refused.value.code == code
    assert isinstance(refused.value, InputError)
    assert refused.value.problem
    assert (fingerprint(game), game.log) == (stood, log)
    game.act("a", {})  # it goes on


def test_only_who_has_the_turn_moves() -> None:
    game = Game(small(), people="a")
    for player, code in (("b", "no_person"), ("c", "")):
        with pytest.raises(InputError) as refused:
            game.act(player, {})
        assert getattr(refused.value, "code", "") == code
    both = Game(small(), people=("a", "b"))
    with pytest.raises(Refusal, match="Atlantis's turn"):
        both.act("b", {})
    with pytest.raises(InputError, match="no side"):
        Game(small(), people="c")


def test_asking_across_a_red_line_is_a_slight_and_within_it_a_request() -> None:
    game = Game(small(), people=("a", "b"))
    before = game.view("b").trust
    game.act("a", {"asks": "song"})
    assert game.view("b").trust == before
    assert any("asked for: A song" in line.text for line in game.view("b").story)
    game.act("b", {})
    game.act("a", {"asks": "giant"})
    assert game.view("b").trust < before
    assert game.transcript().summary["slights"] == 1
    assert [each.concession for each in game.view("a").receives if each.refused] == ["giant"]


def test_a_soft_red_line_bars_only_while_it_is_too_dear() -> None:
    game = Game(small(), people=("a", "b"))
    for _ in range(3):
        game.act("a", {})
        game.act("b", {})
    # Turn 6: the storm has made the port dearer than it is worth, and paused the talks.
    game.act("a", {})
    with pytest.raises(Refusal, match="at its present cost"):
        game.act("b", {"dialogue": "resume", "gives": {"port": 1}})
    game.act("b", {"dialogue": "resume"})
    game.act("a", {})
    game.act("b", {"gives": {"port": 1}})
    assert game.transcript().moves[-1].items[0].concession == "port"


def test_what_a_soft_line_bars_for_the_whole_run_no_cheaper_day_opens() -> None:
    """By its base cost (1 + 4.75 · 2 > 10) the port is closed; at ebb tide it would cost 9.5."""
    made = scenario(
        side(),
        side(firmness=4.75, red_lines={"harbour": red_line(2.0)}),
        {
            "gold": concession("a", 20, 5, 10),
            "grain": concession("b", 24, 6, 4),
            "port": concession("b", 10, 1, tags=["harbour"]),
        },
        turns=20,
        first_mover="a",
        events={"ebb": event(at=[1], cost={"harbour": {"factor": q(0), "turns": q(9)}})},
    )
    game = Game(made, people=("a", "b"))
    game.act("a", {})
    assert [each.concession for each in game.legal("b").package["yours"]] == ["grain"]
    with pytest.raises(Refusal, match="red line"):
        game.act("b", {"proposes": ["gold", "port"]})
    game.act("b", {})
    game.act("a", {"asks": "port"})
    assert game.transcript().moves[-1].act == "demand"


def test_a_package_across_the_others_red_line_is_a_demand() -> None:
    game = Game(small(), people=("a", "b"))
    for move in ({"gives": {"visit": 1}}, {}, {"gives": {"office": 1}}, {}):
        game.act(str(game.to_move), move)
    game.act("a", {"proposes": ["gold", "giant"]})
    assert game.transcript().moves[-1].act == "demand"
    assert game.view("b").offer is None
    assert game.legal("b").answers == ()


def test_a_proposal_stands_until_it_is_answered() -> None:
    game = Game(small(), people=("a", "b"))
    for move in ({"gives": {"visit": 1}}, {}, {"gives": {"office": 1}}, {}):
        game.act(str(game.to_move), move)
    game.act("a", {"proposes": ["gold", "grain"], "words": "A fair deal?"})
    offer = game.view("b").offer
    assert offer is not None
    assert (offer.by, offer.yours, offer.theirs) == ("they", ("grain",), ("gold",))
    assert (offer.cost, offer.worth) == (6.0, 20.0)
    game.act("b", {"answers": "reject", "proposes": ["gold", "grain", "song"]})
    game.act("a", {})
    game.act("b", {})
    # The storm has paused the talks: a package is accepted in talks only.
    assert game.legal("a").answers == ("reject",)
    with pytest.raises(Refusal, match="in talks only"):
        game.act("a", {"answers": "accept"})


def test_an_event_by_hand_and_a_strategy_in_a_persons_place() -> None:
    game = Game(small(break_trust=0.0, b_correction=0.5), people=("a", "b"), seed=4)
    before = game.view("a").trust
    game.strike("whale")
    assert game.view("a").trust < before
    game.act("a", {})
    game.act("b", {"gives": {"song": 1}, "delivered": 0.2})
    game.act("a", {"gives": {"visit": 1}})
    game.seat("b", STRATEGY)
    game.advance()
    assert game.seats["b"] == STRATEGY
    assert game.position.terms.correction[1] == 0.5
    taken = [said.text for turn in game.transcript().moves for said in turn.said if said.kind == "seat"]
    assert taken == ["from here on a strategy plays Brobdingnag"]
    game.seat("b", PERSON)
    assert game.position.terms.correction[1] == 0.0
    play(game)
    assert fingerprint(from_json(as_json(game))) == fingerprint(game)
    with pytest.raises(InputError, match="no event"):
        Game(small(), people="a").strike("whal")


def test_play_goes_on_where_a_history_ends() -> None:
    made = load_scenario("baseline", ["start=record"])
    game = Game(made, people="minsk")
    assert not game.waits_for_a_person
    game.advance()
    assert game.turn >= made.handover
    assert game.to_move == "minsk"
    assert len(game.view("minsk").story) > 15
    game.act("minsk", {"dialogue": "leave"})
    assert fingerprint(from_json(as_json(game))) == fingerprint(game)


def test_the_second_of_two_equal_messages_is_refused() -> None:
    game = Game(small(), people=("a", "b"))
    game.act("a", Move(gives={"gold": 1}))
    with pytest.raises(Refusal) as refused:
        game.act("a", Move(gives={"gold": 1}))
    assert refused.value.code == "not_your_turn"
    assert game.transcript().outcome in OUTCOMES
