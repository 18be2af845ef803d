"""Small tables for tests, and players: one that repeats a transcript, one that plays along, one at random."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

from hosts import Game as Host
from invariants import check_turn
from toys import concession, event, q, red_line, scenario, side

from bargain_sim.scenario.schema import Scenario
from bargain_sim.table.applying import Position
from bargain_sim.table.game import Game
from bargain_sim.transcript import Turn


def small(**numbers: Any) -> Scenario:
    """Two sides: a visit before an office (an institution), gold by the bar, a port behind a soft line.

    `numbers` go to both sides, or with `a_`, `b_` to one.
    """
    both = {name: value for name, value in numbers.items() if name[:2] not in ("a_", "b_")}
    own = {
        each: both | {name[2:]: value for name, value in numbers.items() if name[:2] == f"{each}_"}
        for each in "ab"
    }
    return scenario(
        side(**own["a"]) | {"label": "Atlantis", "red_lines": {"temple": red_line()}},
        side(**own["b"])
        | {"label": "Brobdingnag", "red_lines": {"giants": red_line(), "harbour": red_line(2.0)}},
        {
            "visit": concession("a", 4, 1, kind="status", label="A visit"),
            "office": concession("a", 6, 1, institution=True, requires=["visit"], label="An office"),
            "gold": concession("a", 20, 5, 10, label="Gold"),
            "temple": concession("a", 30, 9, tags=["temple"], label="The temple"),
            "song": concession("b", 3, 0.5, kind="status", label="A song"),
            "grain": concession("b", 24, 6, 4, label="Grain", requires=["visit"]),
            "port": concession("b", 10, 1, tags=["harbour"], label="The port"),
            "giant": concession("b", 40, 9, tags=["giants"], label="A giant"),
        },
        turns=20,
        first_mover="a",
        events={
            "storm": event(
                label="A storm", at=[6], pause=True, cost={"harbour": {"factor": q(9), "turns": q(2)}}
            ),
            "whale": event(label="A whale", rate=q(0.0), evidence={"b": q(1)}),
        },
    )  # fmt: skip


def repeated(turn: Turn, barred: str) -> dict[str, Any]:
    """The message of a person who does what a strategy did in this turn; `barred` is what it demands."""
    if turn.act in ("walk_out", "give_up", "renege"):
        return {"dialogue": "leave"}
    move: dict[str, Any] = {"asks": barred} if turn.act == "demand" else {}
    if turn.resumed:
        move["dialogue"] = "resume"
    elif turn.paused_by in ("patience", "doubt"):
        move["dialogue"] = "pause"
    if turn.items:
        move["gives"] = {item.concession: item.units for item in turn.items}
        move["delivered"] = turn.fraction
    return move


def plays_along(game: Game, player: str, share: float = 1.0) -> dict[str, Any]:
    """A player that gives the cheapest thing, accepts what is proposed, proposes all that it can."""
    can = game.legal(player)
    if "accept" in can.answers:
        return {"answers": "accept"}
    if can.mode == "bargain":
        gives = {each.concession: each.units for each in can.gives}
        return {"gives": gives, "delivered": share} if gives else {}
    if "resume" in can.dialogue:
        return {"dialogue": "resume"}
    if can.corrects:
        return {"corrects": [each.concession for each in can.corrects]}
    if can.package:
        refused = {each.concession for each in game.view(player).receives if each.refused}
        parts = [
            [each.concession for each in part if each.concession not in refused]
            for part in can.package.values()
        ]
        if all(parts):
            return {"proposes": [name for part in parts for name in part]}
    if can.gives:
        cheap = min(can.gives, key=lambda each: each.points)
        return {"gives": {cheap.concession: max(1, cheap.units // 4)}, "delivered": share}
    return {}


def play(game: Game, **shares: float) -> Game:
    """To the end, by players that play along; each delivers its share."""
    game.advance()
    while game.to_move is not None:
        player = game.to_move
        game.act(player, plays_along(game, player, shares.get(player, 1.0)))
        game.advance()
    return game


def shown(game: Game, player: str) -> str:
    """All that a player gets to see, as JSON."""
    view = game.view(player).to_dict()
    return json.dumps([view, game.legal(player).to_dict(), game.hint(player)], sort_keys=True)


def check(here: Position, played: int, units_before: list[int], *, person: bool) -> None:
    """What holds after every turn, at a table as anywhere; `played` turns are over."""
    host = SimpleNamespace(terms=here.terms, state=here.state, packed=here.packed, t=played)
    check_turn(cast("Host", host), units_before, person=person)
