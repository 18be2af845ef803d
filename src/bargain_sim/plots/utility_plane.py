"""Where runs end on the plane of both sides' utilities, against the frontier and the outside options."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.lines import Line2D
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from bargain_sim.analysis.bettering import CLOSE, standing
from bargain_sim.plots.grid import need
from bargain_sim.plots.panels import lay_out, name_axes, panel_title
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, STACK, blend
from bargain_sim.plots.words import bettered, percent, plural

__all__ = ["caption", "draw"]

# Up to this many runs each is drawn by itself; more are counted in hexagons.
_FEW = 300
# Arms around what they point at: nearly all runs of an ending may lie in one hexagon.
_CROSS = Path(
    [(0.45, 0), (1, 0), (-0.45, 0), (-1, 0), (0, 0.45), (0, 1), (0, -0.45), (0, -1)],
    [Path.MOVETO, Path.LINETO] * 4,
)


def _name(side: str, labels: Mapping[str, str] | None) -> str:
    return (labels or {}).get(side, side.replace("_", " "))


def _staircase(frontier: NDArray[np.float64]) -> NDArray[np.float64]:
    """The edge of what undominated packages better, as corners: between two, the next one's second column."""
    ordered = frontier[np.argsort(frontier[:, 0])]
    turns = np.column_stack([ordered[:-1, 0], ordered[1:, 1]])
    return np.insert(ordered, np.arange(1, len(ordered)), turns, axis=0)


