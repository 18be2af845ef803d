"""The timeline of one run: named and numbered steps, mishaps, and words that can be read."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from figure_bounds import faults_of, words_on
from matplotlib.colors import to_rgb

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.errors import InputError
from bargain_sim.play import simulate
from bargain_sim.plots.sheet import CLAIM
from bargain_sim.plots.steps import step_words, steps_in
from bargain_sim.plots.timeline import caption, draw
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.transcript import Item, Transcript, Turn

LONG = "A concession whose name is so long that nobody would ever want to read the whole of it aloud"


def played(turns: int, run: int = 0, name: str = "baseline") -> Transcript:
    return simulate(load_scenario(name, [("turns", turns)]), seed=0, run=run)


def crowded(count: int) -> Transcript:
    """A run in which every one of the first `count` turns gives something with a long name."""
    base = played(104)
    moves: list[Turn] = []
    given = dict.fromkeys(base.scenario.side_ids, 0.0)
    for turn in base.moves:
        items: tuple[Item, ...] = ()
        if turn.turn < count:
            items = (Item("x", f"{LONG} {turn.turn}", "material", 1, 3, 1.0 + turn.turn % 7),)
            given[turn.mover] += items[0].points
        moves.append(
            replace(
                turn, items=items, announced=sum(item.points for item in items),
                fraction=(0.5 if turn.turn % 5 == 0 else 1.0) if items else None, given=dict(given),
            )
        )  # fmt: skip
    return replace(base, moves=tuple(moves))


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize("turns", [1, 2, 6, 30, 104])
def test_words_can_be_read(turns: int, size: str) -> None:
    assert faults_of(draw(played(turns), size=size)) == []


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize("name", ["two_islands", "hardliner", "snapback", "balloon_crisis"])
def test_words_can_be_read_in_other_scenarios(name: str, size: str) -> None:
    assert faults_of(draw(simulate(load_scenario(name), seed=1, run=1), size=size)) == []


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize("count", [0, 3, 40, 104])
def test_many_long_steps_find_room_or_are_counted(count: int, size: str) -> None:
    sheet = draw(crowded(count), size=size)
    assert faults_of(sheet) == []
    words = [text for text, _ in words_on(sheet)]
    ladder = next(axes for axes in sheet.axes if axes.get_ylabel() == "points given")
    assert not [each for each in ladder.texts if "…" in each.get_text()], "what is cut stands in the list"
    if count == 0:
        assert "Nobody gave anything." in words
    if count == 104:
        assert any("smaller ones" in text for text in words)


def test_what_happened_is_on_the_figure() -> None:
    transcript = played(104, run=2)
    assert len(transcript.moves) == 104
    sheet = draw(transcript)
    words = " ".join(text for text, _ in words_on(sheet)).replace("\n", " ")
    assert OUTCOME_LABEL[transcript.outcome].lower() in words and CLAIM in words
    labels = {tick.get_text() for axes in sheet.axes for tick in axes.get_yticklabels()}
    expected = {
        "events": any(turn.events for turn in transcript.moves),
        "demands": any(turn.act == "demand" for turn in transcript.moves),
        "shortfalls": any((turn.fraction or 0) < 1 for turn in transcript.moves if turn.items),
        "corrections": any(turn.corrections for turn in transcript.moves),
    }
    assert {lane for lane in expected if lane in labels} == {
        lane for lane, there in expected.items() if there
    }
    ladder = sheet.axes[0]
    first, second = (
        data for line in ladder.get_lines() if len(data := np.asarray(line.get_ydata()).tolist()) == 105
    )
    for line, side in zip((first, second), transcript.scenario.side_ids, strict=True):
        assert line[:-1] == [turn.given[side] for turn in transcript.moves]


def test_the_caption_equals_the_run() -> None:
    transcript = played(104)
    text = caption(transcript)
    last = transcript.moves[-1]
    for side in transcript.scenario.side_ids:
        label = transcript.scenario.sides[side].label
        assert f"{label} had given {last.given[side]:.0f} points" in text
        assert f"{last.trust[side]:.2f} for {label}" in text
    assert f"after {transcript.turns} turns" in text
    assert draw(transcript).caption == text


def test_a_step_in_words() -> None:
    step = steps_in(crowded(1))[0]
    assert step_words(step) == f"{LONG} 0 1/3 (1 point, 50\u00a0% delivered)"
    assert step_words(step, brief=True) == f"{LONG} 0 1/3 (1; 50\u00a0%)"


@pytest.mark.parametrize("count", [12, 40])
def test_what_is_cut_keeps_its_points_and_share(count: int) -> None:
    transcript = crowded(count)
    words = " ".join(text for text, _ in words_on(draw(transcript))).replace("\u00a0", " ")
    listed = re.findall(r"\d+ +\d\d \w{3} \d\d  ", words)
    notes = re.findall(r"\((?:\d+ points?(?:, 50 % delivered)?|\d+(?:; 50 %)?)\)", words)
    assert len(listed) == len(notes) > 7
    assert "…" in words


def test_one_turn_shows_both_sides_and_one_date() -> None:
    transcript = played(1)
    sheet = draw(transcript)
    small, large = (line for line in sheet.axes[1].get_lines() if line.get_marker() in ("o", "s"))
    assert small.get_markersize() < large.get_markersize()
    assert small.get_zorder() > large.get_zorder()
    day = transcript.moves[0].date
    assert sheet.axes[0].get_xlabel() == f"{day.day} {day:%B %Y}"


def test_letters_of_events_stand_on_white() -> None:
    transcript = simulate(load_scenario("small_initiative"), seed=0, run=3)
    assert any(turn.events for turn in transcript.moves)
    sheet = draw(transcript)
    order = dict.fromkeys(event for turn in transcript.moves for event in turn.events)
    named = dict(zip(order, "ABCDEFG", strict=False))
    struck = [named[event] for turn in transcript.moves for event in turn.events]
    written = [text for axes in sheet.axes for text in axes.texts if re.fullmatch("[A-G]+", text.get_text())]
    assert sorted("".join(text.get_text() for text in written)) == sorted(struck)
    lines = [line for axes in sheet.axes for line in axes.get_lines()]
    dotted = [line.get_zorder() for line in lines if line.get_linestyle() == ":"]
    for text in written:
        ground = text.get_bbox_patch()
        assert ground is not None and to_rgb(ground.get_facecolor()) == (1.0, 1.0, 1.0)
        assert text.get_zorder() > max(dotted, default=2)


def test_a_run_without_turns_is_refused() -> None:
    with pytest.raises(InputError, match="no turn"):
        draw(replace(played(1), moves=()))
