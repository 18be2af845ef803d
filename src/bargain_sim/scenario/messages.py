"""What pydantic finds wrong, said in words a person can act on, with the file and line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.layers import BOTH
from bargain_sim.scenario.paths import ROOT, Spec, spec_at
from bargain_sim.scenario.quantity import SOURCE_FORM, Quantity
from bargain_sim.scenario.reading import KeyPath, dotted
from bargain_sim.scenario.scalars import shortened
from bargain_sim.scenario.schema import Concession, Event, Scenario
from bargain_sim.scenario.side import Side

__all__ = ["MAX_MESSAGES", "Lines", "from_check", "from_pydantic", "joined"]

MAX_MESSAGES: Final = 50
"""After so many messages the rest is only counted."""
_MAX_WORDED: Final = 500

_HOMES: Final[tuple[tuple[type[BaseModel], str], ...]] = (
    (Side, "a side, such as `sides.both.{}`"),
    (Scenario, "the top of the file: do not indent it"),
    (Concession, "a concession, `concessions.….{}`"),
    (Event, "an event, `events.….{}`"),
)


_A_SIDE: Final = re.compile(r"`sides\.[a-z0-9_]+\.")


class Lines:
    """Finds the line for a path: its own, else that of the nearest thing around it."""

    def __init__(
        self, places: Mapping[KeyPath, Place], removed: Mapping[KeyPath, Place] | None = None
    ) -> None:
        self.places = places
        self.removed = removed or {}

    def known(self, path: KeyPath) -> KeyPath:
        """The longest beginning of `path` that stands in a file."""
        while path and path not in self.places:
            path = path[:-1]
        return path

    def of(self, path: KeyPath) -> Place | None:
        """The place of `path`, or of where it was taken away, or of what is around it."""
        return self.removed.get(path) or self.places.get(self.known(path))


def from_pydantic(error: ValidationError, lines: Lines) -> list[InputError]:
    """One message for each thing that is wrong; the parts of a union are told as one."""
    found: list[InputError] = []
    told: set[KeyPath] = set()
    details = error.errors(include_url=False)
    for detail in details:
        path = _path(detail)
        place = lines.of(path)
        if path in told:
            continue
        told.add(path)
        if len(found) >= _MAX_WORDED:
            # Looking for near keys is dear, and of so many only the first in the file are shown.
            found.append(InputError(
                f"`{shortened(dotted(path))}` is wrong", remedy="Mend the other mistakes first", place=place
            ))  # fmt: skip
            continue
        problem, remedy = _words(detail, path, lines)
        found.append(InputError(problem, remedy=remedy, place=place))
    return found


def from_check(error: PydanticCustomError, lines: Lines) -> InputError:
    """The message of a check between parts of the scenario (`checks.check_scenario`)."""
    context = error.context or {}
    path: KeyPath = tuple(str(context["path"]).split("."))
    return InputError(
        f"`{dotted(path)}`: {context['problem']}", remedy=str(context["remedy"]), place=lines.of(path)
    )


def joined(errors: Iterable[InputError], files: Iterable[str] = ()) -> InputError | None:
    """All errors as one, by file (in the order of `files`) and line; None where there are none.

    What is wrong in `sides.both` comes up for each side; it is told once.
    """
    order = {name: number for number, name in enumerate(files)}
    unique: dict[tuple[str, str], InputError] = {}
    for error in errors:
        of_both = _A_SIDE.sub(f"`sides.{BOTH}.", error.problem, count=1)
        earlier = unique.setdefault((str(error.place), of_both), error)
        if earlier.problem not in (error.problem, of_both):
            unique[str(error.place), of_both] = InputError(of_both, remedy=error.remedy, place=error.place)

    def rank(error: InputError) -> tuple[int, int]:
        if error.place is None:
            return len(order) + 1, 0
        return order.get(error.place.file, len(order)), error.place.line or 0

    ranked = sorted(unique.values(), key=rank)
    if not ranked:
        return None
    if len(ranked) > MAX_MESSAGES:
        rest = len(ranked) - MAX_MESSAGES
        ranked[MAX_MESSAGES:] = [InputError(
            f"{rest} more things are wrong", remedy="Mend these first", place=ranked[0].place
            and Place(ranked[0].place.file),
        )]  # fmt: skip
    first, *more = ranked
    return InputError(first.problem, remedy=first.remedy, place=first.place, more=tuple(more))


def _path(detail: ErrorDetails) -> KeyPath:
    """Where the error belongs: pydantic's place without its names for parts of a union."""
    path: KeyPath = tuple(detail["loc"])
    if path[-1:] == ("[key]",):
        return path[:-1]
    if len(path) > 1 and isinstance(path[-2], int) and path[-1] in ("int", "date"):
        path = path[:-1]
    inside = str(detail.get("ctx", {}).get("path", "")) if detail["type"] == "scenario" else ""
    return (*path, *inside.split(".")) if inside else path


