"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["LARGEST", "seed_option", "set_option"]

F = TypeVar("F", bound=Callable[..., Any])

LARGEST = 2**63 - 1
"""The largest seed and run number."""


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
