"""What can go wrong because of what a person wrote, said in words that person can act on.

Nothing here knows about scenarios or rules: an `InputError` is a message with a place and a
remedy.  The command line prints it and exits with 2; Python users catch it as an exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["BargainError", "InputError", "Place", "install"]


@dataclass(frozen=True)
class Place:
    """Where in which file: `file` as the user named it, `line` counted from 1 (None: whole file)."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class BargainError(Exception):
    """Everything this package raises on purpose."""


class InputError(BargainError):
    """The input is wrong: what, where, and what to do about it.

    `problem` is one sentence in plain words, `remedy` one that says what to write instead,
    `place` the file and line where known.  `str(error)` is `FILE:LINE: problem. remedy`.
    """

    def __init__(
        self,
        problem: str,
        *,
        remedy: str = "",
        place: Place | str | Path | None = None,
        more: tuple[InputError, ...] = (),
    ) -> None:
        self.problem = problem.rstrip(".")
        self.remedy = remedy.rstrip(".")
        self.place = Place(str(place)) if isinstance(place, str | Path) else place
        self.more = more
        super().__init__(self.text())

    def text(self) -> str:
        """The message in one line, as `bargain validate` prints it."""
        head = f"{self.place}: " if self.place is not None else ""
        end = "" if self.remedy.endswith("?") else "."
        tail = f" {self.remedy}{end}" if self.remedy else ""
        return f"{head}{self.problem}.{tail}"

    def all(self) -> tuple[InputError, ...]:
        """This error and every further one found in the same input."""
        return (self, *self.more)


def install(extra: str) -> str:
    """A remedy for what an extra brings, in a copy of the repository and for an installed package."""
    return (
        f"Install the extra `{extra}`: in a copy of the repository by "
        f'`python -m pip install -c constraints.txt -e ".[{extra}]"`; '
        f"otherwise name the package to pip as before, with [{extra}] behind it"
    )
