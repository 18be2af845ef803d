"""Where the boxes and bands of a layered flow lie: numbers only, nothing is drawn here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

__all__ = ["Band", "Flow", "Node", "flow_of"]

Kind = Literal["box", "lane", "ending"]
Key = tuple[int, str, Kind]

Way = tuple[tuple[str, ...], str]
"""The stations of a run in their order, and how it ended."""


@dataclass
class Node:
    """A station (box) in one column, an ending, or the lane to it of runs that have no station left.

    `middle` and `height` are in the units of the room that the flow was laid into; `chances` holds the
    share of each ending among all runs.
    """

    column: int
    name: str
    kind: Kind
    chances: dict[str, float]
    middle: float = 0.0
    height: float = 0.0
    slot: float = 0.0

    @property
    def share(self) -> float:
        """The share of all runs that come through it."""
        return sum(self.chances.values())


@dataclass
class Band:
    """Runs that go from one node to one of the next column and end alike; `start` and `end` are middles."""

    source: Node
    target: Node
    ending: str
    share: float
    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True)
class Flow:
    """Nodes by column (the last holds the endings), bands, and the height of a share of 1."""

    columns: list[list[Node]]
    bands: list[Band]
    scale: float


def flow_of(
    ways: Mapping[Way, int], endings: Sequence[str], foot: float, height: float,
    slot: Callable[[Node], float], gap: float,
) -> Flow:  # fmt: skip
    """Lay ways (with how many runs took each) into a room of that height above `foot`.

    `endings` are in the order in which they stand from the top; in every column what leads to the upper
    ones stands further up, so that bands cross little.  `slot` says how much height a node needs at
    least, for its words.  One scale holds for all columns: a share is
    as wide everywhere.
    """
    runs = sum(ways.values())
    stages = max(len(stations) for stations, _ in ways)
    nodes: dict[Key, Node] = {}
    shares: dict[tuple[Key, Key, str], float] = defaultdict(float)
    for (stations, ending), count in ways.items():
        way: list[Key] = [(k, name, "box") for k, name in enumerate(stations)]
        way += [(k, ending, "lane") for k in range(len(stations), stages)]
        way.append((stages, ending, "ending"))
        for key in way:
            node = nodes.setdefault(key, Node(*key, chances={}))
            node.chances[ending] = node.chances.get(ending, 0.0) + count / runs
        for one, other in pairwise(way):
            shares[one, other, ending] += count / runs
    rank = {ending: place for place, ending in enumerate(endings)}

    def place_of(node: Node) -> tuple[float, str]:
        mean = sum(rank[ending] * share for ending, share in node.chances.items()) / node.share
        return mean + 0.25 * (node.kind == "lane"), node.name

    columns: list[list[Node]] = [[] for _ in range(stages + 1)]
    for node in sorted(nodes.values(), key=place_of):
        columns[node.column].append(node)
    scale = _scale(columns, height, slot, gap)
    for column in columns:
        _stand(column, scale, foot, height, slot, gap)
    bands = [Band(nodes[one], nodes[other], ending, share) for (one, other, ending), share in shares.items()]
    _attach(bands, columns, rank, scale)
    return Flow(columns, bands, scale)


def _scale(
    columns: Sequence[Sequence[Node]], height: float, slot: Callable[[Node], float], gap: float
) -> float:
    """The largest scale at which every column still fits."""

    def fits(scale: float) -> bool:
        return all(
            sum(max(node.share * scale, slot(node)) for node in column) + gap * (len(column) - 1) <= height
            for column in columns
        )

    low, high = 0.0, height
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _stand(
    column: Sequence[Node],
    scale: float,
    foot: float,
    height: float,
    slot: Callable[[Node], float],
    gap: float,
) -> None:
    """Set the nodes of a column one below the other, with what is left of the room between them."""
    for node in column:
        node.height = node.share * scale
        node.slot = max(node.height, slot(node))
    left = height - sum(node.slot for node in column) - gap * (len(column) - 1)
    air = left / (len(column) + 1)
    top = foot + height - air
    for node in column:
        node.middle = top - node.slot / 2.0
        top -= node.slot + gap + air


def _attach(
    bands: Sequence[Band], columns: Sequence[Sequence[Node]], rank: Mapping[str, int], scale: float
) -> None:
    """Let bands leave and reach their nodes side by side, in the order of where they come from or go."""
    place = {id(node): k for column in columns for k, node in enumerate(column)}
    out: dict[int, float] = {}
    into: dict[int, float] = {}
    for band in sorted(bands, key=lambda band: (place[id(band.target)], rank[band.ending])):
        node = band.source
        top = out.setdefault(id(node), node.middle + node.height / 2.0)
        band.start = top - band.share * scale / 2.0
        out[id(node)] = top - band.share * scale
    for band in sorted(bands, key=lambda band: (place[id(band.source)], rank[band.ending])):
        node = band.target
        top = into.setdefault(id(node), node.middle + node.height / 2.0)
        band.end = top - band.share * scale / 2.0
        into[id(node)] = top - band.share * scale
