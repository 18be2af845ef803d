"""How both sides' utilities are spread over the runs of each ending: one ridge an ending, a column a side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from bargain_sim.plots.grid import need
from bargain_sim.plots.panels import panel_title
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, STACK, blend, outcome_edge
from bargain_sim.plots.words import percent, plural

__all__ = ["caption", "draw"]

_BINS = 72
_RIDGE = 0.84  # height of the highest ridge; rows are 1 apart
_ALL = "all runs"


def caption(frame: pd.DataFrame, sides: tuple[str, str], *, labels: Mapping[str, str] | None = None) -> str:
    """One sentence: for both sides median and middle half over all runs, and the best and worst ending."""
    need(frame, "outcome", *(f"utility_{side}" for side in sides))
    told = []
    for side in sides:
        values = frame[f"utility_{side}"].astype("float64")
        low, middle, high = np.percentile(values, [25, 50, 75])
        medians = values.groupby(frame["outcome"].astype(str)).median()
        name = _name(side, labels)
        words = (
            f"{name} ends with {middle:.1f} points at the median (half of all runs between {low:.1f} and "
            f"{high:.1f})"
        )
        if len(medians) > 1:
            best, worst = medians.idxmax(), medians.idxmin()
            words += (
                f", most in “{OUTCOME_STYLE[str(best)].label.lower()}” ({medians.max():.1f}), least in "
                f"“{OUTCOME_STYLE[str(worst)].label.lower()}” ({medians.min():.1f})"
            )
        told.append(words)
    return f"Over {plural(len(frame), 'run')}, {'; '.join(told)}."


def draw(
    frame: pd.DataFrame,
    sides: tuple[str, str],
    *,
    labels: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Ridges of final utilities in points, for all runs and for each ending that occurs.

    `frame` holds `outcome` and `utility_<side>` of both `sides`.  Each ridge is a histogram over common
    bins, scaled to the same height, so that rare endings can be seen; how rare they are stands beside them.
    A white dot marks the median, a thick line the middle half.
    """
    need(frame, "outcome", *(f"utility_{side}" for side in sides))
    outcomes = frame["outcome"].astype(str).to_numpy(dtype=np.str_)
    rows = [*(name for name in reversed(STACK) if (outcomes == name).any()), _ALL]
    sheet = Sheet(
        "How both sides’ utilities are spread",
        "Points received minus costs paid, plus the bonus of a completed grand bargain. Every ridge has the "
        "same height; dot: median, line: middle half of the runs",
        origin=origin or Origin(runs=len(frame)), size=size,
        height=max(look_named(size).height, 1.7 + 0.42 * len(rows)),
    )  # fmt: skip
    values = [frame[f"utility_{side}"].to_numpy(dtype=np.float64) for side in sides]
    low = min(float(each.min()) for each in values)
    high = max(float(each.max()) for each in values)
    margin = max((high - low) * 0.04, 0.5)
    bins = np.linspace(low - margin, high + margin, _BINS + 1)
    with sheet.house():
        grid = sheet.subplots(1, 2, sharex=True, sharey=True, squeeze=False)[0]
        for axes, side, every in zip(grid, sides, values, strict=True):
            for height, name in enumerate(rows):
                _ridge(sheet, axes, every if name == _ALL else every[outcomes == name], bins, height, name)
            axes.axvline(0.0, color=QUIET, lw=sheet.look.line * 0.5, zorder=0.5)
            axes.set_xlim(float(bins[0]), float(bins[-1]))
            axes.set_ylim(-0.15, len(rows))
            axes.set_title(panel_title(sheet, _name(side, labels), 2))
            axes.set_xlabel("utility (points)")
            axes.spines["left"].set_visible(False)
        grid[0].set_yticks(range(len(rows)), [_row(sheet, name, outcomes) for name in rows], va="bottom")
        for axes in grid:
            axes.tick_params(axis="y", length=0)
    sheet.caption = caption(frame, sides, labels=labels)
    return sheet


def _name(side: str, labels: Mapping[str, str] | None) -> str:
    return (labels or {}).get(side, side.replace("_", " "))


def _row(sheet: Sheet, name: str, outcomes: NDArray[np.str_]) -> str:
    if name == _ALL:
        return "All runs"
    words = f"{OUTCOME_STYLE[name].label}, {percent(float((outcomes == name).mean()))}"
    return "\n".join(sheet.wrapped(words, sheet.look.small, sheet.look.width * 72.0 * 0.27, lines=2))


def _ridge(
    sheet: Sheet, axes: Axes, values: NDArray[np.float64], bins: NDArray[np.float64], height: int, name: str
) -> None:
    count, _ = np.histogram(values, bins=bins)
    tops = height + _RIDGE * count / count.max()
    plain = name == _ALL
    face = "#d0d0d0" if plain else blend(OUTCOME_STYLE[name].colour, 0.75)
    edge = INK if plain else outcome_edge(name)
    axes.stairs(
        tops, bins, baseline=height, fill=True, facecolor=face, edgecolor=edge,
        hatch="" if plain else OUTCOME_STYLE[name].hatch, lw=0.0, zorder=2,
    )  # fmt: skip
    axes.stairs(tops, bins, baseline=height, color=edge, lw=sheet.look.line * 0.6, zorder=3)
    axes.axhline(height, color=QUIET, lw=sheet.look.line * 0.3, zorder=1)
    low, middle, high = np.percentile(values, [25, 50, 75])
    axes.plot(
        [low, high], [height, height], color=INK, lw=sheet.look.line * 2.2, solid_capstyle="butt", zorder=4
    )
    axes.plot(
        middle, height, marker="o", ms=sheet.look.marker * 0.75, mfc="white", mec=INK,
        mew=sheet.look.line * 0.7, zorder=5,
    )  # fmt: skip
