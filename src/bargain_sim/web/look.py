"""Pages from templates, and the house's style sheet."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bargain_sim.errors import InputError
from bargain_sim.narrate import CAVEAT
from bargain_sim.version import __version__
from bargain_sim.web.answers import fault_of, status_of

__all__ = ["PAGES", "SCRIPTS", "STATIC", "failed_page", "house_style", "page", "rendered", "script"]

PAGES: Final = Path(__file__).resolve().parent / "pages"
STATIC: Final = Path(__file__).resolve().parent / "static"

SCRIPTS: Final = {
    "desk": ("dom", "wire", "settings", "desk"),
    "desk_room": ("dom", "wire", "charts", "settings", "desk_rows", "desk_room"),
    "room": ("dom", "wire", "charts", "sheet", "story", "compose", "clock", "room"),
    "projector": ("dom", "wire", "charts", "pair", "class", "projector"),
    "debrief": ("dom", "charts", "pair", "class", "debrief"),
}
"""Files of `static/` by page, in the order in which they are run, as one."""

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def rendered(template: str, **context: Any) -> str:
    """The HTML of a template, everything escaped."""
    return _TEMPLATES.get_template(template).render(claim=CAVEAT.rstrip("."), version=__version__, **context)


def page(request: Request, template: str, answered: int = 200, /, **context: Any) -> Response:
    """The answer with a page, `answered` its HTTP status."""
    return HTMLResponse(rendered(template, path=request.url.path, **context), answered)


def failed_page(request: Request, error: InputError) -> Response:
    """The page that says why something cannot be."""
    status = status_of(error)
    return page(request, "error.html", status, error=fault_of(error), status=status)


@cache
def script(page: str) -> str:
    """All scripts of a page as one: they are there or they are not, and a class asks for one file each."""
    return "\n".join((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS[page])


@cache
def house_style() -> str:
    """Colours and base styles, as on every page of the house."""
    from bargain_sim.pages import house

    return house.colours() + Path(house.__file__).with_name("base.css").read_text(encoding="utf-8")
