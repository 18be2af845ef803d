"""The live explorer in a browser: by keyboard, on a phone, in the dark, when it is refused or left alone."""

from __future__ import annotations

import csv
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bargain_sim.api import simulate
from bargain_sim.codes import OUTCOMES
from bargain_sim.narrate import timeline
from bargain_sim.plots.style import STACK
from bargain_sim.web.live.playing import Explorer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Any]
FIRST = "sides.washington.initial_trust"


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer()


@pytest.fixture(scope="module")
def server(explorer: Explorer) -> Iterator[str]:
    """The address of a server that has nothing but the explorer."""
    import uvicorn
    from starlette.applications import Starlette

    from bargain_sim.web.explore import routes

    explorer.warm_up()
    app = Starlette(routes=routes(explorer))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        served = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=served.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not served.started:
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            served.should_exit = True
            thread.join()


@pytest.fixture
def open_live(server: str, browser: Any) -> Iterator[Open]:
    """Pages opened here may ask this server only, and may complain of nothing."""
    contexts: list[Any] = []
    asked: list[str] = []
    said: list[str] = []

    def opened(address: str = "", **options: Any) -> Any:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 720}} | options))
        contexts.append(context)
        page = context.new_page()
        page.complaints = said
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{server}/explore{address}")
        settled(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not [
        url for url in asked if not url.startswith((f"{server}/explore", f"blob:{server}/", "data:,"))
    ]
    assert not said


def until(page: Any, condition: str) -> None:
    """Wait until this holds, 20 seconds at most (the page's policy forbids Playwright's own way)."""
    held: bool = page.evaluate(
        "async () => { for (let k = 0; k < 400; k++) { if (" + condition + ") return true;"
        " await new Promise((done) => setTimeout(done, 50)) } return false }"
    )
    assert held, condition


def settled(page: Any) -> None:
    """Wait until runs and story of the settings are shown."""
    until(
        page,
        "window.explorer && explorer.seen() && explorer.sample() && explorer.settled()",
    )


def slide(page: Any, path: str, value: float) -> None:
    page.evaluate(
        "([path, value]) => { const s = document.getElementById('slide-' + path); s.value = value;"
        " s.dispatchEvent(new Event('input', {bubbles: true})) }",
        [path, value],
    )


def shares(page: Any) -> list[float]:
    found: list[float] = page.evaluate("explorer.seen().endings.map((each) => each.share)")
    return found


def played(
    explorer: Explorer, values: Mapping[str, Any] | None = None, *, seed: int = 0, scenario: str = "baseline"
) -> list[float]:
    """Shares in the order of the page, from the engine."""
    outcomes = explorer.play(explorer.choice(scenario, values or {}), seed).outcomes.tolist()
    return [outcomes.count(OUTCOMES.index(name)) / len(outcomes) for name in STACK]


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
    for key, value in (("ArrowRight", 0.405), ("PageUp", 0.455), ("End", 0.6), ("Home", 0.2)):
        keys.press(key)
        settled(page)
        assert page.evaluate(f"explorer.state().set['{FIRST}']") == pytest.approx(value)
        assert float(page.input_value(f"[id='type-{FIRST}']")) == pytest.approx(value)
        assert page.get_attribute(f"[id='slide-{FIRST}']", "aria-valuetext").startswith(
            f"{value:.3f} probability"
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
    assert "0.500 → 0.550" in page.inner_text("#compared")
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_nobody_is_shut_out(
    scheme: str, width: int, open_live: Open, faults_of: Callable[[Any], list[str]]
) -> None:
    page = open_live(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.click("#pin")
    slide(page, FIRST, 0.3)
    settled(page)
    for summary in page.locator("summary").all():
        if not summary.evaluate("(each) => each.parentElement.open"):
            summary.click()
    assert not faults_of(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_keeps_the_shares_in_sight(open_live: Open) -> None:
    page = open_live(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.evaluate("(id) => document.getElementById(id).scrollIntoView()", "slide-sides.minsk.outside_option")
    assert page.evaluate("scrollY") > 200
    assert page.evaluate("document.querySelector('.glance').getBoundingClientRect().top") >= 0
    before = page.inner_text("#brief")
    slide(page, FIRST, 0.2)
    settled(page)
    assert page.inner_text("#brief") != before


@pytest.mark.parametrize("card", ["endings", "deals", "trust", "points"])
def test_a_card_can_be_kept_as_a_picture(card: str, open_live: Open, tmp_path: Path) -> None:
    import matplotlib.image as mpimg

    page = open_live(f"#{FIRST}=0.4&.pin.scenario=baseline")
    with page.expect_download() as download:
        page.click(f"#png-{card}")
    assert download.value.suggested_filename == f"baseline_{card}.png"
    download.value.save_as(tmp_path / "card.png")
    image = mpimg.imread(tmp_path / "card.png")
    assert image.shape[1] == 1800 and image.shape[0] > 600
    assert image[..., 3].min() == 1.0, "no part of it is without ground"
    chart = image[300:-300]
    assert len({tuple(pixel) for pixel in (chart[::7, ::7, :3].reshape(-1, 3) * 15).round().tolist()}) > 4


def test_the_runs_can_be_kept(open_live: Open, explorer: Explorer, tmp_path: Path) -> None:
    page = open_live(f"#{FIRST}=0.4&.seed=9")
    with page.expect_download() as download:
        page.click("#table")
    assert download.value.suggested_filename == "baseline_seed_9.csv"
    download.value.save_as(tmp_path / "runs.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "runs.csv").read_text("utf-8"))))
    outcomes = explorer.play(explorer.choice("baseline", {FIRST: 0.4}), 9).outcomes
    assert [row["outcome"] for row in rows] == [OUTCOMES[k] for k in outcomes]
    until(page, "document.getElementById('done').textContent.includes('saved')")


def test_nothing_else_can_run(open_live: Open) -> None:
    page = open_live()
    assert page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); return window.ran === undefined }"
    )
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'came', () => 'refused')") == "refused"
    page.complaints.clear()  # the browser says that it refused


def test_tables_say_what_the_charts_show(open_live: Open) -> None:
    page = open_live()
    for chart in ("deal", "fan-0", "fan-1", "plane", "trust"):
        assert len(page.get_attribute(f"#{chart}", "aria-label")) > 30
    for table in ("shares", "deal-table", "fan-table", "plane-table", "lines"):
        assert page.locator(f"#{table} tr").count() >= 3
    median = page.evaluate("explorer.seen().fan[0][2][0]")
    assert page.locator("#fan-table td").first.inner_text().startswith(f"{median:.2f} (")
