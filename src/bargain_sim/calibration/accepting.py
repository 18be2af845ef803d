"""The reference table at full size, and which of its draws are nearest to the record.

Some two million draws are made in blocks: their statistics are kept in single precision, their places in
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

__all__ = ["FEWEST", "MOST", "Accepted", "accept"]

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
    distance = _distances(metric, table, record)
    count = min(max(passed["all"], FEWEST), MOST)
    places, reach = nearest(distance, count)
    unit = _places_again(parameters, draws, seed, places)
    if passed["all"] >= count:
        near = table[places].astype(np.float64)
        posterior = fit(parameters, unit, near, record, metric, count)
    else:
        # A pattern missed is no matter of degree: there is no line along which to move such draws.
        posterior = Posterior(parameters, np.full(count, 1.0 / count), unit, unit, reach)
    # Column by column: a partition copies what it sorts.
    spread = np.column_stack([np.percentile(column, (10, 50, 90)).astype(np.float64) for column in table.T])
    return Accepted(draws, passed, spread, posterior)


def _tell(progress: Callable[[int], None], before: int, done: int, _: int) -> None:
    progress(before + done)


def _distances(metric: Metric, table: npt.NDArray[np.float32], record: Floats) -> Floats:
    distance = np.empty(len(table))
    for start in range(0, len(table), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        distance[some] = metric.distances(table[some].astype(np.float64), record)
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
