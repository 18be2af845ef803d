"""What may stand at a dotted path of a scenario, read from the schema.

Layers, overrides, messages and the JSON Schema all ask here, so that none of them keeps a second
list of keys.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bargain_sim.scenario.parameters import Parameters
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.reading import KeyPath
from bargain_sim.scenario.schema import Scenario

__all__ = ["ROOT", "Spec", "settable_paths", "spec_at"]

Kind = Literal["block", "catalogue", "number", "list", "value"]


@dataclass(frozen=True)
class Spec:
    """What stands at a path: a block of fixed keys, a catalogue (id → entry), a number, a list, a value.

    `kind` decides how layers merge: blocks and catalogues deeply, the rest whole.  `annotation` is
    the type without `None`; `field` the schema's field, None for the entry of a catalogue.
    """

    kind: Kind
    annotation: Any
    field: FieldInfo | None = None

    @property
    def required(self) -> bool:
        """Whether the key must be there."""
        return self.field is not None and self.field.is_required()

    @property
    def unit(self) -> Mapping[str, Any]:
        """For a number with a unit: the extras that `quantity.number` keeps; else empty."""
        extra = self.field.json_schema_extra if self.field is not None else None
        return extra if isinstance(extra, dict) else {}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a block; empty for everything else."""
        return tuple(self.annotation.model_fields) if self.kind == "block" else ()

    def child(self, key: str | int) -> Spec | None:
        """What stands under `key`; None where nothing may."""
        return _child(self.kind, self.annotation, key if self.kind == "block" else "")


def _spec(annotation: Any, field: FieldInfo | None = None) -> Spec:
    if get_origin(annotation) in (Union, types.UnionType):
        some = [part for part in get_args(annotation) if part is not type(None)]
        annotation = some[0] if len(some) == 1 else annotation
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    origin = get_origin(annotation)
    if annotation is Quantity:
        return Spec("number", annotation, field)
    if annotation is Parameters:
        return Spec("value", annotation, field)  # a file names it, or it is there as a whole
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Spec("block", annotation, field)
    if origin is dict:
        return Spec("catalogue", annotation, field)
    return Spec("list" if origin in (tuple, list) else "value", annotation, field)


@cache
def _child(kind: Kind, annotation: Any, key: str | int) -> Spec | None:
    if kind == "catalogue":
        return _spec(get_args(annotation)[1])
    if kind == "list":
        return _spec(get_args(annotation)[0])
    if kind == "block" and key in annotation.model_fields:
        field = annotation.model_fields[key]
        return _spec(field.annotation, field)
    return None


ROOT: Final = Spec("block", Scenario)


def spec_at(path: KeyPath) -> Spec | None:
    """What may stand at `path`; None where the schema knows nothing of it."""
    spec: Spec | None = ROOT
    for key in path:
        spec = spec.child(key) if spec is not None else None
    return spec


def settable_paths(data: Any, spec: Spec = ROOT, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Every path that an override may set in `data`: numbers, lists and values.

    Keys of a block count even where `data` leaves them out (they have defaults); entries of a
    catalogue only where they are there.
    """
    if spec.kind not in ("block", "catalogue"):
        yield path
        return
    inside = data if isinstance(data, dict) else {}
    for key in spec.keys if spec.kind == "block" else inside:
        below = spec.child(key)
        if below is not None and (below.kind not in ("block", "catalogue") or key in inside):
            yield from settable_paths(inside.get(key), below, (*path, key))
