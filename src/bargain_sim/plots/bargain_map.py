"""The chance of a grand bargain over two factors, with contours and what is sure about one half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.patches import Patch
from matplotlib.patheffects import AbstractPathEffect, withStroke
from numpy.typing import NDArray

from bargain_sim.plots.contours import Line, finer, tidy, write
from bargain_sim.plots.grid import Map, edges, maps_of, need
from bargain_sim.plots.panels import drawn_from, dress, lay_out, name_axes, per_cent
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import OUTCOME_STYLE
from bargain_sim.plots.words import amount, axis_label, factor_name, percent, plural

__all__ = ["caption", "draw"]

_LEVELS: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
_HATCH: Final = "////"


def caption(
    frame: pd.DataFrame, x: str, y: str, *, panel: str | None = None,
    labels: Mapping[str, str] | None = None, outcome: str = "grand_bargain",
) -> str:  # fmt: skip
    """One sentence: the range of the share, at how many points it is surely over one half, how exact."""
    need(frame, x, y, "outcome")
    _, _, maps = maps_of(frame, x, y, panel, labels)
    share = np.concatenate([table.share(outcome).ravel() for table in maps])
    bounds = [table.bounds(outcome) for table in maps]
    low = np.concatenate([lower.ravel() for lower, _ in bounds])
    high = np.concatenate([upper.ravel() for _, upper in bounds])
    filled = ~np.isnan(share)
    return (
        f"The share of runs that end as “{OUTCOME_STYLE[outcome].label.lower()}” lies between "
        f"{percent(float(share[filled].min()))} and {percent(float(share[filled].max()))} over "
        f"{plural(int(filled.sum()), maps[0].unit)} of {factor_name(x, labels)} by "
        f"{factor_name(y, labels)}; it is over one half beyond sampling error (95\u00a0%) at "
        f"{amount(int((low[filled] > 0.5).sum()))} and under at "
        f"{amount(int((high[filled] < 0.5).sum()))}, and the widest interval spans "
        f"{100 * float((high - low)[filled].max()):.0f} percentage points."
    )


def draw(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    panel: str | None = None,
    labels: Mapping[str, str] | None = None,
    outcome: str = "grand_bargain",
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Heat map of the share of one ending over `x` and `y`, in small multiples over `panel`.

    Contours are labelled in per cent where they have room; pieces shorter than about three cells are
    left out.  Hatched, with dashes around: the 95 % Wilson interval of the share contains one half.
    Intervals know that points share their luck where the column `run` tells (`grid.Map.worth`).
    Sampled numbers are cut into cells of about 50 runs.  Where points or cells hold fewer than 100 runs,
    contours (not the cells) are drawn from the runs of each and its neighbours together, and the figure
    says so: a contour of noise would say nothing.  Cells without runs stay white.
    Columns as in `outcome_shares.draw`.
    """
    need(frame, x, y, "outcome")
    parts, left_out, maps = maps_of(frame, x, y, panel, labels)
    widest = max(float(np.nanmax(high - low)) for low, high in (table.bounds(outcome) for table in maps))
    everything = np.concatenate([table.share(outcome).ravel() for table in maps])
    least, most = float(np.nanmin(everything)), float(np.nanmax(everything))
    reached = (
        f"between {percent(least)} and {percent(most)}" if least < most else f"{percent(most)} everywhere"
    )
    subtitle = (
        f"Share of runs, {reached}; the widest 95\u00a0% interval spans {100 * widest:.0f} percentage points."
    )
    lines = [_for_contours(table) for table in maps]
    with_neighbours = ""
    if any(pooled is not table for pooled, table in zip(lines, maps, strict=True)):
        with_neighbours = f" of a {maps[0].unit} with its neighbours"
        subtitle += f" Contours pool each {maps[0].unit} with its neighbours."
    if left_out:
        subtitle += f" {len(parts)} of {len(parts) + left_out} panels shown."
    label = OUTCOME_STYLE[outcome].label.lower()
    sheet, grid = lay_out(
        f"How often the talks end as “{label}”", subtitle, len(parts),
        drawn_from(origin, parts), size, names=len(maps[0].y_names or ()),
    )  # fmt: skip
    with sheet.house():
        drawn = [_heat(axes, table, outcome) for axes, table in zip(grid, maps, strict=True)]
        for axes, part, table in zip(grid, parts, maps, strict=True):
            dress(sheet, axes, part, table, labels)
        bar = sheet.colorbar(drawn[0], ax=grid, shrink=0.9, aspect=24, pad=0.02)
        per_cent(bar.ax.yaxis)
        bar.outline.set_visible(False)
        name_axes(sheet, grid, axis_label(x, labels), axis_label(y, labels))
        dashes = [_half(sheet, axes, table, outcome) for axes, table in zip(grid, lines, strict=True)]
        if any(found is not None for found in dashes):
            ground = Patch(facecolor="#7c7b78", edgecolor="white", hatch=_HATCH, lw=0.0)
            told = f"hatched: the 95\u00a0% interval{with_neighbours} contains one half"
            sheet.outside_legend([ground], [told], "below")
        # Labels of contours are put where the lines have room, so the layout comes first.
        sheet.freeze()
        for axes, table, found in zip(grid, lines, dashes, strict=True):
            _contours(sheet, axes, table, outcome, found or [])
    sheet.caption = caption(frame, x, y, panel=panel, labels=labels, outcome=outcome)
    return sheet


