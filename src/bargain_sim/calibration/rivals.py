"""Models that the full one must beat: each lacks one of its ideas, and has a prior of its own.

A parameter that plays no part in a model is not fitted in it, and one that plays a part there only is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bargain_sim.calibration.fitting import left_to_fit
from bargain_sim.calibration.prior import Parameter, prior
from bargain_sim.scenario.loader import Resolved
from bargain_sim.scenario.overrides import Override
from bargain_sim.scenario.side import Side

__all__ = ["FULL", "Model", "models_of"]

FULL: Final = "full"
_BOTH: Final = "sides.both."
_ANSWERS: Final = ("reciprocity", "generosity", "memory", "opening")  # what only an answer to the other uses
_ACCORD: Final = ("initiative", "trust_threshold")  # what only a step of one's own accord, out of trust, uses


@dataclass(frozen=True)
class Model:
    """A model that is fitted: what it sets, which parameters play no part (`idle`), and which of its own do.

    `null` is False for the full model, and for one that only stands beside a null.  `cannot` says why it
    could not pass all patterns, whatever its parameters: then that it does not says nothing about them.
    """

    name: str
    label: str
    overrides: tuple[Override, ...] = ()
    idle: tuple[str, ...] = ()
    own: tuple[Parameter, ...] = ()
    null: bool = True
    cannot: str = ""

    def parameters(self, resolved: Resolved) -> tuple[Parameter, ...]:
        """Its prior: what is left to fit of it in `resolved`, to which its overrides are applied."""
        own = {p.path for p in self.own}
        kept = [p for p in prior() if p.path not in self.idle and p.path not in own]
        return left_to_fit(resolved, (*kept, *self.own))


def models_of(resolved: Resolved) -> tuple[Model, ...]:
    """The full model, as `resolved` has it, and its rivals."""
    return (Model(FULL, "Full model", null=False), *_by_the_clock(), *_one_idea_less(resolved))


def _by_the_clock() -> Iterator[Model]:
    idle = _paths(*_ANSWERS, *_ACCORD)
    for name, words, own in (
        ("boulware", "late", ("inverse_response", "pace")),
        ("linear", "evenly", ("inverse_response",)),
        ("conceder", "early", ("inverse_response", "pace")),
    ):
        yield Model(
            name, f"By the clock alone, {words}", (Override("sides.both.strategy", name),), idle,
            tuple(_studied(each) for each in own),
        )  # fmt: skip


def _one_idea_less(resolved: Resolved) -> Iterator[Model]:
    proportional = Override("sides.both.strategy", "proportional")
    # Not a null, but the model in which the next one has no reciprocity.
    yield Model(
        "proportional", "Answers in proportion to trust", (proportional,),
        own=(Parameter("sides.both.reciprocity", 0.0, 2.0),), null=False,
    )  # fmt: skip
    yield Model(
        "no_reciprocity", "The same, no reciprocity (r = 0)",
        (proportional, Override("sides.both.reciprocity", 0.0)), _paths(*_ANSWERS),
    )  # fmt: skip
    yield Model(
        "no_negativity", "Bad news weighs as good (λ = 1)",
        (Override("sides.both.negativity", 1.0),), _paths("negativity"),
    )  # fmt: skip
    scenario = resolved.scenario
    lines = [
        Override(f"sides.{side}.red_lines.{tag}", None)
        for side, each in scenario.sides.items()
        for tag in each.red_lines
    ]
    # Without a red line nothing can be demanded across one: not in play, and not in what is told.
    told = scenario.history.entries if scenario.history is not None else {}
    demands = [
        Override(f"history.entries.{name}.occurs", False) for name, each in told.items() if each.demands
    ]
    yield Model(
        "no_red_lines", "No red lines", (*lines, *demands),
        (*_paths("slight"), "sides.washington.ambition", "sides.both.ambition"),
        cannot="P5 needs a slight, and without red lines there is none",
    )  # fmt: skip


def _paths(*names: str) -> tuple[str, ...]:
    return tuple(f"{_BOTH}{name}" for name in names)


def _studied(name: str) -> Parameter:
    """A parameter of both sides over the range in which it is studied."""
    extra: Any = Side.model_fields[name].json_schema_extra
    low, high = extra["studied"]
    return Parameter(f"{_BOTH}{name}", float(low), float(high), bool(extra["whole"]))
