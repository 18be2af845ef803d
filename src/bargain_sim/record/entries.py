"""What an entry of the record is.  Each can say itself in one line (`text`) for people."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "SENTENCE",
    "Condition",
    "Demand",
    "Distrust",
    "Entry",
    "Event",
    "Institution",
    "Interest",
    "NotInSource",
    "RedLine",
    "Reference",
    "ThirdParty",
    "When",
    "Work",
    "sentences_of",
]

SENTENCE: Final = re.compile(r"^(?:S(\d{1,2})(?:-(\d{1,2}))?|fn(\d))$")
"""One place in the commentary: `S28`, `S7-8`, `fn1`."""


def sentences_of(source: str) -> tuple[str, ...]:
    """Every single place that `S17; S20; fn1` or `S7-8` stands for, in order: `S7`, `S8`, …"""
    found: list[str] = []
    for part in source.split(";"):
        match = SENTENCE.match(part.strip())
        if match is None:
            continue
        first, last, footnote = match.groups()
        if footnote is not None:
            found.append(f"fn{footnote}")
        else:
            found += [f"S{k}" for k in range(int(first), int(last or first) + 1)]
    return tuple(found)


def _checked(source: str) -> str:
    for part in source.split(";"):
        place = part.strip()
        match = SENTENCE.match(place)
        if place != "coding" and match is None:
            raise ValueError(f"`{place}` is no place in the commentary; write S28, S7-8, fn1 or coding")
        if match is not None and match.group(2) and int(match.group(2)) <= int(match.group(1)):
            raise ValueError(f"`{place}` runs backwards")
    return source


Places = Annotated[str, AfterValidator(_checked)]
SideId = Literal["washington", "minsk"]
SIDE_NAME: Final[dict[str, str]] = {"washington": "Washington", "minsk": "Minsk"}


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Frozen):
    """One entry of the record: `what` it says in our words, and where the commentary says it."""

    what: str = Field(min_length=1)
    source: Places

    def text(self) -> str:
        """The entry in one line, with its place in the commentary."""
        return f"{self.what} [{self.source}]"


class When(_Frozen):
    """A date and how uncertain it is: written as one `day`, or as some day from `earliest` to `latest`.

    An end that the text leaves open is None; `throughout` marks what lasted the whole time.
    """

    earliest: dt.date | None = None
    latest: dt.date | None = None
    throughout: bool = False
    text: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_day(cls, data: Any) -> Any:
        if isinstance(data, dict) and "day" in data:
            rest = {key: value for key, value in data.items() if key != "day"}
            if "earliest" in rest or "latest" in rest:
                raise ValueError("a date is either a `day` or between `earliest` and `latest`")
            return {**rest, "earliest": data["day"], "latest": data["day"]}
        return data

    @model_validator(mode="after")
    def _hangs_together(self) -> When:
        if self.earliest is None and self.latest is None:
            raise ValueError("a date needs `day`, `earliest` or `latest`")
        if self.earliest is not None and self.latest is not None and self.earliest > self.latest:
            raise ValueError(f"{self.earliest} comes after {self.latest}")
        if not self.exact and not self.text:
            raise ValueError("an uncertain date needs a `text`")
        return self

    @property
    def exact(self) -> bool:
        """Whether the text gives the very day."""
        return self.earliest is not None and self.earliest == self.latest

    @property
    def spread_days(self) -> int | None:
        """Days from the earliest to the latest day it may have been; None where one is open."""
        if self.earliest is None or self.latest is None:
            return None
        return (self.latest - self.earliest).days

    def __str__(self) -> str:
        """The day, or the words for it."""
        if self.exact and self.earliest is not None and not self.text:
            return f"{self.earliest.day} {self.earliest:%b %Y}"
        return self.text


class Event(Entry):
    """Something that happened: when, who, what, how much, in answer to what, how delivered."""

    date: When
    sides: tuple[SideId, ...] = Field(min_length=1)
    people: int | None = Field(default=None, ge=1, description="people released")
    size: str = ""
    answers: tuple[int, ...] = Field(default=(), description="events that it answers")
    together_with: tuple[int, ...] = Field(default=(), description="events of which the order is unclear")
    answers_text: str = ""
    corrects: int | None = Field(default=None, description="event whose shortfall it makes good")
    delivery: Literal["full", "partial"] | None = None
    publicity: Literal["confidential", "discreet", "private", "public", "rumour"] | None = None

    def text(self) -> str:
        """Date, side, what, and what is known of it."""
        who = " and ".join(SIDE_NAME[side] for side in self.sides)
        known = [
            f"{self.people} {'person' if self.people == 1 else 'people'}" if self.people else "",
            f"size: {self.size}" if self.size else "",
            {"full": "delivered in full", "partial": "partly delivered", None: ""}[self.delivery],
            self.publicity or "",
        ]
        details = "; ".join(part for part in known if part)
        return f"{self.date}, {who}: {self.what}" + (f" ({details})" if details else "") + f" [{self.source}]"


class Interest(Entry):
    """What a side is said to want."""

    side: SideId

    def text(self) -> str:
        """Whose interest, and which."""
        return f"Interest of {SIDE_NAME[self.side]}: {self.what} [{self.source}]"


class RedLine(Entry):
    """What a side is said not to give."""

    side: SideId

    def text(self) -> str:
        """Whose red line, and which."""
        return f"Red line of {SIDE_NAME[self.side]}: {self.what} [{self.source}]"


class Demand(Entry):
    """What a side asked for, and whether the other met it."""

    side: SideId
    met: bool
    events: tuple[int, ...] = ()

    def text(self) -> str:
        """Whose demand, which, and whether it was met."""
        how = "met" if self.met else "not met"
        return f"Demand of {SIDE_NAME[self.side]} ({how}): {self.what} [{self.source}]"


class Distrust(Entry):
    """What made a side doubt the other."""

    side: SideId
    events: tuple[int, ...] = ()

    def text(self) -> str:
        """Whose distrust, and from what."""
        return f"Distrust of {SIDE_NAME[self.side]}: {self.what} [{self.source}]"


class Condition(Entry):
    """What a grand bargain needs."""

    def text(self) -> str:
        """The condition."""
        return f"Condition of a grand bargain: {self.what} [{self.source}]"


class ThirdParty(Entry):
    """Somebody else who matters, and how."""


class Institution(Entry):
    """A lever of government that the text names."""

    events: tuple[int, ...] = ()


class NotInSource(_Frozen):
    """Something the commentary does not give, so that the model must assume it."""

    what: str = Field(min_length=1)

    def text(self) -> str:
        """What is missing."""
        return f"Not in the commentary: {self.what}"


class Work(_Frozen):
    """A work of the literature; `to_check` names details not compared with a second source."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    authors: tuple[str, ...] = Field(min_length=1)
    year: int = Field(ge=1900, le=2025)
    title: str
    published_in: str = Field(alias="in")
    doi: str | None = Field(default=None, pattern=r"^10\.\d{4,9}/\S+$")
    used_for: str
    to_check: str = ""

    def text(self) -> str:
        """The full reference, as a bibliography gives it."""
        names = list(self.authors)
        who = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
        doi = f". doi:{self.doi}" if self.doi else ""
        return f"{who} ({self.year}). {self.title}. {self.published_in}{doi}"


class Reference(_Frozen):
    """The commentary itself."""

    format_version: Literal[1]
    author: str
    title: str
    kind: str
    publisher: str
    date: dt.date
    elsewhere: str
    sentences: int = Field(ge=1)
    footnotes: int = Field(ge=0)
    record_ends: dt.date
    note: str

    def text(self) -> str:
        """The full reference."""
        day = f"{self.date.day} {self.date:%B %Y}"
        return f'{self.author}, "{self.title}", {self.kind}, {self.publisher}, {day}'
