"""What a scenario is: two sides, what each can give, what may strike them, what is counted."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from bargain_sim.scenario.history import History
from bargain_sim.scenario.parameters import Parameters
from bargain_sim.scenario.quantity import Block, Quantity, Source, fault, number
from bargain_sim.scenario.side import Side
from bargain_sim.showing import block, table

__all__ = ["Concession", "CostEffect", "Counter", "Event", "Id", "Scenario"]

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
"""A short name used in paths: lower-case letters, digits and underscores."""


class Concession(Block):
    """Something one side can give the other, in `units` equal steps.

    `value` is what the whole of it is worth to the receiver, `cost` what the whole of it costs the
    giver, both in points (about 100 points is all a side can give).
    """

    giver: Id = Field(description="the side that can give it")
    label: str = Field(description="what it is, as people read it")
    kind: Literal["status", "material"] = Field(description="status goods may be given in a pause")
    value: Quantity = number("points", "worth of the whole to the receiver", 0, 1e9)
    cost: Quantity = number("points", "cost of the whole to the giver", 0, 1e9)
    units: Quantity = number("steps", "equal steps; 1 is all or nothing", 1, 1e12, whole=True)
    reversible: bool = Field(default=False, description="can be taken back (snapback)")
    public: bool = Field(default=True, description="is done in the open")
    requires: tuple[Id, ...] = Field(
        default=(), description="concessions, of either side, to be delivered in full before"
    )
    institution: bool = Field(default=False, description="must stand before a grand bargain can be struck")
    tags: tuple[Id, ...] = Field(default=(), description="what red lines and events refer to")
    source: Source = Field(description="where the record speaks of it")


class CostEffect(Block):
    """An event makes concessions with a tag dearer (or cheaper) for a while."""

    factor: Quantity = number("ratio", "what the cost is multiplied by", 0, 1000)
    turns: Quantity = number("turns", "for how long", 1, 1e6, whole=True)


class Event(Block):
    """Something that strikes from outside: at a rate a turn, or at given turns or dates."""

    label: str = Field(description="what happens, as people read it")
    rate: Quantity | None = number(
        "chance a turn", "chance of striking in any one turn", 0, 1, studied=(0, 0.2), optional=True
    )
    at: tuple[int | dt.date, ...] = Field(
        default=(), description="turns (from 0) or dates on which it strikes for certain"
    )
    at_source: Source | None = Field(default=None, description="where the moments in `at` come from")
    evidence: dict[Id, Quantity] = Field(
        default_factory=dict,
        description="side → evidence against it, in full-weight moves, in the eyes of the other",
    )
    pause: bool = Field(default=False, description="forces a pause of the talks")
    cost: dict[Id, CostEffect] = Field(
        default_factory=dict, description="tag → what it does to the cost of concessions"
    )
    source: Source = Field(description="where the record speaks of it")

    @field_validator("evidence")
    @classmethod
    def _evidence_in_range(cls, evidence: dict[str, Quantity]) -> dict[str, Quantity]:
        for side, weight in evidence.items():
            if not 0 <= weight.value <= 1000:
                raise fault(
                    f"{side}.value", f"{weight.value:g} is out of range",
                    "It is measured in full-weight moves and must be at least 0 and at most 1000",
                )  # fmt: skip
        return evidence

    @model_validator(mode="after")
    def _strikes_somehow(self) -> Event:
        if self.rate is None and not self.at:
            raise fault("", "it never strikes", "Give it a `rate`, or turns or dates in `at`")
        if self.at and self.at_source is None:
            raise fault(
                "at", "nothing is stated without saying where it comes from",
                "Write `at_source: assumption`, or where the record gives these moments",
            )  # fmt: skip
        return self


class Counter(Block):
    """Something to count in the results, such as prisoners released: concession → number in the whole."""

    label: str = Field(description="what is counted, as people read it")
    counts: dict[Id, Quantity] = Field(description="concession → how many there are in the whole of it")
    source: Source = Field(description="where the record speaks of it")

    @field_validator("counts")
    @classmethod
    def _counts_in_range(cls, counts: dict[str, Quantity]) -> dict[str, Quantity]:
        for concession, count in counts.items():
            if not 0 <= count.value <= 1e9:
                raise fault(
                    f"{concession}.value", f"{count.value:g} is out of range",
                    "It is how many there are, at least 0 and at most 1,000,000,000",
                )  # fmt: skip
        return counts


class Scenario(Block):
    """One negotiation: who, what can be given, what may happen, how long.  Frozen once loaded."""

    format_version: Literal[1] = Field(description="version of this file format: 1")
    name: Id = Field(description="short name; the file's name where it is left out")
    title: str = Field(description="one line, as people read it")
    description: str = Field(default="", description="what the scenario is about")
    question: str = Field(default="", description="what a class may ask of it")
    start_date: dt.date = Field(description="first day of turn 0")
    turns: Quantity = number("turns", "length of the negotiation", 1, 100_000, symbol="H", whole=True)
    turn_days: Quantity = number("days", "length of a turn", 1, 3660, whole=True)
    first_mover: Id = Field(description="the side that moves in turn 0")
    sides: dict[Id, Side] = Field(description="the two sides, by their ids")
    concessions: dict[Id, Concession] = Field(description="the catalogue of what can be given")
    events: dict[Id, Event] = Field(default_factory=dict, description="what may strike")
    counters: dict[Id, Counter] = Field(default_factory=dict, description="what is counted")
    history: History | None = Field(default=None, description="what is known to have happened")
    start: Literal["beginning", "record"] = Field(
        default="beginning",
        description="where play begins: in turn 0, or where the history ends",
    )

    parameters: Parameters | None = Field(
        default=None, description="a CSV file: each run draws one row of it, see docs/calibration.md"
    )

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.title}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """How a notebook shows it: the sides and what can be given."""
        days, turns = int(self.turn_days), int(self.turns)
        sides = [
            (
                side.label,
                side.strategy,
                f"{float(side.initial_trust):g}",
                ", ".join(f"{tag} ({line.kind})" for tag, line in side.red_lines.items()) or "–",
            )
            for side in self.sides.values()
        ]
        given = [
            (each.label, self.sides[each.giver].label, f"{float(each.value):g}", f"{float(each.cost):g}")
            for each in self.concessions.values()
        ]
        return block(
            self.title,
            [self.description, self.question],
            table("The two sides", ["side", "strategy", "initial trust", "will not give"], sides, {2}),
            table("What can be given, in points", ["concession", "giver", "worth", "cost"], given, {2, 3}),
            note=f"Scenario {self.name}: {turns} turns of {days} days from {self.start_date}.",
        )

    @property
    def side_ids(self) -> tuple[str, str]:
        """The ids of the two sides, in the order in which they are written."""
        first, second = self.sides
        return first, second

    def date_of(self, turn: int) -> dt.date:
        """First day of a turn."""
        return self.start_date + dt.timedelta(days=turn * int(self.turn_days))

    def turn_of(self, day: dt.date) -> int:
        """The turn in which a day lies."""
        return (day - self.start_date).days // int(self.turn_days)

    @property
    def handover(self) -> int:
        """The first turn that is played rather than told: 0 where play begins at the beginning.

        It is the turn in which the history's last day lies, or the next where something happened in it.
        """
        if self.start == "beginning" or self.history is None:
            return 0
        told = [self.turn_of(entry.date) + 1 for _, entry in self.history.kept()]
        return max([self.turn_of(self.history.until), *told])
