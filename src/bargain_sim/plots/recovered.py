"""Known parameters and what was found of them: an interval for each synthetic record."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bargain_sim.calibration.recovery import LEVEL, Recovery
from bargain_sim.plots.panels import lay_out, name_axes, per_cent
from bargain_sim.plots.prior_posterior import name_of
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import QUIET, SIDE_STYLE
from bargain_sim.plots.words import joined, percent, plural

__all__ = ["caption", "draw"]

_HOLDS, _MISSES = SIDE_STYLE[0].colour, "#D55E00"
_MOST = {"print": 9, "projector": 8}  # panels
_RECORDS = 60  # so many are drawn: more would cover each other
_IF_NONE = 6  # so many where none is identifiable


def caption(found: Recovery) -> str:
    """One sentence: which parameters are identifiable, and how often their intervals hold the truth."""
    known = _identifiable(found)
    records = found.records["alike"]
    every = int((found.parameters["kind"] == "alike").sum())
    if known.empty:
        return (
            f"From {plural(records, 'synthetic record')} none of {plural(every, 'parameter')} is recovered."
        )
    names = [f"{name_of(row['path'])} ({percent(row['coverage'])})" for row in known.to_dict("records")]
    return (
        f"From {plural(records, 'synthetic record')} like this one {len(known)} of "
        f"{plural(every, 'parameter')} {'is' if len(known) == 1 else 'are'} declared identifiable: "
        f"{joined(names)}; in brackets how often the {percent(LEVEL)} interval holds the truth."
    )


def draw(found: Recovery, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """Draw truth against median and interval of each identifiable parameter, a panel each.

    Both are shares of the parameter's range.  Where none is identifiable the most contracted are drawn.
    """
    known = _identifiable(found)
    most = _MOST.get(size, 0)  # other sizes are refused with the sheet
    shown = known.head(most) if len(known) else found.parameters.query("kind == 'alike'").head(_IF_NONE)
    cut = []
    if found.records["alike"] > _RECORDS:
        cut.append(f"{_RECORDS} of {found.records['alike']} records")
    if len(known) > most:
        cut.append(f"the {most} parameters narrowed most")
    rest = f" Drawn are {joined(cut)}." if cut else ""
    sheet, grid = lay_out(
        "Are known parameters found again?" if len(known) else "No parameter is found again",
        f"Synthetic records that miss at most one pattern; median and {percent(LEVEL)} interval of each, in "
        f"shares of the range. On the diagonal it is found exactly.{rest}",
        len(shown), origin or _origin(found), size, 3 if size == "print" else 4,
    )  # fmt: skip
    rows = found.intervals.query(f"kind == 'alike' and record < {_RECORDS}")
    with sheet.house():
        for axes, about in zip(grid, shown.to_dict("records"), strict=True):
            _panel(sheet, axes, rows[rows["path"] == about["path"]])
            axes.set_title(
                f"{name_of(about['path'])}\n{percent(about['coverage'])} hold", size=sheet.look.small
            )
        name_axes(sheet, grid, "the truth", "what was found")
        sheet.outside_legend(*_legend(sheet), "below", 3)
        sheet.settle()
    sheet.caption = caption(found)
    return sheet


def _identifiable(found: Recovery) -> pd.DataFrame:
    table = found.parameters
    return table[(table["kind"] == "alike") & table["identifiable"]]


def _origin(found: Recovery) -> Origin:
    return Origin(found.scenario.scenario.name, found.seed, found.draws)


def _panel(sheet: Sheet, axes: Axes, part: pd.DataFrame) -> None:
    truth, start, middle, end = (
        part[name].to_numpy(dtype=float) for name in ("place", "place_low", "place_median", "place_high")
    )
    holds = part["holds"].to_numpy()
    for those, colour, marker in ((holds, _HOLDS, "o"), (~holds, _MISSES, "X")):
        axes.vlines(
            truth[those], start[those], end[those], color=colour, lw=sheet.look.line * 0.35, alpha=0.55
        )
        axes.plot(
            truth[those], middle[those], ls="", marker=marker, color=colour, mew=0,
            ms=sheet.look.marker * (0.45 if marker == "o" else 0.7),
        )  # fmt: skip
    axes.plot([0, 1], [0, 1], color=QUIET, lw=sheet.look.line * 0.6, ls="--", zorder=0)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(np.array([0.0, 0.5, 1.0]))
        per_cent(axis)


def _legend(sheet: Sheet) -> tuple[list[Line2D], list[str]]:
    thick, marker = sheet.look.line * 0.6, sheet.look.marker
    handles = [
        Line2D([], [], color=_HOLDS, lw=thick, marker="o", ms=marker * 0.6),
        Line2D([], [], color=_MISSES, lw=thick, marker="X", ms=marker * 0.9),
        Line2D([], [], color=QUIET, lw=thick, ls="--"),
    ]
    return handles, ["the interval holds the truth", "it does not", "found exactly"]
