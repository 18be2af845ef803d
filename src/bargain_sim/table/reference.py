"""What a pair could have reached: the frontier, the best joint score and solution points of a scenario.

Everything that a debrief knows of solutions comes through `reference`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bargain_sim.analysis.bargaining import among_packages
from bargain_sim.analysis.bettering import both_more, more
from bargain_sim.analysis.packages import outline, undominated
from bargain_sim.scenario.schema import Scenario

__all__ = ["Reference", "reference"]

Point = tuple[float, float]

_DRAWN: Final = 60  # packages that a frontier is drawn through


@dataclass(frozen=True, eq=False)
class Reference:
    """The packages that none betters, and those among them that bargaining theory singles out.

    `packages` (packages, 2) holds payoffs of `sides` in points, from the one best for the second side to the
    one best for the first, the bonus counted in where both carry a bargain out; `drawn` are some of them,
    enough to draw the frontier.  `solutions` are those of `analysis.bargaining` over the outside options
    `outside`; empty where no package gives both more than these.
    """

    sides: tuple[str, str]
    packages: NDArray[np.float64]
    drawn: tuple[Point, ...]
    outside: Point
    solutions: Mapping[str, Point]

    @property
    def nash(self) -> Point | None:
        """The package with the largest product of surpluses over `outside`."""
        return self.solutions.get("nash")

    @property
    def joint(self) -> float:
        """The largest sum of both scores."""
        return float(self.packages.sum(axis=1).max())

    def distance(self, at: Point) -> float:
        """How far the nearest of these packages is, in points; 0 where neither could have had more."""
        points, run = self.packages, np.array([at])
        sides = ((points[:, k], points[:, 1 - k], run[:, k], run[:, 1 - k]) for k in (0, 1))
        if not any(more(*side)[0] > 0.0 for side in sides):
            return 0.0
        return float(np.hypot(*(points - run).T).min())

    def room(self, at: Point) -> float:
        """How many points more both could have had at once; 0 on the frontier or beyond."""
        return float(both_more(self.packages, np.array([at]))[0])


def reference(scenario: Scenario) -> Reference:
    """The packages of a scenario that none betters, and its solution points over the outside options."""
    points = undominated(scenario).points
    first, second = (float(side.outside_option) for side in scenario.sides.values())
    found = among_packages(points, (first, second))
    if not found or (points[found["nash"]] <= (first, second)).any():
        found = {}
    return Reference(
        scenario.side_ids,
        points,
        _plain(outline(points, _DRAWN, list(found.values()))),
        (first, second),
        dict(zip(found, _plain(points[list(found.values())]), strict=True)),
    )


def _plain(points: NDArray[np.float64]) -> tuple[Point, ...]:
    return tuple((float(first), float(second)) for first, second in points)