def _for_contours(table: Map) -> Map:
    """The map itself, or pooled over neighbouring points until most hold 100 runs (twice at most)."""
    numeric = table.x_names is None and table.y_names is None
    found = table
    for reach in (1, 2):
        enough = float(np.median(found.n[found.n > 0])) >= 100
        # On a small grid the neighbours would be most of the map.
        if enough or not numeric or min(len(table.x), len(table.y)) < 4 * reach + 1:
            break
        found = table.pooled(reach)
    return found


def _heat(axes: Axes, table: Map, outcome: str) -> QuadMesh:
    # cividis runs from dark to light evenly, also in grey and for every kind of colour vision.
    return axes.pcolormesh(
        edges(table.x), edges(table.y), np.ma.masked_invalid(table.share(outcome)),
        cmap="cividis", vmin=0.0, vmax=1.0, edgecolors="face", linewidth=0.1,
    )  # fmt: skip


def _outline(sheet: Sheet) -> list[AbstractPathEffect]:
    return [withStroke(linewidth=sheet.look.line * 2.0, foreground="black", alpha=0.75)]


def _can_be_contoured(table: Map, values: NDArray[np.float64], level: float) -> bool:
    if min(values.shape) < 2 or table.x_names is not None or table.y_names is not None:
        return False
    known = values[~np.isnan(values)]
    return bool(known.size) and float(known.min()) < level < float(known.max())


def _half(sheet: Sheet, axes: Axes, table: Map, outcome: str) -> list[Line] | None:
    """Hatch where the interval contains one half, dashed around; the dashes, None if it never does."""
    if min(table.n.shape) < 2 or table.x_names is not None or table.y_names is not None:
        return None
    # On a finer grid: the band may run between two points, neither of which lies in it.
    low, high = (finer(bound) for bound in table.bounds(outcome))
    within = np.ma.masked_invalid(np.minimum(0.5 - low, high - 0.5))
    if not within.count() or float(within.max()) <= 0.0:
        return None
    x, y = finer(table.x), finer(table.y)
    band = axes.contourf(x, y, within, levels=[0.0, 1.0], colors="none", hatches=[_HATCH])
    band.set_edgecolor("white")
    band.set_linewidth(0.0)
    # What is too small for dashes is too small for hatches: noise.
    if not any(tidy(band, table.x, table.y)):
        return None
    if float(within.min()) >= 0.0:
        return []
    lines = axes.contour(
        x, y, within, levels=[0.0], colors="white", linestyles="--", linewidths=sheet.look.line * 0.8
    )
    lines.set_path_effects(_outline(sheet))
    return tidy(lines, table.x, table.y)[0]


def _contours(sheet: Sheet, axes: Axes, table: Map, outcome: str, dashes: list[Line]) -> None:
    share = table.share(outcome)
    levels = [level for level in _LEVELS if _can_be_contoured(table, share, level)]
    if not levels:
        return
    lines = axes.contour(
        table.x, table.y, np.ma.masked_invalid(share), levels=levels, colors="white",
        linewidths=[sheet.look.line * (1.6 if level == 0.5 else 0.8) for level in levels],
    )  # fmt: skip
    lines.set_path_effects(_outline(sheet))
    kept = tidy(lines, table.x, table.y)
    words = [f"{100 * level:.0f}\u00a0%" for level in levels]
    write(sheet, axes, lines, kept, words, dashes, _outline(sheet))
