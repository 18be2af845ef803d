"""JSON Schema of the files people write, for editors: completion, units and ranges while typing.

It describes a file, not a finished scenario: a file that extends another is partial, `sides` may
hold `both`, and `~` removes an inherited entry.  What only the whole can tell (missing keys,
connections) is left to `bargain validate`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args, get_origin

from bargain_sim.scenario.layers import BOTH
from bargain_sim.scenario.parameters import Parameters
from bargain_sim.scenario.paths import ROOT, Spec
from bargain_sim.scenario.quantity import SOURCE_FORM
from bargain_sim.strategies import STRATEGIES

__all__ = ["DIALECT", "file_schema", "number_schema", "scenario_schema"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_ID: Final = {"pattern": "^[a-z][a-z0-9_]*$", "maxLength": 64}


def scenario_schema() -> dict[str, Any]:
    """The schema of a scenario file, complete or extending another."""
    schema = _block(ROOT)
    schema["title"] = "Scenario of bargain-sim"
    schema["description"] = "One negotiation. Scenario exploration, not prediction."
    schema["required"] = ["format_version"]
    properties: dict[str, Any] = {
        "extends": {
            "type": "string",
            "description": "the scenario that this file changes: a file beside this one, or a shipped name",
        }
    }
    properties.update(schema["properties"])
    schema["properties"] = properties
    sides = properties["sides"]
    side = sides["additionalProperties"]
    sides["properties"] = {BOTH: {**side["anyOf"][0], "description": "values for both sides"}}
    return schema


def file_schema(*others: Mapping[str, Any]) -> dict[str, Any]:
    """One schema for all kinds of files: scenarios, and `others` such as sweeps.

    Each of `others` must list in `required` a key that no scenario has, so that one kind fits.
    """
    kinds = [scenario_schema(), *(dict(other) for other in others)]
    if len(kinds) == 1:
        return {"$schema": DIALECT, **kinds[0]}
    return {"$schema": DIALECT, "title": "Files of bargain-sim", "anyOf": kinds}


def number_schema(spec: Spec) -> dict[str, Any]:
    """The schema of a number with its source, with unit and range in words and for checking."""
    extra = spec.unit
    value: dict[str, Any] = {"type": "integer" if extra.get("whole") else "number"}
    words = spec.field.description or "" if spec.field is not None else "a number"
    if extra:
        value["exclusiveMinimum" if extra["above"] else "minimum"] = extra["low"]
        value["exclusiveMaximum" if extra["below"] else "maximum"] = extra["high"]
        value["description"] = f"in {extra['unit']}"
        symbol = f"{extra['symbol']}, " if extra["symbol"] else ""
        words += f" ({symbol}{extra['unit']}"
        if extra["studied"]:
            words += ", studied from {:g} to {:g}".format(*extra["studied"])
        words += ")"
        if extra["start"] is not None:
            value["default"] = extra["start"]
    return {
        "type": "object",
        "description": words,
        "properties": {"value": value, "source": {"type": "string", "description": SOURCE_FORM}},
        "required": ["value", "source"],
        "additionalProperties": False,
    }


def _schema(spec: Spec, key: str) -> dict[str, Any]:
    if spec.kind == "number":
        made = number_schema(spec)
    elif spec.kind == "block":
        made = _block(spec)
    elif spec.kind == "catalogue":
        entry = spec.child("")
        made = {"type": "object"}
        if entry is not None:
            made["additionalProperties"] = _or_removed(_schema(entry, ""))
        if get_args(spec.annotation)[0] is not str:
            made["propertyNames"] = dict(_ID)
    elif spec.kind == "list":
        item = spec.child(0)
        made = {"type": "array", "items": _schema(item, "") if item is not None else {}}
    else:
        made = _value(spec.annotation, key)
    if spec.field is not None and spec.kind != "number":
        made["description"] = spec.field.description or ""
    # Editors offer `~` only where it can do something: on what may be missing.
    return _or_removed(made) if spec.field is not None and not spec.required else made


def _block(spec: Spec) -> dict[str, Any]:
    children = {key: spec.child(key) for key in spec.keys}
    return {
        "type": "object",
        "properties": {key: _schema(child, key) for key, child in children.items() if child is not None},
        "additionalProperties": False,
    }


def _value(annotation: Any, key: str) -> dict[str, Any]:
    if key == "strategy":
        return {"enum": list(STRATEGIES)}
    if get_origin(annotation) is Literal:
        return {"enum": list(get_args(annotation))}
    if annotation is bool:
        return {"type": "boolean"}
    if annotation is dt.date:
        return {"type": "string", "format": "date"}
    if annotation in (str, Parameters):
        return {"type": "string"}
    # A turn or a date.
    return {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date"}]}


def _or_removed(schema: Mapping[str, Any]) -> dict[str, Any]:
    described = {"description": schema["description"]} if "description" in schema else {}
    return {"anyOf": [dict(schema), {"type": "null"}], **described}
