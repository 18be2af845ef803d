"""All undominated packages of a scenario: what both sides could get, unit by unit, within the red lines.

A package is how many units of each concession are given.  None may lie behind a red line, and units of a
concession may be in it only if all that it requires is in it in full.  Payoffs are those of a finished
run at the catalogue's own costs: points received minus the cost of what is given.  Where the package can
be carried out as a grand bargain (all institutions stand in full, and beyond them and what they require
both sides give something) each side's bonus is counted in, as in a completed one.

Most lie inside their convex hull, which only lotteries over packages reach (`analysis.bargaining`).
They are found by dynamic programming (Nemhauser and Ullmann 1969 for the plain knapsack): concession by
concession, in an order in which what is required comes first, the undominated packages are kept for each
set of concessions that are still open.  Two packages that leave the same concessions open can be continued
in the same ways, so one that is dominated now is dominated for ever.

What is guaranteed: with `slack` 0 the answer is exact (differences under a billionth of a point count as
none).  Where concessions have very many units, or the set grows beyond `most`, packages are left out; then
for every package there is one in the answer that gives the second side as much and the first at most
`slack` points less.  Without a chain through all of them, the number of open sets may double with every
concession that others require; shipped catalogues have a few hundred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bargain_sim.analysis.catalogue import allowed, gains_of
from bargain_sim.errors import InputError
from bargain_sim.scenario.schema import Scenario

__all__ = ["Packages", "every_package", "outline", "payoffs", "undominated", "undominated_rows"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
_Key = tuple[frozenset[str], int]
"""The concessions that can no longer be given, and who has given beyond the institutions (bits)."""

_TOLERANCE: Final = 1e-9
_GRAINS: Final = 1000  # a concession of more units is given in about so many steps
_NO_BARGAIN: Final = -1


@dataclass(frozen=True)
class Packages:
    """Undominated packages, from the one best for the second side to the one best for the first.

    `points` (packages, 2) holds utilities in points, column k for `sides[k]`, the bonus counted in where
    `bargain` says so; `units` (packages, concessions) says how many units of `concessions[c]`, of the
    `of[c]` there are, are given.  `slack` is how many points the first side may miss by what was left out.
    """

    sides: tuple[str, str]
    points: Floats
    bargain: NDArray[np.bool_]
    concessions: tuple[str, ...]
    units: Counts
    of: tuple[int, ...]
    slack: float

    def holds(self, row: int) -> dict[str, int]:
        """Concession → units given in one package, those that are not given left out."""
        return {name: int(n) for name, n in zip(self.concessions, self.units[row], strict=True) if n}


@dataclass
class _Set:
    """Undominated packages with the same future: points (n, 2), units (n, concessions so far)."""

    points: Floats
    units: Counts


@dataclass
class _Pile:
    """What comes together under one key: blocks of points, and where their units came from."""

    points: list[Floats] = field(default_factory=list)
    parents: list[Counts] = field(default_factory=list)
    counts: list[Counts] = field(default_factory=list)

    def add(self, before: _Set, counts: Counts, gain: Floats) -> None:
        """Every package of `before` with each of `counts` units of one more concession."""
        reached = before.points[:, None, :] + counts[None, :, None] * gain
        self.points.append(reached.reshape(-1, 2))
        self.parents.append(np.repeat(before.units, len(counts), axis=0))
        self.counts.append(np.tile(counts, len(before.points)))

    def pruned(self, most: int) -> tuple[_Set, float]:
        """The undominated ones, at most about `most` of them, and what leaving out others may cost."""
        points = np.concatenate(self.points)
        kept = undominated_rows(points)
        slack = 0.0
        if len(kept) > most:
            best = points[kept, 0]
            slack = float(best[-1] - best[0]) / most
            cell = np.floor((best - best[0]) / slack)
            # Rising in the first, falling in the second: the first of a cell gives the second side most.
            kept = kept[np.append(True, cell[1:] != cell[:-1])]
        units = np.concatenate(self.parents)[kept]
        column = np.concatenate(self.counts)[kept, None]
        return _Set(points[kept], np.concatenate([units, column], axis=1)), slack


def undominated_rows(points: Floats) -> Counts:
    """Rows of `points` (n, 2) that no other is as good as for both and better for one, by the first column.

    Of equal ones the first is kept.
    """
    rounded = np.round(points, 9)
    order = np.lexsort((-rounded[:, 1], -rounded[:, 0]))
    second = points[order, 1]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(second)[:-1]])
    kept: Counts = order[second > before + _TOLERANCE][::-1]
    return kept


def undominated(scenario: Scenario, most: int = 20_000) -> Packages:
    """All undominated packages of `scenario`; see the head of this file for what is in one.

    `most` bounds how many are kept at a time; beyond it the answer has a `slack`.
    """
    first, second = scenario.side_ids
    catalogue = allowed(scenario)
    gains = {name: np.array(gains_of(scenario, c, first)) for name, c in catalogue.items()}
    requires = {name: c.requires for name, c in catalogue.items()}
    standing = _closed([name for name, c in catalogue.items() if c.institution], requires)
    waiting = _waiting(requires)
    slack = 0.0
    sets: dict[_Key, _Set] = {(frozenset(), 0): _Set(np.zeros((1, 2)), np.zeros((1, 0), dtype=np.int64))}
    order = list(_ordered(requires, waiting))
    for place, name in enumerate(order):
        concession = catalogue[name]
        whole = int(concession.units)
        counts, lost = _steps(whole, abs(float(gains[name][0])))
        slack += lost
        ahead = set(order[place + 1 :])
        beyond = 0 if name in standing else 1 if concession.giver == first else 2
        piles: dict[_Key, _Pile] = {}
        for (closed, gave), before in sets.items():
            # Given in part or not at all, it closes what waits for it.
            short = (closed | (waiting[name] & ahead)) - {name}
            stands = gave != _NO_BARGAIN
            ways = [((short, gave if stands and name not in standing else _NO_BARGAIN), counts[:1])]
            if name not in closed:
                part = gave | beyond if stands and name not in standing else _NO_BARGAIN
                full = gave | beyond if stands else _NO_BARGAIN
                ways += [((short, part), counts[1:-1]), ((closed, full), counts[-1:])]
            for key, some in ways:
                if len(some):
                    piles.setdefault(key, _Pile()).add(before, some, gains[name] / whole)
        lost = 0.0
        sets = {}
        for key, pile in piles.items():
            sets[key], left_out = pile.pruned(most)
            lost = max(lost, left_out)
        slack += lost
    names = tuple(name for name in scenario.concessions if name in catalogue)
    by_file = [order.index(name) for name in names]
    units = np.concatenate([each.units for each in sets.values()])[:, by_file]
    points, bargain = payoffs(scenario, names, units)
    kept = undominated_rows(points)
    of = tuple(int(catalogue[name].units) for name in names)
    return Packages((first, second), points[kept], bargain[kept], names, units[kept], of, slack)


def outline(points: Floats, most: int = 200, among: Sequence[int] = ()) -> Floats:
    """Some of undominated `points` (packages, 2), with both ends: enough to draw a frontier through.

    At most `most` are taken evenly, and the rows `among` them.  Each is a package; between two of them there
    may be others.
    """
    rows = np.linspace(0, len(points) - 1, min(most, len(points))).round().astype(np.int64)
    return points[np.union1d(rows, np.asarray(among, dtype=np.int64))]


def payoffs(scenario: Scenario, names: Sequence[str], units: Counts) -> tuple[Floats, NDArray[np.bool_]]:
    """Both sides' utilities of packages, and which of them are grand bargains (with the bonus).

    `units` (packages, concessions) says how many units of `names[c]` each holds; the answers have the shapes
    (packages, 2) and (packages,).  Whether a package keeps to red lines and requirements is not asked.
    """
    first, second = scenario.side_ids
    items = [scenario.concessions[name] for name in names]
    requires = {name: scenario.concessions[name].requires for name in names}
    standing = _closed([name for name in names if scenario.concessions[name].institution], requires)
    shares = units / np.array([float(c.units) for c in items])
    points = shares @ np.array([gains_of(scenario, c, first) for c in items]).reshape(-1, 2)
    stands = (shares[:, [name in standing for name in names]] >= 1.0).all(axis=1)
    gives = [
        (units[:, [name not in standing and c.giver == side for name, c in zip(names, items, strict=True)]])
        .any(axis=1)
        for side in (first, second)
    ]  # fmt: skip
    bargain = stands & gives[0] & gives[1]
    bonus = np.array([float(scenario.sides[side].bonus) for side in (first, second)])
    return points + bargain[:, None] * bonus, bargain


def every_package(scenario: Scenario, steps: int | None = None, most: int = 50_000) -> Counts:
    """All packages within red lines and requirements, undominated or not, as units of `allowed(scenario)`.

    Shape (packages, concessions).  With `steps` each concession is given in at most so many of its units
    at once (1: all or nothing).  Raises InputError where there are more than `most`.
    """
    catalogue = allowed(scenario)
    requires = {name: c.requires for name, c in catalogue.items()}
    order = list(_ordered(requires, _waiting(requires)))
    of = {name: int(c.units) for name, c in catalogue.items()}
    units = np.zeros((1, 0), dtype=np.int64)
    for place, name in enumerate(order):
        some = min(of[name], steps or of[name], most)
        counts = np.unique(np.linspace(0, of[name], some + 1).round().astype(np.int64))
        met = np.ones(len(units), dtype=bool)
        for needed in requires[name]:
            met &= units[:, order[:place].index(needed)] == of[needed]
        without = np.append(units, np.zeros((len(units), 1), dtype=np.int64), axis=1)
        if len(units) + int(met.sum()) * (len(counts) - 1) > most:
            raise InputError(
                f"there are more than {most:,} packages in `{scenario.name}`",
                remedy="Give fewer steps a concession, or a scenario with fewer concessions",
            )
        given = np.append(np.repeat(units[met], len(counts) - 1, axis=0),
                          np.tile(counts[1:], int(met.sum()))[:, None], axis=1)  # fmt: skip
        units = np.concatenate([without, given])
    found: Counts = units[:, [order.index(name) for name in catalogue]]
    return found


def _steps(units: int, gain: float) -> tuple[Counts, float]:
    """0 … units, in at most about `_GRAINS` steps with 1 among them, and what the others are worth."""
    if units <= _GRAINS:
        return np.arange(units + 1, dtype=np.int64), 0.0
    some = np.unique(np.append(np.linspace(0, units, _GRAINS + 1).round().astype(np.int64), 1))
    return some, gain * float(np.diff(some).max() - 1) / units


def _closed(names: list[str], requires: Mapping[str, tuple[str, ...]]) -> set[str]:
    """These concessions and all that they require."""
    found = list(dict.fromkeys(names))
    for name in found:
        found += [other for other in requires[name] if other not in found]
    return set(found)


def _waiting(requires: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
    """Concession → all that cannot be given before it is given in full."""
    needed = {name: _closed([name], requires) for name in requires}
    return {name: {other for other in requires if name in needed[other]} - {name} for name in requires}


def _ordered(requires: Mapping[str, tuple[str, ...]], waiting: Mapping[str, set[str]]) -> Iterator[str]:
    """What is required first; among what can come next, what leaves the fewest with others waiting for it."""
    left = dict(requires)
    done: set[str] = set()

    def open_after(name: str) -> int:
        return sum(1 for other in (*done, name) if waiting[other] - done - {name})

    while left:
        free = [name for name, needed in left.items() if done.issuperset(needed)]
        name = min(free, key=open_after)
        del left[name]
        done.add(name)
        yield name
