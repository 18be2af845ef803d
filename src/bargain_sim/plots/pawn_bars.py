"""PAWN indices of every factor against what chance alone gives."""

from __future__ import annotations

import numpy as np

from bargain_sim.analysis.sensitivity import Sensitivity
from bargain_sim.errors import InputError
from bargain_sim.plots.rows import STRONG, row_chart, strongest
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, QUIET
from bargain_sim.plots.words import joined

__all__ = ["caption", "draw"]


def caption(found: Sensitivity) -> str:
    """Two sentences: the strongest factor's index, and which factors are not told from chance."""
    _need(found)
    top = found.table.iloc[0]
    weak = [str(row["label"]) for _, row in found.table.iterrows() if row["median"] <= found.chance]
    text = (
        f"{top['label']} moves the distribution of “{found.outcome.label.lower()}” most: holding it in a "
        f"tenth of its values moves it by {top['median']:.2f} in the median and by up to "
        f"{top['maximum']:.2f} (0: not at all, 1: wholly)."
    )
    limit = f"what chance gives a factor without any effect ({found.chance:.3f})"
    if not weak:
        return f"{text} All factors are above {limit}."
    return f"{text} {joined(weak)} {'are' if len(weak) > 1 else 'is'} not above {limit}."


def draw(found: Sensitivity, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """A bar for the median over ten slices of a factor's values, a line from the least to the most.

    `found` is of the method `pawn` (see `analysis.sensitivity`); the dashed line is what a factor that does
    nothing stays under 19 times of 20.
    """
    _need(found)
    table, left_out = strongest(found.table, size)
    sheet, axes = row_chart(
        f"What moves “{found.outcome.label.lower()}”",
        "How far its distribution moves when a factor is held in a tenth of its values (PAWN: the largest "
        "distance of the two distributions; line: least to most)." + left_out,
        list(table["label"]), origin or Origin(found.name, found.seed, found.runs), size, 1.8,
    )  # fmt: skip
    with sheet.house():
        y = np.arange(len(table))
        bars = axes.barh(y, table["median"], height=0.55, color=STRONG, lw=0.0)
        spread = axes.hlines(y, table["minimum"], table["maximum"], color=INK, lw=sheet.look.line, zorder=4)
        limit = axes.axvline(found.chance, color=QUIET, ls="--", lw=sheet.look.line, zorder=5)
        axes.set_xlim(0.0, max(float(table["maximum"].max()), found.chance) * 1.06)
        axes.set_xlabel("distance of distributions, from 0 to 1")
        names = ["median over ten slices", "least to most", "what chance gives (95\u00a0%)"]
        sheet.outside_legend([bars, spread, limit], names, "below", 3)
    sheet.caption = caption(found)
    return sheet


def _need(found: Sensitivity) -> None:
    if found.method != "pawn":
        raise InputError(
            f"these are indices of `{found.method}`, not of `pawn`", remedy="Draw them with its own figure"
        )