def _words(detail: ErrorDetails, path: KeyPath, lines: Lines) -> tuple[str, str]:
    kind, value, name = detail["type"], detail["input"], dotted(path)
    context: dict[str, Any] = detail.get("ctx", {})
    if kind == "missing":
        return _missing(path, lines)
    if kind == "extra_forbidden":
        return _unknown(path)
    if detail["loc"][-1:] == ("[key]",):
        return f"`{shortened(path[-1])}` cannot be a name here", _id_remedy(str(path[-1]))
    if kind == "scenario":
        if value is None and path[-1:] == ("value",):
            return f"`{name}` is empty", "Write a number, such as 0.4"
        return f"`{name}`: {context['problem']}" if name else str(context["problem"]), str(context["remedy"])
    spec = spec_at(path)
    if spec is not None and spec.kind == "number":
        return _no_quantity(name, value, spec)
    shown = "is empty" if value is None else f"is `{shortened(value)}`"
    if isinstance(value, dict):
        shown = "is a mapping"
    if isinstance(value, list | tuple):
        shown = "is a list"
    return f"`{name}` {shown}, which is not what belongs there", _wanted(kind, value, context, path, spec)


def _wanted(kind: str, value: Any, context: Mapping[str, Any], path: KeyPath, spec: Spec | None) -> str:
    """What to write instead."""
    if spec is not None and get_origin(spec.annotation) is Literal:
        allowed = [str(choice) for choice in get_args(spec.annotation)]
        near = get_close_matches(str(value), allowed, n=1)
        return "Write " + " or ".join(f"`{choice}`" for choice in near or allowed)
    if kind == "string_pattern_mismatch":
        return _id_remedy(str(value))
    if kind == "string_too_long":
        return f"Write at most {context.get('max_length', 64)} characters"
    if spec is not None and spec.kind == "block":
        return "Write its keys under it, indented: " + _some(spec.keys)
    if spec is not None and spec.kind == "catalogue":
        return f"Write entries under `{path[-1]}`, indented, each with its own name"
    if spec is not None and spec.kind == "list":
        return "Write a list: `[" + (shortened(value) if isinstance(value, str) else "a, b") + "]`"
    if spec is not None and spec.annotation is bool:
        return "Write `true` or `false`"
    if spec is not None and spec.annotation is dt.date:
        return "Write a day as year-month-day: `2025-01-14`"
    if path and isinstance(path[-1], int) and "at" in path:
        return "Write a turn (a whole number, from 0) or a day such as `2025-01-14`"
    if path[-1:] == ("source",):
        return SOURCE_FORM[0].upper() + SOURCE_FORM[1:]
    if kind.startswith("int_"):
        return "Write a whole number, such as `1`"
    if isinstance(value, bool | int | float | dt.date):
        return f'Write text; in quotes if it looks like a number: "{value}"'
    return "Write text"


