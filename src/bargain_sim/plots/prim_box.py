"""A box of PRIM: what it restricts, how dense and how wide it is, and what was given up for that."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from bargain_sim.analysis.boxes import Box, Boxes
from bargain_sim.analysis.cases import short
from bargain_sim.analysis.cut import IN_SAMPLE
from bargain_sim.plots.panels import per_cent
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import INK, QUIET, SIDE_STYLE
from bargain_sim.plots.words import percent, plural

__all__ = ["caption", "draw"]

_BOX = "#009E73"


def caption(found: Boxes, number: int = 0) -> str:
    """Two sentences: the box in words with density and coverage, and what lies outside of it."""
    box = found.boxes[number]
    cut = found.cut
    outside = len(cut.hit) - box.cases
    missed = int(cut.hit.sum()) - box.hits
    left = f"; outside it {percent(missed / outside)} are" if outside and number == 0 else ""
    poor = f" No box whose bounds are beyond chance is as dense as was asked for ({percent(found.density)})."
    return (
        f"Where {box.rule}, {percent(box.density)} "
        f"({100 * box.density_low:.0f}–{100 * box.density_high:.0f}) of {plural(box.cases, cut.unit)} "
        f"are of interest ({cut.rule}), against {percent(cut.share)} of "
        f"all{left}. The box holds {percent(box.coverage)} of all {cut.unit}s of interest."
        f"{'' if box.dense else poor} {IN_SAMPLE.format(unit=cut.unit)}"
    )


def draw(found: Boxes, number: int = 0, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """The box `number` on the factors that it restricts, each drawn over its whole range.

    Beside the first box: density against coverage along the way on which it was peeled, with the box marked.
    """
    box = found.boxes[number]
    look = look_named(size)
    cases = found.cut.cases
    first = number == 0
    height = max(look.height, 2.4 + len(box.limits) * look.font * 4.2 / 72.0)
    sheet = Sheet(
        f"A region where it comes about: {percent(box.density)} dense, {percent(box.coverage)} covered",
        f"Of interest: {found.cut.rule} ({percent(found.cut.share)} of all {found.cut.unit}s). "
        f"Box {number + 1} of {len(found.boxes)}, found by PRIM.",
        origin=origin or Origin(runs=len(cases.y)), size=size, height=height,
    )  # fmt: skip
    with sheet.house():
        if first:
            left, right = sheet.subplots(1, 2, width_ratios=[1.0, 0.8])
            _way(sheet, right, found)
        else:
            left = sheet.add_subplot()
        _limits(sheet, left, box, 0.52 if first else 0.9)
    sheet.caption = caption(found, number)
    return sheet


def _limits(sheet: Sheet, axes: Axes, box: Box, part: float) -> None:
    """Each restricted factor as a line over its range, the box on it, its bounds written."""
    rows = list(box.limits.to_dict("records"))
    for place, row in enumerate(rows):
        low, high = _place(row)
        axes.barh(place, 1.0, height=0.26, color="#e6e6e6", lw=0.0)
        axes.barh(place, high - low, left=low, height=0.26, color=_BOX, hatch="", lw=0.0, zorder=3)
        room = sheet.look.width * 72.0 * part
        words = "\n".join(sheet.wrapped(_told(row), sheet.look.font, room, lines=2))
        axes.text(0.0, place - 0.2, words, size=sheet.look.font, va="bottom", ha="left")
        least, most = _ends(row)
        small = sheet.look.tiny
        axes.text(0.0, place + 0.19, least, size=small, va="top", ha="left", color=QUIET)
        axes.text(1.0, place + 0.19, most, size=small, va="top", ha="right", color=QUIET)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(len(rows) - 0.45, -0.75)
    axes.set_axis_off()


def _told(row: dict[Any, Any]) -> str:
    sure = row["quasi_p"]
    return f"{row['words']} ({'p < 0.001' if sure < 0.001 else f'p = {sure:.3f}'})"


def _place(row: dict[Any, Any]) -> tuple[float, float]:
    """Where the box begins and ends on the factor's range, from 0 to 1."""
    least, most = row["least"], row["most"]
    if row["levels"]:
        return 0.0, len(row["levels"].split(", ")) / (most + 1.0)
    low = least if pd.isna(row["low"]) else row["low"]
    high = most if pd.isna(row["high"]) else row["high"]
    return (low - least) / (most - least), (high - least) / (most - least)


def _ends(row: dict[Any, Any]) -> tuple[str, str]:
    if row["levels"]:
        return "", f"of {row['most'] + 1:.0f}"
    span = row["most"] - row["least"]
    return short(row["least"], span), short(row["most"], span)


def _way(sheet: Sheet, axes: Axes, found: Boxes) -> None:
    box, way = found.boxes[0], found.way
    axes.plot(
        way["coverage"], way["density"], color=SIDE_STYLE[0].colour, marker="o", ms=sheet.look.marker * 0.45,
        lw=sheet.look.line * 0.7, zorder=3,
    )  # fmt: skip
    axes.plot(
        box.coverage, box.density, ls="", marker="*", ms=sheet.look.marker * 2.4, color=_BOX, mec=INK,
        mew=sheet.look.line * 0.4, zorder=5,
    )  # fmt: skip
    axes.axhline(found.density, color=QUIET, ls="--", lw=sheet.look.line * 0.7)
    axes.annotate(
        "density asked for", (0.0, found.density), textcoords="offset points",
        xytext=(sheet.look.font * 0.5, sheet.look.font * 0.4),
        size=sheet.look.tiny, color=QUIET, ha="left", va="bottom",
    )  # fmt: skip
    axes.set_xlim(0.0, 1.03)
    axes.set_ylim(min(float(way["density"].min()), found.density) - 0.05, 1.04)
    for axis in (axes.xaxis, axes.yaxis):
        per_cent(axis)
    axes.set_xlabel("coverage (of what is of interest)")
    axes.set_ylabel("density (of interest, in the box)")
    axes.set_title("What a denser box gives up; star: the box")
