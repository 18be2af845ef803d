"""The table that everything is read from: draws from the prior, one run of each, and its statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.calibration.prior import Parameter, draws_in_blocks, values_of
from bargain_sim.calibration.statistics import STATISTICS, statistics_of
from bargain_sim.engine import Engine, draws_of
from bargain_sim.patterns import PATTERNS, WINDOW
from bargain_sim.scenario.loader import Resolved
from bargain_sim.sweeps.points import pack_points
from bargain_sim.tracing import Runs, traced_runs

__all__ = ["Reference", "make_reference", "played", "record_of", "shares_passed", "simulated"]

Floats = npt.NDArray[np.float64]
_AT_ONCE = 2_048
_IN_A_BLOCK = 2**16


@dataclass(frozen=True)
class Reference:
    """Draws (n, parameters), as places in the unit cube, and for each window the statistics of one run each.

    Statistics have the shape (n, statistics), in single precision.
    """

    parameters: tuple[Parameter, ...]
    unit: Floats
    statistics: Mapping[int, npt.NDArray[np.float32]]

    def passed(self, window: int = WINDOW) -> dict[str, float]:
        """Share of the draws that pass each pattern, and all of them (`all`)."""
        return shares_passed(self.statistics[window])


def shares_passed(statistics: npt.NDArray[np.floating[Any]]) -> dict[str, float]:
    """Share of the rows that pass each pattern, and all of them (`all`)."""
    flags = statistics[:, -len(PATTERNS) :] > 0.5
    return dict(zip((*PATTERNS, "all"), [*flags.mean(axis=0), flags.all(axis=1).mean()], strict=True))


def make_reference(
    resolved: Resolved,
    parameters: tuple[Parameter, ...],
    n: int,
    seed: int,
    windows: Sequence[int] = (WINDOW,),
    progress: Callable[[int, int], None] | None = None,
) -> Reference:
    """Draw `n` times (a power of 2) from the prior and play one run of each, with luck of its own."""
    places = np.empty((n, len(parameters)))
    found = {window: np.empty((n, len(STATISTICS)), dtype=np.float32) for window in windows}
    for start, unit in draws_in_blocks(parameters, n, seed, _IN_A_BLOCK):
        some = slice(start, start + len(unit))
        places[some] = unit
        tell = partial(_tell, progress, start, n) if progress is not None else None
        for window, values in simulated(resolved, parameters, unit, seed, windows, start, tell).items():
            found[window][some] = values
    return Reference(parameters, places, found)


def _tell(progress: Callable[[int, int], None], before: int, all_: int, done: int, _: int) -> None:
    progress(before + done, all_)


def simulated(
    resolved: Resolved,
    parameters: tuple[Parameter, ...],
    unit: Floats,
    seed: int,
    windows: Sequence[int] = (WINDOW,),
    first_run: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[int, Floats]:
    """Statistics of one run of each draw: window → (draws, statistics).  Run k of the seed for draw k."""
    n = len(unit)
    found = {window: np.empty((n, len(STATISTICS))) for window in windows}
    for start, runs in played(resolved, parameters, unit, seed, max(windows), first_run):
        for window in windows:
            found[window][start : start + runs.n] = statistics_of(runs, window)
        if progress is not None:
            progress(start + runs.n, n)
    return found


def played(
    resolved: Resolved, parameters: tuple[Parameter, ...], unit: Floats, seed: int, stop: int,
    first_run: int = 0,
) -> Iterator[tuple[int, Runs]]:  # fmt: skip
    """One run of each draw up to turn `stop`, some at a time, with the place of the first of these."""
    draws = values_of(parameters, unit)
    (group,) = pack_points(resolved, {p.path: draws[:, k] for k, p in enumerate(parameters)})
    engine = Engine(group.packed)
    for start in range(0, len(unit), _AT_ONCE):
        end = min(start + _AT_ONCE, len(unit))
        luck = draws_of(seed, first_run + start, first_run + end, group.packed.sizes.turns)
        traced = engine.traced(*group.rows(start, end), luck, stop=stop)
        yield start, Runs(resolved.scenario, group.packed, traced)


def record_of(resolved: Resolved, window: int = WINDOW) -> Floats:
    """The statistics of the record itself, as the scenario's history tells it: shape (statistics,)."""
    told = resolved.scenario.model_copy(update={"start": "record"})
    return np.asarray(statistics_of(traced_runs(told, 0, 1), window)[0])
