"""The table that everything is read from: draws from the prior, one run of each, and its statistics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bargain_sim.calibration.prior import Parameter, draw
from bargain_sim.calibration.statistics import STATISTICS, statistics_of
from bargain_sim.engine import Engine, draws_of
from bargain_sim.patterns import PATTERNS, WINDOW
from bargain_sim.scenario.loader import Resolved
from bargain_sim.sweeps.points import pack_points
from bargain_sim.tracing import Runs, traced_runs

__all__ = ["Reference", "make_reference", "record_of", "simulated"]

Floats = npt.NDArray[np.float64]
_AT_ONCE = 2_048


@dataclass(frozen=True)
class Reference:
    """Draws (n, parameters) and, for each window, the statistics (n, statistics) of one run of each."""

    parameters: tuple[Parameter, ...]
    draws: Floats
    statistics: Mapping[int, Floats]

    def passed(self, window: int = WINDOW) -> dict[str, float]:
        """Share of the draws that pass each pattern, and all of them (`all`)."""
        return shares_passed(self.statistics[window])


def shares_passed(statistics: Floats) -> dict[str, float]:
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
    draws = draw(parameters, n, seed)
    found = simulated(resolved, parameters, draws, seed, windows, progress=progress)
    return Reference(parameters, draws, found)


def simulated(
    resolved: Resolved,
    parameters: tuple[Parameter, ...],
    draws: Floats,
    seed: int,
    windows: Sequence[int] = (WINDOW,),
    first_run: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[int, Floats]:
    """Statistics of one run of each draw: window → (draws, statistics).  Run k of the seed for draw k."""
    table = {p.path: draws[:, k] for k, p in enumerate(parameters)}
    (group,) = pack_points(resolved, table)
    packed = group.packed
    engine = Engine(packed)
    n, longest = len(draws), max(windows)
    found = {window: np.empty((n, len(STATISTICS))) for window in windows}
    for start in range(0, n, _AT_ONCE):
        stop = min(start + _AT_ONCE, n)
        luck = draws_of(seed, first_run + start, first_run + stop, packed.sizes.turns)
        traced = engine.traced(*group.rows(start, stop), luck, stop=longest)
        runs = Runs(resolved.scenario, packed, traced)
        for window in windows:
            found[window][start:stop] = statistics_of(runs, window)
        if progress is not None:
            progress(stop, n)
    return found


def record_of(resolved: Resolved, window: int = WINDOW) -> Floats:
    """The statistics of the record itself, as the scenario's history tells it: shape (statistics,)."""
    told = resolved.scenario.model_copy(update={"start": "record"})
    return np.asarray(statistics_of(traced_runs(told, 0, 1), window)[0])
