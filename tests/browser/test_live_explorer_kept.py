"""The live explorer for everyone: on a phone, in the dark, by ear, and what can be kept of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from live_pages import FIRST, settled, slide, until

from bargain_sim.codes import OUTCOMES
from bargain_sim.web.live.playing import Explorer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Any]


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_nobody_is_shut_out(width: int, open_live: Open, faults_of: Callable[[Any], list[str]]) -> None:
    page = open_live(viewport={"width": width, "height": 800})
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
