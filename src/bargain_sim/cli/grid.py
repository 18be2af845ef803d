"""A table for people: with lines on a wide terminal, else as plain as text can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import click

from bargain_sim.cli.settings import Settings

__all__ = ["Grid", "show_grid"]

_GAP = "  "


@dataclass
class Grid:
    """What a table says: rows of texts, one for each of `columns`.

    `numeric` are the numbers of the columns that are aligned right.  Before the rows in `sections` a
    line is drawn or left empty.  With `tall` an interval may stand below its number.
    """

    title: str
    columns: list[str]
    rows: list[list[str]]
    numeric: set[int]
    sections: set[int] = field(default_factory=set)
    caption: str = ""
    tall: bool = False


def show_grid(settings: Settings, grid: Grid) -> None:
    """Print the table, in the form that fits what is written to.

    Plain text without a single control character where `settings.plain` asks for it; lines of
    `column: value` where a terminal is too narrow for the table.
    """
    if settings.columns is None:  # a file or a pipe: lines may be as long as they like
        lines = list(_aligned(grid))
    elif settings.narrow:
        lines = list(_listed(grid))
    elif settings.plain:
        lines = list(_aligned(grid))
        if max(map(len, lines)) > settings.columns:
            lines = list(_listed(grid))
    else:
        _framed(grid, settings.columns)
        return
    click.echo("\n".join([*lines, ""]))


def _aligned(grid: Grid) -> Iterator[str]:
    table = [grid.columns, *grid.rows]
    widths = [max(len(row[k]) for row in table) for k in range(len(grid.columns))]
    yield grid.title
    for number, row in enumerate(table):
        if number - 1 in grid.sections:
            yield ""
        cells = [
            cell.rjust(width) if k in grid.numeric else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield _GAP.join(cells).rstrip()
    if grid.caption:
        yield grid.caption


def _listed(grid: Grid) -> Iterator[str]:
    yield grid.title
    for number, row in enumerate(grid.rows):
        if number in grid.sections:
            yield ""
        first, *others = zip(grid.columns, row, strict=True)
        yield f"{first[0]}: {first[1]}"
        yield from (f"{_GAP}{column}: {cell}" for column, cell in others)
    if grid.caption:
        yield grid.caption


def _framed(grid: Grid, width: int) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.measure import Measurement
    from rich.table import Table

    console = Console(highlight=False, width=width)
    table = Table()
    for k, column in enumerate(grid.columns):
        table.add_column(escape(column), justify="right" if k in grid.numeric else "left")
    for number, row in enumerate(grid.rows):
        if number in grid.sections:
            table.add_section()
        table.add_row(*(escape(cell.replace(" (", "\n(") if grid.tall and k else cell)
                        for k, cell in enumerate(row)))  # fmt: skip
    # Narrower than this, words and numbers would be cut in the middle.
    if Measurement.get(console, console.options.update(max_width=10_000), table).minimum > width:
        click.echo("\n".join([*_listed(grid), ""]))
        return
    console.print(grid.title, style="italic", markup=False)
    console.print(table)
    if grid.caption:
        console.print(grid.caption, style="dim italic", markup=False)
