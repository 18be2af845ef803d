"""Writing figures: the same figure gives the same file, and every file carries its caption."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from bargain_sim.errors import InputError
from bargain_sim.plots.sheet import Sheet
from bargain_sim.store.atomic import make_folder, write_atomic

__all__ = ["FORMATS", "save"]

FORMATS: Final[tuple[str, ...]] = ("png", "svg", "pdf")


def save(figure: Sheet, path: str | Path, formats: Sequence[str] = ("png",)) -> list[Path]:
    """Write `figure` as `path` with the ending of each format; return the files, in that order.

    PNG at 200 dots an inch, SVG with text as paths, PDF with embedded fonts.  The caption goes into
    the metadata (PNG and SVG `Description`, PDF `Subject`); no date does, so files can be compared.
    Raises InputError for a format that is not known, or where the disk does not allow it.
    """
    stem = Path(path)
    written: list[Path] = []
    for format_ in formats:
        if format_ not in FORMATS:
            raise InputError(
                f"there is no figure format `{format_}`", remedy=f"Known are {', '.join(FORMATS)}"
            )
    make_folder(stem.parent)
    for format_ in formats:
        # Not with_suffix: a name such as `trust_0.5` has no ending to replace.
        target = stem.parent / f"{stem.name.removesuffix('.' + format_)}.{format_}"
        write_atomic(
            target, partial(figure.savefig, format=format_, metadata=_metadata(format_, figure.caption))
        )
        written.append(target)
    return written


def _metadata(format_: str, caption: str) -> dict[str, Any]:
    if format_ == "png":
        return {"Description": caption, "Software": "bargain_sim"}
    if format_ == "svg":
        return {"Description": caption, "Creator": "bargain_sim", "Date": None}
    return {"Subject": caption, "Creator": "bargain_sim", "CreationDate": None, "ModDate": None}
