"""What came over the wire as a model, or a refusal that says in words what is wrong with it."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from bargain_sim.table.seats import Refusal

__all__ = ["in_words", "read", "read_any"]

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

_WORDS: Final = {
    "extra_forbidden": "nothing of this name belongs here",
    "missing": "it is missing",
    "json_invalid": "this is no JSON",
    "union_tag_invalid": "there is no message of this `type`",
    "union_tag_not_found": "it has no `type`",
    "model_type": "it must be an object",
    "model_attributes_type": "it must be an object",
    "dict_type": "it must be an object",
    "string_pattern_mismatch": "this is no id",
}


def read(model: type[M], body: bytes) -> M:
    """A request's body; an empty one is `{}`.  Raises Refusal."""
    try:
        return model.model_validate_json(body.strip() or b"{}")
    except ValidationError as error:
        raise in_words(error) from None


def read_any(adapter: TypeAdapter[T], text: str | bytes) -> T:
    """A message of a socket.  Raises Refusal."""
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise in_words(error) from None


def in_words(error: ValidationError) -> Refusal:
    """The first three findings as sentences; what was sent is not said back at length."""
    said = [_clause(each) for each in error.errors(include_url=False, include_input=False)[:3]]
    return Refusal("message", "; ".join(said))


def _clause(error: Any) -> str:
    path = ".".join(str(part)[:40] for part in error["loc"])
    said = str(_WORDS.get(error["type"], error["msg"])).strip()
    return f"`{path}`: {said}" if path else said