def _id_remedy(name: str) -> str:
    made = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:64]
    made = made if made[:1].isalpha() else f"a_{made}".rstrip("_")
    return f"Use lower-case letters, digits and underscores, at most 64, first a letter: `{made}`"


def _some(keys: Iterable[str], limit: int = 8) -> str:
    names = list(keys)
    return ", ".join(f"`{key}`" for key in names[:limit]) + (", …" if len(names) > limit else "")


def _unknown(path: KeyPath) -> tuple[str, str]:
    key, around = str(path[-1]), spec_at(path[:-1]) or ROOT
    where = f" in `{dotted(path[:-1])}`" if len(path) > 1 else ""
    problem = f"`{shortened(key)}` is not a key that is known{where}"
    known = [*around.keys, *(("extends",) if around is ROOT else ())]
    if around.annotation is Quantity:
        return problem, "A number has two keys, `value` and `source`"
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    if near:
        return problem, f"Did you mean `{near[0]}`?"
    for block, home in _HOMES:
        if block is not around.annotation and key in block.model_fields:
            return problem, f"It belongs in {home.format(key)}"
    anywhere = get_close_matches(key, known, n=1, cutoff=0.0)
    first = f"the nearest is `{anywhere[0]}`; " if anywhere else ""
    return problem, f"Take it out; {first}known here are " + _some(known, 50)


def _missing(path: KeyPath, lines: Lines) -> tuple[str, str]:
    spec, key = spec_at(path), str(path[-1])
    gone = "was removed here (`~`), but is needed" if path in lines.removed else "is missing"
    if key == "source":
        what = f"`{dotted(path)}` {gone}: nothing is stated without saying where it comes from"
        return what, SOURCE_FORM[0].upper() + SOURCE_FORM[1:]
    meaning = (spec.field.description or "") if spec is not None and spec.field is not None else ""
    problem = f"`{dotted(path)}` {gone}" + (f" ({meaning})" if meaning else "")
    around = spec_at(path[:-1])
    if around is not None and around.kind == "number" and key == "value":
        unit = f" in {around.unit['unit']}" if around.unit else ""
        return problem, f"Write the number{unit}: `{key}: {_start(around)}`"
    if spec is None:
        return problem, f"Write `{key}: …`"
    if spec.kind == "number":
        return problem, f"{_measure(spec)} write `{key}: {_example(spec)}`"
    if get_origin(spec.annotation) is Literal:
        return problem, "Write " + " or ".join(f"`{key}: {c}`" for c in get_args(spec.annotation))
    if spec.annotation is dt.date:
        return problem, f"Write `{key}: 2025-01-14`"
    if spec.kind in ("block", "catalogue"):
        return problem, f"Write `{key}:` and what belongs to it under it, indented"
    return problem, f"Write `{key}: …`"


def _measure(spec: Spec) -> str:
    return f"It is measured in {spec.unit['unit']};" if spec.unit else "It is a number with its source;"


def _start(spec: Spec) -> str:
    """A number that is allowed here: the start value, or near the lower bound."""
    value = spec.unit.get("start")
    if value is None:
        value = min(max(spec.unit.get("low", 1), 1), spec.unit.get("high", 1))
    return f"{value:g}"


def _example(spec: Spec, value: object = None) -> str:
    shown = _start(spec) if value is None else shortened(value)
    return f"{{value: {shown}, source: assumption}}"


def _no_quantity(name: str, value: Any, spec: Spec) -> tuple[str, str]:
    key = name.rpartition(".")[2]
    if isinstance(value, int | float) and not isinstance(value, bool):
        problem = f"`{name}` is a bare number: it does not say where {shortened(value)} comes from"
        return problem, f"Write `{key}: {_example(spec, value)}`"
    shown = "a list" if isinstance(value, list) else "empty" if value is None else f"`{shortened(value)}`"
    return f"`{name}` is {shown}, not a number with its source", (
        f"{_measure(spec)} write `{key}: {_example(spec)}`"
    )
