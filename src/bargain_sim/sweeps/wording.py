"""What pydantic finds wrong with a sweep file, said in words a person can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bargain_sim.errors import InputError
from bargain_sim.scenario.messages import Lines
from bargain_sim.scenario.reading import KeyPath, dotted
from bargain_sim.scenario.scalars import shortened
from bargain_sim.sweeps.definition import Sweep

__all__ = ["words_for"]

_INSIDE: Final = ("<pairs>", "<matrix>")  # names of forms, which no file writes
# Parts of a union of plain types, which pydantic names at the end of the path.
_TYPES: Final = ("bool", "int", "float", "str")


def words_for(error: ValidationError, lines: Lines) -> Iterator[InputError]:
    """A message for each thing that is wrong; the parts of a union of types are told as one."""
    told: set[KeyPath] = set()
    for detail in error.errors(include_url=False):
        path: KeyPath = tuple(part for part in detail["loc"] if part not in _INSIDE)
        if len(path) > 1 and path[-1] in _TYPES and isinstance(path[-2], int):
            path = path[:-1]
        context: dict[str, Any] = detail.get("ctx", {})
        if detail["type"] == "scenario":
            inside = str(context["path"])
            path = (*path, *inside.split(".")) if inside else path
            problem, remedy = str(context["problem"]), str(context["remedy"])
        else:
            problem, remedy = _problem(detail, path)
        if path in told:
            continue
        told.add(path)
        name = dotted(path)
        yield InputError(f"`{name}`: {problem}" if name else problem, remedy=remedy, place=lines.of(path))


def _problem(detail: ErrorDetails, path: KeyPath) -> tuple[str, str]:
    block = _block_of(path)
    key = str(path[-1]) if path else ""
    field = block.model_fields.get(key)
    meaning = (field.description or "") if field else ""
    if detail["type"] == "missing":
        return f"it is missing ({meaning})", f"Write `{key}: …`"
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(key, block.model_fields, n=1, cutoff=0.5)
        listed = ", ".join(f"`{name}`" for name in block.model_fields)
        return (
            "this key is not known",
            f"Did you mean `{near[0]}`?" if near else f"Take it out; known here are {listed}",
        )
    if detail["type"] == "literal_error":
        expected = str(detail.get("ctx", {})["expected"])
        known = re.findall(r"'([^']+)'", expected)
        near = get_close_matches(str(detail["input"]), known, n=1)
        return (
            f"`{shortened(detail['input'])}` is not known",
            f"Did you mean `{near[0]}`?" if near else f"Write {expected}",
        )
    said = detail["msg"][0].lower() + detail["msg"][1:]
    about = f" ({meaning})" if meaning else ""
    return f"`{shortened(detail['input'])}` does not fit{about}: {said}", "Write a value that does"


def _block_of(path: KeyPath) -> type[BaseModel]:
    """The block that the last key of `path` stands in."""
    block: type[BaseModel] = Sweep
    inside: Any = None
    for key in path[:-1]:
        if inside is None:
            field = block.model_fields.get(str(key))
            inside = field.annotation if field is not None else None
        # An entry of a mapping or a list is of the kind that these hold.
        found = next((each for each in _blocks(inside) if path[-1] in each.model_fields), None)
        found = found or next(iter(_blocks(inside)), None)
        if found is not None and (not _is_collection(inside) or key not in block.model_fields):
            block, inside = found, None
    return block


def _is_collection(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, UnionType, Annotated):
        return any(_is_collection(part) for part in get_args(annotation))
    return origin in (dict, tuple)


def _blocks(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _blocks(part)
