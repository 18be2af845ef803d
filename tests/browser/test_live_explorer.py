"""The live explorer in a browser: by keyboard, by its address, when it is refused or left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from live_pages import FIRST, played, settled, shares, slide, until

from bargain_sim.api import simulate
from bargain_sim.narrate import timeline
from bargain_sim.web.live.playing import Explorer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Any]


def test_what_is_shown_is_what_the_engine_plays(open_live: Open, explorer: Explorer) -> None:
    page = open_live()
    assert shares(page) == pytest.approx(played(explorer))
    slide(page, FIRST, 0.3)
    settled(page)
    assert shares(page) == pytest.approx(played(explorer, {FIRST: 0.3}))
    page.select_option(f"[id='pick-{'sides.minsk.strategy'}']", "hardliner")
    page.uncheck("[id='check-events.balloons']")
    settled(page)
    values = {FIRST: 0.3, "sides.minsk.strategy": "hardliner", "events.balloons": False}
    assert shares(page) == pytest.approx(played(explorer, values))
    assert page.is_disabled("[id='slide-events.balloons.rate']")
    page.fill("#seed", "12")
    settled(page)
    assert shares(page) == pytest.approx(played(explorer, values, seed=12))
    page.click("#reset")
    settled(page)
    assert shares(page) == pytest.approx(played(explorer, seed=12))
    rows = page.locator("#shares td:nth-child(3)").all_inner_texts()
    assert rows[0].replace("\u00a0", " ") == f"{100 * shares(page)[0]:.0f} %"


def test_another_scenario_with_other_sides(open_live: Open, explorer: Explorer) -> None:
    page = open_live()
    page.click("#pin")
    page.select_option("#scenario", "two_islands")
    settled(page)
    assert shares(page) == pytest.approx(played(explorer, scenario="two_islands"))
    assert "scenario baseline → two islands" in page.inner_text("#compared")
    assert page.locator("legend", has_text="Initial trust").count() == 1
    assert page.locator(".of", has_text="Norrholm").count() > 10
    page.click("#back")
    settled(page)
    assert page.locator(".of", has_text="Norrholm").count() == 0
    assert shares(page) == pytest.approx(played(explorer))


def test_two_settings_are_compared_with_the_same_luck(open_live: Open, explorer: Explorer) -> None:
    page = open_live()
    page.click("#pin")
    settled(page)
    assert "Now move a setting" in page.inner_text("#compared")
    page.check("#together")
    slide(page, "sides.washington.reliability", 1.0)
    settled(page)
    assert page.evaluate("explorer.state().set['sides.minsk.reliability']") == 1
    text = page.inner_text("#compared")
    assert "same luck" in text and "(Washington)" in text and " to " in text
    both: dict[str, Any] = {"sides.washington.reliability": 1.0, "sides.minsk.reliability": 1.0}
    one, other = (explorer.play(explorer.choice("baseline", each), 0).outcomes for each in ({}, both))
    assert page.evaluate("explorer.apart().changed") == int((one != other).sum())
    change = page.locator("#shares td:nth-child(6)").first.inner_text()
    points = round(100 * (played(explorer, both)[0] - played(explorer)[0]))
    assert change.startswith(f"+{points} (" if points > 0 else f"−{-points} (" if points else "0 (")
    page.click("#unpin")
    settled(page)
    assert page.is_hidden("#compared")


def test_a_number_that_is_cut_is_told_so(open_live: Open, explorer: Explorer) -> None:
    page = open_live()
    box, note = page.locator(f"[id='type-{FIRST}']"), page.locator(".cut").first
    box.fill("0.99")
    box.press("Tab")
    assert note.inner_text() == "between 0.05 and 0.95" and box.input_value() == "0.95"
    box.fill("0.8")
    assert note.inner_text() == ""
    settled(page)
    assert shares(page) == pytest.approx(played(explorer, {FIRST: 0.8}))


def test_play_begins_where_the_record_ends(open_live: Open, explorer: Explorer) -> None:
    page = open_live("#start=record&.pin.scenario=baseline")
    assert shares(page) == pytest.approx(played(explorer, {"start": "record"}))
    assert "where play begins (both sides) beginning → record" in page.inner_text("#compared")
    page.select_option("[id='pick-start']", "beginning")
    settled(page)
    assert shares(page) == pytest.approx(played(explorer))


def test_keyboard_only(open_live: Open) -> None:
    page = open_live("#sides.washington.initial_trust=0.4")
    keys = page.keyboard

    def focused() -> str:
        found: str = page.evaluate("document.activeElement.id || document.activeElement.tagName")
        return found

    def tab_to(name: str) -> None:
        for _ in range(120):
            keys.press("Tab")
            ring = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 }"
            )
            assert ring, f"no ring around {focused()}"
            if focused() == name:
                return
        raise AssertionError(f"{name} cannot be reached by Tab")

    keys.press("Tab")
    assert page.inner_text(":focus") == "Skip to the content"
    keys.press("Enter")
    assert focused() == "content"
    tab_to(f"slide-{FIRST}")
    said = [page.inner_text("#saying")]
    for key, value in (("ArrowRight", 0.41), ("PageUp", 0.51), ("End", 0.95), ("Home", 0.05)):
        keys.press(key)
        settled(page)
        assert page.evaluate(f"explorer.state().set['{FIRST}']") == pytest.approx(value)
        assert float(page.input_value(f"[id='type-{FIRST}']")) == pytest.approx(value)
        assert page.get_attribute(f"[id='slide-{FIRST}']", "aria-valuetext").startswith(
            f"{value:.2f} probability"
        )
        said.append(page.inner_text("#saying"))
    assert len(set(said)) >= 4
    tab_to(f"type-{FIRST}")
    keys.press("Control+a")
    keys.type("0.5")
    assert page.evaluate(f"explorer.state().set['{FIRST}']") == 0.5
    tab_to("check-events.balloons")
    keys.press("Space")
    assert page.evaluate("explorer.state().set['events.balloons']") is False
    # A group that is closed opens, and what is in it can be reached.
    for _ in range(20):
        keys.press("Tab")
        if page.inner_text(":focus").startswith("How trust forms"):
            break
    keys.press("Enter")
    tab_to("slide-sides.washington.prior_strength")
    # Back to the top, by the link that skips the head: nothing of it is lost.
    page.evaluate("document.querySelector('.skip').focus()")
    keys.press("Enter")
    tab_to("pin")
    keys.press("Enter")
    settled(page)
    tab_to(f"slide-{FIRST}")
    keys.press("PageUp")
    settled(page)
    assert "0.50 → 0.60" in page.inner_text("#compared")
    tab_to("next")
    run = page.evaluate("explorer.sample().run")
    keys.press("Enter")
    settled(page)
    assert page.evaluate("explorer.sample().run") == run + 1
    tab_to("typical")


def test_changes_are_announced_once_they_settle(open_live: Open) -> None:
    page = open_live()
    assert page.get_attribute("#announced", "aria-live") == "polite"
    before = page.text_content("#announced")
    page.focus(f"[id='slide-{FIRST}']")
    for _ in range(3):
        page.keyboard.press("PageDown")
        assert page.text_content("#announced") == before
    until(page, f"document.getElementById('announced').textContent !== {before!r}")
    assert page.text_content("#announced") == page.inner_text("#saying")


def test_only_the_newest_of_many_changes_is_shown_in_the_end(open_live: Open, explorer: Explorer) -> None:
    page = open_live()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "(id) => { const s = document.getElementById(id); for (let k = 0; k <= 200; k++)"
        " { s.value = 0.2 + k / 1000; s.dispatchEvent(new Event('input', {bubbles: true})) } }",
        f"slide-{FIRST}",
    )
    settled(page)
    assert shares(page) == pytest.approx(played(explorer, {FIRST: 0.4}))
    assert len([url for url in asked if url.endswith("/run")]) <= 3


def test_the_address_carries_everything(open_live: Open) -> None:
    page = open_live("#scenario=balloon_crisis")
    page.click("#pin")
    slide(page, FIRST, 0.3)
    page.uncheck("[id='check-events.balloons']")
    page.fill("#seed", "5")
    settled(page)
    page.fill("#run", "17")
    page.select_option("#theme", "dark")
    until(page, "location.hash.includes('theme') && location.hash.includes('.run=17')")
    again = open_live(page.evaluate("location.hash"))
    for expression in ("explorer.state()", "explorer.seen().endings.map((e) => e.share)", "explorer.apart()"):
        assert again.evaluate(expression) == page.evaluate(expression)
    assert again.inner_text("#compared") == page.inner_text("#compared")
    until(again, "explorer.sample().run === 17")


@pytest.mark.parametrize(
    "address",
    ["#scenario=nowhere", "#sides.minsk.initial_trust=x&sides.none.trust=1&turns=3", "#%E0%A4%A&=&&",
     "#.seed=-4&.run=1e9", "#.pin.scenario=nowhere", "#sides.minsk.strategy=%3Cscript%3E"],
)  # fmt: skip
def test_a_broken_address_is_taken_for_what_it_says(
    open_live: Open, explorer: Explorer, address: str
) -> None:
    page = open_live(address)
    assert page.evaluate("explorer.state().set") == {} and page.evaluate("explorer.state().seed") == 0
    assert shares(page) == pytest.approx(played(explorer))
    page.complaints.clear()  # the browser notes what the server refused


def test_a_refusal_is_told_and_goes_away(open_live: Open, explorer: Explorer) -> None:
    page = open_live()
    before = page.inner_text("#saying")
    slide(page, "sides.minsk.reciprocity", 0.0)
    until(page, "!document.getElementById('refused').hidden")
    text = page.inner_text("#refused")
    assert "reciprocity" in text and "What is shown is from before" in text
    assert page.get_attribute("#refused", "role") == "alert" and page.inner_text("#saying") == before
    slide(page, "sides.minsk.reciprocity", 0.4)
    settled(page)
    assert page.is_hidden("#refused")
    assert shares(page) == pytest.approx(played(explorer, {"sides.minsk.reciprocity": 0.4}))
    page.complaints.clear()


def test_a_server_that_is_away_is_waited_for(open_live: Open, explorer: Explorer) -> None:
    page = open_live()
    page.context.route("**/explore/run", lambda route: route.abort())
    slide(page, FIRST, 0.25)
    until(page, "!document.getElementById('refused').hidden")
    assert "does not answer" in page.inner_text("#refused")
    page.context.unroute("**/explore/run")
    settled(page)
    until(page, "document.getElementById('refused').hidden")
    assert shares(page) == pytest.approx(played(explorer, {FIRST: 0.25}))
    page.complaints.clear()


def test_a_shared_link_is_asked_for_again_where_something_newer_overtook_it(
    open_live: Open, explorer: Explorer
) -> None:
    page = open_live()
    error = {"code": "superseded", "problem": "This page has asked for something newer", "remedy": ""}
    page.context.route(
        "**/explore/scenarios/*", lambda route: route.fulfill(status=409, json={"error": error}), times=1
    )
    page.evaluate("location.hash = '#scenario=two_islands&.pin.scenario=balloon_crisis'")
    until(page, "explorer.state().scenario === 'two_islands'")
    settled(page)
    assert page.evaluate("explorer.state().pin.scenario") == "balloon_crisis"
    assert shares(page) == pytest.approx(played(explorer, scenario="two_islands"))
    page.complaints.clear()


def test_the_latest_choice_of_a_scenario_counts(open_live: Open, explorer: Explorer) -> None:
    page = open_live()
    held: list[Any] = []
    page.context.route("**/explore/scenarios/two_islands", lambda route: held.append(route), times=1)
    with page.expect_request("**/explore/scenarios/two_islands"):
        page.select_option("#scenario", "two_islands")
    page.select_option("#scenario", "balloon_crisis")
    until(page, "explorer.state().scenario === 'balloon_crisis'")
    with page.expect_response("**/explore/scenarios/two_islands"):
        held[0].continue_()
    settled(page)
    assert page.evaluate("explorer.state().scenario") == "balloon_crisis"
    assert shares(page) == pytest.approx(played(explorer, scenario="balloon_crisis"))


def test_the_negotiation_is_one_of_the_runs(open_live: Open, explorer: Explorer) -> None:
    page = open_live(f"#{FIRST}=0.3&.seed=3")
    scenario = explorer.scenario(explorer.choice("baseline", {FIRST: 0.3}))
    for _ in range(2):
        run = page.evaluate("explorer.sample().run")
        transcript = simulate(scenario, seed=3, run=run)
        assert page.inner_text("#story-ending") == transcript.ending
        assert page.locator("#lines .what").all_text_contents() == [
            line.text for line in timeline(transcript)
        ]
        page.click("#next")
        until(page, f"explorer.sample().run === {run + 1}")
