"""The bargaining set of a scenario: undominated packages, solution points, and where runs ended."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from bargain_sim.analysis.bettering import standing
from bargain_sim.analysis.solutions import Solutions
from bargain_sim.plots.panels import name_axes, panel_title
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, QUIET, blend
from bargain_sim.plots.words import amount, bettered, percent, plural

__all__ = ["caption", "draw"]

_LOOKS: Final = {
    "nash": ("#D55E00", "D", 1.0),
    "kalai_smorodinsky": ("#0072B2", "s", 1.0),
    "egalitarian": ("#009E73", "^", 1.15),
    "utilitarian": ("#CC79A7", "v", 1.15),
    "rubinstein": ("#E69F00", "*", 1.6),
}
_FEW: Final = 300
_CLOUD: Final = "#7a7a7a"


def caption(found: Solutions, frame: pd.DataFrame | None = None, *, swept: bool = False) -> str:
    """Sentences: how many packages nobody could better, Nash's point, and what runs left on the table.

    `swept` says that the runs differ in what these rest on, such as in what the sides want at least.
    """
    packages, nash = found.packages, found.point("nash")
    labels = [found.scenario.sides[side].label for side in found.sides]
    d = [f"{value:g}" for value in found.disagreement]
    wanted = f"{d[0]} ({labels[0]}) and {d[1]} ({labels[1]})"
    count = plural(len(packages.points), "package")
    words = f"{count} of “{found.scenario.title}” cannot be bettered for both sides; "
    if nash is None:
        words += f"none gives both what they want at least, {wanted} points."
    else:
        words += (
            f"measured from {wanted} points, Nash’s gives {nash[0]:.1f} to {labels[0]} and {nash[1]:.1f} to "
            f"{labels[1]}, {percent(sum(nash) / found.best_joint)} of the largest sum of both."
        )
    if swept:
        words += " All this is the scenario’s own: the runs differ in what it rests on."
    if frame is not None and len(frame):
        measured = found.measured(frame)
        reached = percent(float(measured["joint_share"].median()))
        left = f"{measured['both_more'].median():.1f} points for each side on the table"
        if len(frame) == 1:
            words += f" The one run reaches {reached} of that sum and leaves {left}; "
        else:
            words += f" Of {plural(len(frame), 'run')} half reach at most {reached} of that sum, "
            words += f"and half leave at least {left}; "
        words += f"{bettered(standing(packages.points, _runs(found, frame)))}."
    return words


def draw(
    found: Solutions,
    frame: pd.DataFrame | None = None,
    *,
    swept: bool = False,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """The plane of both utilities, and beside it the surroundings of the solution points, enlarged.

    Dots are the undominated packages, the line the lotteries over them, dotted the disagreement point.
    Filled markers are solutions among packages, hollow ones among lotteries.  `frame` (one row a run with
    `utility_<side>`) is drawn as a cloud: each run, or beyond 300 hexagons, darker where more lie; `swept`
    says that its runs differ in what all this rests on.
    """
    labels = [found.scenario.sides[side].label for side in found.sides]
    runs = None if frame is None else _runs(found, frame)
    sheet = Sheet(
        "What could be agreed, and what bargaining theory would pick",
        "Utility in points, the bonus of a grand bargain counted in where a package is one"
        + ("" if runs is None else "; grey: where runs ended"),
        origin=origin or Origin(found.scenario.name, runs=None if runs is None else len(runs)), size=size,
    )  # fmt: skip
    with sheet.house():
        grid = sheet.subplots(1, 2, squeeze=False, width_ratios=[1.25, 1.0])[0]
        whole, near = _extent(found, runs), _around(found)
        for axes, extent, zoomed in zip(grid, (whole, near), (False, True), strict=True):
            if runs is not None:
                _cloud(sheet, axes, runs, extent if zoomed else whole)
            _set(sheet, axes, found, zoomed)
            axes.set_xlim(extent[0], extent[1])
            axes.set_ylim(extent[2], extent[3])
        box = Rectangle((near[0], near[2]), near[1] - near[0], near[3] - near[2], fill=False, ec=QUIET,
                        lw=sheet.look.line * 0.7, zorder=7)  # fmt: skip
        grid[0].add_patch(box)
        grid[0].set_title(panel_title(sheet, "The whole plane", 2))
        grid[1].set_title(panel_title(sheet, "Inside the box", 2))
        for spine in grid[1].spines.values():
            spine.set(visible=True, color=QUIET)
        sheet.outside_legend(*_legend(sheet, found, runs is not None), "below", 4)
        name_axes(sheet, list(grid), f"{labels[0]} (points)", f"{labels[1]} (points)")
    sheet.caption = caption(found, frame, swept=swept)
    return sheet


def _runs(found: Solutions, frame: pd.DataFrame) -> NDArray[np.float64]:
    found.measured(frame.head(1))  # says what is wrong with the columns
    return frame[[f"utility_{side}" for side in found.sides]].to_numpy(dtype=np.float64)


def _extent(found: Solutions, runs: NDArray[np.float64] | None) -> tuple[float, float, float, float]:
    every = [found.packages.points, np.zeros((1, 2)), np.array([found.disagreement])]
    if runs is not None:
        every.append(runs)
    return _padded(np.concatenate(every), 0.05, 1.0)


def _around(found: Solutions) -> tuple[float, float, float, float]:
    """The solution points with some room, and room for at least a few packages; all where there are none."""
    if found.table.empty:
        return _padded(found.packages.points, 0.05, 1.0)
    points = found.table[[f"utility_{side}" for side in found.sides]].to_numpy()
    span = np.ptp(found.packages.points, axis=0)
    return _padded(points, 0.25, np.maximum(span * 0.03, 0.5))


def _padded(
    points: NDArray[np.float64], share: float, least: float | NDArray[np.float64]
) -> tuple[float, float, float, float]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum((high - low) * share, least)
    return (
        float(low[0] - margin[0]), float(high[0] + margin[0]),
        float(low[1] - margin[1]), float(high[1] + margin[1]),
    )  # fmt: skip


def _cloud(
    sheet: Sheet, axes: Axes, runs: NDArray[np.float64], extent: tuple[float, float, float, float]
) -> None:
    if len(runs) <= _FEW:
        axes.scatter(
            runs[:, 0], runs[:, 1], s=(sheet.look.marker * 0.6) ** 2, c=blend(_CLOUD, 0.6), lw=0, zorder=1
        )
        return
    shades = LinearSegmentedColormap.from_list("cloud", [blend(_CLOUD, 0.25), _CLOUD])
    inside = (runs >= extent[::2]).all(axis=1) & (runs <= extent[1::2]).all(axis=1)
    if inside.any():
        axes.hexbin(
            *runs[inside].T, gridsize=(44, 26), extent=extent, mincnt=1, cmap=shades, linewidths=0.1,
            norm=LogNorm(1, max(10, len(runs) / 10)), zorder=1,
        )  # fmt: skip


def _set(sheet: Sheet, axes: Axes, found: Solutions, zoomed: bool) -> None:
    line, mark = sheet.look.line, sheet.look.marker
    for value, along in zip(found.disagreement, (axes.axvline, axes.axhline), strict=True):
        along(0.0, color=QUIET, lw=line * 0.4, zorder=1.5)
        along(value, color=INK, ls=":", lw=line * 0.8, zorder=1.5)
    axes.plot(*found.corners.T, color=INK, lw=line * 0.7, zorder=2)
    dot = mark * (0.6 if zoomed else 0.28)
    axes.plot(*found.packages.points.T, ls="", marker="o", ms=dot, mfc=INK, mec="none", zorder=3)
    if not found.table.empty:
        _solutions(axes, found, mark * (1.3 if zoomed else 0.8), line)


def _solutions(axes: Axes, found: Solutions, mark: float, line: float) -> None:
    """Filled: among packages; hollow: among lotteries.  The first ones are larger: some may coincide."""
    for place, (_, row) in enumerate(found.table.iterrows()):
        colour, marker, relative = _LOOKS[row["solution"]]
        filled = row["over"] == "packages"
        at = [row[f"utility_{side}"] for side in found.sides]
        ms = mark * relative * (1.5 - 0.17 * (place % 4))
        axes.plot(
            *at, ls="", marker=marker, ms=ms, mfc=colour if filled else "none", mec=INK if filled else colour,
            mew=line * (0.5 if filled else 1.0), zorder=5 + 0.01 * place, clip_on=False,
        )  # fmt: skip


def _legend(sheet: Sheet, found: Solutions, cloud: bool) -> tuple[list[Any], list[str]]:
    line, mark = sheet.look.line, sheet.look.marker
    handles: list[Any] = []
    names: list[str] = []
    drawn = found.table.drop_duplicates("solution")
    for solution, name in zip(drawn["solution"], drawn["name"], strict=True):
        colour, marker, relative = _LOOKS[solution]
        face, edge = ("none", colour) if solution == "rubinstein" else (colour, INK)
        handles.append(
            Line2D([], [], ls="", marker=marker, ms=mark * relative, mfc=face, mec=edge, mew=line * 0.5)
        )
        names.append(name)
    if not found.table.empty:
        handles.append(Line2D([], [], ls="", marker="D", ms=mark, mfc="none", mec=QUIET, mew=line))
        names.append("hollow: among lotteries")
    handles.append(Line2D([], [], ls="", color=INK, marker="o", ms=mark * 0.45))
    names.append(f"{amount(len(found.packages.points))} undominated packages")
    handles.append(Line2D([], [], color=INK, lw=line * 0.7))
    names.append("lotteries over them")
    handles.append(Line2D([], [], color=INK, ls=":", lw=line * 0.8))
    names.append("disagreement point")
    if cloud:
        handles.append(Patch(facecolor=blend(_CLOUD, 0.6), lw=0))
        names.append("runs")
    return handles, names
