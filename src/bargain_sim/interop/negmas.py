"""A scenario as a NegMAS domain: what can be agreed on is one issue, whose values are the packages.

One issue for each concession could not say what `requires` and red lines say: NegMAS drops constraints when
it saves a domain, and several of its negotiators agree to what is worth minus infinity to them.  With the
packages themselves as values nothing that is not allowed can even be named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargain_sim.analysis.catalogue import allowed
from bargain_sim.analysis.packages import every_package, payoffs
from bargain_sim.errors import InputError, install
from bargain_sim.scenario.schema import Scenario

__all__ = ["NegmasDomain", "negmas_domain"]


@dataclass(frozen=True)
class NegmasDomain:
    """`outcome_space` and `ufuns` (of both sides, in their order) as NegMAS takes them, and what they hold.

    The issue's values are `package_0` …; row k of `units` says how many units of `concessions[c]` package k
    holds, row k of `points` what it is worth to both sides, in points, the bonus counted in.
    """

    outcome_space: Any
    ufuns: tuple[Any, Any]
    concessions: tuple[str, ...]
    units: NDArray[np.int64]
    points: NDArray[np.float64]


def negmas_domain(
    scenario: Scenario, steps: int | None = 1, most: int = 50_000, disagreement: tuple[float, float] | None
    = None
) -> NegmasDomain:  # fmt: skip
    """The packages of `scenario` as a NegMAS domain, at full trust.

    `steps`: each concession is given in at most so many parts (None: in its units).  Reserved values are
    those of `disagreement`, by default the outside options.  Raises InputError where there are more
    than `most` packages, or NegMAS is not installed.
    """
    try:
        from negmas import MappingUtilityFunction, make_issue, make_os
    except ImportError as error:
        raise InputError(
            "NegMAS is not installed", remedy=install("interop")
        ) from error
    names = tuple(allowed(scenario))
    units = every_package(scenario, steps, most)
    points, _ = payoffs(scenario, names, units)
    values = [f"package_{k}" for k in range(len(units))]
    space = make_os([make_issue(values, name="package")], name=scenario.name)
    reserved = disagreement or tuple(float(scenario.sides[side].outside_option) for side in scenario.side_ids)
    first, second = (
        MappingUtilityFunction(
            {(value,): float(worth) for value, worth in zip(values, points[:, k], strict=True)},
            outcome_space=space, reserved_value=reserved[k], name=side,
        )
        for k, side in enumerate(scenario.side_ids)
    )  # fmt: skip
    return NegmasDomain(space, (first, second), names, units, points)
