"""What every command knows: how plainly to speak, and whether to show tracebacks."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

__all__ = ["NARROW", "Settings", "with_settings"]

NARROW = 70
"""Below so many columns a table of words is harder to read than lines."""

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Settings:
    """Filled in by the options of the group and of the command."""

    quiet: bool = False
    traceback: bool = False

    @property
    def plain(self) -> bool:
        """Whether to write plain text: no terminal, `NO_COLOR`, a dumb terminal, or `--quiet`."""
        return (
            self.quiet
            or not sys.stdout.isatty()
            or bool(os.environ.get("NO_COLOR"))
            or os.environ.get("TERM") == "dumb"
        )

    @property
    def columns(self) -> int | None:
        """How many characters fit into a line; None where output goes elsewhere than to a terminal."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    @property
    def narrow(self) -> bool:
        """Whether the terminal is too narrow for tables."""
        return self.columns is not None and self.columns < NARROW

    def notice(self, text: str) -> None:
        """Say something by the way, on standard error; nothing under `--quiet`."""
        if not self.quiet:
            click.echo(text, err=True)


def _keep(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    # Given anywhere on the line, an option holds; left out, it changes nothing.
    if value and parameter.name is not None:
        setattr(context.ensure_object(Settings), parameter.name, True)


def settings_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add `--quiet` and `--traceback`, kept in the Settings of the context."""
    quiet = click.option(
        "--quiet", is_flag=True, expose_value=False, callback=_keep,
        help="Plain text, no progress bar, no notices.",
    )  # fmt: skip
    traceback = click.option(
        "--traceback", is_flag=True, expose_value=False, callback=_keep,
        help="Show where in the program an internal fault happened.",
    )  # fmt: skip
    return quiet(traceback(function))


def with_settings(function: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Give a command the options of Settings, and the Settings as its first argument."""

    @wraps(function)
    def inner(*args: Any, **kwargs: Any) -> R:
        return function(click.get_current_context().ensure_object(Settings), *args, **kwargs)

    return settings_options(inner)
