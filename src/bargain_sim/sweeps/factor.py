"""One thing that a sweep varies, as a file writes it: a list, a range, or a distribution."""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bargain_sim.scenario.quantity import fault
from bargain_sim.scenario.schema import Id

__all__ = ["DISTRIBUTIONS", "EXTENDS", "Block", "Factor", "Value", "column_of"]

EXTENDS: Final = "extends"
"""The path of the factor whose values are whole sub-scenarios."""


def _day_as_text(value: Any) -> Any:
    return value.isoformat() if type(value) is dt.date else value


Value = Annotated[bool | int | float | str, BeforeValidator(_day_as_text)]
"""One value of a factor; a day is kept as `--set` takes it."""
Number = Annotated[float, Field(allow_inf_nan=False)]

# Distribution → what it needs, and what it may have.
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "uniform": ("range",),
    "log_uniform": ("range",),
    "normal": ("mean", "sd", "range"),
    "beta": ("a", "b"),
    "triangular": ("range", "mode"),
    "discrete": ("values",),
}
_MAY: Final = {"beta": ("range",), "discrete": ("weights",)}
_PARAMETERS: Final = ("values", "weights", "range", "steps", "mean", "sd", "a", "b", "mode")
_LEAST_MASS: Final = 1e-6

DISTRIBUTIONS: Final = tuple(_NEEDS)


