"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["FOLDER", "LARGEST", "seed_option", "set_option"]

F = TypeVar("F", bound=Callable[..., Any])

LARGEST = 2**63 - 1
"""The largest seed and run number."""


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
