"""What a pair could have reached: the frontier, the best joint score and the Nash point of a scenario.

Everything that a debrief knows of solutions comes through `reference`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from bargain_sim.scenario.schema import Scenario

__all__ = ["Reference", "reference"]

Point = tuple[float, float]


@dataclass(frozen=True)
class Reference:
    """The frontier as corners from the one best for the second side to the one best for the first.

    Points are payoffs of `sides`, the bonus counted in where a corner is a bargain of both.  `nash` is the
    point of the frontier with the largest product of surpluses over `outside`, None where no point is
    better for both.  Between corners the frontier is a bound (see `analysis.frontier`).
    """

    sides: tuple[str, str]
    corners: tuple[Point, ...]
    outside: Point
    nash: Point | None

    @property
    def joint(self) -> float:
        """The largest sum of both scores."""
        return max((a + b for a, b in self.corners), default=0.0)

    def distance(self, at: Point) -> float:
        """How far a point lies below the frontier, in points; 0 on it or beyond."""
        if not self._holds(at):
            return 0.0
        return min(_to_segment(at, p, q) for p, q in self._edges)

    @property
    def _edges(self) -> list[tuple[Point, Point]]:
        return list(zip(self.corners, self.corners[1:], strict=False)) or [
            (each, each) for each in self.corners
        ]

    def _holds(self, at: Point) -> bool:
        """Whether some point of the frontier is at least as good for both."""
        if not self.corners or at[0] > self.corners[-1][0]:
            return False
        ceiling = self.corners[0][1]
        for (a1, a2), (b1, b2) in self._edges:
            if a1 < at[0] <= b1:
                ceiling = a2 + (at[0] - a1) / (b1 - a1) * (b2 - a2)
        return at[1] <= ceiling

    def height(self, first: float) -> float:
        """The most that the second side can have while the first has so much (inside the frontier)."""
        for (a1, a2), (b1, b2) in self._edges:
            if first <= b1 and b1 > a1:
                return a2 + (max(first, a1) - a1) / (b1 - a1) * (b2 - a2)
        return self.corners[-1][1]

    @property
    def solutions(self) -> dict[str, Point]:
        """The points of `analysis.bargaining.SOLUTIONS` on the frontier; none where `nash` is None.

        Between corners all is linear, so that they are found without a search.
        """
        if self.nash is None:
            return {}
        d1, d2 = self.outside
        low, high = max(d1, self.corners[0][0]), self.corners[-1][0]
        if self.height(high) < d2:
            high = self._crossing(lambda u: d2 - self.height(u), low, high)
        most = (high - d1, self.height(low) - d2)
        even = self._crossing(lambda u: (u - d1) - (self.height(u) - d2), low, high)
        share = self._crossing(lambda u: (u - d1) * most[1] - (self.height(u) - d2) * most[0], low, high)
        inside = [low, *(u for u, _ in self.corners if low < u < high), high]
        sum_ = max(inside, key=lambda u: u + self.height(u))
        found = {"kalai_smorodinsky": share, "egalitarian": even, "utilitarian": sum_}
        return {"nash": self.nash} | {name: (u, self.height(u)) for name, u in found.items()}

    def _crossing(self, rising: Callable[[float], float], low: float, high: float) -> float:
        """Where a function that rises, and is linear between corners, is 0; else the nearer end."""
        at = [low, *(u for u, _ in self.corners if low < u < high), high]
        for u, v in pairwise(at):
            below, above = rising(u), rising(v)
            if below <= 0.0 < above:
                return u - below * (v - u) / (above - below)
        return low if rising(low) > 0.0 else high

    def room(self, at: Point) -> float:
        """How many points more both could have had, each the same; 0 on the frontier or beyond."""
        if not self.corners:
            return 0.0
        top, right = self.corners[0], self.corners[-1]
        found = [min(corner[0] - at[0], corner[1] - at[1]) for corner in (top, right)]
        for (a1, a2), (b1, b2) in self._edges:
            # Where the way straight up and right from `at` meets the segment from a to b.
            along, gap = (a2 - at[1]) - (a1 - at[0]), (b1 - a1) - (b2 - a2)
            share = along / gap if gap else -1.0
            if 0.0 <= share <= 1.0:
                found.append(a1 + share * (b1 - a1) - at[0])
        return max(0.0, *found)


def reference(scenario: Scenario) -> Reference:
    """The frontier of what both can give, and its Nash point over the outside options."""
    from bargain_sim.analysis.frontier import frontier  # networkx is slow to import

    found = frontier(scenario)
    needed = {name for name, concession in scenario.concessions.items() if concession.institution}
    points = []
    for (first, second), package in zip(found.points.tolist(), found.packages, strict=True):
        givers = {scenario.concessions[name].giver for name in package}
        bargain = len(givers) == 2 and needed <= set(package)
        lifted = found.bonus if bargain else (0.0, 0.0)
        points.append((first + lifted[0], second + lifted[1]))
    first, second = (float(side.outside_option) for side in scenario.sides.values())
    corners = _hull(points)
    return Reference(scenario.side_ids, corners, (first, second), _nash(corners, (first, second)))


def _hull(points: list[Point]) -> tuple[Point, ...]:
    """The upper right of the convex hull, its first coordinate rising."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda each: (each[0], -each[1])):
        while kept and kept[-1][1] <= point[1]:
            kept.pop()
        while len(kept) > 1 and _turns_left(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _turns_left(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) >= 0.0


def _nash(corners: tuple[Point, ...], outside: Point) -> Point | None:
    best, found = 0.0, None
    for (a1, a2), (b1, b2) in zip(corners, corners[1:] or corners, strict=False):
        d1, d2, s1, s2 = b1 - a1, b2 - a2, a1 - outside[0], a2 - outside[1]
        # The product of surpluses is a parabola along the segment.
        curve = d1 * d2
        top = -(s1 * d2 + s2 * d1) / (2.0 * curve) if curve else 0.0
        for share in (0.0, min(max(top, 0.0), 1.0), 1.0):
            u1, u2 = s1 + share * d1, s2 + share * d2
            if u1 > 0.0 and u2 > 0.0 and u1 * u2 > best:
                best, found = u1 * u2, (u1 + outside[0], u2 + outside[1])
    return found


def _to_segment(at: Point, p: Point, q: Point) -> float:
    length = (q[0] - p[0]) ** 2 + (q[1] - p[1]) ** 2
    share = 0.0
    if length > 0.0:
        share = ((at[0] - p[0]) * (q[0] - p[0]) + (at[1] - p[1]) * (q[1] - p[1])) / length
        share = min(max(share, 0.0), 1.0)
    return math.hypot(p[0] + share * (q[0] - p[0]) - at[0], p[1] + share * (q[1] - p[1]) - at[1])
