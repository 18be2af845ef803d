"""What people read of one negotiation: every kind of line, from transcripts made by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from toys import concession, q, scenario, side

from bargain_sim.codes import OUTCOMES
from bargain_sim.narrate import CAVEAT, conclusion, counts, heading, payoffs, tell, timeline
from bargain_sim.play import simulate
from bargain_sim.scenario.schema import Scenario
from bargain_sim.transcript import Item, Transcript, Turn


@pytest.fixture(scope="module")
def toy() -> Scenario:
    return scenario(
        side() | {"label": "Atlantis"},
        side() | {"label": "Brobdingnag", "snapback": True},
        {
            "gold": concession("a", units=5, label="Gold"),
            "visit": concession("b", label="A visit"),
        },
        events={
            "storm": {
                "label": "A storm",
                "rate": q(0.1),
                "source": "assumption",
            }
        },
        counters={"bars": {"label": "Bars of gold", "counts": {"gold": q(5)}, "source": "assumption"}},
    )


def turn(t: int, act: str = "silent", **more: Any) -> Turn:
    made: dict[str, Any] = {
        "turn": t,
        "date": dt.date(2025, 1, 14) + dt.timedelta(days=14 * t),
        "mover": "ba"[t % 2],
        "mode": "talks",
        "act": act,
        "items": (),
        "announced": 0.0,
        "fraction": None,
        "step": None,
        "step_before": 0.0,
        "perceived": 0.0,
        "readiness": 2.5,
        "events": (),
        "corrections": (),
        "paused_by": "",
        "resumed": False,
        "agreed": False,
        "trust": {"a": 0.4, "b": 0.5},
        "given": {"a": 0.0, "b": 0.0},
        "utility": {"a": 0.0, "b": 0.0},
        "why": "",
    }
    return Turn(**(made | more))


def gold(units: int = 2) -> tuple[Item, ...]:
    return (Item("gold", "Gold", "material", units, 5, 2.0 * units),)


def transcript(toy: Scenario, *turns: Turn, outcome: str = "piecemeal", cause: str = "") -> Transcript:
    row: dict[str, Any] = {"outcome": outcome, "turns": len(turns), "deal_turn": None}
    for name in ("utility", "given", "trust"):
        row |= {f"{name}_a": 1.25, f"{name}_b": 0.5}
    for name in ("moves", "shortfalls", "corrections", "pauses", "paused_turns", "slights", "events"):
        row[name] = 3
    row["bars"] = 4
    return Transcript(toy, 7, 11, outcome, len(turns), None, turns, row, cause)


def texts(toy: Scenario, *turns: Turn, fold: bool = True) -> list[str]:
    return [f"{line.who}: {line.text}" for line in timeline(transcript(toy, *turns), fold=fold)]


@pytest.mark.parametrize(
    ("fraction", "words"),
    [
        (1.0, "delivered"),
        (0.5, "only 50 % delivered"),
        (0.999, "only 99 % delivered"),
        (0.0001, "only 1 % delivered"),
        (0.0, "nothing of it delivered"),
    ],
)
def test_delivery_in_words(toy: Scenario, fraction: float, words: str) -> None:
    moved = turn(1, "concede", items=gold(), announced=4.0, fraction=fraction)
    (line,) = timeline(transcript(toy, moved))
    assert line.text == f"announces: Gold (2 of 5) – {words}"
    assert line.kind == ("move" if fraction == 1.0 else "short")
    assert line.who == "Atlantis"
    assert line.trust == (0.4, 0.5)


def test_several_items_and_all_of_one(toy: Scenario) -> None:
    items = (*gold(5), Item("visit", "A visit", "material", 1, 1, 10.0))
    assert texts(toy, turn(0, "concede", items=items, announced=20.0, fraction=1.0)) == [
        "Brobdingnag: announces: Gold (all 5); A visit – delivered"
    ]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (turn(0), ["Brobdingnag: announces nothing"]),
        (turn(0, "wait", mode="bargain"), ["Brobdingnag: waits for the other"]),
        (
            turn(0, "demand"),
            ["Brobdingnag: demands what Atlantis will not give: refused, and taken as a slight"],
        ),
        (turn(1, "walk_out"), ["Atlantis: walks out; Brobdingnag takes back what can be taken back"]),
        (turn(0, "walk_out"), ["Brobdingnag: walks out; Brobdingnag takes back what can be taken back"]),
        (
            turn(1, "give_up"),
            ["Atlantis: gives the paused talks up; Brobdingnag takes back what can be taken back"],
        ),
        (
            turn(1, "renege"),
            ["Atlantis: goes back on the package; Brobdingnag takes back what can be taken back"],
        ),
        (
            turn(1, paused_by="doubt", mode="paused"),
            ["Atlantis: lets the talks pause: its trust has fallen too far since its last turn"],
        ),
        (
            turn(1, paused_by="event", mode="paused", events=("storm",)),
            [": Event: A storm", ": The event makes the talks pause", "Atlantis: announces nothing"],
        ),
        (turn(1, resumed=True), ["Atlantis: takes the talks up again"]),
        (turn(0, corrections=("gold",)), ["Atlantis: makes good what was short: Gold"]),
        (
            turn(
                1,
                "deliver",
                agreed=True,
                items=gold(),
                announced=4.0,
                fraction=1.0,
                package=("gold",),
                struck=("visit",),
            ),
            [
                "Atlantis: agrees to a package: Gold – left out: A visit",
                "Atlantis: delivers from the package: Gold (2 of 5) – delivered",
            ],
        ),
        (
            turn(1, "status_act", mode="paused", items=gold(), announced=4.0, fraction=1.0),
            ["Atlantis: announces in the pause: Gold (2 of 5) – delivered"],
        ),
    ],
)
def test_every_kind_of_turn(toy: Scenario, made: Turn, expected: list[str]) -> None:
    assert texts(toy, made) == expected
    lines = timeline(transcript(toy, made))
    # Trust is told once a turn, after everything that happened in it.
    assert [line.trust is not None for line in lines] == [False] * (len(lines) - 1) + [True]


def test_silence_is_folded(toy: Scenario) -> None:
    turns = [
        turn(0),
        turn(1),
        turn(2, paused_by="patience", mode="paused"),
        turn(3, mode="paused"),
        turn(4, resumed=True),
        turn(5, "concede", items=gold(), announced=4.0, fraction=1.0),
        turn(6),
    ]
    assert texts(toy, *turns) == [
        ": 5 turns, until 2025-03-11: nothing is announced, talks pause once",
        "Atlantis: announces: Gold (2 of 5) – delivered",
        "Brobdingnag: announces nothing",
    ]
    assert len(texts(toy, *turns, fold=False)) == 7


def test_the_end_of_a_pause_from_doubt_is_not_folded(toy: Scenario) -> None:
    found = texts(
        toy,
        turn(0, paused_by="doubt", mode="paused"),
        turn(1, mode="paused"),
        turn(2, mode="paused"),
        turn(3, resumed=True),
        turn(4),
    )
    assert found[1:] == [
        ": 2 turns, until 2025-02-11: the talks stay paused",
        "Atlantis: takes the talks up again",
        "Brobdingnag: announces nothing",
    ]


def test_why_is_told_on_request_only(toy: Scenario) -> None:
    made = transcript(toy, turn(0, why="k = 2.00 → 2.00", step=2.0), turn(1))
    assert "why:" not in tell(made)
    told = tell(made, why=True)
    assert "why: k = 2.00 → 2.00 points; readiness left 2.5" in told
    assert told.count("announces nothing") == 2


def test_heading_conclusion_payoffs_counts(toy: Scenario) -> None:
    made = transcript(toy, turn(0), turn(1, "walk_out"), outcome="breakdown", cause="Atlantis walked out.")
    assert heading(made)[0] == "A toy"
    assert heading(made)[-1] == CAVEAT
    assert "seed 7, run 11" in heading(made)[2]
    first, reason = conclusion(made)
    assert first == "Breakdown, after 2 turns, on 2025-01-28"
    assert "Atlantis walked out" in reason
    assert [each.side for each in payoffs(made)] == ["Atlantis", "Brobdingnag"]
    assert payoffs(made)[0].payoff == 1.25
    assert counts(made)[0] == ("Bars of gold", 4)
    told = tell(made)
    assert CAVEAT in told
    assert "Bars of gold 4; Moves 3" in told
    assert not any(line.endswith(" ") for line in told.splitlines())


@pytest.mark.parametrize("name", ["baseline", "two_islands", "hardliner"])
def test_a_real_run_is_told(name: str) -> None:
    for run in range(5):
        made = simulate(name, seed=3, run=run)
        assert made.outcome in OUTCOMES
        lines = timeline(made)
        assert [line.turn for line in lines] == sorted(line.turn for line in lines)
        # Nothing that was announced gets lost in the folding.
        told = sum(line.kind in ("move", "short") for line in lines)
        assert told == sum(bool(move.items) for move in made.moves) == made.summary["moves"]
        pauses = sum(line.kind == "pause" for line in timeline(made, fold=False))
        assert pauses == made.summary["pauses"]
        assert tell(made) == tell(simulate(name, seed=3, run=run))
