"""Quantiles by date over many futures: trust of both sides, and what each has given."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import FloatArray, Runs

__all__ = ["QUANTILES", "SERIES", "FanOut"]

QUANTILES = (5, 10, 25, 50, 75, 90, 95)
"""Percentiles of a fan; its columns are `p5` … `p95`."""

SERIES = ("trust", "given")
"""What a fan shows of each side: trust (probability), and what it has delivered so far (points)."""

_AT_MOST = 20_000  # runs that are kept for quantiles: some 70 MB, and far more than quantiles need


class FanOut:
    """Gathers runs piece by piece, and tells their quantiles by turn."""

    def __init__(self, scenario: Scenario, stop: int) -> None:
        self.scenario, self.stop = scenario, stop
        self._kept: dict[tuple[str, int], list[FloatArray]] = {(n, k): [] for n in SERIES for k in (0, 1)}
        self._runs = 0

    def add(self, runs: Runs) -> None:
        """Keep the runs' series, while there are not yet more than enough."""
        if self._runs >= _AT_MOST:
            return
        self._runs += runs.n
        last = np.minimum(np.arange(self.stop)[None, :], runs.played[:, None] - 1)
        for (name, k), pieces in self._kept.items():
            # A negotiation that has ended stays where it ended, or the bands would lose those that broke off.
            pieces.append(np.take_along_axis(runs.turn(f"{name}_{k}"), last, axis=1))

    def frame(self) -> pd.DataFrame:
        """One row a series, side and turn: `series`, `side`, `turn`, `date`, `told`, and the quantiles.

        Of the turns that the history tells (`told`) too, where quantiles differ only if its days or shares
        are drawn.  The date is the first day of the turn.
        """
        parts = []
        dates = [self.scenario.date_of(turn) for turn in range(self.stop)]
        turns = np.arange(self.stop)
        for (name, k), pieces in self._kept.items():
            values = np.percentile(np.concatenate(pieces), QUANTILES, axis=0)
            parts.append(
                pd.DataFrame(
                    {
                        "series": name,
                        "side": self.scenario.side_ids[k],
                        "turn": turns,
                        "date": pd.to_datetime(pd.Series(dates)),
                        "told": turns < self.scenario.handover,
                        **{f"p{q}": row for q, row in zip(QUANTILES, values, strict=True)},
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)
