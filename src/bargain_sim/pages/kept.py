"""Which runs of a stored sweep a page holds, as plain arrays: the same runs of every point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.store.results import Results

__all__ = ["MOST_RUNS", "Kept", "kept_of"]

MOST_RUNS: Final = 65_536
"""A page holds no more runs than these: some 2 MB, and a new picture within milliseconds."""

_NEVER: Final = -1


@dataclass(frozen=True)
class Kept:
    """Runs of a page: `points` points with `runs` runs each; arrays over (run, point)."""

    point: npt.NDArray[np.int64]
    """Numbers of the points kept, in the sweep: shape (points,)."""
    values: Mapping[str, npt.NDArray[Any]]
    """Factor column → its value at every point kept: numbers, or words as objects."""
    outcome: npt.NDArray[np.int64]
    """Place of each run's ending in `codes.OUTCOMES`: shape (runs, points)."""
    deal_turn: npt.NDArray[np.int64]
    """The turn in which a package was agreed, -1 where none was: shape (runs, points)."""
    utility: npt.NDArray[np.float64]
    """Final utility of both sides, in points: shape (runs, points, 2)."""
    run: npt.NDArray[np.int64]
    """Run numbers, as the sweep stores them: shape (runs, points)."""
    stored: int
    """How many runs the sweep holds."""
    planned: int
    """How many it was to hold, where it is not complete; else `stored`."""
    of_points: int
    """How many points the sweep has."""

    @property
    def points(self) -> int:
        """How many points are kept."""
        return len(self.point)

    @property
    def runs(self) -> int:
        """How many runs of each point are kept."""
        return len(self.run)

    @property
    def shared_luck(self) -> bool:
        """Whether run k met the same luck at all points."""
        return self.points > 1 and bool((self.run == self.run[:, :1]).all())


def kept_of(results: Results, most: int = MOST_RUNS) -> Kept:
    """The runs of `results` that go into a page: at most `most`, the first ones of every point.

    Where there are more points than that, those kept are the first ones of a Sobol sequence (which are a
    smaller sample of the same kind), or else drawn from all.  Raises InputError where the
    sweep kept no runs, or has none yet.
    """
    from bargain_sim.drawing import stored_rows

    manifest = results.manifest
    if manifest.keep != "runs":
        raise InputError(
            "this sweep kept summaries only, and the page is made of runs", place=results.folder,
            remedy="Run it again with `keep: runs`",
        )  # fmt: skip
    rows = manifest.rows if manifest.complete else stored_rows(results)
    frame = results.head(max(most, manifest.points)) if rows else pd.DataFrame()
    if frame.empty:
        raise InputError("no run of this sweep is stored yet", place=results.folder,
                         remedy="Give the sweep's command with --resume")  # fmt: skip
    # Stored run by run over all points; of a sweep that was stopped, the last run may lack some.
    points = min(manifest.points, len(frame))
    runs = max(1, min(len(frame) // points, most // points))
    chosen = np.arange(points)
    if points > most and manifest.sweep.get("design") == "sobol":
        chosen = chosen[: 2 ** int(np.log2(most))]
    elif points > most:
        chosen = np.sort(np.random.default_rng(0).choice(points, most, replace=False))
    whole = frame.iloc[: runs * points]

    def over(column: str) -> npt.NDArray[Any]:
        return np.asarray(whole[column].to_numpy()).reshape(runs, points)[:, chosen]

    codes = whole["outcome"].astype(pd.CategoricalDtype(list(OUTCOMES))).cat.codes
    deals = whole["deal_turn"].fillna(_NEVER).astype("int64")
    return Kept(
        point=over("point")[0].astype(np.int64),
        values={name: _plain(whole[name].iloc[:points])[chosen] for name in results.factors},
        outcome=codes.to_numpy().astype(np.int64).reshape(runs, points)[:, chosen],
        deal_turn=deals.to_numpy().astype(np.int64).reshape(runs, points)[:, chosen],
        utility=np.stack([over(f"utility_{side}").astype(np.float64) for side in results.sides], axis=-1),
        run=over("run").astype(np.int64),
        stored=rows,
        planned=rows if manifest.complete else max(rows, manifest.points * manifest.runs),
        of_points=manifest.points,
    )


def _plain(column: pd.Series[Any]) -> npt.NDArray[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.astype(object).to_numpy(), dtype=object)
    return np.asarray(column.to_numpy())
