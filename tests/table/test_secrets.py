"""No side learns what only the other knows: neither the numbers, nor anything that hangs on them."""

from __future__ import annotations

from typing import Any

import pytest
from tables import play, plays_along, shown, small
from toys import concession, q, red_line, rich, scenario, side

from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.side import Side
from bargain_sim.table.game import Game


def told_apart() -> tuple[Scenario, list[str]]:
    """A scenario in which every number that only b may know has its own digits, and these as texts."""
    hidden: list[float] = []

    def secret(about: float) -> float:
        hidden.append(about + (len(hidden) * 37 + 11) * 1e-6)
        return hidden[-1]

    own: dict[str, Any] = {}
    for name, field in Side.model_fields.items():
        known: Any = field.json_schema_extra
        if isinstance(known, dict) and not known["whole"]:
            start = known["start"] if known["start"] is not None else 20.0
            own[name] = secret(float(start) * 0.9 + 0.01)
    made = scenario(
        side(),
        side(**own) | {"red_lines": {"sacred_grove": red_line(), "dear_harbour": red_line(secret(2.0))}},
        {
            "visit": concession("a", secret(4), 1, kind="status"),
            "gold": concession("a", secret(20), 5, 10),
            "song": concession("b", 3, secret(0.5), kind="status"),
            "grain": concession("b", 24, secret(6), 4),
            "port": concession("b", 10, secret(1), tags=["dear_harbour"]),
            "giant": concession("b", 40, secret(9), tags=["sacred_grove"]),
        },
        turns=20,
    )  # fmt: skip
    return made, [repr(number)[:8] for number in hidden] + ["sacred_grove", "dear_harbour"]


@pytest.mark.parametrize("people", ["a", "ab"])
def test_the_secret_numbers_are_in_nothing_that_is_shown(people: str) -> None:
    made, secrets = told_apart()
    game = Game(made, people=tuple(people))
    game.advance()
    while game.to_move is not None:
        seen = shown(game, "a")
        assert [secret for secret in secrets if secret in seen] == []
        player = str(game.to_move)
        game.act(player, plays_along(game, player, 0.6))
        game.advance()
    assert [secret for secret in secrets if secret in shown(game, "b")], "the search finds nothing"


SECRETS: list[dict[str, Any]] = [
    {"b_outside_option": 1.0},
    {"b_bonus": 39.0},
    {"b_initial_trust": 0.6},
    {"b_caution": 0.1},
    {"b_reliability": 0.2},
    {"b_exposure": 1.0},
    {"b_correction": 0.5},
    {"b_strategy": "hardliner"},
]


@pytest.mark.parametrize("change", SECRETS, ids=str)
def test_what_a_sees_does_not_hang_on_what_only_b_knows(change: dict[str, Any]) -> None:
    """The same moves of two people, under another sheet of b: not a character differs for a."""
    strategy = change.pop("b_strategy", None)
    other = small(**change)
    if strategy:
        b = other.sides["b"].model_copy(update={"strategy": strategy})
        other = other.model_copy(update={"sides": {"a": other.sides["a"], "b": b}})
    _same_for_a(small(), other)


@pytest.mark.parametrize("what", ["cost", "value"])
def test_nor_on_bs_costs_or_what_it_thinks_of_gifts(what: str) -> None:
    made = small()
    giver = "b" if what == "cost" else "a"
    changed = dict(made.concessions)
    for name, each in made.concessions.items():
        if each.giver == giver:
            number = Quantity.model_validate(q(float(getattr(each, what)) * 1.1))
            changed[name] = each.model_copy(update={what: number})
    _same_for_a(made, made.model_copy(update={"concessions": changed}))


def _same_for_a(made: Scenario, other: Scenario) -> None:
    one, two = Game(made, people=("a", "b")), Game(other, people=("a", "b"))
    for _ in range(20):
        assert shown(one, "a") == shown(two, "a")
        player = str(one.to_move)
        move = plays_along(one, player, 0.5)
        one.act(player, move)
        two.act(player, move)
        if one.over:
            return


@pytest.mark.parametrize("lag", [1, 3])
def test_a_delivery_is_seen_after_the_lag_and_not_before(lag: int) -> None:
    games = [Game(small(a_lag=lag), people=("a", "b")) for _ in range(2)]
    for game, share in zip(games, (1.0, 0.25), strict=True):
        game.act("a", {})
        game.act("b", {"gives": {"port": 1}, "delivered": share})
    turn = 1
    for _ in range(lag - 1):
        assert shown(games[0], "a") == shown(games[1], "a")
        for game in games:
            game.act("a", {})
            game.act("b", {})
        turn += 2
    told = [next(line.text for line in game.view("a").story if line.kind == "seen") for game in games]
    assert told[0].endswith("The port – delivered")
    assert told[1].endswith("The port – only 25 % delivered")
    ports = [next(each for each in game.view("a").receives if each.concession == "port") for game in games]
    assert [each.delivered for each in ports] == [1.0, 0.25]
    assert [each.announced for each in ports] == [1, 1]
    assert [game.view("a").received for game in games] == [10.0, 2.5]


def test_who_builds_on_a_thing_sees_at_once_whether_it_stands() -> None:
    """An exception to the lag, and the only one: what the visit is required for."""
    games = [Game(small(b_lag=3), people=("a", "b")) for _ in range(2)]
    for game, share in zip(games, (1.0, 0.5), strict=True):
        game.act("a", {"gives": {"visit": 1}, "delivered": share})
    stands, short = (game.legal("b") for game in games)
    assert "grain" in [each.concession for each in stands.gives]
    assert "requires “A visit”, not yet delivered in full" in short.not_now["grain"]
    views = [game.view("b").to_dict() for game in games]
    assert views[0] == views[1]


def test_what_is_seen_adds_up_to_what_was_received() -> None:
    for run in range(8):
        made = rich(lag=2, b_correction=0.0, outside_option=1e9)
        game = Game(made, people="a", run=run)
        while game.to_move is not None:
            game.advance()
            if game.over:
                break
            game.act("a", plays_along(game, "a"))
            seen = game.view("a")
            worth = sum(each.value * each.delivered / each.units for each in seen.receives)
            assert worth == pytest.approx(seen.received)


def test_the_story_only_grows() -> None:
    game = Game(rich(), people=("a", "b"))
    before: dict[str, list[str]] = {"a": [], "b": []}
    for _ in range(60):
        if game.over:
            break
        for player, known in before.items():
            now = [f"{line.turn} {line.text}" for line in game.view(player).story]
            assert now[: len(known)] == known
            before[player] = now
        player = str(game.to_move)
        game.act(player, plays_along(game, player, 0.7))


def test_hints_speak_of_what_is_pressing() -> None:
    game = Game(small(), people=("a", "b"))
    assert any("have to stand" in each or "has to stand" in each for each in game.hint("a"))
    assert any("It is Atlantis's turn" in each for each in game.hint("b"))
    for move in ({"gives": {"visit": 1}, "delivered": 0.5}, {}):
        game.act(str(game.to_move), move)
    assert any("You still owe part of “A visit”" in each for each in game.hint("a"))
    game.act("a", {"corrects": ["visit"]})
    game.act("b", {})
    game.act("a", {"gives": {"office": 1}})
    game.act("b", {"proposes": ["gold", "grain"]})
    assert any("On the table: 24.0 points for a cost of 5.0" in each for each in game.hint("a"))
    play(game)
    assert "debrief" in game.hint("a")[0]
