"""Whatever people send, the rules hold, what is refused changes nothing, and a log tells the whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from randoms import scenarios
from tables import check

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.applying import carried_out
from bargain_sim.table.game import Game
from bargain_sim.table.keeping import as_json, fingerprint, from_json
from bargain_sim.table.moves import LARGEST_MESSAGE, Move, read_move
from bargain_sim.table.options import Choice, Options
from bargain_sim.table.seats import Refusal

SOME = [HealthCheck.too_slow, HealthCheck.data_too_large]


@st.composite
def moves(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """Any message that looks like a move, sensible or not."""
    name = st.sampled_from(names)
    move: dict[str, Any] = {}
    kind = draw(
        st.sampled_from(["gives", "gives", "gives", "asks", "proposes", "answers", "dialogue", "pass"])
    )
    if kind == "gives":
        move["gives"] = draw(st.dictionaries(name, st.sampled_from([1, 1, 2, 100]), min_size=1, max_size=2))
        move["delivered"] = draw(st.sampled_from([1.0, 1.0, 0.5, 0.0, 0.3]))
    elif kind == "asks":
        move["asks"] = draw(name)
    elif kind == "proposes":
        move["proposes"] = draw(st.lists(name, min_size=1, unique=True))
    elif kind == "answers":
        move["answers"] = draw(st.sampled_from(["accept", "reject"]))
    elif kind == "dialogue":
        move["dialogue"] = draw(st.sampled_from(["pause", "resume", "resume", "leave"]))
    if draw(st.integers(0, 5)) == 0 and move.get("dialogue") != "leave":
        move["corrects"] = [draw(name)]
    return move


def sensible(can: Options, draw: Any) -> dict[str, Any]:
    """One of the choices that a side is told it has."""
    ways: list[dict[str, Any]] = [{}]
    ways += [
        {"gives": {each.concession: each.units}, "delivered": share}
        for each in can.gives
        for share in (1.0, 0.4)
    ]
    ways += [{"corrects": [each.concession for each in can.corrects]}] * (3 * bool(can.corrects))
    ways += [{"dialogue": "resume"}] * ("resume" in can.dialogue)
    ways += [{"answers": "reject"}] * ("reject" in can.answers)
    ways += [{"answers": "accept"}] * (6 * ("accept" in can.answers))
    if can.package:
        ways += [{"proposes": [each.concession for part in can.package.values() for each in part]}] * 3
    if can.mode == "bargain" and can.gives:
        ways += [{"gives": {each.concession: each.units for each in can.gives}}] * 9
    return draw(st.sampled_from(ways))  # type: ignore[no-any-return]


@given(scenarios(), st.sampled_from(["a", "b", "ab"]), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=SOME)
def test_random_people_never_break_the_rules(made: Scenario, people: str, data: st.DataObject) -> None:
    game = Game(made, people=tuple(people))
    names = list(made.concessions)
    patience = 60
    while not game.over and patience:
        units = list(game.position.state.announced_units)  # type: ignore[call-overload]
        if game.waits_for_a_person:
            side = str(game.to_move)
            wild = data.draw(st.integers(0, 5)) == 5
            move = data.draw(moves(names)) if wild else sensible(game.legal(side), data.draw)
            stood, log = fingerprint(game), len(game.log)
            before = game.turn
            refusal, after = None, None
            try:
                after, _ = carried_out(game.position, made.side_ids.index(side), read_move(move))
                game.act(side, move)
            except Refusal as error:
                refusal = error
            patience -= 1
            if refusal is not None:
                assert refusal.code and refusal.problem
                assert (fingerprint(game), len(game.log), game.turn) == (stood, log, before)
                continue
            assert after is not None
            check(after, before + 1, units, person=True)
        else:
            game.step()
            if not game.waits_for_a_person:  # its turn's news would have come in
                check(game.position, game.turn, units, person=False)
        for c, name in enumerate(game.position.packed.concession_ids):
            if game.position.terms.hard[c] == 1:
                assert game.position.state.announced_units[c] == 0, f"{name} is behind a hard red line"
    if game.over:
        assert game.transcript().outcome in OUTCOMES
        for side in "ab":
            with pytest.raises(Refusal):
                game.act(side, {})
        assert game.step() is False
    again = from_json(as_json(game))
    assert fingerprint(again) == fingerprint(game)
    assert again.transcript().to_json() == game.transcript().to_json()
    assert again.log == game.log


def possible(can: Options) -> list[dict[str, Any]]:
    """Every single thing that a side is told it can do."""

    def gifts(choices: tuple[Choice, ...], **more: Any) -> list[dict[str, Any]]:
        return [{"gives": {each.concession: n}} | more for each in choices for n in {1, each.units}]

    found: list[dict[str, Any]] = [{}, *gifts(can.gives)]
    found += gifts(can.gives_once.get("resume", ()), dialogue="resume")
    found += gifts(can.gives_once.get("accept", ()), answers="accept")
    found += [{"corrects": [each.concession]} for each in can.corrects]
    found += [{"asks": each.concession} for each in can.asks]
    found += [{"answers": each} for each in can.answers]
    found += [{"dialogue": each} for each in can.dialogue]
    return found


@given(scenarios(), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=SOME)
def test_what_is_offered_can_be_done_and_nothing_else(made: Scenario, data: st.DataObject) -> None:
    game = Game(made, people=("a", "b"))
    for _ in range(12):
        if game.over:
            break
        side = str(game.to_move)
        i = made.side_ids.index(side)
        can = game.legal(side)
        assert not game.legal(made.side_ids[1 - i]).your_turn
        for move in possible(can):
            carried_out(game.position, i, Move.model_validate_json(json.dumps(move)))
        offered = {each.concession for each in can.gives}
        for name in made.concessions:
            if name not in offered:
                with pytest.raises(Refusal):
                    carried_out(game.position, i, Move(gives={name: 1}))
        for each in can.gives:
            with pytest.raises(Refusal):
                carried_out(game.position, i, Move(gives={each.concession: min(each.units + 1, 10**12)})
                            if each.units < 10**12 else Move(asks=each.concession))  # fmt: skip
        assert set(can.not_now) | offered == {n for n, c in made.concessions.items() if c.giver == side}
        game.act(side, sensible(can, data.draw))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5), st.just("gold")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from([*Move.model_fields]), st.text(max_size=4)), inner, max_size=3
        ),
    ),
    max_leaves=12,
)


@given(st.one_of(JSON.map(json.dumps), st.text(max_size=60), st.binary(max_size=60)))
@settings(max_examples=400, deadline=None)
def test_any_message_is_read_or_refused(message: str | bytes) -> None:
    try:
        move = read_move(message)
    except Refusal as error:
        refused = error
    else:
        assert read_move(json.dumps(move.data())) == move
        return
    assert refused.code == "message"
    assert len(refused.problem) < 400


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ('{"gives": {"gold": true}}', "whole number"),
        ('{"gives": {"Gold bars": 1}}', "no id"),
        ('{"gold": 1}', "a move has no `gold`"),
        ('{"asks": "a", "gives": {"b": 1}}', "a turn each"),
        ('{"asks": "a", "proposes": ["b"]}', "a turn each"),
        ('{"asks": "a", "asks": "b"}', "stands twice"),
        ('{"proposes": ["a", "a"]}', "twice"),
        ('{"delivered": 0.5}', "nothing is given"),
        ('{"dialogue": "leave", "gives": {"a": 1}}', "does nothing else"),
        ('{"dialogue": "pause", "asks": "a"}', "talks that go on"),
        ('{"answers": "accept", "proposes": ["a"]}', "carries it out"),
        ('{"words": "\\u001b[2J"}', "cannot be shown"),
        ('{"words": "\\u202egold"}', "cannot be shown"),
        ('{"words": "' + "a" * 281 + '"}', "280 characters"),
        ('{"gives": {"a": 1}, "delivered": NaN}', "finite"),
        ("[" * 8000, "no message"),
        (" " * (LARGEST_MESSAGE + 1), "at most"),
    ],
)
def test_what_a_message_may_not_be(message: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        read_move(message)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda kept: kept | {"stands": "0" * 16}, "would not be the same"),
        (lambda kept: kept | {"log": [{"turn": 0, "side": "a", "move": {"gives": {"temple": 1}}}]},
         "would not be the same"),
        (lambda kept: kept | {"log": [{"turn": 99, "side": "a", "move": {}}]}, "would not be the same"),
        (lambda kept: kept | {"kind": "another"}, "no game"),
        (lambda kept: kept | {"more": 1}, "no game"),
        (lambda kept: kept | {"seed": -1}, "no game"),
        (lambda kept: [kept], "no game"),
    ],
)  # fmt: skip
def test_what_is_no_game_is_refused(change: Any, words: str) -> None:
    from tables import small

    game = Game(small(), people="a")
    game.act("a", {"gives": {"gold": 1}})
    kept = json.loads(as_json(game))
    assert fingerprint(from_json(json.dumps(kept))) == fingerprint(game)
    with pytest.raises(InputError, match=words):
        from_json(json.dumps(change(kept)))
