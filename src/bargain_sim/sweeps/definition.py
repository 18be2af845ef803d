"""What a sweep file says: which scenario, which factors in which design, how many runs, what is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag, computed_field, field_validator

from bargain_sim.codes import OUTCOMES
from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.quantity import fault
from bargain_sim.scenario.schema import Id
from bargain_sim.sweeps.factor import Block, Factor, column_of

__all__ = [
    "LEVELS", "MAX_POINTS", "SAMPLED", "Correlation", "CorrelationMatrix", "Factor", "Part", "Sweep",
    "Transcripts", "Until",
]  # fmt: skip

MAX_POINTS: Final = 1_000_000_000
"""Points that a design may have at most; how many fit in memory is another matter (see checks)."""
LEVELS: Final = 4
"""Levels of a Morris design where the file says nothing."""
SAMPLED: Final = ("latin_hypercube", "sobol", "morris", "saltelli")
"""Designs that draw a sample."""

_Sampling = Literal["grid", "latin_hypercube", "sobol", "morris", "saltelli", "table"]
_PAIRS, _MATRIX = "<pairs>", "<matrix>"


class Correlation(Block):
    """Two factors that go together."""

    between: tuple[str, str] = Field(description="two factors, by their paths or columns")
    rank: Annotated[float, Field(gt=-1, lt=1)] = Field(description="their rank correlation (Spearman's)")


class CorrelationMatrix(Block):
    """Several factors that go together."""

    factors: tuple[str, ...] = Field(description="the factors, by their paths or columns")
    matrix: tuple[tuple[Annotated[float, Field(ge=-1, le=1)], ...], ...] = Field(
        description="their rank correlations (Spearman's): a row a factor, 1 on the diagonal"
    )


def _form(given: Any) -> str:
    return _MATRIX if isinstance(given, Mapping | CorrelationMatrix) else _PAIRS


Correlations = Annotated[
    Annotated[tuple[Correlation, ...], Tag(_PAIRS)] | Annotated[CorrelationMatrix, Tag(_MATRIX)],
    Discriminator(_form),
]


class Until(Block):
    """When enough runs have been made."""

    outcome: str = Field(
        description="the ending whose share is to be known", json_schema_extra={"enum": list(OUTCOMES)}
    )
    half_width: Annotated[float, Field(gt=0, lt=0.5)] = Field(
        description="how far the share may be off at every point, such as 0.01"
    )
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = Field(
        default=0.95, description="how sure to be that it is not further off"
    )
    max_runs: Annotated[int, Field(ge=1, le=1_000_000_000)] = Field(
        default=100_000, description="runs a point after which it is given up"
    )

    @field_validator("outcome")
    @classmethod
    def _is_an_ending(cls, outcome: str) -> str:
        if outcome not in OUTCOMES:
            raise fault("", f"there is no ending `{outcome}`", nearest(outcome, OUTCOMES))
        return outcome


class Transcripts(Block):
    """Runs whose whole transcripts are stored: these runs at these points."""

    points: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1, description="points, from 0")
    runs: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1, description="runs, from 0")


class _Design(Block):
    """What a design is made of; shared by a sweep and by the parts of a union."""

    samples: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="points of a `latin_hypercube` or `sobol`, trajectories of `morris`, "
        "base sample of `saltelli` (a power of two for `sobol` and `saltelli`)",
    )
    levels: Annotated[int, Field(ge=2, le=1000, multiple_of=2)] | None = Field(
        default=None, description=f"`morris`: levels of each factor, an even number; {LEVELS} if left out"
    )
    second_order: bool | None = Field(
        default=None, description="`saltelli`: whether pairs of factors are told apart; yes if left out"
    )
    table: str | None = Field(
        default=None,
        description="`table`: a CSV or Parquet file, seen from this one, with a row a point and a column "
        "a factor, named by its path or its column",
    )
    factors: dict[str, Factor] = Field(
        default_factory=dict,
        description="path into the scenario → the values it takes; `sides.both.…` sets both sides, "
        "`extends` takes whole sub-scenarios",
    )
    correlations: Correlations | None = Field(
        default=None, description="which factors of a `latin_hypercube` or `sobol` go together"
    )

    @field_validator("factors", mode="before")
    @classmethod
    def _a_list_is_values(cls, factors: Any) -> Any:
        if isinstance(factors, dict):
            return {
                path: {"values": given} if isinstance(given, list) else given
                for path, given in factors.items()
            }
        return factors

    def columns(self) -> dict[str, str]:
        """Path → name of its column, for every factor that the file names."""
        return {path: column_of(path, factor) for path, factor in self.factors.items()}


class Part(_Design):
    """One part of a union: a design of its own."""

    design: _Sampling = Field(description="how its points are chosen")

    @property
    def n_points(self) -> int | None:
        """How many points it has; None where its table has to be read to know."""
        return _count(self.design, self)

    def problem(self) -> dict[str, Any] | None:
        """What SALib's analyses need to know of a Morris or Saltelli sample; None for other designs."""
        return _problem(self.design, self)


