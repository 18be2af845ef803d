"""Tables of runs cut up for drawing: levels of a factor, small multiples, two-factor maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from bargain_sim.analysis.intervals import independent_runs, luck_of, wilson
from bargain_sim.analysis.reading import groups_of
from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.plots.words import factor_name, level_label

__all__ = [
    "Facet",
    "Map",
    "edges",
    "facets",
    "is_numeric",
    "is_sampled",
    "levelled",
    "map_of",
    "maps_of",
    "need",
    "rows_and_columns",
    "spread_out",
]  # fmt: skip

_MOST_LEVELS = 41
_BINS = 20
_FEWEST_BINS = 3
_RUNS_A_CELL = 50
_NO_BREAK = "\u00a0"
_NONE = np.empty(0, dtype=np.int64)


def need(frame: pd.DataFrame, *columns: str) -> None:
    """Raise InputError where a column is missing or the table holds no run."""
    for column in columns:
        if column not in frame.columns:
            raise InputError(
                f"there is no column `{column}` in these results",
                remedy=f"There are {', '.join(map(str, frame.columns))}",
            )
    if frame.empty:
        raise InputError("there are no runs to draw", remedy="Run the sweep first")


def is_numeric(frame: pd.DataFrame, column: str) -> bool:
    """Whether a factor is a number (true/false counts as two names)."""
    return is_numeric_dtype(frame[column]) and not is_bool_dtype(frame[column])


def is_sampled(frame: pd.DataFrame, column: str) -> bool:
    """Whether a factor is a number of more than 41 different values, as in a sample."""
    return is_numeric(frame, column) and frame[column].nunique() > _MOST_LEVELS


def levelled(frame: pd.DataFrame, column: str, bins: int = _BINS) -> pd.Series:
    """The column, numbers with more than 41 different values put in `bins` equal bins (their middles)."""
    values = frame[column]
    if not is_numeric(frame, column):
        # A million names are compared far faster as the categories they are stored as.
        named = isinstance(values.dtype, pd.CategoricalDtype) and values.cat.categories.dtype.kind in "OU"
        return values if named else values.astype(str)
    numbers = values.astype("float64")
    if not is_sampled(frame, column):
        return numbers
    low, high = float(numbers.min()), float(numbers.max())
    width = (high - low) / bins
    place = np.clip(np.floor((numbers - low) / width), 0, bins - 1)
    return pd.Series(low + (place + 0.5) * width, index=frame.index)


@dataclass(frozen=True)
class Facet:
    """One of several small multiples: its title (empty where there is only one) and its runs."""

    title: str
    frame: pd.DataFrame


def facets(
    frame: pd.DataFrame, column: str | None, labels: Mapping[str, str] | None = None, most: int = 9
) -> tuple[list[Facet], int]:
    """Small multiples over a factor, and how many of its levels are left out.

    Of more than `most` levels, `most` are taken, evenly spread from the first to the last; a sampled number
    gives three, of equally many runs, with the range of each in its title.
    """
    if column is None:
        return [Facet("", frame)], 0
    need(frame, column)
    if is_sampled(frame, column):
        return _thirds(frame, column, labels), 0
    values = levelled(frame, column)
    found_levels = values.dropna().unique()
    levels = sorted(found_levels) if is_numeric(frame, column) else list(found_levels)
    chosen = spread_out(levels, most)
    name = factor_name(column, labels) + " = " if is_numeric(frame, column) else ""
    found = [Facet(name + level_label(level, labels), frame[values == level]) for level in chosen]
    return found, len(levels) - len(chosen)


def spread_out(levels: Sequence[Any], most: int) -> list[Any]:
    """At most `most` of them, evenly spread from the first to the last: the same in every figure."""
    if len(levels) <= most:
        return list(levels)
    return [levels[i] for i in sorted({round(k) for k in np.linspace(0, len(levels) - 1, most)})]


def _thirds(frame: pd.DataFrame, column: str, labels: Mapping[str, str] | None) -> list[Facet]:
    return [
        # A title breaks before the range, not within it.
        Facet(f"{factor_name(column, labels)} {span.replace(' ', _NO_BREAK)}", part)
        for span, part in groups_of(frame, column).items()
    ]


def rows_and_columns(count: int, most_columns: int = 3) -> tuple[int, int]:
    """A grid for `count` panels with as few empty places as its width allows."""
    if count <= most_columns:
        return 1, max(count, 1)
    columns = min(range(2, most_columns + 1), key=lambda c: (-(-count // c) * c - count, -c))
    if -(-count // columns) > columns + 1:
        columns = most_columns
    return -(-count // columns), columns


@dataclass(frozen=True)
class Map:
    """Counts of endings over a grid of two numeric or named factors.

    `x` and `y` are the levels (numbers, or positions 0…n−1 of names), `count` has the shape
    (len(y), len(x), 7) with endings in the order of `codes.OUTCOMES`, `n` the shape (len(y), len(x)).
    `ending` and `luck` tell of every run its code and which luck it met; `held`, cell by cell and row by row,
    which runs the cell holds.  `sampled` says of x and y whether their levels are middles of ranges; of a
    sample, `point` tells the point of every run.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    x_names: list[str] | None
    y_names: list[str] | None
    count: NDArray[np.float64]
    ending: NDArray[np.int64]
    luck: NDArray[np.int64]
    held: tuple[NDArray[np.int64], ...]
    sampled: tuple[bool, bool] = (False, False)
    point: NDArray[np.int64] | None = None

    @property
    def unit(self) -> str:
        """What a cell is called: a `point`, or a `cell` where it is a range of values."""
        return "cell" if any(self.sampled) else "point"

    @property
    def n(self) -> NDArray[np.float64]:
        """Runs in each cell; 0 where the grid has none."""
        total: NDArray[np.float64] = self.count.sum(axis=2)
        return total

    def share(self, outcome: str) -> NDArray[np.float64]:
        """Share of one ending in each cell, NaN where there are no runs."""
        n = self.n
        hits = self.count[:, :, OUTCOMES.index(outcome)]
        return np.where(n > 0, hits / np.where(n > 0, n, 1.0), np.nan)

    def bounds(self, outcome: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Wilson's 95 % bounds of that share, NaN where there are no runs.

        They know that runs of several points share their luck (`worth`).
        """
        worth = self.worth(np.full(self.n.shape, OUTCOMES.index(outcome)))
        low, high = wilson(np.nan_to_num(self.share(outcome)) * worth, worth)
        empty = self.n == 0
        return np.where(empty, np.nan, low), np.where(empty, np.nan, high)

    def worth(self, first: NDArray[np.int64], second: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """How many independent runs the share of the ending `first` of each cell rests on, in each cell.

        With `second`, the share of `first` among the runs that end as one of the two.  Shapes as of `n`.
        Where a cell holds one point they are the runs themselves; see `intervals.independent_runs`.  In a
        sample chance chose the points too, and the variances add up less what both count, as for clusters
        in two ways (Cameron, Gelbach & Miller 2011).
        """
        found = np.zeros(self.n.shape)
        for place, rows in enumerate(self.held):
            hits = self.ending[rows] == first.flat[place]
            if second is not None:
                among = hits | (self.ending[rows] == second.flat[place])
                hits, rows = hits[among], rows[among]
            if len(hits):
                worth = independent_runs(hits, self.luck[rows])
                if self.point is not None:
                    chosen = independent_runs(hits, self.point[rows])
                    worth = 1.0 / (1.0 / worth + 1.0 / chosen - 1.0 / len(hits))
                found.flat[place] = worth
        return found

    def pooled(self, reach: int) -> Map:
        """The map in which every point holds the runs of all points up to `reach` steps away."""
        filled = self.n > 0
        rows, columns = filled.shape
        count = np.zeros_like(self.count)
        held = []
        for y, x in np.ndindex(rows, columns):
            near = np.s_[max(0, y - reach) : y + reach + 1], np.s_[max(0, x - reach) : x + reach + 1]
            if filled[y, x]:
                count[y, x] = self.count[near].sum(axis=(0, 1))
            places = np.arange(rows * columns).reshape(rows, columns)[near].ravel() if filled[y, x] else ()
            held.append(np.concatenate([_NONE, *(self.held[place] for place in places)]))
        return replace(self, count=count, held=tuple(held))


def maps_of(
    frame: pd.DataFrame, x: str, y: str, panel: str | None, labels: Mapping[str, str] | None = None
) -> tuple[list[Facet], int, list[Map]]:
    """Small multiples over `panel` (at most six), how many are left out, and the map of each."""
    parts, left_out = facets(frame, panel, labels, most=6)
    panels = len(parts) + left_out
    return parts, left_out, [map_of(part.frame, x, y, frame, panels) for part in parts]


def map_of(frame: pd.DataFrame, x: str, y: str, like: pd.DataFrame | None = None, panels: int = 1) -> Map:
    """Count endings over two factors; the levels are those of `like` (all panels share one grid).

    Sampled numbers are cut so that a cell holds about 50 runs, where `like` is shown in so many `panels`.
    """
    whole = frame if like is None else like
    sampled = is_sampled(whole, x), is_sampled(whole, y)
    bins = _bins(whole, (x, y), sampled, panels)
    xs, x_names, ix = _positions(frame, whole, x, bins)
    ys, y_names, iy = _positions(frame, whole, y, bins)
    codes = pd.Categorical(frame["outcome"], categories=list(OUTCOMES)).codes
    count = np.zeros((len(ys), len(xs), len(OUTCOMES)))
    known = np.flatnonzero((ix >= 0) & (iy >= 0) & (codes >= 0))
    np.add.at(count, (iy[known], ix[known], codes[known]), 1.0)
    cell = iy[known] * len(xs) + ix[known]
    ends = np.cumsum(np.bincount(cell, minlength=len(ys) * len(xs)))[:-1]
    held = tuple(np.split(known[np.argsort(cell, kind="stable")], ends))
    point = frame["point"].to_numpy(dtype=np.int64) if any(sampled) and "point" in frame else None
    return Map(xs, ys, x_names, y_names, count, codes.astype(np.int64), luck_of(frame), held, sampled, point)


def _bins(whole: pd.DataFrame, axes: tuple[str, str], sampled: tuple[bool, bool], panels: int) -> int:
    """Into how many ranges a sampled axis is cut."""
    if not any(sampled):
        return _BINS
    cells = len(whole) / panels / _RUNS_A_CELL
    for column, cut in zip(axes, sampled, strict=True):
        cells /= 1 if cut else whole[column].nunique()
    return int(np.clip(cells ** (1.0 / sum(sampled)), _FEWEST_BINS, _BINS))


def _positions(
    frame: pd.DataFrame, whole: pd.DataFrame, column: str, bins: int
) -> tuple[NDArray[np.float64], list[str] | None, NDArray[np.int64]]:
    all_values = levelled(whole, column, bins)
    values = all_values.loc[frame.index] if frame is not whole else all_values
    if is_numeric(whole, column):
        levels = np.sort(all_values.dropna().unique().astype("float64"))
        names = None
    else:
        names = list(all_values.unique())
        levels = np.arange(len(names), dtype=np.float64)
    categories = list(levels) if names is None else names
    codes = pd.Categorical(values, categories=categories).codes
    return levels, names, np.asarray(codes, dtype=np.int64)


def edges(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of cells whose middles (or nearly) are `levels`; one more than there are levels."""
    if len(levels) == 1:
        half = abs(levels[0]) * 0.05 or 0.5
        return np.array([levels[0] - half, levels[0] + half])
    middles = (levels[1:] + levels[:-1]) / 2
    return np.concatenate(([2 * levels[0] - middles[0]], middles, [2 * levels[-1] - middles[-1]]))
