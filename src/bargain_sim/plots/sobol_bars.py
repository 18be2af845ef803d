"""Sobol indices of every factor, first and total order, with their intervals."""

from __future__ import annotations

from typing import Final

import numpy as np

from bargain_sim.analysis.sensitivity import Sensitivity
from bargain_sim.errors import InputError
from bargain_sim.plots.panels import per_cent
from bargain_sim.plots.rows import LIGHT, STRONG, row_chart, strongest
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, blend
from bargain_sim.plots.words import joined, percent

__all__ = ["caption", "draw"]

_BARS: Final = (
    ("ST", -0.19, STRONG, "", "with all it takes part in (total order)"),
    ("S1", 0.19, LIGHT, "////", "by itself (first order)"),
)
# What rounds to nothing with its whole interval.
_NOTHING: Final = 0.005


def caption(found: Sensitivity) -> str:
    """Two sentences: the strongest factor's part of the variance with interval, and who does nothing."""
    _need(found)
    top = found.table.iloc[0]
    alone = f"about {percent(min(max(float(found.table['S1'].sum()), 0.0), 1.0))}"
    text = (
        f"{top['label']} drives the {found.outcome.mean_label} most: with all it takes part in it "
        f"accounts for {_span(top, 'ST')} of the variance between points, by itself for "
        f"{_span(top, 'S1')}; all factors by themselves account for {alone}, the rest is their interplay."
    )
    nothing = [str(row["label"]) for _, row in found.table.iterrows() if row["ST_high"] <= _NOTHING]
    return f"{text} {joined(nothing)} {'do' if len(nothing) > 1 else 'does'} nothing." if nothing else text


def draw(found: Sensitivity, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """Two bars a factor, with 95 % bootstrap intervals, strongest factor above.

    `found` is of the method `sobol` (see `analysis.sensitivity`).
    """
    _need(found)
    table, left_out = strongest(found.table, size)
    sheet, axes = row_chart(
        f"What the {found.outcome.mean_label} hangs on",
        "Part of the variance between points that goes with each factor (Sobol indices, 95\u00a0% interval)."
        + left_out,
        list(table["label"]), origin or Origin(found.name, found.seed, found.runs), size,
    )  # fmt: skip
    with sheet.house():
        handles = []
        for name, shift, colour, hatch, _ in _BARS:
            y = np.arange(len(table)) + shift
            value = table[name].to_numpy()
            handles.append(axes.barh(
                y, np.maximum(value, 0.0), height=0.34, color=colour, hatch=hatch,
                edgecolor=blend(colour, 0.6, "black"), lw=0.0,
            ))  # fmt: skip
            low, high = np.maximum(table[f"{name}_low"], 0.0), np.maximum(table[f"{name}_high"], 0.0)
            axes.hlines(y, low, high, color=INK, lw=sheet.look.line, zorder=4)
        for row in np.flatnonzero(table["ST_high"] <= _NOTHING):
            axes.annotate("0\u00a0%", (0.0, row), xytext=(4, 0), textcoords="offset points", va="center",
                          size=sheet.look.small)  # fmt: skip
        axes.set_xlim(0.0, max(1.0, float(table["ST_high"].max()) * 1.02))
        per_cent(axes.xaxis)
        axes.set_xlabel("part of the variance")
        sheet.outside_legend(handles, [words for *_, words in _BARS], "below", 2)
    sheet.caption = caption(found)
    return sheet


def _need(found: Sensitivity) -> None:
    if found.method != "sobol":
        raise InputError(
            f"these are indices of `{found.method}`, not of `sobol`", remedy="Draw them with its own figure"
        )


def _span(row: object, name: str) -> str:
    value, low, high = (max(float(row[f"{name}{end}"]), 0.0) for end in ("", "_low", "_high"))  # type: ignore[index]
    return f"{percent(value)} ({100 * low:.0f}–{100 * high:.0f})"
