"""JSON Schema of sweep files, for editors: completion, and what each design needs, while typing."""

from __future__ import annotations

from typing import Any, Final

from bargain_sim.sweeps.definition import Sweep

__all__ = ["sweep_schema"]

# Design → the keys that it cannot do without.
_NEEDS: Final = {
    "grid": ("factors",),
    "latin_hypercube": ("samples",),
    "sobol": ("samples",),
    "morris": ("samples",),
    "saltelli": ("samples",),
    "table": ("table",),
    "union": ("union",),
}


def sweep_schema() -> dict[str, Any]:
    """The schema of a sweep file, without references, and as a file may write it.

    It describes one file; that paths lead somewhere and that a design holds together is left to
    `bargain validate`.
    """
    schema = Sweep.model_json_schema()
    definitions = schema.pop("$defs")
    whole: dict[str, Any] = _written_out(schema, definitions)
    # A name left out is the file's.
    whole["required"] = ["design", *(key for key in whole["required"] if key not in ("name", "design"))]
    whole["title"] = "Sweep of bargain-sim"
    whole["description"] = "Many negotiations over a design. Scenario exploration, not prediction."
    _completed(whole)
    _completed(whole["properties"]["union"]["items"])
    return whole


def _written_out(schema: Any, definitions: dict[str, Any]) -> Any:
    """`schema` with what it refers to in its place, and without the names pydantic makes up."""
    if isinstance(schema, list):
        return [_written_out(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _written_out(definitions[schema["$ref"].rpartition("/")[2]] | beside, definitions)
    # A title that is text belongs to the schema; in `properties`, `title` is a key like others.
    return {
        key: _written_out(value, definitions)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


def _completed(design: dict[str, Any]) -> None:
    """Let a bare list stand for `values`, and ask for what each design needs."""
    factors = design["properties"]["factors"]
    factor = factors["additionalProperties"]
    factors["additionalProperties"] = {"anyOf": [factor, factor["properties"]["values"]]}
    known = design["properties"]["design"]["enum"]
    design["allOf"] = [
        {"if": {"properties": {"design": {"const": name}}}, "then": {"required": list(_NEEDS[name])}}
        for name in known
    ]
