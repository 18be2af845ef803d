"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from bargain_sim.errors import InputError

__all__ = [
    "FIGURES",
    "FOLDER",
    "LARGEST",
    "SIZES",
    "checked_figure",
    "checked_folder",
    "checked_looks",
    "seed_option",
    "set_option",
]

F = TypeVar("F", bound=Callable[..., Any])

LARGEST = 2**63 - 1
"""The largest seed and run number."""

FIGURES: Final = (".png", ".svg", ".pdf")
"""What the name of a figure ends in."""
_FORMATS: Final = tuple(ending.removeprefix(".") for ending in FIGURES)

SIZES: Final = ("print", "projector")
"""Sizes of figures, as `plots.sheet` knows them."""


class _Folder(click.Path):
    """A path that says something: an unset variable of the shell would name this very folder."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        if value == "":
            self.fail("The name of the folder is empty. Give one, such as results/mine.", parameter, context)
        return super().convert(value, parameter, context)


FOLDER = _Folder(path_type=Path)
"""The type of an option that names a folder."""


def set_option(function: F) -> F:
    """`--set PATH=VALUE`, repeatable; the command receives `given: tuple[str, ...]`.

    The texts go as they are to `load_scenario(…, overrides)`, which reads and places them.
    """
    return click.option(
        "--set", "given", multiple=True, metavar="PATH=VALUE",
        help="Set one value, such as sides.minsk.initial_trust=0.5; may be repeated, later ones win.",
    )(function)  # fmt: skip


def seed_option(
    default: int | None = 0, text: str = "The luck of the draw, a whole number from 0."
) -> Callable[[F], F]:
    """`--seed N`; None as default lets the command know that none was given."""
    return click.option(
        "--seed", type=click.IntRange(0, LARGEST), default=default, show_default=default is not None,
        metavar="N", help=text,
    )  # fmt: skip


def checked_folder(folder: Path) -> None:
    """Refuse a folder that could not be made or written to, before the work.  Raises InputError."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not there.is_dir():
        problem = f"`{there}` is a file, and a folder is needed here"
    elif not os.access(there, os.W_OK):
        problem = f"`{there}` may not be written to"
    else:
        return
    raise InputError(problem, remedy="Give another folder with --out", place=str(folder))


def checked_looks(formats: str, sizes: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Formats and sizes of figures out of what was joined by commas, each a known one.  Raises InputError."""
    found = []
    for what, known, text in (("figure format", _FORMATS, formats), ("size", SIZES, sizes)):
        parts = tuple(part.strip() for part in text.split(","))
        for part in parts:
            if part not in known:
                raise InputError(f"there is no {what} `{part}`", remedy=f"Known are {', '.join(known)}")
        found.append(parts)
    return found[0], found[1]


def checked_figure(plot: Path) -> None:
    """Refuse a figure that could not be written, before the run and without matplotlib.

    Raises InputError.
    """
    if plot.suffix.lower() not in FIGURES:
        raise InputError(
            f"`{plot.suffix or plot.name}` is no kind of figure",
            remedy="Let the file end in .png, .svg or .pdf",
            place=str(plot),
        )
    if not plot.parent.is_dir():
        raise InputError(
            f"there is no folder `{plot.parent}`",
            remedy="Make it first, or give another path",
            place=str(plot),
        )
