"""What is asked about a sweep: an ending's share, the time to a deal, or any column of its results."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bargain_sim.analysis.intervals import luck_of
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.scenario.checks import nearest
from bargain_sim.store.manifest import Manifest
from bargain_sim.store.results import Results
from bargain_sim.store.table import Columns

__all__ = ["DEAL_TIME", "Outcome", "PointValues", "by_run", "complete", "outcome_named", "point_values"]

Floats = npt.NDArray[np.float64]

DEAL_TIME = "deal_time"
"""Turns until a package is agreed; a run without one counts with all its turns to the horizon."""

_SIDED = {"utility": "Utility of {}", "trust": "Trust of {} at the end", "given": "Points given by {}"}
_UNITS = {"utility": "points", "trust": "probability", "given": "points", "exchanged": "points"}
_WORDS = {
    "turns": "Turns played",
    "exchanged": "Points exchanged",
    "paused_turns": "Turns paused",
}


@dataclass(frozen=True)
class Outcome:
    """Something that a run ends with: its `name`, its `label` for people, its `unit`.

    `share` says that a run has it or not (an ending), so that its mean is a share.  `horizon` is the
    length of the scenario in turns.
    """

    name: str
    label: str
    unit: str
    share: bool
    horizon: int

    @property
    def mean_label(self) -> str:
        """What its mean over runs is called: `share of “grand bargain”`, `utility of Minsk (points)`."""
        label = self.label[:1].lower() + self.label[1:]
        if self.share:
            return f"share of “{label}”"
        # Time is told in turns by its words already.
        return f"{label} ({self.unit})" if self.unit not in ("", "turns") else label

    @property
    def columns(self) -> list[str]:
        """The columns of stored runs that it is computed from."""
        return ["outcome"] if self.share else ["deal_turn"] if self.name == DEAL_TIME else [self.name]

    def of(self, table: pa.Table) -> Floats:
        """Its value in every run of a stored table that holds `columns`: shape (rows,)."""
        if self.share:
            column = table["outcome"].unify_dictionaries().combine_chunks()
            levels = column.dictionary.to_pylist()
            code = levels.index(self.name) if self.name in levels else -1
            return np.asarray(column.indices.to_numpy() == code, dtype=np.float64)
        if self.name == DEAL_TIME:
            return np.asarray(table["deal_turn"].fill_null(self.horizon), dtype=np.float64)
        return np.asarray(table[self.name], dtype=np.float64)


def outcome_named(results: Results, name: str) -> Outcome:
    """The outcome called `name`: an ending, `deal_time`, or a numeric column of the results.

    Raises InputError where there is none, naming the nearest.
    """
    scenario = results.scenario
    horizon = int(scenario.turns)
    if name in OUTCOMES:
        return Outcome(name, OUTCOME_LABEL[name], "", True, horizon)
    if name == DEAL_TIME:
        _same_horizon(results)
        return Outcome(name, "Turns until a package is agreed", "turns", False, horizon)
    columns = Columns({}, scenario.side_ids, tuple(scenario.counters)).results
    known = [each for each in columns if each not in ("outcome", "deal_turn")]
    if name not in known:
        remedy = nearest(name, [*OUTCOMES, DEAL_TIME, *known])
        raise InputError(f"there is no outcome `{name}`", remedy=remedy)
    for side, label in results.sides.items():
        head = name.removesuffix(f"_{side}")
        if head != name and head in _SIDED:
            return Outcome(name, _SIDED[head].format(label), _UNITS[head], False, horizon)
    words = _WORDS.get(name, name.replace("_", " ").capitalize())
    return Outcome(name, words, _UNITS.get(name, ""), False, horizon)


def _same_horizon(results: Results) -> None:
    manifest = results.manifest
    lengths = {json.dumps(each["turns"]) for each in (manifest.scenario, *manifest.variants.values())}
    if len(lengths) > 1 or any(factor["path"] == "turns" for factor in manifest.factors):
        raise InputError(
            "points differ in their number of turns, so times to a deal cannot be averaged",
            place=results.folder, remedy="Ask for the share of an ending, such as `grand_bargain`",
        )  # fmt: skip


@dataclass(frozen=True)
class PointValues:
    """An outcome at every point of a design: its `mean` (points,) over `runs` (points,) runs.

    `noise` is the part of the variance between points that is luck, from 0 to 1.  Where all points meet the
    same luck, what it does alike everywhere is no part of it, but what it does here and not there is.  NaN
    where a point has one run, where runs were not kept, and where points that share their luck differ in
    how many they have.
    """

    mean: Floats
    runs: npt.NDArray[np.int64]
    noise: float


def complete(results: Results) -> Manifest:
    """The manifest of a sweep that is complete.  Raises InputError for any other."""
    manifest = results.manifest
    if not manifest.complete:
        raise InputError(
            "this sweep is not complete, and a part of its points would mislead", place=results.folder,
            remedy="Give the sweep's command with --resume first",
        )  # fmt: skip
    return manifest


def point_values(results: Results, outcome: Outcome) -> PointValues:
    """Mean of an outcome at every point, whatever was kept; memory does not grow with the runs."""
    if complete(results).keep == "summary":
        return _of_summary(results, outcome)
    manifest = results.manifest
    points = manifest.points
    count, total, squares = np.zeros(points), np.zeros(points), np.zeros(points)
    of_run, row = np.zeros(manifest.runs), 0
    for table in results.tables(["point", *outcome.columns]):
        at, y = table["point"].to_numpy(), outcome.of(table)
        count += np.bincount(at, minlength=points)
        total += np.bincount(at, weights=y, minlength=points)
        squares += np.bincount(at, weights=y * y, minlength=points)
        if manifest.regular:  # runs stand one after the other, each at all points
            of_run += np.bincount((row + np.arange(len(y))) // points, weights=y, minlength=manifest.runs)
        row += len(y)
    mean = total / count
    within = np.maximum(squares - count * mean * mean, 0.0)
    return PointValues(mean, count.astype(np.int64), _noise(manifest, mean, count, within, of_run / points))


def _noise(manifest: Manifest, mean: Floats, count: Floats, within: Floats, by_luck: Floats) -> float:
    """The part of the variance between points that is luck (see `PointValues`).

    Of every point its mean, its runs and the sum of squares within it; of every run, where all points have
    it, its mean over them.
    """
    between = float(mean.var())
    if count.min() < 2 or between <= 0.0:
        return float("nan")
    if not manifest.common_random_numbers:
        noise = float((within / (count - 1.0) / count).mean()) / between
    elif manifest.regular:
        # In a table of points and runs, what neither a point's mean nor a run's accounts for.
        runs, points = len(by_luck), len(mean)
        apart = float(within.sum()) - points * float(((by_luck - mean.mean()) ** 2).sum())
        noise = max(apart, 0.0) / (points - 1) / (runs - 1) / runs / between
    else:
        return float("nan")
    return min(noise, 1.0)


def _of_summary(results: Results, outcome: Outcome) -> PointValues:
    summary = results.summary
    runs = summary.runs
    if outcome.share:
        mean = summary.endings[:, OUTCOMES.index(outcome.name)] / runs
    elif outcome.name == DEAL_TIME:
        deals = summary.number["deal_turn"]
        when = np.where(deals > 0, summary.mean("deal_turn"), 0.0)
        mean = (when * deals + outcome.horizon * (runs - deals)) / runs
    else:
        mean = summary.mean(outcome.name)
    return PointValues(np.asarray(mean, dtype=np.float64), runs, float("nan"))


def by_run(results: Results, outcome: Outcome, most: int) -> tuple[Floats, Any, Any]:
    """The outcome of single runs, with their points and the luck they met: three arrays of one length.

    Of more than about `most` runs the first runs of every point are taken, all points alike.  Where only
    summaries were kept, a row is the mean of a point, with a number of its own: which of its runs met the
    same luck as those of another is not known.
    """
    manifest = complete(results)
    if manifest.keep == "summary":
        numbers = np.arange(manifest.points)
        return point_values(results, outcome).mean, numbers, numbers
    head = results.head(min(most, manifest.rows))
    table = pa.Table.from_pandas(head[outcome.columns], preserve_index=False)
    return outcome.of(table), head["point"].to_numpy(), luck_of(head)
