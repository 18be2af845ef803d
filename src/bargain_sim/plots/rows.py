"""Charts with one row a factor, strongest above: their sheet, names and order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from bargain_sim.plots.sheet import Origin, Sheet, look_named

__all__ = ["LIGHT", "STRONG", "row_chart", "strongest"]

STRONG: Final = "#56B4E9"
LIGHT: Final = "#E69F00"
"""Two colours of Okabe and Ito on which black lines show; the second is always hatched."""

_MOST: Final = {"print": 15, "projector": 9}


def strongest(table: pd.DataFrame, size: str) -> tuple[pd.DataFrame, str]:
    """As many first rows as a sheet of this size holds, and words for what is left out."""
    most = _MOST[look_named(size).name]
    if len(table) <= most:
        return table, ""
    return table.head(most), f" The {most} strongest of {len(table)} factors."


def row_chart(
    title: str, subtitle: str, labels: Sequence[str], origin: Origin, size: str, lines: float = 2.2
) -> tuple[Sheet, Axes]:
    """A sheet with one axes, and a row for each of `labels` from above; each `lines` of text high."""
    look = look_named(size)
    height = 1.5 + len(labels) * lines * look.font * 1.25 / 72.0
    sheet = Sheet(title, subtitle, origin=origin, size=size, height=max(height, 2.6))
    with sheet.house():
        axes = sheet.add_subplot()
        room = look.width * 72.0 * 0.27
        words = ["\n".join(sheet.wrapped(each, look.font, room, lines=2)) for each in labels]
        axes.set_yticks(range(len(labels)), words, size=look.font * 0.9)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    return sheet, axes
