"""A tree of questions, from the whole sample on the left to regions of much and of little interest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from bargain_sim.analysis.cut import IN_SAMPLE
from bargain_sim.analysis.tree import Tree
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import INK, QUIET
from bargain_sim.plots.words import percent, plural

__all__ = ["caption", "draw"]

_SHADES: Final = LinearSegmentedColormap.from_list("interest", ["#ffffff", "#009E73"])
_LINE: Final = 1.3


def caption(found: Tree) -> str:
    """Two sentences: the densest and the emptiest leaf in words, and what the tree is worth on new cases."""
    leaves = found.leaves
    best, worst = leaves.iloc[0], leaves.iloc[-1]
    cut = found.cut
    return (
        f"Where {best['rule']}, {percent(best['density'])} of {plural(int(best['cases']), cut.unit)} are of "
        f"interest ({cut.rule}), which holds {percent(best['coverage'])} of all these; where "
        f"{worst['rule']}, {percent(worst['density'])} are. The {len(leaves)} regions of this tree foretell "
        f"{cut.unit}s it was not grown from {percent(max(found.skill, 0.0))} better than their share of "
        f"{percent(cut.share)} alone. {IN_SAMPLE.format(unit=cut.unit)}"
    )


@dataclass
class _Place:
    row: pd.Series
    depth: int
    height: float


def draw(found: Tree, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """Each box holds a question or ends a way; a box is the greener, the more of its cases are of interest.

    Upper branches are yes, lower ones no.  In a leaf: the share of its cases that is of interest
    (density), and which part of all cases of interest it holds (coverage).
    """
    look = look_named(size)
    leaves = int((found.nodes["yes"] < 0).sum())
    height = max(look.height * 0.75, 1.2 + leaves * look.font * 3.6 / 72.0)
    sheet = Sheet(
        f"{len(found.leaves)} regions, by as few questions as tell them apart",
        f"Of interest: {found.cut.rule} ({percent(found.cut.share)} of all {found.cut.unit}s). "
        "At the end of a way: density, and part of all that is of interest (coverage).",
        origin=origin or Origin(runs=len(found.cut.cases.y)), size=size, height=height,
    )  # fmt: skip
    with sheet.house():
        _draw(sheet, found)
    sheet.caption = caption(found)
    return sheet


def _draw(sheet: Sheet, found: Tree) -> None:
    sheet.set_layout_engine("none")
    axes = sheet.add_axes(sheet.inner)
    axes.set_axis_off()
    font = sheet.look.font
    width = sheet.inner[2] * float(sheet.get_figwidth()) * 72.0
    height = sheet.inner[3] * float(sheet.get_figheight()) * 72.0
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)  # everything on it is in points
    places = _places(found)
    deepest = max(place.depth for place in places.values())
    leaves = 1 + max(place.height for place in places.values())
    margin, leaf = 0.75 * font, sheet.text_width("100\u00a0%, holds 100\u00a0%", sheet.look.small) + font
    step = (width - 2 * margin - leaf) / max(deepest, 1)
    each = height / leaves
    box = step * 0.84

    def at(place: _Place) -> tuple[float, float]:
        x = margin + place.depth * step
        return x, height - (place.height + 0.5) * each

    for node, place in places.items():
        x, y = at(place)
        for child, word in ((place.row["yes"], "yes"), (place.row["no"], "no")):
            if child >= 0:
                _branch(sheet, axes, (x + box, y), at(places[int(child)]), word)
        wide = leaf if place.row["yes"] < 0 else box
        _box(sheet, axes, place.row, (x, y), wide, each, node == 0)


def _places(found: Tree) -> dict[int, _Place]:
    """Leaves one below the other, every question between the two that follow from it."""
    rows = {int(row["node"]): row for _, row in found.nodes.iterrows()}
    places: dict[int, _Place] = {}
    count = 0

    def visit(node: int, depth: int) -> float:
        nonlocal count
        row = rows[node]
        if row["yes"] < 0:
            height, count = float(count), count + 1
        else:
            height = (visit(int(row["yes"]), depth + 1) + visit(int(row["no"]), depth + 1)) / 2
        places[node] = _Place(row, depth, height)
        return height

    visit(0, 0)
    return places


def _branch(
    sheet: Sheet, axes: Axes, start: tuple[float, float], end: tuple[float, float], word: str
) -> None:
    middle = start[0] + (end[0] - start[0]) * 0.45
    axes.plot(
        [start[0], middle, middle, end[0]], [start[1], start[1], end[1], end[1]], color=QUIET,
        lw=sheet.look.line * 0.7, zorder=1,
    )  # fmt: skip
    up = end[1] > start[1]
    axes.text(
        middle, end[1] + (2 if up else -2), word, size=sheet.look.tiny, color=QUIET, ha="center",
        va="bottom" if up else "top",
    )  # fmt: skip


def _box(
    sheet: Sheet, axes: Axes, row: pd.Series, at: tuple[float, float], wide: float, room: float, root: bool
) -> None:
    size = sheet.look.small
    if row["yes"] < 0:
        said = f"{percent(row['density'])}, holds {percent(row['coverage'])}".replace("under ", "<")
        lines = [said.replace("over ", ">")]
    else:
        lines = sheet.wrapped(str(row["question"]), size, wide - 0.6 * size, lines=3)
    tall = min((len(lines) * _LINE + 0.7) * size, room * 1.9 if row["yes"] >= 0 else room * 0.94)
    x, y = at
    axes.add_patch(Rectangle(
        (x, y - tall / 2), wide, tall, fc=_SHADES(0.75 * float(row["density"])), ec=INK,
        lw=sheet.look.line * (1.0 if root else 0.5), zorder=3,
    ))  # fmt: skip
    axes.text(
        x + wide / 2, y, "\n".join(lines), size=size, ha="center", va="center", linespacing=1.15, zorder=4
    )
