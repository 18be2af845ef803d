"""Numbers that say where they come from: `{value: 0.4, source: assumption}`.

A scenario may assume anything, but it may not be silent about it: every number is written
together with its source, in the same place, so that neither is changed without the other.
The unit and the allowed range belong to the field (see `number`), not to the file.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

__all__ = [
    "SOURCE_FORM",
    "Block",
    "Quantity",
    "Source",
    "fault",
    "number",
    "source_parts",
]

SOURCE_FORM: Final = (
    "write `assumption` (with `: why`, if you like), sentences of the commentary such as `S28` "
    "or `S7-8` or `fn1`, or a pointer such as `seeds/events/9`; several are joined by `; `"
)

_REMEDY: Final = SOURCE_FORM[0].upper() + SOURCE_FORM[1:]

_PART = re.compile(
    r"""(?x) ^(?:
        assumption(?::\s*\S.*)?                        # assumed, perhaps with a reason
      | S\d{1,2}(?:-\d{1,2})?                          # sentences of the commentary
      | fn[12]                                         # its footnotes
      | seeds/[a-z_]+/[a-z0-9_]+                       # an entry of the record
      | override(?::\s*\S.*)?                          # set by --set or by a sweep
      | drawn:\s*\S.*                                 # by each run, from the file in `parameters`
    )$"""
)


def source_parts(source: str) -> list[str]:
    """Split `S28; seeds/events/9; assumption: the size` into its pointers."""
    return [part.strip() for part in source.split(";")]


def fault(path: str, problem: str, remedy: str) -> PydanticCustomError:
    """An error that belongs to `path` (dotted, from the validated block), for the loader to place."""
    return PydanticCustomError("scenario", "{problem}", {"path": path, "problem": problem, "remedy": remedy})


def _checked_source(source: str) -> str:
    if not source.strip():
        raise fault("", "the source is empty", _REMEDY)
    for part in source_parts(source):
        if not _PART.match(part):
            raise fault("", f"`{part}` is no source", _REMEDY)
    return source


Source = Annotated[str, AfterValidator(_checked_source)]
"""Where something comes from, in the form that `SOURCE_FORM` describes."""


class Block(BaseModel):
    """A frozen piece of a scenario; unknown keys are refused, numbers kept within their range."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    @field_validator("*")
    @classmethod
    def _numbers_stay_in_range(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Quantity) and info.field_name is not None:
            extra = cls.model_fields[info.field_name].json_schema_extra
            if isinstance(extra, dict):
                _check_range(value.value, extra)
        return value


class Quantity(BaseModel):
    """One number and where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float = Field(description="the number, in the unit of the field")
    source: Source = Field(description=SOURCE_FORM)

    @field_validator("value", mode="before")
    @classmethod
    def _is_a_number(cls, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise fault("", f"`{value}` is not a number", "Write digits, such as 0.4")
        if not math.isfinite(value):
            raise fault("", f"`{value}` is not a finite number", "Write an ordinary number")
        return value

    def __float__(self) -> float:
        return self.value

    def __int__(self) -> int:
        return int(self.value)


def _check_range(value: float, extra: dict[str, Any]) -> None:
    low, high = extra["low"], extra["high"]
    if extra["whole"] and value != int(value):
        raise fault("value", f"{value:g} is not a whole number", f"Write {round(value)}")
    above_low = value > low if extra["above"] else value >= low
    below_high = value < high if extra["below"] else value <= high
    if not (above_low and below_high):
        lower = f"more than {low:g}" if extra["above"] else f"at least {low:g}"
        upper = f"less than {high:g}" if extra["below"] else f"at most {high:g}"
        raise fault(
            "value",
            f"{value:g} is out of range",
            f"It is measured in {extra['unit']} and must be {lower} and {upper}",
        )


def number(
    unit: str,
    meaning: str,
    low: float,
    high: float,
    *,
    symbol: str = "",
    studied: tuple[float, float] | None = None,
    start: float | None = None,
    stands_on: str = "assumption",
    whole: bool = False,
    above: bool = False,
    below: bool = False,
    optional: bool = False,
) -> Any:
    """A field that holds a `Quantity` in `unit`, between `low` and `high`.

    `above`/`below` leave the bound itself out, `whole` allows whole numbers only.  `studied` is the
    range over which the model is explored, `start` the value it was explored from, `stands_on` the
    literature or sentences behind its form; they document the field and feed sensitivity runs.
    An `optional` number may be left out.
    """
    extra: dict[str, Any] = {
        "unit": unit,
        "low": low,
        "high": high,
        "symbol": symbol,
        "studied": list(studied) if studied else None,
        "start": start,
        "stands_on": stands_on,
        "whole": whole,
        "above": above,
        "below": below,
    }
    if optional:
        return Field(default=None, description=meaning, json_schema_extra=extra)
    return Field(description=meaning, json_schema_extra=extra)
