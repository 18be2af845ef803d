"""A sweep's sample as cases for drivers and discovery: factors, and what came out, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.outcomes import Outcome, by_run, complete, outcome_named
from bargain_sim.errors import InputError
from bargain_sim.store.results import Results

__all__ = ["Cases", "Dimension", "cases_of", "design_of", "same", "short", "told_apart", "varied"]

MOST: Final = 200_000
"""More runs than these tell no more: the first runs of every point stand for all."""

_DIGITS: Final = 18  # more digits than these no number has

Kind = Literal["number", "yes_no", "text"]


@dataclass(frozen=True)
class Dimension:
    """A factor that varies: its column `name`, its `label`, and what `kind` of values it takes.

    `levels` are its words, in the order of the sweep; empty for numbers, of which `span` says how far
    they reach.
    """

    name: str
    label: str
    kind: Kind
    levels: tuple[str, ...] = ()
    span: float = 1.0

    def told(self, value: float) -> str:
        """A value of it in as many digits as its span is worth."""
        return short(value, self.span)


def short(value: float, span: float, more: int = 0) -> str:
    """A number to about a thousandth of `span`: `15.117` over 24 is `15.1`, `0.0009` is `0`.

    `more` asks for so many digits more.
    """
    digits = more + (max(0, 2 - int(np.floor(np.log10(span)))) if span > 0.0 else 6)
    return f"{round(float(value), digits) + 0.0:.{digits + 6}g}"


def told_apart(told: Callable[[int], list[str]]) -> list[str]:
    """Names of different things, as short as they can be without two being alike.

    `told` gives them with so many digits more than are usual.
    """
    for more in range(_DIGITS):
        names = told(more)
        if len(set(names)) == len(names):
            break
    return names


@dataclass(frozen=True)
class Cases:
    """Runs (rows) of a sample: `x` one column a factor; `y`, the outcome, `point` and `luck` (rows,).

    `luck` is equal where rows may have met the same luck (`intervals.luck_of`).  `design` is how the points
    were chosen; `alone` says that every point has one run.
    """

    outcome: Outcome
    dimensions: tuple[Dimension, ...]
    x: pd.DataFrame
    y: npt.NDArray[np.float64]
    point: npt.NDArray[np.int64]
    luck: npt.NDArray[np.int64]
    design: str
    alone: bool

    def coded(self, dimension: Dimension) -> npt.NDArray[np.float64]:
        """A factor as numbers: words by their place among the levels."""
        column = self.x[dimension.name]
        if dimension.kind != "text":
            return column.to_numpy(dtype=np.float64)
        codes = pd.Categorical(column.astype(str), categories=list(dimension.levels)).codes
        return codes.astype(np.float64)

    def by_point(self) -> Cases:
        """The same with one row a point, `y` its mean over the runs there."""
        points, first, index = np.unique(self.point, return_index=True, return_inverse=True)
        mean = np.bincount(index, weights=self.y) / np.bincount(index)
        return replace(
            self, x=self.x.iloc[first].reset_index(drop=True), y=mean, point=points, luck=self.luck[first]
        )


def design_of(results: Results) -> str:
    """How the points of a sweep were chosen: `grid`, `sobol`, `saltelli`, `union` …"""
    return str(complete(results).sweep["design"])


def _no_unsound_union(results: Results) -> None:
    """Raise InputError where a part of a union is, by itself, no sample of the region."""
    for part in results.manifest.sweep.get("union", []):
        if part["design"] in ("morris", "saltelli"):
            raise InputError(
                f"a part of this union is of `design: {part['design']}`, whose points repeat one another and "
                "are no sample of the whole region", place=results.folder,
                remedy="Sweep that part by itself, and ask for the method it was made for",
            )  # fmt: skip


def varied(results: Results) -> tuple[Dimension, ...]:
    """The factors that take more than one value.  Raises InputError where none does."""
    found = []
    for factor in results.manifest.factors:
        name = factor["name"]
        values = results.design[name]
        if values.nunique() < 2:
            continue
        levels: tuple[str, ...] = ()
        span = 1.0 if factor["kind"] == "text" else float(values.max() - values.min())
        if factor["kind"] == "text":
            there = set(values.astype(str))
            listed = [str(each) for each in _listed(results, factor["path"]) if str(each) in there]
            levels = tuple(dict.fromkeys([*listed, *sorted(there)]))
        found.append(Dimension(name, factor["label"], factor["kind"], levels, span))
    if not found:
        raise InputError(
            "no factor of this sweep varies, so nothing can drive its endings", place=results.folder,
            remedy="Vary several, such as by `design: sobol` with ranges",
        )  # fmt: skip
    return tuple(found)


def _listed(results: Results, path: str) -> list[Any]:
    sweep = results.manifest.sweep
    parts = [sweep, *sweep.get("union", [])]
    return [value for part in parts for value in (part["factors"].get(path) or {}).get("values", [])]


def cases_of(results: Results, outcome: str = "grand_bargain", most: int = MOST) -> Cases:
    """The runs of a complete sweep as cases.

    Of a Saltelli sample the points of its two base samples are taken: the others repeat these but for
    one factor, and would be counted as if they were chosen by themselves.  Raises InputError for a Morris
    sample, whose few paths are no sample of the region, for a union with a part of either kind, and where
    the outcome is the same in all runs.
    """
    design = design_of(results)
    if design == "morris":
        raise InputError(
            "the points of a `morris` design lie on a few paths and are no sample of the whole region",
            place=results.folder,
            remedy="Ask for --method morris; for anything else make a sweep with `design: sobol`",
        )  # fmt: skip
    _no_unsound_union(results)
    asked = outcome_named(results, outcome)
    dimensions = varied(results)
    y, point, luck = by_run(results, asked, most)
    keep = np.ones(len(y), dtype=np.bool_)
    if design == "saltelli":
        problem = results.manifest.sweep["problem"]
        block = (2 if problem["calc_second_order"] else 1) * problem["num_vars"] + 2
        keep = np.isin(point % block, (0, block - 1))
    if keep.sum() > most:
        some = np.random.default_rng(0).permutation(np.flatnonzero(keep))[:most]
        keep = np.isin(np.arange(len(keep)), some)
    y, point, luck = y[keep], point[keep].astype(np.int64), luck[keep].astype(np.int64)
    same(y, asked)
    x = results.design.set_index("point").loc[point, [each.name for each in dimensions]]
    # Where summaries were kept a row is a point, however many runs it had.
    alone = results.manifest.keep == "runs" and len(np.unique(point)) == len(point)
    return Cases(asked, dimensions, x.reset_index(drop=True), y, point, luck, design, alone)


def same(y: npt.NDArray[np.float64], outcome: Outcome) -> None:
    """Raise InputError where an outcome is the same everywhere: nothing can drive it."""
    if float(np.ptp(y)) > 0.0:
        return
    if outcome.share:
        problem = f"{'every' if y[0] else 'no'} run ends as `{outcome.name}`"
    else:
        problem = f"`{outcome.name}` is {y[0]:g} everywhere"
    raise InputError(f"{problem}, so nothing drives it", remedy="Ask for another outcome with --outcome")
