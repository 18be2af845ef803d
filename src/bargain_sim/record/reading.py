"""Reads `seeds/*.yaml` and sees that the entries hang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from bargain_sim.errors import InputError
from bargain_sim.record.entries import (
    Condition,
    Demand,
    Distrust,
    Event,
    Institution,
    Interest,
    NotInSource,
    RedLine,
    Reference,
    ThirdParty,
    Work,
    sentences_of,
)
from bargain_sim.shipped import shipped_folder

__all__ = ["SECTIONS", "Record", "load_record"]

SECTIONS: Final = (
    "events",
    "interests",
    "red_lines",
    "demands",
    "distrust",
    "conditions",
    "third_parties",
    "institutions",
    "not_in_source",
    "literature",
)
"""The files of entries in `seeds/`, and the fields of `Record`."""


class Record(BaseModel):
    """The whole record, frozen.  Every section maps an entry's id to the entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reference: Reference
    events: Mapping[str, Event]
    interests: Mapping[str, Interest]
    red_lines: Mapping[str, RedLine]
    demands: Mapping[str, Demand]
    distrust: Mapping[str, Distrust]
    conditions: Mapping[str, Condition]
    third_parties: Mapping[str, ThirdParty]
    institutions: Mapping[str, Institution]
    not_in_source: Mapping[str, NotInSource]
    literature: Mapping[str, Work]

    def event(self, number: int) -> Event:
        """The event with that number; raises `KeyError` where there is none."""
        return self.events[str(number)]

    def section(self, name: str) -> Mapping[str, Any]:
        """The entries of one of `SECTIONS`."""
        entries: Mapping[str, Any] = getattr(self, name)
        return entries

    @model_validator(mode="after")
    def _hangs_together(self) -> Record:
        if list(self.events) != [str(number) for number in range(len(self.events))]:
            raise ValueError("events: their numbers must run from 0 without a gap, in order")
        for number, event in enumerate(self.events.values()):
            self._events_exist(f"events/{number}", event.answers)
            if number in event.answers or event.corrects == number:
                raise ValueError(f"events/{number}: an event does not answer itself")
            if event.corrects is not None:
                self._events_exist(f"events/{number}", (event.corrects,))
            for day in (event.date.earliest, event.date.latest):
                if day is not None and day > self.reference.record_ends:
                    raise ValueError(f"events/{number}: {day} lies after the record ends")
        for name in SECTIONS:
            for key, entry in self.section(name).items():
                self._events_exist(f"{name}/{key}", getattr(entry, "events", ()))
                self._places_exist(f"{name}/{key}", getattr(entry, "source", ""))
        return self

    def _events_exist(self, where: str, numbers: Iterable[int]) -> None:
        for number in numbers:
            if str(number) not in self.events:
                raise ValueError(f"{where}: there is no event {number}")

    def _places_exist(self, where: str, source: str) -> None:
        for place in sentences_of(source):
            last = self.reference.sentences if place[0] == "S" else self.reference.footnotes
            if not 1 <= int(place.lstrip("Sfn")) <= last:
                raise ValueError(f"{where}: the commentary has no {place}")


def load_record(folder: str | Path | None = None) -> Record:
    """The record in `folder`, by default the one that ships.  Read once, then kept.

    Raises `InputError` with the file and what is wrong in it.
    """
    return _read(Path(folder) if folder is not None else shipped_folder("seeds"))


@cache
def _read(folder: Path) -> Record:
    contents: dict[str, Any] = {"reference": _mapping(folder / "reference.yaml")}
    for name in SECTIONS:
        path = folder / f"{name}.yaml"
        document = _mapping(path)
        entries = document.get("entries")
        if document.get("format_version") != 1 or not isinstance(entries, dict):
            raise InputError(
                "this is no file of entries",
                remedy="Write `format_version: 1` and `entries:`",
                place=path,
            )
        contents[name] = {str(key): entry for key, entry in entries.items()}
    try:
        return Record.model_validate(contents)
    except ValidationError as error:
        _refuse(folder, error)


def _refuse(folder: Path, error: ValidationError) -> NoReturn:
    faults = []
    for details in error.errors():
        where = [str(part) for part in details["loc"]]
        message = details["msg"].removeprefix("Value error, ")
        place = folder / f"{where[0]}.yaml" if where else folder
        problem = f"{'.'.join(where[1:])}: {message}" if len(where) > 1 else message
        faults.append(InputError(problem, remedy="Compare with the seeds that ship", place=place))
    raise InputError(
        faults[0].problem, remedy=faults[0].remedy, place=faults[0].place, more=tuple(faults[1:])
    ) from error


def _mapping(path: Path) -> dict[Any, Any]:
    try:
        # The C loader is a safe loader: it builds plain data only.
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise InputError("this file of the record is missing", place=path) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f" (line {mark.line + 1})"
        raise InputError(f"this is not YAML{line}", place=path) from error
    if not isinstance(document, dict):
        raise InputError("this is not a mapping", place=path)
    return document
