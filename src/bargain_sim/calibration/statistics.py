"""What of a record is compared: some twenty numbers of its first turns, and the six patterns."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import PAUSED
from bargain_sim.patterns import PATTERNS, first_turn, patterns_of, release_growth, rises
from bargain_sim.tracing import Runs

__all__ = ["NUMBERS", "STATISTICS", "statistics_of"]

Floats = npt.NDArray[np.float64]

NUMBERS: Final[dict[str, str]] = {
    "status_turns_washington": "turns in which Washington gave status goods",
    "material_turns_washington": "turns in which Washington gave material relief",
    "move_turns_minsk": "turns in which Minsk gave something",
    "points_washington": "points that Washington announced",
    "points_minsk": "points that Minsk announced",
    "largest_washington": "largest move of Washington, points",
    "largest_minsk": "largest move of Minsk, points",
    "released": "people released, logarithm of one more",
    "release_growth": "rank correlation of the sizes of releases with their order",
    "first_washington": "turn of Washington's first move",
    "first_minsk": "turn of Minsk's first move",
    "first_relief": "turn of Washington's first material relief",
    "last_minsk": "turn of Minsk's last move",
    "short_washington": "short deliveries by Washington",
    "short_minsk": "short deliveries by Minsk",
    "corrections": "turns with a correction",
    "pauses": "pauses",
    "paused_turns": "turns in pause",
    "slights": "slights",
    "ended": "whether it was over before the last of these turns",
}
STATISTICS: Final = (*NUMBERS, *PATTERNS)


def statistics_of(runs: Runs, window: int) -> Floats:
    """The statistics of each run's first `window` turns, in the order of STATISTICS: (runs, statistics).

    Turns of what never happened are `window`: as late as can be.
    """
    status, material, short = (
        [np.nan_to_num(runs.turn(f"{kind}_{side}")[:, :window]) for side in (0, 1)]
        for kind in ("status", "material", "short")
    )
    given = [status[side] + material[side] for side in (0, 1)]
    never = float(window)

    def first(happens: npt.NDArray[np.bool_]) -> Floats:
        return np.asarray(np.minimum(first_turn(happens), never))

    def counted(name: str) -> Floats:
        # After the end a count stays what it was.
        return np.asarray(np.nan_to_num(np.nanmax(_or_zero(runs.turn(name)[:, :window]), axis=1)))

    last_minsk = never - 1.0 - first(given[1][:, ::-1] > 0.0)
    found = [
        (status[0] > 0.0).sum(axis=1),
        (material[0] > 0.0).sum(axis=1),
        (given[1] > 0.0).sum(axis=1),
        given[0].sum(axis=1),
        given[1].sum(axis=1),
        given[0].max(axis=1),
        given[1].max(axis=1),
        np.log1p(counted("prisoners_released")),
        release_growth(runs, window),
        first(given[0] > 0.0),
        first(given[1] > 0.0),
        first(material[0] > 0.0),
        last_minsk,
        (short[0] > 0.0).sum(axis=1),
        (short[1] > 0.0).sum(axis=1),
        rises(runs.turn("corrections")[:, :window]).sum(axis=1),
        counted("pauses"),
        (runs.turn("mode")[:, :window] == PAUSED).sum(axis=1),
        counted("demands"),
        np.isnan(runs.turn("mode")[:, window - 1]),
    ]
    passed = patterns_of(runs, window)
    found += [passed[name] for name in PATTERNS]
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in found])


def _or_zero(values: Floats) -> Floats:
    """A first column of zeros, so that there is a greatest even where nothing was played."""
    return np.concatenate([np.zeros((len(values), 1)), values], axis=1)