class Block(BaseModel):
    """A frozen piece of a sweep file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Factor(Block):
    """One thing that a sweep varies.

    A list of `values`; `steps` values evenly over a `range`; any number within a `range`; or a
    `distribution` with its parameters, all of which are kept within `range`.
    """

    values: tuple[Value, ...] = Field(default=(), description="the values, one by one")
    weights: tuple[Annotated[Number, Field(ge=0)], ...] = Field(
        default=(), description="`discrete`: how often each value comes, in proportion; alike if left out"
    )
    range: tuple[Number, Number] | None = Field(default=None, description="lowest and highest value")
    steps: Annotated[int, Field(ge=2, le=100_000)] | None = Field(
        default=None, description="how many values, evenly spaced over the range, ends included"
    )
    distribution: Literal["uniform", "log_uniform", "normal", "beta", "triangular", "discrete"] | None = (
        Field(default=None, description="how a sampled design draws it; uniform over `range` if left out")
    )
    mean: Number | None = Field(default=None, description="`normal`: the mean before it is cut to `range`")
    sd: Annotated[Number, Field(gt=0)] | None = Field(
        default=None, description="`normal`: the standard deviation before it is cut to `range`"
    )
    a: Annotated[Number, Field(gt=0)] | None = Field(
        default=None, description="`beta`: first shape; higher pulls towards the upper end"
    )
    b: Annotated[Number, Field(gt=0)] | None = Field(
        default=None, description="`beta`: second shape; higher pulls towards the lower end"
    )
    mode: Number | None = Field(default=None, description="`triangular`: the most frequent value")
    name: Id | None = Field(
        default=None, description="name of its column; the last part of its path if left out"
    )
    label: str = Field(default="", description="what it is, as people read it")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Factor:
        if self.distribution is not None:
            self._has_its_parameters(self.distribution)
        else:
            self._is_a_list_or_a_range()
        if self.range is not None and not self.range[0] < self.range[1]:
            raise fault("range", "the range is empty", "Write the lower end first")
        self._parameters_make_sense()
        found = self.all_values()
        if len(set(found)) < len(found):
            raise fault("values", "a value stands in it twice", "Keep each once")
        if len({isinstance(value, str) for value in self.values}) > 1:
            raise fault("values", "it mixes numbers with words", "Make two sweeps of it")
        return self

    def _given(self) -> list[str]:
        return [name for name in _PARAMETERS if getattr(self, name) not in (None, ())]

    def _has_its_parameters(self, kind: str) -> None:
        allowed = (*_NEEDS[kind], *_MAY.get(kind, ()))
        for name in self._given():
            if name not in allowed:
                needs = ", ".join(f"`{each}`" for each in allowed)
                raise fault(name, f"`{kind}` has no `{name}`", f"Take it out; `{kind}` has {needs}")
        for name in _NEEDS[kind]:
            if name not in self._given():
                example = "[0.2, 0.6]" if name == "range" else "[1, 2]" if name == "values" else "0.4"
                raise fault("distribution", f"`{kind}` needs `{name}`", f"Write `{name}: {example}`, say")

    def _is_a_list_or_a_range(self) -> None:
        if self.values and (self.range is not None or self.steps is not None):
            raise fault("values", "it has both `values` and a `range`", "Keep one of them")
        if self.steps is not None and self.range is None:
            raise fault("steps", "`steps` need a `range`", "Write `range: [0.2, 0.6]`, say")
        for name in self._given():
            if name not in ("values", "range", "steps"):
                kind = next(kind for kind in _NEEDS if name in (*_NEEDS[kind], *_MAY.get(kind, ())))
                raise fault(
                    name, f"`{name}` belongs to a distribution, and none is named",
                    f"Write `distribution: {kind}`, or take it out",
                )  # fmt: skip

    def _parameters_make_sense(self) -> None:
        low, high = self.range or (0.0, 1.0)
        if self.distribution == "log_uniform" and low <= 0:
            raise fault("range", f"a logarithm cannot reach {low:g}", "Begin above 0")
        if self.mode is not None and not low <= self.mode <= high:
            raise fault("mode", f"{self.mode:g} lies outside the range", "Choose a value within `range`")
        if self.mean is not None and self.sd is not None:
            within = math.erf((high - self.mean) / self.sd / math.sqrt(2))
            within -= math.erf((low - self.mean) / self.sd / math.sqrt(2))
            if within / 2 < _LEAST_MASS:
                raise fault(
                    "range", f"hardly anything of a normal({self.mean:g}, {self.sd:g}) lies within it",
                    "Move `mean` nearer to the range, or raise `sd`",
                )  # fmt: skip
        if self.weights and len(self.weights) != len(self.values):
            raise fault(
                "weights", f"{len(self.weights)} weights for {len(self.values)} values", "Give each value one"
            )
        if self.weights and not sum(self.weights) > 0:
            raise fault("weights", "nothing would ever be drawn", "Raise one weight above 0")

    @property
    def kind(self) -> str:
        """`list`, `steps`, the name of a distribution (a bare range is `uniform`), or "" for nothing."""
        if self.distribution is not None:
            return self.distribution
        if self.values:
            return "list"
        return "" if self.range is None else "uniform" if self.steps is None else "steps"

    @property
    def size(self) -> int:
        """How many values it lists; 0 where it lists none."""
        return len(self.values) if self.values else self.steps or 0

    def all_values(self) -> list[Any]:
        """The values that it lists, in order; empty where it lists none (see `kind`)."""
        if self.range is None or self.steps is None:
            return list(self.values)
        low, high = self.range
        # Rounding keeps 0.3 from becoming 0.30000000000000004.
        return [round(low + (high - low) * k / (self.steps - 1), 12) for k in range(self.steps)]

    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value; of words, the numbers of the first and the last."""
        if self.values and not self.numeric:
            return 0.0, float(len(self.values) - 1)
        if self.values:
            numbers = [float(value) for value in self.values]
            return min(numbers), max(numbers)
        return self.range or (0.0, 1.0)

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers (yes and no count as 1 and 0)."""
        return not any(isinstance(value, str) for value in self.values)


def column_of(path: str, factor: Factor | None = None) -> str:
    """Name of a factor's column: its `name`, else its path's last part, with the side's id if any."""
    if factor is not None and factor.name:
        return factor.name
    parts = [part for part in path.split(".") if part != "value"]
    if parts[0] == "sides" and len(parts) > 2:
        return parts[-1] if parts[1] in ("both", "*") else f"{parts[-1]}_{parts[1]}"
    return "_".join(parts[1:]) if len(parts) > 1 else parts[0]
