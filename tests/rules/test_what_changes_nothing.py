"""Red lines, events and concessions that exclude or do nothing change nothing, bit for bit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hosts import Game, compiled
from toys import event, q, red_line, rich, rich_catalogue, rich_events


def same_rows(*points: Any, runs: int = 2000, **numbers: Any) -> None:
    """All points' results are equal, bit for bit, but for counters of concessions only one has."""
    rows = [compiled([point], runs).values[:, 0, :17] for point in points]
    for other in rows[1:]:
        assert rows[0].tobytes() == other.tobytes()
    assert len(np.unique(rows[0][:, 0])) > 1  # and they are not all alike anyway


HARD = {"kind": "hard", "source": "assumption: a test"}


@pytest.mark.parametrize("strategy", ["comparative", "proportional", "linear", "generous_tit_for_tat"])
def test_a_red_line_around_nothing_changes_nothing(strategy: str) -> None:
    """Around no concession at all, and around one that the other does not want."""
    b_lines = {"east": red_line(), "far_east": red_line(), "transit": red_line(3.0)}
    trinket = {"trinket": {**rich_catalogue()["words"], "value": q(0), "cost": q(1), "tags": ["trinket"]}}
    catalogue = rich_catalogue() | trinket
    same_rows(
        rich(strategy=strategy, concessions=catalogue),
        rich(strategy=strategy, concessions=catalogue, lines={"b": b_lines | {"nothing_so_called": HARD}}),
        rich(strategy=strategy, concessions=catalogue, lines={"b": b_lines | {"trinket": HARD}}),
        rich(strategy=strategy, concessions=catalogue, lines={"b": b_lines | {"trinket": red_line(5.0)}}),
    )


@pytest.mark.parametrize("strategy", ["comparative", "proportional", "conceder"])
def test_an_ever_firmer_soft_red_line_becomes_a_hard_one(strategy: str) -> None:
    def with_transit(line: Any, **more: Any) -> Any:
        lines = {"east": red_line(), "far_east": red_line(), "transit": line}
        return rich(strategy=strategy, lines={"b": lines, "a": {"alliance": red_line()}}, **more)

    hard = with_transit(HARD)
    same_rows(hard, with_transit(red_line(3.0), b_firmness=1e6), with_transit(red_line(7.001)))
    soft, rows = with_transit(red_line(6.5)), compiled([hard], 2000).values
    assert compiled([soft], 2000).values.tobytes() != rows.tobytes()  # cost 1 + 6.5 is under its value of 8


def inserted(catalogue: dict[str, Any], place: int, more: dict[str, Any]) -> dict[str, Any]:
    items = list(catalogue.items())
    return dict(items[:place] + list(more.items()) + items[place:])


@pytest.mark.parametrize("strategy", ["comparative", "proportional", "boulware", "tit_for_tat"])
@pytest.mark.parametrize("place", [0, 5, 12, 18])
def test_an_event_or_a_concession_that_never_fires_changes_nothing(strategy: str, place: int) -> None:
    never = event(rate=q(0), evidence={"a": q(9)}, pause=True,
                  cost={"sanctions": {"factor": q(9), "turns": q(99)}})  # fmt: skip
    words = rich_catalogue()["words"]
    same_rows(
        rich(strategy=strategy),
        rich(strategy=strategy, events=inserted(rich_events(), place, {"never": never})),
        rich(strategy=strategy, concessions=inserted(
            rich_catalogue(), place, {"over_the_line": {**words, "tags": ["east"], "value": q(7)}})),
        rich(strategy=strategy, concessions=inserted(
            rich_catalogue(), place, {"waits_for_ever": {**words, "requires": ["of_b_east"]}})),
        rich(strategy=strategy, concessions=inserted(
            rich_catalogue(), place, {"worthless": {**words, "value": q(0), "cost": q(2)}})),
        rich(strategy=strategy, concessions=inserted(
            rich_catalogue(), place,
            {"worth_and_cost_nothing": {**words, "giver": "a", "value": q(0), "cost": q(0)}})),
    )  # fmt: skip


# Red lines and what can be agreed


def test_adding_a_red_line_never_adds_to_what_can_be_agreed() -> None:
    """To what can be given at all; shares of endings may move either way."""
    tags = {"visits": ["v"], "relief": ["sanctions", "r"], "security": ["s"], "lobby_gift": ["lobby"]}
    catalogue = rich_catalogue()
    for name, of_name in tags.items():
        catalogue[name] = {**catalogue[name], "tags": of_name, "institution": False}
    for name in ("envoy", "embassy"):
        catalogue[name] = {**catalogue[name], "institution": False}
    lines: dict[str, dict[str, Any]] = {"a": {}, "b": {}}
    before = Game(rich(concessions=catalogue, lines=lines))
    reach = [before]
    for name, tag in (("a", "lobby"), ("b", "east"), ("b", "s"), ("a", "r"), ("a", "v"), ("b", "transit")):
        lines[name] = {**lines[name], tag: red_line()}
        reach.append(Game(rich(concessions=catalogue, lines=lines)))
    for wide, narrow in pairwise(reach):
        assert all(n >= w for w, n in zip(wide.terms.closed, narrow.terms.closed, strict=True))
        assert all(n <= w for w, n in zip(wide.terms.total, narrow.terms.total, strict=True))
    # And no run delivers, or puts into its package, what the narrower scenario has closed.
    for game in reach[1:]:
        closed = [c for c, shut in enumerate(game.terms.closed) if shut]
        for run in range(20):
            played = Game(game.scenario, run=run).play()
            assert all(played.state.delivered[c] == 0.0 and played.state.package[c] == 0 for c in closed)
