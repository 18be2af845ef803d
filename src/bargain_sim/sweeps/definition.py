"""What a sweep file says: which scenario, which factors over which values, how many runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bargain_sim.codes import OUTCOMES
from bargain_sim.scenario.quantity import fault
from bargain_sim.scenario.schema import Id

__all__ = ["MAX_POINTS", "Factor", "Sweep"]

MAX_POINTS = 1_000_000
Value = bool | int | float | str


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Factor(_Block):
    """One thing that a sweep varies: a list of `values`, or `steps` values evenly over a `range`."""

    values: tuple[Value, ...] = Field(default=(), description="the values, one by one")
    range: tuple[float, float] | None = Field(default=None, description="lowest and highest value")
    steps: Annotated[int, Field(ge=2, le=100_000)] | None = Field(
        default=None, description="how many values, evenly spaced over the range, ends included"
    )
    name: Id | None = Field(
        default=None, description="name of its column; the last part of its path if left out"
    )
    label: str = Field(default="", description="what it is, as people read it")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Factor:
        if self.values and (self.range is not None or self.steps is not None):
            raise fault("values", "it has both `values` and a `range`", "Keep one of them")
        if not self.values and self.range is None:
            raise fault("", "it has no values", "Write `values: [ … ]`, or `range: [ … ]` with `steps`")
        if self.range is not None:
            if self.steps is None:
                raise fault("range", "a range needs `steps`", "Write `steps: 11`, say")
            if not self.range[0] < self.range[1]:
                raise fault("range", "the range is empty", "Write the lower end first")
        if len(set(self.all_values())) < len(self.all_values()):
            raise fault("values", "a value stands in it twice", "Keep each once")
        if len({isinstance(value, str) for value in self.values}) > 1:
            raise fault("values", "it mixes numbers with words", "Make two sweeps of it")
        return self

    def all_values(self) -> list[Any]:
        """Its values, in order."""
        if self.range is None or self.steps is None:
            return list(self.values)
        low, high = self.range
        # Rounding keeps 0.3 from becoming 0.30000000000000004.
        return [round(low + (high - low) * k / (self.steps - 1), 12) for k in range(self.steps)]

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers (yes and no count as 1 and 0)."""
        return not any(isinstance(value, str) for value in self.all_values())


class Until(_Block):
    """How sure the share of one ending must be at every point before no more runs are made."""

    outcome: Literal[OUTCOMES] = Field(description="the ending")  # type: ignore[valid-type]
    half_width: Annotated[float, Field(gt=0, lt=0.5)] = Field(description="half the width of its interval")
    confidence: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.95, description="how surely the interval holds"
    )
    max_runs: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=100_000, description="at most so many runs a point"
    )


class Sweep(_Block):
    """A sweep file: every combination of its factors' values, `runs` negotiations at each."""

    format_version: Literal[1] = Field(description="version of this file format: 1")
    name: Id = Field(description="short name, also of the results folder; the file's name if left out")
    title: str = Field(description="one line, as people read it")
    description: str = Field(default="", description="what the sweep is about")
    question: str = Field(default="", description="what a class may ask of it")
    look_for: str = Field(default="", description="what to see in the figures, said after the run")
    scenario: str = Field(description="the scenario: a shipped name, or a path from this file")
    design: Literal["grid"] = Field(description="how factors combine: `grid`, every combination")
    factors: dict[str, Factor] = Field(
        description="path into the scenario → the values it takes; `sides.both.…` sets both sides"
    )
    runs: Annotated[int, Field(ge=1, le=1_000_000_000)] = Field(description="negotiations a point")
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(default=0, description="the luck, from 0")
    until: Until | None = Field(
        default=None, description="go on with more runs where an ending's share is not sure enough"
    )
    common_random_numbers: bool = Field(default=True, description="run k meets the same luck at every point")

    @field_validator("factors", mode="before")
    @classmethod
    def _a_list_is_values(cls, factors: Any) -> Any:
        if isinstance(factors, dict):
            return {
                path: {"values": given} if isinstance(given, list) else given
                for path, given in factors.items()
            }
        return factors

    @model_validator(mode="after")
    def _is_not_too_large(self) -> Sweep:
        if not self.factors:
            raise fault("factors", "nothing is varied", "Name at least one path and its values")
        if self.n_points > MAX_POINTS:
            raise fault("factors", f"this makes {self.n_points:,} points", f"At most {MAX_POINTS:,} are run")
        names = list(self.columns().values())
        for name in names:
            if names.count(name) > 1:
                raise fault("factors", f"two factors are called `{name}`", "Give them a `name` each")
        return self

    @property
    def n_points(self) -> int:
        """How many points the design has."""
        n = 1
        for factor in self.factors.values():
            n *= len(factor.all_values())
        return n

    def columns(self) -> dict[str, str]:
        """Path → name of its column.  Left out, it is the path's last part, with the side's id if any."""
        return {path: factor.name or _column(path) for path, factor in self.factors.items()}


def _column(path: str) -> str:
    parts = [part for part in path.split(".") if part != "value"]
    if parts[0] == "sides" and len(parts) > 2:
        return parts[-1] if parts[1] in ("both", "*") else f"{parts[-1]}_{parts[1]}"
    return "_".join(parts[1:]) if len(parts) > 1 else parts[0]
