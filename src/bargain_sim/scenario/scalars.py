"""Single values of a YAML file, and what YAML 1.1 would silently read as something else.

`no` would be false, `010` eight, `12:30` seven hundred and fifty, `1e3` a text: each is refused
with the words that say what to write, for the reader of a file cannot see them.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Any, Final

import yaml

__all__ = ["Trap", "read_scalar", "shortened"]

_RESOLVER: Final[Any] = yaml.resolver.Resolver()
_MAKER: Final[Any] = yaml.constructor.SafeConstructor()

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
# Looks like a number to people and to YAML 1.2, is text in YAML 1.1.
_LIKE_NUMBER = re.compile(r"[-+]?(?:\.?[0-9][0-9_]*\.?[0-9_]*(?:[eE][-+]?[0-9]+)?|0o[0-7]+)")


@dataclass(frozen=True)
class Trap:
    """A value that is not what it looks like: what is wrong, what to write, what was meant."""

    problem: str
    remedy: str
    meant: Any


def shortened(value: object, limit: int = 60) -> str:
    """A value as messages show it: on one line, not too long."""
    text = "~" if value is None else " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def read_scalar(text: str, implicit: tuple[bool, bool]) -> Any:
    """The value of a scalar: text, int, float, bool, date, None; or the Trap it falls into."""
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, implicit).rpartition(":")[2]
    shown = shortened(text)
    if not implicit[0] or tag in ("value", "merge"):
        return text
    if tag == "str":
        if _LIKE_NUMBER.fullmatch(text):
            return _number_trap(text, f"`{shown}` looks like a number but is read as text")
        return text
    if tag == "null":
        return None
    if tag == "bool":
        meant = text.lower() in ("yes", "on", "true")
        if text.lower() in ("true", "false"):
            return meant
        word = "true" if meant else "false"
        return Trap(
            f"`{shown}` is read as {word} by some programs and as text by others",
            f'Write `{word}`, or "{shown}" in quotes if you mean the word',
            meant,
        )
    if tag == "int":
        if _INT.fullmatch(text):
            return int(text)
        return _number_trap(text, _why_no_int(text, shown))
    if tag == "float":
        if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        return _number_trap(text, f"`{shown}` is not an ordinary number")
    return _date(text, shown)


def _why_no_int(text: str, shown: str) -> str:
    bare = text.lstrip("+-")
    if ":" in bare:
        return f"`{shown}` is read as a number to the base of 60"
    if bare.startswith(("0x", "0b")):
        return f"`{shown}` is not a decimal number"
    if bare.startswith("0") and bare != "0" and "_" not in bare:
        return f"`{shown}` is read as an octal number"
    if "_" in bare:
        return f"`{shown}` is a number to some programs and text to others"
    return f"`{shown}` is too large a number"


def _number_trap(text: str, problem: str) -> Trap:
    plain = text.replace("_", "")
    try:
        meant: Any = float(plain)
    except ValueError:
        meant = None
    # Past 15 digits a float no longer holds every whole number, so nothing is suggested.
    if meant is None or not math.isfinite(meant) or abs(meant) >= 1e15:
        return Trap(problem, f'Write an ordinary decimal number, or "{shortened(text)}" in quotes', None)
    if meant == int(meant):
        meant = int(meant)
    digits = f"{meant:.15f}".rstrip("0") if isinstance(meant, float) and meant != 0 else str(meant)
    return Trap(problem, f'Write `{digits}`, or "{shortened(text)}" in quotes if you mean the text', meant)


def _date(text: str, shown: str) -> Any:
    try:
        value = _MAKER.construct_yaml_timestamp(yaml.ScalarNode("tag:yaml.org,2002:timestamp", text))
    except ValueError:
        value = None
    if isinstance(value, dt.datetime):
        return Trap(f"`{shown}` has a time of day", f"Write the day only: `{value.date()}`", value.date())
    if value is None:
        # A day all the same: without one, it would be told as missing, and as empty, too.
        instead = dt.date(2025, 1, 14)
        return Trap(f"`{shown}` is not a day of the calendar", f"Write year-month-day: `{instead}`", instead)
    return value
