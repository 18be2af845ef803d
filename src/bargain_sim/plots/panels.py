"""Small multiples of maps: their grid, titles, ticks and common axis names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bargain_sim.plots.grid import Facet, Map, edges, rows_and_columns
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.words import level_label, shorten

__all__ = ["drawn_from", "dress", "lay_out", "name_axes", "name_levels", "panel_title", "per_cent"]


def lay_out(
    title: str, subtitle: str, count: int, origin: Origin, size: str, most_columns: int = 3, names: int = 0
) -> tuple[Sheet, list[Axes]]:
    """A sheet with `count` axes that share their x and y; unused places stay blank.

    Where `names` levels are to be written along the y axis, a print sheet grows with them.
    """
    look = look_named(size)
    rows, columns = rows_and_columns(count, most_columns)
    height = look.height if rows == 1 else min(7.5, 1.1 + rows * (look.width / columns * 0.95 + 0.5))
    height = max(height, rows * (1.6 + names * look.font * 1.15 / 72.0))
    sheet = Sheet(title, subtitle, origin=origin, size=size, height=height)
    with sheet.house():
        grid = sheet.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes in list(grid.flat)[count:]:
            axes.set_axis_off()
    return sheet, list(grid.flat)[:count]


def drawn_from(origin: Origin | None, parts: Sequence[Facet]) -> Origin:
    """The origin of a figure in small multiples; its footer counts the runs in them, not those left out."""
    return replace(origin or Origin(), runs=sum(len(part.frame) for part in parts))


def dress(sheet: Sheet, axes: Axes, part: Facet, table: Map, labels: Mapping[str, str] | None) -> None:
    """Title, limits and ticks of one map."""
    ends_x, ends_y = edges(table.x), edges(table.y)
    axes.set_xlim(float(ends_x[0]), float(ends_x[-1]))
    axes.set_ylim(float(ends_y[0]), float(ends_y[-1]))
    columns = axes.get_subplotspec().get_gridspec().ncols  # type: ignore[union-attr]
    if part.title:
        axes.set_title(panel_title(sheet, part.title, columns))
    across = axes.xaxis, table.x, table.x_names, table.sampled[0]
    for axis, levels, names, ranges in (across, (axes.yaxis, table.y, table.y_names, table.sampled[1])):
        if names is not None:
            name_levels(sheet, axes, axis is axes.xaxis, names, labels)
        elif len(levels) <= 4 and not ranges:
            axis.set_ticks(list(levels), [level_label(float(level)) for level in levels])
        else:
            axis.set_major_locator(MaxNLocator(nbins=5 if columns > 1 else 8))


def name_levels(
    sheet: Sheet, axes: Axes, across: bool, names: Sequence[object], labels: Mapping[str, str] | None
) -> None:
    """Write the names of levels at 0, 1, … along the x axis (`across`) or the y axis.

    Many names are written smaller, and those of an x axis upright where they would meet.
    """
    spec = axes.get_subplotspec()
    assert spec is not None
    rows, columns = spec.get_gridspec().nrows, spec.get_gridspec().ncols
    # Before the layout is known: about this much of the sheet is axes.
    wide = (sheet.look.width / columns - 0.9) * 72.0
    tall = (sheet.get_figheight() * 0.72 / rows - 0.6) * 72.0
    words = [shorten(level_label(name, labels), 26 if across else 34) for name in names]
    each = (wide if across else tall) / len(names)
    upright = across and max(sheet.text_width(word, sheet.look.small) for word in words) > each * 0.9
    size = sheet.look.small
    if upright or not across:
        size = max(3.0, min(size, each * 0.78))
    if across:
        axes.set_xticks(range(len(names)), words, size=size, rotation=90 if upright else 0)
    else:
        axes.set_yticks(range(len(names)), words, size=size)


def name_axes(sheet: Sheet, grid: Sequence[Axes], x: str, y: str) -> None:
    """Name the lowest axes of every column and the first of every row, in lines that fit them.

    `grid` holds the axes in use, row by row; axes above a blank place get their tick labels back.
    """
    spec = grid[0].get_subplotspec()
    assert spec is not None
    rows, columns = spec.get_gridspec().nrows, spec.get_gridspec().ncols
    size = sheet.look.font
    x_lines = "\n".join(sheet.wrapped(x, size, (sheet.look.width / columns - 0.6) * 72.0, lines=3))
    tall = float(sheet.get_figheight())
    y_lines = "\n".join(sheet.wrapped(y, size, (tall / rows - 0.8) * 72.0 * 0.85, lines=3))
    for place, axes in enumerate(grid):
        if place + columns >= len(grid):
            axes.tick_params(axis="x", labelbottom=True)
            # A slide is too low for a name between its rows.
            if place >= (rows - 1) * columns or sheet.look.name == "print":
                axes.set_xlabel(x_lines)
        if place % columns == 0:
            axes.set_ylabel(y_lines)


def per_cent(axis: Axis) -> None:
    """Write the ticks of an axis of shares in per cent, with decimals only where a tick has some."""
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{round(100.0 * share, 4):g}\u00a0%"))


def panel_title(sheet: Sheet, title: str, columns: int) -> str:
    """A panel's title in at most two lines as wide as the panel."""
    width = (sheet.look.width / columns - 0.5) * 72.0 * 0.86
    return "\n".join(sheet.wrapped(title, sheet.look.font, width, lines=2))
