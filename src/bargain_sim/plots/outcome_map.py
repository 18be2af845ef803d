"""Which ending prevails over two factors, and how surely."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from bargain_sim.analysis.intervals import wilson
from bargain_sim.codes import OUTCOMES
from bargain_sim.plots.grid import Map, edges, maps_of, need
from bargain_sim.plots.panels import drawn_from, dress, lay_out, name_axes
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import OUTCOME_STYLE, STACK, blend
from bargain_sim.plots.words import amount, axis_label, factor_name, percent, plural

__all__ = ["caption", "draw", "prevailing"]


def prevailing(table: Map) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """The most common ending of each cell, its share, and whether its lead is beyond chance.

    Three arrays of the shape (len(y), len(x)): position in `codes.OUTCOMES` (−1 where there are no
    runs; of two equally common ones the first), share (NaN there), and whether the Wilson interval
    (95 %) of leader against runner-up, among the runs of these two, stays above one half.  It knows that
    points pooled in a cell share their luck.
    """
    n = table.n
    order = np.argsort(-table.count, axis=2, kind="stable")
    first = order[:, :, 0]
    top = np.take_along_axis(table.count, order[:, :, :1], axis=2)[:, :, 0]
    second = np.take_along_axis(table.count, order[:, :, 1:2], axis=2)[:, :, 0]
    worth = table.worth(first, order[:, :, 1])
    low, _ = wilson(top / np.maximum(top + second, 1.0) * worth, worth)
    share = np.where(n > 0, top / np.where(n > 0, n, 1.0), np.nan)
    return np.where(n > 0, first, -1), share, (low > 0.5) & (n > 0)


def caption(
    frame: pd.DataFrame, x: str, y: str, *, panel: str | None = None, labels: Mapping[str, str] | None = None
) -> str:
    """One sentence: the ending that prevails most often, in how many of the points, and how surely."""
    need(frame, x, y, "outcome")
    _, _, maps = maps_of(frame, x, y, panel, labels)
    found, unit = [prevailing(table) for table in maps], maps[0].unit
    first = np.concatenate([leader.ravel() for leader, _, _ in found])
    share = np.concatenate([shares.ravel() for _, shares, _ in found])
    sure = np.concatenate([clear.ravel() for _, _, clear in found])
    filled = first >= 0
    tally = [int((first == code).sum()) for code in range(len(OUTCOMES))]
    code = int(np.argmax(tally))
    mean = float(share[first == code].mean())
    return (
        f"{OUTCOME_STYLE[OUTCOMES[code]].label} is the most common ending at {amount(tally[code])} of "
        f"{plural(int(filled.sum()), unit)} of {factor_name(x, labels)} by {factor_name(y, labels)}, with "
        f"{percent(mean)} of the runs there on average; at {plural(int((filled & ~sure).sum()), unit)} the "
        "lead over the runner-up is within sampling error."
    )


def draw(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    panel: str | None = None,
    labels: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Map the prevailing ending over the factors `x` and `y`, in small multiples over `panel`.

    Each cell has the colour of its most common ending, the paler the smaller its share, and its
    marker, the smaller the smaller its share; the marker is hollow where the lead over the runner-up
    is within sampling error.  Sampled numbers are cut into cells of about 50 runs.
    Columns as in `outcome_shares.draw`.
    """
    need(frame, x, y, "outcome")
    parts, left_out, maps = maps_of(frame, x, y, panel, labels)
    leaders = [prevailing(table) for table in maps]
    subtitle = "Colour and marker: most common ending. Fainter and smaller: a smaller share of the runs."
    if left_out:
        subtitle += f" {len(parts)} of {len(parts) + left_out} panels shown."
    sheet, grid = lay_out(
        "Which ending prevails",
        subtitle,
        len(parts),
        drawn_from(origin, parts),
        size,
        names=len(maps[0].y_names or ()),
    )
    with sheet.house():
        for axes, part, table, found in zip(grid, parts, maps, leaders, strict=False):
            _panel(axes, table, found)
            dress(sheet, axes, part, table, labels)
        name_axes(sheet, grid, axis_label(x, labels), axis_label(y, labels))
        _legend(sheet, leaders, maps[0].unit)
        sheet.settle()
        for axes, table, found in zip(grid, maps, leaders, strict=False):
            _markers(sheet, axes, table, found)
    sheet.caption = caption(frame, x, y, panel=panel, labels=labels)
    return sheet


