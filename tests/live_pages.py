"""For browser tests of the live explorer: what it shows, and what it should show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bargain_sim.codes import OUTCOMES
from bargain_sim.plots.style import STACK
from bargain_sim.web.live.playing import Explorer

FIRST: Final = "sides.washington.initial_trust"
"""The first slider of the page."""


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
