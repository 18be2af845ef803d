"""The report in a browser: no request, nothing shuts people out, dark, phone, keyboard, paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bargain_sim.api import report, sweep

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    source = {
        "format_version": 1,
        "name": "page",
        "title": "A page",
        "question": "What does a reader see?",
        "scenario": "small_initiative",
        "design": "grid",
        "factors": {
            "sides.both.initial_trust": [0.2, 0.5, 0.8],
            "sides.both.reciprocity": [0.5, 1.0],
            "sides.both.strategy": ["comparative", "proportional"],
        },
        "runs": 20,
    }
    sweep(source, out=folder)
    return report(folder)


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(
    written: Path, open_page: Open, faults_of: Callable[[Any], list[str]], width: int
) -> None:
    page = open_page(written, viewport={"width": width, "height": 800})
    assert faults_of(page) == []
    # Only tables may be wider than a phone, and these scroll by themselves.
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_pictures_are_shown_and_follow_the_theme(written: Path, open_page: Open) -> None:
    sources = {}
    for scheme in ("light", "dark"):
        page = open_page(written, color_scheme=scheme)
        pictures = page.evaluate(
            "[...document.images].map(i => [i.complete && i.naturalWidth > 600, i.currentSrc, i.alt])"
        )
        assert len(pictures) >= 7
        assert all(shown and alt for shown, _, alt in pictures)
        sources[scheme] = [source for _, source, _ in pictures]
    assert not set(sources["light"]) & set(sources["dark"])


def test_the_keyboard_gets_past_the_contents(written: Path, open_page: Open) -> None:
    page = open_page(written, reduced_motion="reduce")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#question"


def test_every_sheet_of_paper_says_what_it_is_not(written: Path, open_page: Open, tmp_path: Path) -> None:
    """On paper the figures are the light ones, whatever the screen is."""
    page = open_page(written, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(246, 246, 244)"
    dark = page.evaluate("[...document.querySelectorAll('source')].map(s => s.srcset)")
    shown = page.evaluate("[...document.images].map(i => i.currentSrc)")
    assert not set(dark) & set(shown)
    page.pdf(path=tmp_path / "p.pdf", prefer_css_page_size=True)
    size = (tmp_path / "p.pdf").stat().st_size
    assert size > 50_000


def test_a_fault_in_the_dark_alone_is_found(
    written: Path, open_page: Open, faults_of: Callable[[Any], list[str]]
) -> None:
    page = open_page(written)
    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("@media (prefers-color-scheme: dark) { h1 { color: #222; background: #111 } }");
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    }""")
    assert [fault.split(":")[0] for fault in faults_of(page)] == ["dark"]
