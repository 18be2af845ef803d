"""What a person would see of the words on a figure: which are cut off, which cover each other."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from matplotlib.text import Text
from matplotlib.transforms import Bbox

from bargain_sim.plots.sheet import Sheet


def words_on(sheet: Sheet) -> list[tuple[str, Bbox]]:
    """Every piece of text that is drawn, with its box in pixels."""
    sheet.settle()
    with sheet.house():
        return [
            (text.get_text(), Text.get_window_extent(text, sheet.renderer))
            for text in _texts(sheet)
            if text.get_visible() and text.get_text().strip()
        ]


def _texts(sheet: Sheet) -> list[Text]:
    found: list[Text] = list(sheet.texts)
    for legend in sheet.legends:
        found += legend.get_texts()
    for axes in sheet.axes:
        found += _axes_texts(axes)
    return found


def _axes_texts(axes: Any) -> list[Text]:
    if not axes.axison:
        return list(axes.texts)
    found: list[Text] = [*axes.texts, axes.title, axes._left_title, axes._right_title]
    for axis in (axes.xaxis, axes.yaxis):
        found.append(axis.label)
        if axis.get_visible():
            # Only these ticks are drawn; an axis keeps others for later.
            found += [tick.label1 for tick in axis._update_ticks() if tick.label1.get_visible()]
    return found


def faults_of(sheet: Sheet) -> list[str]:
    """What is wrong with the words on the figure; empty when all can be read."""
    words = words_on(sheet)
    canvas = sheet.bbox
    cut = [
        f"cut off: {text!r}"
        for text, box in words
        if box.x0 < -1 or box.y0 < -1 or box.x1 > canvas.x1 + 1 or box.y1 > canvas.y1 + 1
    ]
    covered = [
        f"{one!r} covers {other!r}"
        for (one, a), (other, b) in combinations(words, 2)
        # A pixel of air is part of every box.
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
    ]
    return cut + covered
