"""What is believed of the parameters before the record is looked at: uniform over the ranges studied.

The ranges are those of the table of parameters (`scenario.side`), but for a few that the model gives by
side; parameters that the strategies at hand do not use are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.side import Side

__all__ = ["Parameter", "draw", "draws_in_blocks", "prior", "unit_of", "values_of"]

Floats = npt.NDArray[np.float64]

# By side (model, "Parameters"): the record speaks of Washington's promises and demands, not of Minsk's.
_BY_SIDE: Final[dict[str, tuple[float, float]]] = {
    "sides.washington.reliability": (0.3, 1.0),
    "sides.minsk.reliability": (0.8, 1.0),
    "sides.washington.ambition": (0.0, 0.5),
}
# Used by other strategies, or by soft red lines, only.
_UNUSED: Final = ("inverse_response", "pace", "grit_turns", "firmness")
_EVENTS: Final[dict[str, tuple[float, float]]] = {"events.balloons.rate": (0.0, 0.2)}
_LEAST_RECIPROCITY: Final = 0.02  # `comparative` needs more than none


@dataclass(frozen=True)
class Parameter:
    """One parameter of the fit: its path as `--set` takes it, its range, and whether it is a whole number."""

    path: str
    low: float
    high: float
    whole: bool = False

    @property
    def name(self) -> str:
        """The path without what all have in common."""
        return self.path.removeprefix("sides.").replace("both.", "", 1)


def prior() -> tuple[Parameter, ...]:
    """All parameters of the fit; each is uniform over its range, and all are independent."""
    found = []
    given = {path.rpartition(".")[2] for path in _BY_SIDE}
    for name, field in Side.model_fields.items():
        extra: Any = field.json_schema_extra
        if field.annotation is not Quantity or name in given or name in _UNUSED:
            continue
        low, high = extra["studied"]
        if name == "reciprocity":
            low = _LEAST_RECIPROCITY
        found.append(Parameter(f"sides.both.{name}", float(low), float(high), bool(extra["whole"])))
    found += [Parameter(path, *ends) for path, ends in (_BY_SIDE | _EVENTS).items()]
    return tuple(found)


def draw(parameters: Sequence[Parameter], n: int, seed: int) -> Floats:
    """`n` draws from the prior (a power of 2): scrambled Sobol points, shape (n, parameters)."""
    return np.asarray(_sobol(parameters, seed).random(n))


def draws_in_blocks(
    parameters: Sequence[Parameter], n: int, seed: int, at_once: int
) -> Iterator[tuple[int, Floats]]:
    """The draws of `draw`, `at_once` (a power of 2) at a time, each block with the number of its first."""
    source = _sobol(parameters, seed)
    for start in range(0, n, at_once):
        yield start, source.random(min(at_once, n - start))


def _sobol(parameters: Sequence[Parameter], seed: int) -> qmc.Sobol:
    return qmc.Sobol(len(parameters), seed=np.random.default_rng(seed))


def values_of(parameters: Sequence[Parameter], unit: Floats) -> Floats:
    """Values of draws from the unit cube, under which the prior is uniform: the same shape.

    A whole number stands for its share of the unit interval.
    """
    low = np.array([p.low for p in parameters])
    high = np.array([p.high for p in parameters])
    values = low + unit * (high - low)
    for k, p in enumerate(parameters):
        if p.whole:
            values[:, k] = np.minimum(np.floor(p.low + unit[:, k] * (p.high - p.low + 1.0)), p.high)
    return np.asarray(values)


def unit_of(parameters: Sequence[Parameter], values: Floats) -> Floats:
    """Places of values in the unit cube; those of whole numbers in the middle of their share."""
    low = np.array([p.low - 0.5 * p.whole for p in parameters])
    high = np.array([p.high + 0.5 * p.whole for p in parameters])
    return np.asarray((values - low) / (high - low))
