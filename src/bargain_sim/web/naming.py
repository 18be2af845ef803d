"""Codes of rooms, and names of people as they may be shown."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Container
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
    kept = "".join(each if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " "
                   for each in plain)  # fmt: skip
    # A pile of marks over one letter would run over its neighbours' lines.
    kept = re.sub(r"([̀-ͯ҃-҉᪰-᫿⃐-⃿]){3,}", "", kept)
    return _SPACES.sub(" ", kept).strip()[:LONGEST_NAME].strip()
