"""Codes of rooms, and names of people as they may be shown."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Container
from itertools import groupby
from typing import Final

from bargain_sim.errors import InputError
from bargain_sim.web.messages import CODE

__all__ = ["LONGEST_NAME", "as_code", "clean", "drawn_code", "is_code"]

LONGEST_NAME: Final = 40
"""Characters of a name; more are cut off."""

_LETTERS: Final = "BCDFGHJKLMNPRSTWXZ"  # no vowels, and none of Q, V and Y, which are taken for others
# Without vowels little can be read into four letters, and none of that in a classroom.
_RUDE: Final = re.compile(
    "FCK|FKC|FKN|CNT|DCK|SHT|TWT|WNK|WKR|BTCH|SLT|NGR|NGG|KKK|PRN|CRP|CCK|FGT|JZZ|SS|HH"
)
_SPACES: Final = re.compile(r"\s+")
_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs that look like nothing
_ALIAS: Final = re.compile(r"seat \d+", re.IGNORECASE)  # how those without a name are called
_PICTURE: Final = "[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
_JOINED: Final = re.compile(f"(?<={_PICTURE})\u200d(?={_PICTURE})")


def is_code(text: str) -> bool:
    """Whether this could be the code of a room."""
    return re.fullmatch(CODE, text) is not None


def as_code(text: str) -> str:
    """A code as people type it: small letters, spaces and dashes between.  Empty where it is none."""
    code = re.sub(r"[\s\-]", "", text[:16]).upper()
    return code if is_code(code) else ""


def drawn_code(taken: Container[str]) -> str:
    """A new code.  Raises InputError where none can be found."""
    for _ in range(10_000):
        code = "".join(secrets.choice(_LETTERS) for _ in range(4))
        if code not in taken and not _RUDE.search(code):
            return code
    raise InputError("no code is free", remedy="Forget rooms that are over")


def clean(name: str) -> str:
    """A name without what cannot be shown: control and format characters, text turned about, long runs.

    May be empty: then the seat is anonymous.
    """
    plain = unicodedata.normalize("NFC", name[:400])
    # Only between pictures is a character kept that itself shows nothing: it makes one of them.
    parts = ("".join(map(_shown, part)) for part in _JOINED.split(plain))
    kept = _SPACES.sub(" ", "\u200d".join(parts)).strip()
    return "" if _ALIAS.fullmatch(kept) else _without_piles(kept)[:LONGEST_NAME].strip()


def _shown(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
    return " " if hidden or character in _BLANK else character


def _without_piles(text: str) -> str:
    """Without three marks or more over one letter, in any script: they run over their neighbours' lines."""
    runs = ((marks, "".join(run)) for marks, run in groupby(text, _is_mark))
    return "".join(run for marks, run in runs if not (marks and len(run) > 2))


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")
