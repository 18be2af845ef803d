"""What a person may say in one turn: a message with strict limits, the same in a terminal and on the web.

    {"gives": {"discreet_visits": 1}, "delivered": 0.5}      announce, and deliver half of it
    {"corrects": ["belavia_relief"]}                         make good what was short
    {"asks": "line_to_moscow"}                               a request; across a red line, a demand
    {"proposes": ["sanctions_relief", "regional_security"]}  a package of both sides' concessions
    {"answers": "accept", "gives": {"ambassador": 1}}        agree, and deliver a first part
    {"dialogue": "pause"}                                    or "resume", or "leave"
    {}                                                       let the turn pass

The keys are those of a scenario's `history` where they mean the same.  What a message asks for is only
allowed or refused by the game; here is what it may look like.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from bargain_sim.scenario.schema import Id
from bargain_sim.table.seats import Refusal

__all__ = ["LARGEST_MESSAGE", "Move", "read_move"]

LARGEST_MESSAGE: Final = 16_384
"""Characters of a message; longer ones are refused unread."""

_MOST = 200  # concessions named in one message
_WORDS = 280  # characters of free text
_TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}  # text about

Units = Annotated[int, Field(ge=1, le=10**12)]


class Move(BaseModel):
    """One turn of a person.  Empty: it lets the turn pass.

    What is given is delivered to the share `delivered` (0 … 1); the other sees that with its lag.
    Asking and proposing take the whole turn, since they may prove a demand across a red line.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    gives: dict[Id, Units] = Field(
        default_factory=dict, max_length=_MOST, description="own concession → units announced"
    )
    delivered: float = Field(default=1.0, ge=0.0, le=1.0, description="share of that which is delivered")
    corrects: tuple[Id, ...] = Field(
        default=(), max_length=_MOST, description="own concessions whose shortfall is made good"
    )
    asks: Id | None = Field(default=None, description="the other's concession that is asked for")
    proposes: tuple[Id, ...] = Field(
        default=(), max_length=_MOST, description="a package: concessions of both sides, the rest of each"
    )
    answers: Literal["accept", "reject"] | None = Field(
        default=None, description="to the package that the other has proposed"
    )
    dialogue: Literal["pause", "resume", "leave"] | None = Field(
        default=None, description="what becomes of the talks; `leave` ends them for good"
    )
    words: str = Field(default="", max_length=_WORDS, description="a message to the other, without effect")

    @field_validator("words")
    @classmethod
    def _plain_words(cls, words: str) -> str:
        if any(unicodedata.category(each) == "Cc" or each in _TURNING for each in words):
            raise PydanticCustomError("words", "it holds characters that cannot be shown")
        return words.strip()

    @field_validator("corrects", "proposes")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            raise PydanticCustomError("twice", "it names a concession twice")
        return names

    @model_validator(mode="after")
    def _one_thing_at_a_time(self) -> Move:
        large = [name for name in ("asks", "proposes") if getattr(self, name)]
        if len(large) == 2 or (large and self.gives):
            what = "asking and proposing" if len(large) == 2 else "giving and " + _DOING[large[0]]
            raise PydanticCustomError("together", "{what} are a turn each", {"what": what})
        if self.delivered != 1.0 and not self.gives:
            raise PydanticCustomError("delivered", "nothing is given of which a share could be delivered")
        if self.dialogue == "leave" and (self.gives or self.corrects or large or self.answers):
            raise PydanticCustomError("together", "who leaves does nothing else")
        if self.dialogue == "pause" and large:
            raise PydanticCustomError("together", "asking and proposing are for talks that go on")
        if self.answers == "accept" and (large or self.dialogue):
            raise PydanticCustomError("together", "who accepts a package carries it out")
        return self

    @property
    def passes(self) -> bool:
        """Whether the turn is let pass."""
        return self == Move(words=self.words)

    def data(self) -> dict[str, Any]:
        """What it says, as JSON knows it, and nothing that it leaves out."""
        return self.model_dump(mode="json", exclude_defaults=True)


_DOING = {"asks": "asking", "proposes": "proposing"}


def read_move(message: str | bytes | dict[str, Any] | Move) -> Move:
    """The move in a message (JSON text, or plain data).  Raises Refusal with everything wrong in words."""
    if isinstance(message, Move):
        return message
    text = message if isinstance(message, str | bytes) else _as_text(message)
    if len(text) > LARGEST_MESSAGE:
        raise Refusal("message", f"a message has at most {LARGEST_MESSAGE:,} characters")
    try:
        json.loads(text, object_pairs_hook=_no_key_twice)
        return Move.model_validate_json(text)
    except ValidationError as error:
        raise Refusal("message", "; ".join(_in_words(each) for each in error.errors()[:3])) from None
    except (ValueError, RecursionError):
        raise Refusal("message", "this is no message that a move could be read from") from None


def _as_text(message: object) -> str:
    try:
        return json.dumps(message, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Refusal("message", "this is no message that a move could be read from") from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise Refusal("message", "a key stands twice in the message")
    return dict(pairs)


def _in_words(error: Any) -> str:
    """One of pydantic's findings as a clause of a sentence; what was sent is not said back at length."""
    path = [str(part)[:40] for part in error["loc"]]
    where = f"`{'.'.join(path)}`: " if path else ""
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"a move has no `{path[-1]}`"
    words = {
        "string_pattern_mismatch": "this is no id of a concession",
        "too_long": f"it names more than {_MOST} concessions",
        "string_too_long": f"it is longer than {limits.get('max_length')} characters",
        "greater_than_equal": f"it must be at least {limits.get('ge')}",
        "less_than_equal": f"it must be at most {limits.get('le')}",
        "int_type": "it must be a whole number",
        "float_type": "it must be a number from 0 to 1",
        "literal_error": f"it must be {limits.get('expected')}",
    }
    return where + str(words.get(kind, error["msg"])).strip()