def _beyond(points: NDArray[np.float64], frontier: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which runs lie beyond the packages: between them, or the frontier is another scenario's."""
    ordered = frontier[np.argsort(frontier[:, 0])]
    at = np.searchsorted(ordered[:, 0], points[:, 0] - CLOSE)
    ceiling = np.append(ordered[:, 1], -np.inf)[at]
    return np.asarray(points[:, 1] > ceiling + CLOSE)


def caption(
    frame: pd.DataFrame, sides: tuple[str, str], *, frontier: ArrayLike | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """One sentence: median utility of both sides, how often both gain, how many a package would better."""
    points = _points(frame, sides)
    gain = float((points > 0).all(axis=1).mean())
    curve = _array(frontier)
    against = ""
    if curve is not None and len(curve):
        against = f"; {bettered(standing(curve, points))}"
    names = [_name(side, labels) for side in sides]
    medians = np.median(points, axis=0)
    return (
        f"Over {plural(len(frame), 'run')} the median utility is {medians[0]:.1f} points for {names[0]} and "
        f"{medians[1]:.1f} for {names[1]}; both end above zero in {percent(gain)} of the "
        f"runs{against}."
    )


def draw(
    frame: pd.DataFrame,
    sides: tuple[str, str],
    *,
    frontier: ArrayLike | None = None,
    outside: tuple[float, float] | None = None,
    labels: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Final utilities in points, one panel for each ending that occurs.

    `frame` holds `outcome` and `utility_<side>` for both `sides`.  `frontier` has the shape
    (packages, 2), column k for `sides[k]`: the undominated packages, the bonus of a grand bargain counted in
    where one is (as from `analysis.packages`); `outside` are the outside options, below which a
    side refuses a package.  Beyond 300 runs a panel shows hexagons, cut off at the frontier and darker where
    more runs lie (one logarithmic scale for all panels), with a cross around the median (from five runs on).
    Runs beyond the frontier are drawn one by one; where there are more than 300, it is not theirs, and
    nothing is cut off.
    """
    points = _points(frame, sides)
    curve = _array(frontier)
    outcomes = frame["outcome"]
    occurring = [name for name in STACK if (outcomes == name).any()]
    sheet, grid = lay_out(
        "What both sides end up with",
        "Utility: points received minus costs paid, plus the bonus of a completed grand bargain. "
        "Inside the cross: median."
        + (" Stronger colour: more runs." if outcomes.value_counts().max() > _FEW else ""),
        len(occurring), origin or Origin(runs=len(frame)), size,
        _columns(len(occurring), size),
    )  # fmt: skip
    extent = _extent(points, curve, outside)
    cells = _cells(len(occurring), size)
    with sheet.house():
        for axes, name in zip(grid, occurring, strict=True):
            here = points[(outcomes == name).to_numpy()]
            _panel(sheet, axes, name, here, extent, cells, len(frame), curve)
            _references(sheet, axes, curve, outside)
            axes.set_xlim(extent[0], extent[1])
            axes.set_ylim(extent[2], extent[3])
            columns = axes.get_subplotspec().get_gridspec().ncols  # type: ignore[union-attr]
            share = float((outcomes == name).mean())
            title = f"{OUTCOME_STYLE[name].label}, {percent(share)}"
            axes.set_title(panel_title(sheet, title, columns))
        _legend(sheet, curve is not None, outside is not None)
        name_axes(sheet, grid, f"{_name(sides[0], labels)} (points)", f"{_name(sides[1], labels)} (points)")
    sheet.caption = caption(frame, sides, frontier=frontier, labels=labels)
    return sheet


def _points(frame: pd.DataFrame, sides: tuple[str, str]) -> NDArray[np.float64]:
    columns = [f"utility_{side}" for side in sides]
    need(frame, "outcome", *columns)
    return frame[columns].to_numpy(dtype=np.float64)


def _array(frontier: ArrayLike | None) -> NDArray[np.float64] | None:
    return None if frontier is None else np.asarray(frontier, dtype=np.float64).reshape(-1, 2)


def _columns(panels: int, size: str) -> int:
    """How many panels stand side by side: a slide is wide, and two rows on it would be too low to read."""
    if size == "projector" and panels <= 5:
        return 5
    return 4 if panels > 6 else 3


def _cells(panels: int, size: str) -> tuple[int, int]:
    """Hexagons across a panel and up it, so that they are about as wide as high."""
    if size == "projector" and panels in (4, 5):
        return 20, 18
    across = 40 if panels <= 2 else 34
    return across, across // (2 if size == "print" else 3)


def _extent(
    points: NDArray[np.float64], curve: NDArray[np.float64] | None, outside: tuple[float, float] | None
) -> tuple[float, float, float, float]:
    every = [points, np.zeros((1, 2))]
    if curve is not None:
        every.append(curve)
    if outside is not None:
        every.append(np.array([outside], dtype=np.float64))
    everything = np.concatenate(every)
    low, high = everything.min(axis=0), everything.max(axis=0)
    margin = np.maximum((high - low) * 0.06, 1.0)
    return (
        float(low[0] - margin[0]), float(high[0] + margin[0]),
        float(low[1] - margin[1]), float(high[1] + margin[1]),
    )  # fmt: skip


def _panel(
    sheet: Sheet, axes: Axes, name: str, points: NDArray[np.float64],
    extent: tuple[float, float, float, float], cells: tuple[int, int], runs: int,
    curve: NDArray[np.float64] | None,
) -> None:  # fmt: skip
    look = OUTCOME_STYLE[name]
    dark = blend(look.colour, 0.45, "black")
    single = points
    if len(points) > _FEW:
        beyond = _beyond(points, curve) if curve is not None and len(curve) else np.zeros(len(points), bool)
        cut = curve is not None and len(curve) > 0 and beyond.sum() <= _FEW
        single, many = (points[beyond], points[~beyond]) if cut else (points[:0], points)
        # Not so pale that a single run is lost on the paper, white or dark.
        shades = LinearSegmentedColormap.from_list(name, [blend(look.colour, 0.4), look.colour, dark])
        hexagons = axes.hexbin(
            many[:, 0], many[:, 1], gridsize=cells, extent=extent, mincnt=1, cmap=shades,
            norm=LogNorm(1, max(10, runs / 10)), linewidths=0.1,
        )  # fmt: skip
        if cut and curve is not None:
            # A hexagon is wider than the run in it: what of it lies beyond the frontier holds none.
            hexagons.set_clip_path(_inside(curve, extent), axes.transData)
    if len(single):
        axes.scatter(
            single[:, 0], single[:, 1], s=(sheet.look.marker * 0.9) ** 2, marker=look.marker,
            facecolors=look.colour, edgecolors=dark, linewidths=sheet.look.line * 0.3, alpha=0.6, zorder=2,
        )  # fmt: skip
    if len(points) < 5:
        return  # a cross would hide what it sums up
    middle = np.median(points, axis=0)
    cross = sheet.look.font * 2.0
    for colour, width in (("white", 2.6), (INK, 1.2)):
        axes.plot(
            *middle, marker=_CROSS, ms=cross, mew=sheet.look.line * width, color=colour, ls="", zorder=6
        )  # fmt: skip


def _inside(curve: NDArray[np.float64], extent: tuple[float, float, float, float]) -> Path:
    """The part of the plane that the frontier closes off, down to the edges of the panel."""
    ordered = _staircase(curve)
    left, low = extent[0], extent[2]
    ring = [(left, low), (left, float(ordered[0, 1])), *map(tuple, ordered), (float(ordered[-1, 0]), low)]
    return Path(np.array([*ring, ring[0]]), closed=True)


def _references(
    sheet: Sheet, axes: Axes, curve: NDArray[np.float64] | None, outside: tuple[float, float] | None
) -> None:
    thin = sheet.look.line * 0.5
    axes.axhline(0, color=QUIET, lw=thin, zorder=1)
    axes.axvline(0, color=QUIET, lw=thin, zorder=1)
    if outside is not None:
        axes.axvline(outside[0], color=INK, ls=":", lw=sheet.look.line * 0.8, zorder=3)
        axes.axhline(outside[1], color=INK, ls=":", lw=sheet.look.line * 0.8, zorder=3)
    if curve is not None and len(curve):
        axes.plot(*_staircase(curve).T, color=INK, lw=sheet.look.line, zorder=4)


def _legend(sheet: Sheet, curve: bool, outside: bool) -> None:
    handles, names = [], []
    if curve:
        handles.append(Line2D([], [], color=INK, lw=sheet.look.line))
        names.append("Pareto frontier: packages that none betters")
    if outside:
        handles.append(Line2D([], [], color=INK, ls=":", lw=sheet.look.line * 0.8))
        names.append("outside options")
    if handles:
        sheet.outside_legend(list(handles), names, "below", 2)
