"""The reference table at full size, and which of its draws are nearest to the record.

Some four million draws are made in blocks: their statistics are kept in single precision, their places in
the unit cube are not, for the sequence that gave them gives them again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from bargain_sim.calibration.nearness import Metric, Posterior, fit, metric_of, nearest
from bargain_sim.calibration.prior import Parameter, draws_in_blocks
from bargain_sim.calibration.reference import simulated
from bargain_sim.calibration.statistics import STATISTICS
from bargain_sim.patterns import PATTERNS, WINDOW
from bargain_sim.scenario.loader import Resolved

__all__ = ["FEWEST", "MOST", "Accepted", "Near", "accept", "near_to", "posterior_of"]

Floats = npt.NDArray[np.float64]

FEWEST, MOST = 200, 1_000
"""So many draws are accepted at least, and at most; between, those that pass all patterns."""

_AT_ONCE = 2**18


@dataclass(frozen=True)
class Accepted:
    """What a reference table of `draws` gave.

    `passed` counts its draws that pass each pattern and `all`; `statistics` are quantiles (10, 50 and
    90 %) of the statistics of all draws, shape (3, statistics).
    """

    draws: int
    passed: dict[str, int]
    statistics: Floats
    posterior: Posterior


def accept(
    resolved: Resolved,
    parameters: tuple[Parameter, ...],
    draws: int,
    seed: int,
    record: Floats,
    progress: Callable[[int], None],
) -> Accepted:
    """Play one run of each of `draws` (a power of 2), and accept those nearest to `record`.

    They are adjusted if all of them pass all patterns, and else taken as they are, with equal weights.
    """
    table = np.empty((draws, len(STATISTICS)), dtype=np.float32)
    for start, unit in draws_in_blocks(parameters, draws, seed, _AT_ONCE):
        found = simulated(
            resolved, parameters, unit, seed, first_run=start, progress=partial(_tell, progress, start)
        )
        table[start : start + len(unit)] = found[WINDOW]
    flags = table[:, -len(PATTERNS) :] > 0.5
    counts = [*flags.sum(axis=0), flags.all(axis=1).sum()]
    passed = {name: int(count) for name, count in zip((*PATTERNS, "all"), counts, strict=True)}
    metric = metric_of(table)
    near = near_to(metric, table, record)
    unit = _places_again(parameters, draws, seed, near.places)
    posterior = posterior_of(parameters, unit, table[near.places], record, metric, near)
    # Column by column: a partition copies what it sorts.
    spread = np.column_stack([np.percentile(column, (10, 50, 90)).astype(np.float64) for column in table.T])
    return Accepted(draws, passed, spread, posterior)


@dataclass(frozen=True)
class Near:
    """The draws that are accepted for a record: their places (ascending) in a table, and how far they reach.

    `alike` draws of the table pass the same patterns as the record, and no others.
    """

    places: npt.NDArray[np.int64]
    reach: float
    alike: int

    @property
    def adjusted(self) -> bool:
        """Whether all of them pass the record's patterns, and no others.

        A pattern missed is no matter of degree: there is no line along which to move such draws.
        """
        return self.alike >= len(self.places)


def near_to(metric: Metric, table: npt.NDArray[np.float32], record: Floats) -> Near:
    """Which draws of a table (n, statistics) to accept for a record (statistics,).

    Those nearest among those that pass the record's patterns and no others, at most MOST; if they are
    fewer than FEWEST, the nearest FEWEST of all.
    """
    flags = slice(-len(PATTERNS), None)
    same = np.flatnonzero(((table[:, flags] > 0.5) == (record[flags] > 0.5)).all(axis=1))
    among = same if len(same) >= FEWEST else np.arange(len(table))
    count = min(max(len(same), FEWEST), MOST)
    places, reach = nearest(_distances(metric, table, among, record), count)
    return Near(among[places], reach, len(same))


def posterior_of(
    parameters: tuple[Parameter, ...],
    unit: Floats,
    statistics: npt.NDArray[np.float32],
    record: Floats,
    metric: Metric,
    near: Near,
) -> Posterior:
    """What the accepted draws say: adjusted, or, where some are unlike the record, as they are.

    `unit` (accepted, parameters) and `statistics` (accepted, statistics) are theirs.
    """
    count = len(near.places)
    if near.adjusted:
        return fit(parameters, unit, statistics.astype(np.float64), record, metric, count)
    return Posterior(parameters, np.full(count, 1.0 / count), unit, unit, near.reach)


def _tell(progress: Callable[[int], None], before: int, done: int, _: int) -> None:
    progress(before + done)


def _distances(
    metric: Metric, table: npt.NDArray[np.float32], among: npt.NDArray[np.int64], record: Floats
) -> Floats:
    """Distance of the rows `among` those of the table, some at a time."""
    distance = np.empty(len(among))
    for start in range(0, len(among), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        distance[some] = metric.distances(table[among[some]].astype(np.float64), record)
    return distance


def _places_again(
    parameters: tuple[Parameter, ...], draws: int, seed: int, places: npt.NDArray[np.int64]
) -> Floats:
    """The draws at these places (ascending) of the table, made once more."""
    found = [
        unit[places[(places >= start) & (places < start + len(unit))] - start]
        for start, unit in draws_in_blocks(parameters, draws, seed, _AT_ONCE)
    ]
    return np.concatenate(found)
