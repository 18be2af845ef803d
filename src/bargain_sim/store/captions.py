"""The captions that lie beside the figures of a results folder, and so which figures are ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

__all__ = ["CAPTIONS", "figure_files", "read_captions"]

CAPTIONS: Final = "captions.md"
"""File beside the figures with the caption of each, for alternative texts."""

_CAPTION: Final = re.compile(r"- `([^`]+)`: (.*)")
_ENDINGS: Final = tuple(
    f"{size}{theme}.{form}"
    for size in ("", "_projector")
    for theme in ("", "_dark")
    for form in ("png", "svg", "pdf")
)


def read_captions(folder: Path) -> dict[str, str]:
    """Figure → its caption, from the file beside the figures; empty where there is none."""
    page = folder / CAPTIONS
    if not page.is_file():
        return {}
    found = (_CAPTION.fullmatch(line) for line in page.read_text(encoding="utf-8").splitlines())
    return {entry[1]: entry[2] for entry in found if entry is not None}


def figure_files(folder: Path, name: str) -> list[Path]:
    """The files of figure `name` that are there, in any size, theme and format."""
    return [path for ending in _ENDINGS if (path := folder / f"{name}{ending}").is_file()]
