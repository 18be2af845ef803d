"""A page from a template: styles and scripts inside it, and nothing that it could fetch.

A Content-Security-Policy names the checksums of the page's own styles and scripts; whatever else
found its way in (a scenario's title, say) could neither run nor ask any server for anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bargain_sim.pages.house import colours, patterns
from bargain_sim.plots.style import CLAIM
from bargain_sim.store.atomic import make_folder, write_text
from bargain_sim.version import __version__

__all__ = ["FOLDER", "page_from", "write_page"]

FOLDER: Final = Path(__file__).resolve().parent
"""Where templates, styles and scripts are."""


def page_from(
    template: str,
    *,
    title: str,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    command: str = "",
    origin: Sequence[tuple[str, str]] = (),
    inline_styles: bool = False,
    context: Mapping[str, Any] | None = None,
) -> str:
    """The HTML of a page: `template` extends `base.html` and sees `context`, everything escaped.

    `styles` and `scripts` name files of this folder; the scripts are run as one, in their order.
    `command` and `origin` (pairs of name and text) tell in the foot how to make the page again.
    `inline_styles` lets elements carry `style`, as an SVG that matplotlib made does.
    """
    sheet = colours() + "\n".join(_read(name) for name in ("base.css", *styles))
    program = "\n".join(_read(name) for name in scripts)
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(template).render(
        dict(context or {}),
        title=title,
        claim=CLAIM,
        version=__version__,
        policy=_policy(sheet, program, inline_styles),
        # Our own files, not what anybody wrote into a scenario.
        styles=Markup(sheet),
        scripts=[Markup(program)] if program else [],
        patterns=patterns(),
        command=command,
        origin=list(origin),
    )


def write_page(path: Path, html: str) -> Path:
    """Write a page, whole or not at all, making its folder; returns `path`.  Raises InputError."""
    make_folder(path.parent)
    write_text(path, html)
    return path


def _policy(sheet: str, program: str, inline_styles: bool) -> str:
    """Nothing from anywhere; own styles and scripts by their checksums, pictures that are in the page."""
    styled = "'unsafe-inline'" if inline_styles else _checksum(sheet)
    runs = _checksum(program) if program else "'none'"
    return (
        f"default-src 'none'; style-src {styled}; script-src {runs}; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _checksum(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
