"""The convex frontier by another way than `analysis.packages`: an oracle for it.

For given weights of the two sides the best package is a maximum-weight closure of the graph of `requires`,
which is a minimum cut (Picard 1976); the weights are found by dichotomic search (Aneja and Nair 1979), each
the normal of a segment whose ends are known.  No bonus is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from bargain_sim.analysis.catalogue import allowed, gains_of
from bargain_sim.scenario.schema import Scenario

# Minimum cuts are exact in whole numbers; a point is cut into this many of them.
_GRAIN = 10**9
# The weight of the side that comes second at the two ends of the frontier, and the size of gain
# (in points) under which two packages count as equally good.
_LEAST = 1e-7


@dataclass(frozen=True)
class Corners:
    """Corners of the convex frontier in points, the first side's rising, and the concessions of each."""

    points: NDArray[np.float64]
    packages: tuple[tuple[str, ...], ...]


def supported(scenario: Scenario) -> Corners:
    """All corners of the convex Pareto frontier of `scenario`."""
    first = scenario.side_ids[0]
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
    return Corners(
        np.array([found[package] for package in ordered], dtype=np.float64).reshape(-1, 2),
        tuple(tuple(name for name in scenario.concessions if name in package) for package in ordered),
    )


def _closure(weights: Mapping[str, float], requires: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The set closed under `requires` whose weights add up to most, by a minimum cut."""
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
