"""How two sweeps differ in their endings, run by run where both met the same luck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.intervals import check_confidence
from bargain_sim.analysis.pairs import z_of
from bargain_sim.codes import OUTCOMES
from bargain_sim.store.compare import matched_points
from bargain_sim.store.manifest import Manifest
from bargain_sim.store.order import RowReader
from bargain_sim.store.results import Results
from bargain_sim.store.table import PART_ROWS

__all__ = ["paired_differences", "paired_runs", "why_not_paired"]

_COLUMNS = [
    *("outcome", "share_a", "share_b", "difference", "low", "high"),
    *("point_a", "point_b", "largest"),
]


def why_not_paired(a: Results, b: Results) -> str:
    """Why two sweeps cannot be compared run by run, in words; empty where they can."""
    ours, theirs = a.manifest, b.manifest
    if {ours.keep, theirs.keep} != {"runs"}:
        return "summaries only"
    if not (ours.regular and theirs.regular):
        return "`until` gave the points different numbers of runs"
    if ours.blocks or theirs.blocks:
        return "merged from runs that do not follow one another"
    if not (ours.common_random_numbers and theirs.common_random_numbers) or ours.seed != theirs.seed:
        return "other luck"
    return "" if _in_both(ours, theirs) else "no run is in both"


def paired_runs(a: Results, b: Results) -> range:
    """Numbers of the runs that both sweeps played under the same luck; empty where they did not."""
    return range(0) if why_not_paired(a, b) else _in_both(a.manifest, b.manifest)


def _in_both(ours: Manifest, theirs: Manifest) -> range:
    first = max(ours.first_run, theirs.first_run)
    return range(first, min(ours.first_run + ours.runs, theirs.first_run + theirs.runs))


def paired_differences(a: Results, b: Results, confidence: float = 0.95) -> pd.DataFrame:
    """Share of each ending in both sweeps over the points that match, and their difference (b − a).

    One row an outcome: `outcome`, `share_a`, `share_b`, `difference`, its interval `low` … `high`, and
    where it is largest: `point_a`, `point_b`, `largest`.  Where both met the same luck
    (`paired_runs`) the interval rests on the differences run by run, over the runs that both made;
    else on those of each sweep apart.  It is over runs (points share their luck), with two runs added so
    that it holds where hardly any run differs: at one point it is Bonett and Price's (2012) for paired
    shares, or Agresti and Caffo's (2000) for shares apart, and with several points the added runs differ at
    all of them, which is wide but safe.  NaN where only summaries were kept, or `until` decided how many
    runs.  Runs are gone through block by block: memory stays flat.  Empty where no points match.  Raises
    InputError for a confidence that cannot be.
    """
    check_confidence(confidence)
    ours, theirs = matched_points(a, b)
    if not ours:
        return pd.DataFrame(
            columns=[
                "outcome",
                "share_a",
                "share_b",
                "difference",
                "low",
                "high",
                "point_a",
                "point_b",
                "largest",
            ]
        )
    runs = paired_runs(a, b)
    if {a.manifest.keep, b.manifest.keep} != {"runs"} or not (a.manifest.regular and b.manifest.regular):
        share_a, share_b = _of_points(a, ours), _of_points(b, theirs)
        middle = error = np.full(len(OUTCOMES), np.nan)
    elif runs:
        of_a, of_b, apart = _run_by_run(a, b, ours, theirs, runs)
        share_a, share_b = of_a.by_point / of_a.runs, of_b.by_point / of_b.runs
        middle, error = apart.with_two_added(-1)
    else:
        of_a, of_b = _apart(a, ours), _apart(b, theirs)
        share_a, share_b = of_a.by_point / of_a.runs, of_b.by_point / of_b.runs
        (middle_a, error_a), (middle_b, error_b) = of_a.with_two_added(0), of_b.with_two_added(0)
        middle, error = middle_b - middle_a, np.hypot(error_a, error_b)
    by_point = share_b - share_a
    half = z_of(confidence) * error
    difference = by_point.mean(axis=0)
    top = np.abs(by_point).argmax(axis=0)
    return pd.DataFrame(
        {
            "outcome": list(OUTCOMES),
            "share_a": share_a.mean(axis=0),
            "share_b": share_b.mean(axis=0),
            "difference": difference,
            # Drawn towards the middle, the interval may leave out a difference that all runs share.
            "low": np.maximum(np.minimum(difference, middle - half), -1.0),
            "high": np.minimum(np.maximum(difference, middle + half), 1.0),
            "point_a": np.asarray(ours)[top],
            "point_b": np.asarray(theirs)[top],
            "largest": by_point[top, np.arange(len(OUTCOMES))],
        }
    )


def _of_points(results: Results, points: Sequence[int]) -> npt.NDArray[np.float64]:
    names = [f"share_{outcome}" for outcome in OUTCOMES]
    return results.points.set_index("point").loc[list(points), names].to_numpy(dtype=np.float64)


class _Spread:
    """Sums by point, and the spread of the mean over points from run to run, of what is added."""

    def __init__(self, points: int) -> None:
        self.by_point = np.zeros((points, len(OUTCOMES)))
        self.by_run = np.zeros(len(OUTCOMES))
        self.squares = np.zeros(len(OUTCOMES))
        self.runs = 0

    def add(self, k: int, values: npt.NDArray[np.int8]) -> None:
        """Add values (runs, points) of outcome `k`."""
        self.by_point[:, k] += values.sum(axis=0, dtype=np.int64)
        means = values.mean(axis=1)
        self.by_run[k] += means.sum()
        self.squares[k] += (means * means).sum()

    def with_two_added(self, least: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The mean over points by outcome, and its standard error, with runs of 1 and `least` more."""
        n = self.runs + 2
        middle = (self.by_run + 1 + least) / n
        return middle, np.sqrt(((self.squares + 1 + least * least) / n - middle * middle) / n)


