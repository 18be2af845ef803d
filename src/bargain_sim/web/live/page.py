"""The explorer's page, its script and its styles: those of the offline explorable, and a few of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bargain_sim.codes import OUTCOME_TEXT
from bargain_sim.pages.house import colours, fill_of, patterns
from bargain_sim.pages.writing import FOLDER
from bargain_sim.plots.style import CLAIM, OUTCOME_STYLE, STACK
from bargain_sim.strategies import STRATEGIES
from bargain_sim.version import __version__
from bargain_sim.web.live.playing import Explorer

__all__ = ["SCRIPTS", "STYLES", "page", "script", "styles"]

HERE: Final = Path(__file__).resolve().parent

STYLES: Final = (FOLDER / "base.css", FOLDER / "explore.css", HERE / "live.css")

SCRIPTS: Final = (
    HERE / "data.js",
    *(FOLDER / "charts" / f"{name}.js" for name in ("svg", "words", "shares", "deal", "plane", "told")),
    *(HERE / f"{name}.js" for name in ("state", "controls", "fan", "pictures", "story", "png", "page")),
)
"""In the order in which they are run, as one."""


def page(explorer: Explorer) -> bytes:
    """The HTML of the page: it asks for everything that depends on settings."""
    environment = Environment(
        loader=FileSystemLoader([HERE, FOLDER]), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    titles = {name: explorer.scenario_as_it_is(name).title for name in explorer.names}
    html = environment.get_template("live.html").render(
        claim=CLAIM,
        version=__version__,
        patterns=patterns(),
        runs=explorer.runs,
        scenarios=titles,
        strategies=STRATEGIES,
        endings=[_ending(name) for name in STACK],
    )
    return html.encode()


def script() -> str:
    """All scripts as one, as the offline page has them."""
    return "\n".join(path.read_text("utf-8") for path in SCRIPTS)


def styles() -> str:
    """All styles as one."""
    return colours() + "\n".join(path.read_text("utf-8") for path in STYLES)


def _ending(name: str) -> dict[str, Any]:
    look = OUTCOME_STYLE[name]
    return {
        "id": name, "label": look.label, "text": OUTCOME_TEXT[name], "fill": fill_of(name),
        "marker": look.marker, "there": True,
    }  # fmt: skip
