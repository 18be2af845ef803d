"""The Pareto frontier of a scenario: the best both sides could get from the whole catalogue.

A side's utility is the points it receives minus the cost of what it gives.  A package may hold any
concessions that no red line bars, provided that it also holds everything they require, in full.
For given weights of the two sides the best package is a maximum-weight closure of the graph of
`requires`, which is a minimum cut (Picard 1976); the weights are found by dichotomic search (Aneja
and Nair 1979), each the normal of a segment whose ends are known.  This finds **all supported
points**: the corners of the convex frontier.  What it does not give:

- Packages that are undominated but lie inside the convex hull (there may be some where concessions
  cannot be divided).  No package lies beyond the polyline.
- The edges are exact where the concessions that differ between two corners are divisible and do
  not require one another, up to the size of a unit: then they are the polyline of items ordered by
  the ratio of gain to cost.  Elsewhere an edge is an upper bound, reached only by lotteries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bargain_sim.scenario.checks import red_line_on
from bargain_sim.scenario.schema import Concession, Scenario

__all__ = ["Frontier", "allowed", "frontier", "gains_of"]

# Minimum cuts are exact in whole numbers; a point is cut into this many of them.
_GRAIN = 10**9
# The weight of the side that comes second at the two ends of the frontier, and the size of gain
# (in points) under which two packages count as equally good.
_LEAST = 1e-7


@dataclass(frozen=True)
class Frontier:
    """Corners of the convex frontier, from the one best for the second side to the one best for the first.

    `points` has the shape (corners, 2) and holds utilities in points, column k for `sides[k]`;
    the first column rises, the second falls.  `packages[i]` names the concessions of corner i.
    `bonus` is what a completed grand bargain is worth to each side beyond its parts, in points; it
    is in no point here, but in the utilities of runs that end so.
    """

    sides: tuple[str, str]
    points: NDArray[np.float64]
    packages: tuple[tuple[str, ...], ...]
    bonus: tuple[float, float]


def allowed(scenario: Scenario) -> dict[str, Concession]:
    """The concessions that no red line bars and that require none that is barred."""
    kept = {
        name: concession
        for name, concession in scenario.concessions.items()
        if float(concession.value) > 0.0 and red_line_on(scenario, concession) is None
    }
    while True:
        left = {n: c for n, c in kept.items() if all(required in kept for required in c.requires)}
        if len(left) == len(kept):
            return kept
        kept = left


def frontier(scenario: Scenario) -> Frontier:
    """All corners of the convex Pareto frontier of `scenario`; see the head of this file."""
    first, second = scenario.side_ids
    catalogue = allowed(scenario)
    gains = {name: gains_of(scenario, c, first) for name, c in catalogue.items()}
    requires = {name: c.requires for name, c in catalogue.items()}

    def best(w1: float, w2: float) -> frozenset[str]:
        return _closure({n: w1 * u1 + w2 * u2 for n, (u1, u2) in gains.items()}, requires)

    def at(package: frozenset[str]) -> tuple[float, float]:
        # In the order of the catalogue, so that equal packages give equal floats.
        chosen = [gains[name] for name in gains if name in package]
        return float(sum(u for u, _ in chosen)), float(sum(u for _, u in chosen))

    found: dict[frozenset[str], tuple[float, float]] = {}
    ends = (best(_LEAST, 1.0), best(1.0, _LEAST))
    for package in ends:
        found[package] = at(package)
    pending = [ends]
    while pending:
        left, right = pending.pop()
        (a1, a2), (b1, b2) = found[left], found[right]
        w1, w2 = a2 - b2, b1 - a1
        if w1 <= _LEAST or w2 <= _LEAST:
            continue
        middle = best(w1 / (w1 + w2), w2 / (w1 + w2))
        m1, m2 = at(middle)
        beyond = (w1 * (m1 - a1) + w2 * (m2 - a2)) / (w1 + w2)
        if middle not in found and beyond > _LEAST:
            found[middle] = (m1, m2)
            pending += [(left, middle), (middle, right)]
    ordered = _undominated(found)
    return Frontier(
        (first, second),
        np.array([found[package] for package in ordered], dtype=np.float64).reshape(-1, 2),
        tuple(tuple(name for name in scenario.concessions if name in package) for package in ordered),
        (float(scenario.sides[first].bonus), float(scenario.sides[second].bonus)),
    )


def gains_of(scenario: Scenario, concession: Concession, first: str) -> tuple[float, float]:
    """What the whole of a concession adds to the utility of the first and of the second side."""
    giver = scenario.sides[concession.giver]
    cost = float(concession.cost)
    for tag in concession.tags:
        line = giver.red_lines.get(tag)
        if line is not None and line.severity is not None:
            cost += float(line.severity) * float(giver.firmness)
    value = float(concession.value)
    return (-cost, value) if concession.giver == first else (value, -cost)


def _closure(weights: Mapping[str, float], requires: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The set closed under `requires` whose weights add up to most, by a minimum cut."""
    import networkx as nx  # slow to import, and nothing else here needs it

    graph = nx.DiGraph()
    graph.add_nodes_from(("source", "sink"))
    for name, weight in weights.items():
        whole = round(weight * _GRAIN)
        if whole > 0:
            graph.add_edge("source", ("node", name), capacity=whole)
        elif whole < 0:
            graph.add_edge(("node", name), "sink", capacity=-whole)
        for required in requires[name]:
            # No capacity means that this edge can never be cut.
            graph.add_edge(("node", name), ("node", required))
    _, (chosen, _) = nx.minimum_cut(graph, "source", "sink")
    return frozenset(name for name in weights if ("node", name) in chosen)


def _undominated(found: Mapping[frozenset[str], tuple[float, float]]) -> list[frozenset[str]]:
    """Packages from the least to the most utility of the first side, those that are dominated left out."""
    ordered = sorted(found, key=lambda package: (-found[package][0], -found[package][1]))
    kept: list[frozenset[str]] = []
    for package in ordered:
        if not kept or found[package][1] > found[kept[-1]][1] + _LEAST:
            kept.append(package)
    return kept[::-1]
