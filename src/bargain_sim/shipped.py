"""Where the files that ship with the package are: the record and the scenarios.

A wheel carries them inside the package; a checkout (and an editable install) has them beside `src`.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["shipped_folder"]

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder(name: str) -> Path:
    """The folder `seeds` or `scenarios`: in the package, else in the repository."""
    for parent in (_PACKAGE / "shipped", _PACKAGE.parent.parent):
        folder = parent / name
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"this installation of bargain_sim lacks its folder `{name}`")