def _strength(share: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """From a share to a strength of colour: one seventh (the least a leader can have) is nearly white."""
    return np.clip(0.12 + 0.88 * (np.asarray(share) - 1 / 7) / (1 - 1 / 7), 0.12, 1.0)


def _panel(
    axes: Axes, table: Map, found: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]
) -> None:
    first, share, _ = found
    colours = np.array([to_rgb(OUTCOME_STYLE[name].colour) for name in OUTCOMES])[np.maximum(first, 0)]
    strength = np.nan_to_num(_strength(share))[:, :, None]
    cells = np.where((first >= 0)[:, :, None], colours * strength + 1.0 - strength, 1.0)
    axes.pcolormesh(edges(table.x), edges(table.y), cells, edgecolors="face", linewidth=0.1)


def _markers(
    sheet: Sheet, axes: Axes, table: Map,
    found: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]],
) -> None:  # fmt: skip
    first, share, sure = found
    box = axes.get_window_extent(sheet.renderer)
    cell = min(box.width / len(table.x), box.height / len(table.y)) * 72.0 / sheet.dpi
    # Cells too small for a marker each share one among every so many.
    every = max(1, int(np.ceil(sheet.look.font * 0.5 / max(cell, 0.1))))
    largest = min(cell * every * 0.72, sheet.look.font * 1.3)
    xs, ys = np.meshgrid(table.x, table.y)
    seen = np.zeros(first.shape, dtype=bool)
    seen[every // 2 :: every, every // 2 :: every] = True
    if not seen.any():
        seen[:] = True
    for code, name in enumerate(OUTCOMES):
        look = OUTCOME_STYLE[name]
        dark = blend(look.colour, 0.5, "black")
        for clear in (True, False):
            here = (first == code) & (sure == clear) & seen
            if here.any():
                area = (largest * np.clip(share[here], 0.3, 1.0)) ** 2
                axes.scatter(
                    xs[here], ys[here], s=area, marker=look.marker, zorder=3,
                    facecolors=dark if clear else "white", edgecolors=dark,
                    linewidths=sheet.look.line * (0.2 if clear else 0.5),
                )  # fmt: skip


def _legend(
    sheet: Sheet, leaders: list[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]], unit: str
) -> None:
    everything = np.concatenate([first.ravel() for first, _, _ in leaders])
    unsure = any(bool(((first >= 0) & ~sure).any()) for first, _, sure in leaders)
    handles: list[Line2D | Patch] = []
    names: list[str] = []
    for name in STACK:
        cells = int((everything == OUTCOMES.index(name)).sum())
        if cells:
            look = OUTCOME_STYLE[name]
            dark = blend(look.colour, 0.5, "black")
            # A square in the colour of the ending, with its marker in it.
            handles.append(
                Line2D([], [], ls="", marker=look.marker, mfc=dark, mec=dark, ms=sheet.look.marker * 1.1)
            )
            names.append(f"{look.label} ({plural(cells, unit)})")
    patches = [
        Patch(facecolor=OUTCOME_STYLE[name].colour, lw=0)
        for name in STACK
        if (everything == OUTCOMES.index(name)).any()
    ]
    pairs: list[object] = [(patch, line) for patch, line in zip(patches, handles, strict=True)]
    if len(pairs) == 3:
        # A legend of four columns, each of one thing: endings in the first two.
        pairs.append(Line2D([], [], ls=""))
        names.append("")
    most = OUTCOME_STYLE[OUTCOMES[int(np.bincount(everything[everything >= 0]).argmax())]]
    for share in (0.3, 0.6, 1.0):
        dot = Line2D(
            [], [], ls="", marker=most.marker, mfc=blend(most.colour, 0.5, "black"), mew=0,
            ms=sheet.look.marker * 1.3 * share,
        )  # fmt: skip
        pairs.append((Patch(facecolor=blend(most.colour, float(_strength(share))), lw=0), dot))
        names.append(f"{percent(share)} of runs")
    if unsure:
        pairs.append(
            Line2D([], [], ls="", marker="o", mfc="white", mec="#595959", ms=sheet.look.marker * 1.1)
        )
        names.append("hollow: lead not sure (95\u00a0%)")
    sheet.outside_legend(list(pairs), names, "below", 4)
