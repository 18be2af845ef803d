"""What a notebook shows: the numbers of the thing itself, with nothing of it taken for HTML."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bargain_sim import load_results, load_scenario, simulate, sweep
from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.plots import timeline

NASTY = "<script>alert('x')</script> & <b>more</b>"

SMALL: dict[str, Any] = {
    "format_version": 1,
    "name": "small",
    "title": NASTY,
    "scenario": "small_initiative",
    "design": "grid",
    "factors": {"sides.both.initial_trust": [0.3, 0.6]},
    "runs": 20,
}


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(html)
        assert not self.open, "an element is left open"

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def shown(thing: Any) -> str:
    """The text that a notebook shows, once its HTML is found to be ours and sound."""
    html: str = thing._repr_html_()
    assert _Tags(html).seen <= {
        "div", "p", "strong", "small", "table", "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    assert "Scenario exploration, not prediction." in text
    return " ".join(text.split())


def test_a_scenario_shows_its_sides_and_what_they_can_give() -> None:
    scenario = load_scenario("baseline")
    text = shown(scenario)
    for side in scenario.sides.values():
        assert f"{side.label} {side.strategy} {float(side.initial_trust):g}" in text
    for each in scenario.concessions.values():
        giver = scenario.sides[each.giver].label
        assert f"{each.label} {giver} {float(each.value):g} {float(each.cost):g}" in text


def test_a_transcript_shows_how_it_ended_and_every_move() -> None:
    transcript = simulate("tit_for_tat_noise", seed=2)
    text = shown(transcript)
    assert transcript.ending in text
    html = transcript._repr_html_()
    eventful = [t for t in transcript.moves if t.announcements or t.events or t.corrections or t.agreed]
    assert html.count("<tr>") == len(eventful) + 1
    for turn in eventful:
        for said in turn.announcements:
            assert all(item.label in text for item in said.items)
        assert f"{turn.date}" in text


def test_a_transcript_of_the_record_shows_it() -> None:
    text = shown(simulate("baseline", seed=0))
    assert "Minsk: Release of a US citizen" in text


def test_results_show_the_shares_of_the_endings(tmp_path: Path) -> None:
    results = sweep(SMALL, out=tmp_path / "r")
    text = shown(load_results(tmp_path / "r"))
    counts = results.frame["outcome"].value_counts()
    assert counts.sum() == 40
    for name, count in counts[counts > 0].items():
        assert re.search(rf"{OUTCOME_LABEL[str(name)]} {100 * count / 40:.1f}\s%", text)
    assert "2 points × 20 runs" in text
    replace(results.manifest, complete=False).write(tmp_path / "r")
    (tmp_path / "r" / "points.parquet").unlink()
    assert "Not complete" in shown(load_results(tmp_path / "r"))


def test_nothing_of_it_is_taken_for_html() -> None:
    source = load_scenario("small_initiative").model_dump(mode="json", exclude_none=True)
    source |= {"title": NASTY, "question": NASTY}
    source["sides"]["minsk"]["label"] = NASTY
    for each in source["concessions"].values():
        each["label"] = NASTY
    scenario = load_scenario(source)
    for thing in (scenario, simulate(scenario, seed=1), sweep(SMALL)):
        assert NASTY in shown(thing)


def test_plain_text_stays_one_line() -> None:
    transcript = simulate("baseline", seed=0, run=3)
    assert repr(transcript.scenario) == f"<Scenario baseline: {transcript.scenario.title}>"
    assert re.fullmatch(
        rf"<Transcript of baseline, seed 0, run 3: [a-z ]+, {transcript.turns} turns>", repr(transcript)
    )


def test_a_figure_brings_its_picture_and_says_what_is_in_it() -> None:
    sheet = timeline.draw(simulate("tit_for_tat_noise", seed=1))
    data, metadata = sheet._repr_mimebundle_()
    with Image.open(BytesIO(base64.b64decode(data["image/png"]))) as picture:
        assert picture.size == tuple(int(side) for side in sheet.bbox.size)
    assert data["text/plain"] == metadata["image/png"]["alt"] == sheet.caption
    assert sheet.caption


@pytest.mark.parametrize("name", ["include", "exclude"])
def test_a_notebook_may_say_what_it_wants(name: str) -> None:
    assert timeline.draw(simulate("tit_for_tat_noise", seed=1))._repr_mimebundle_(**{name: None})