class Sweep(_Design):
    """A sweep file: a scenario, points at which it is varied, `runs` negotiations at each."""

    format_version: Literal[1] = Field(description="version of this file format: 1")
    name: Id = Field(description="short name, also of the results folder; the file's name if left out")
    title: str = Field(description="one line, as people read it")
    description: str = Field(default="", description="what the sweep is about")
    question: str = Field(default="", description="what a class may ask of it")
    look_for: str = Field(default="", description="what to see in the figures, said after the run")
    scenario: str = Field(description="the scenario: a shipped name, or a path from this file")
    design: Literal["grid", "latin_hypercube", "sobol", "morris", "saltelli", "table", "union"] = Field(
        description="how points are chosen: `grid` every combination; `latin_hypercube`, `sobol` samples; "
        "`morris`, `saltelli` samples for sensitivity; `table` a file; `union` several of these"
    )
    union: tuple[Part, ...] = Field(
        default=(), description="`union`: the designs, one after the other; each has all of `factors` too"
    )
    runs: Annotated[int, Field(ge=1, le=1_000_000_000)] = Field(description="negotiations a point")
    until: Until | None = Field(
        default=None, description="go on beyond `runs` at each point until its share is known this well"
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(
        default=0, description="the luck, from 0: of the negotiations, and of samples"
    )
    common_random_numbers: bool = Field(default=True, description="run k meets the same luck at every point")
    keep: Literal["runs", "summary"] = Field(
        default="runs", description="`runs` stores every run, `summary` only a row a point"
    )
    transcripts: Transcripts | None = Field(
        default=None, description="runs whose whole transcripts are stored"
    )

    @classmethod
    def from_manifest(cls, data: Mapping[str, Any]) -> Sweep:
        """The sweep that a manifest describes (it also holds what follows from the rest)."""
        return cls.model_validate({key: value for key, value in data.items() if key in cls.model_fields})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def problem(self) -> dict[str, Any] | None:
        """What SALib's analyses need to know of a Morris or Saltelli sample; None for other designs."""
        return _problem(self.design, self)

    @property
    def stride(self) -> int:
        """Run numbers set aside for each point where points do not share their luck."""
        return self.runs if self.until is None else self.until.max_runs

    @property
    def n_points(self) -> int | None:
        """How many points the design has; None where a table has to be read to know."""
        counts = [part.n_points for part in self.parts()]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    def parts(self) -> tuple[Part, ...]:
        """The designs it is made of, with the factors that all share; one but for a union."""
        if self.design == "union":
            return tuple(self._completed(part) for part in self.union)
        shared = {name: getattr(self, name) for name in _Design.model_fields}
        return (Part.model_construct(design=self.design, **shared),)

    def _completed(self, part: Part) -> Part:
        together = dict(self.factors)
        for path, factor in part.factors.items():
            above = self.factors.get(path)
            names = {"name": factor.name or above.name, "label": factor.label or above.label} if above else {}
            together[path] = factor.model_copy(update=names)
        return part.model_copy(update={"factors": together})


def _count(design: str, part: _Design) -> int | None:
    k, n = len(part.factors), part.samples or 0
    if design == "table":
        return None
    if design == "morris":
        return n * (k + 1)
    if design == "saltelli":
        return n * (k + 2 if part.second_order is False else 2 * k + 2)
    if design == "grid":
        return math.prod(factor.size for factor in part.factors.values()) if k else 0
    return n


def _problem(design: str, part: _Design) -> dict[str, Any] | None:
    if design not in ("morris", "saltelli"):
        return None
    return {
        "num_vars": len(part.factors),
        "names": list(part.columns().values()),
        "bounds": [list(factor.bounds()) for factor in part.factors.values()],
        "num_levels": (part.levels or LEVELS) if design == "morris" else None,
        "calc_second_order": part.second_order is not False if design == "saltelli" else None,
    }