def _run_by_run(
    a: Results, b: Results, ours: Sequence[int], theirs: Sequence[int], runs: range
) -> tuple[_Spread, _Spread, _Spread]:
    of_a, of_b, apart = _Spread(len(ours)), _Spread(len(ours)), _Spread(len(ours))
    step = max(1, PART_ROWS // max(a.manifest.points, b.manifest.points))
    pairs = zip(_codes(a, ours, runs, step), _codes(b, theirs, runs, step), strict=True)
    for in_a, in_b in pairs:
        for k in range(len(OUTCOMES)):
            hit_a, hit_b = (in_a == k).astype(np.int8), (in_b == k).astype(np.int8)
            of_a.add(k, hit_a)
            of_b.add(k, hit_b)
            apart.add(k, hit_b - hit_a)
        for spread in (of_a, of_b, apart):
            spread.runs += len(in_a)
    return of_a, of_b, apart


def _apart(results: Results, points: Sequence[int]) -> _Spread:
    spread = _Spread(len(points))
    first = results.manifest.first_run
    total = sum(block.runs for block in results.manifest.run_blocks)
    step = max(1, PART_ROWS // results.manifest.points)
    for codes in _codes(results, points, range(first, first + total), step):
        for k in range(len(OUTCOMES)):
            spread.add(k, (codes == k).astype(np.int8))
        spread.runs += len(codes)
    return spread


def _codes(results: Results, points: Sequence[int], runs: range, step: int) -> Iterator[npt.NDArray[np.int8]]:
    """Number of the ending of each run at some points, `step` runs at a time: shape (runs, points).

    `runs` counts from the folder's first run, in the order in which they are stored.
    """
    n = results.manifest.points
    reader = RowReader(results.parts) if results.folder else None
    whole = None if reader else results.table.select(["outcome"])
    before = results.manifest.first_run
    for start in range(runs.start - before, runs.stop - before, step):
        stop = min(start + step, runs.stop - before)
        if whole is not None:
            table = whole.slice(start * n, (stop - start) * n)
        elif reader is not None:
            table = reader.read(start * n, stop * n, ["outcome"])
        codes = np.concatenate([chunk.indices.to_numpy() for chunk in table["outcome"].chunks])
        yield codes.reshape(stop - start, n)[:, list(points)]
