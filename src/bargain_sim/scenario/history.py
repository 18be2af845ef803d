"""What is known to have happened before play begins: dated entries, and from when on it is played."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, field_validator, model_validator

from bargain_sim.scenario.quantity import Block, Quantity, Source, fault, number

__all__ = ["Entry", "History"]

_DOES = ("gives", "event", "corrects", "demands", "dialogue", "note")


class Entry(Block):
    """One thing that happened: what a side gave, an event, a correction, a demand, a pause, or a note.

    The entry's `source` stands for its date and for how many units were given.
    """

    date: dt.date = Field(description="the day, or the middle of the days on which it may have been")
    give_or_take: Quantity | None = number(
        "days", "how far the day may be off, either way", 0, 3660, optional=True
    )
    label: str = Field(default="", description="what happened, as people read it")
    gives: dict[str, int] = Field(
        default_factory=dict, description="concession → units of it that its giver announced"
    )
    delivered: Quantity | None = number(
        "share", "part of what was announced that was delivered on the day; all of it where left out",
        0, 1, optional=True,
    )  # fmt: skip
    delivered_give_or_take: Quantity | None = number(
        "share", "how far the part delivered may be off, either way", 0, 1, optional=True
    )
    event: str | None = Field(default=None, description="an event that struck")
    corrects: str | None = Field(default=None, description="a concession whose shortfall was made good")
    demands: str | None = Field(
        default=None, description="the side that demanded what the other will not give: a slight"
    )
    dialogue: Literal["pauses", "resumes"] | None = Field(
        default=None, description="the talks pause, or are taken up again"
    )
    note: str | None = Field(default=None, description="the side it tells of; without effect on the rules")
    occurs: bool = Field(default=True, description="false: leave it out, as if it had not happened")
    source: Source = Field(description="where the record speaks of it")

    @field_validator("gives")
    @classmethod
    def _whole_units(cls, gives: dict[str, int]) -> dict[str, int]:
        for concession, units in gives.items():
            if units < 1:
                raise fault(concession, f"{units} units are none", "Write 1 or more, or leave it out")
        return gives

    @model_validator(mode="after")
    def _does_one_thing(self) -> Entry:
        does = [name for name in _DOES if getattr(self, name)]
        if len(does) != 1:
            said = "nothing" if not does else " and ".join(f"`{name}`" for name in does)
            raise fault("", f"an entry does one thing, and this one says {said}",
                        f"Write one of {', '.join(f'`{name}`' for name in _DOES)}")  # fmt: skip
        if not self.gives and (self.delivered is not None or self.delivered_give_or_take is not None):
            raise fault("delivered", "nothing is given here that could be delivered", "Take it out")
        return self


class History(Block):
    """What happened up to `until`, in the order of the dates (of the file, on the same day)."""

    until: dt.date = Field(description="the day on which play takes over; later entries do not count")
    uncertain: Literal["stated", "drawn"] = Field(
        default="stated",
        description="drawn: each run draws days and delivered shares within their `give_or_take`",
    )
    entries: dict[str, Entry] = Field(description="what happened, by an id of each")

    def kept(self) -> list[tuple[str, Entry]]:
        """The entries that count, in their order, with their ids."""
        told = [
            (name, entry) for name, entry in self.entries.items() if entry.occurs and entry.date <= self.until
        ]
        return sorted(told, key=lambda pair: pair[1].date)
