"""What the record tells about each parameter: its posterior as an interval on the range of its prior."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bargain_sim.calibration.fitting import Calibration
from bargain_sim.plots.panels import per_cent
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import QUIET, SIDE_STYLE
from bargain_sim.plots.words import amount, joined, plural

__all__ = ["caption", "draw"]

_PRIOR = "#e3e3e3"
_TOLD = SIDE_STYLE[0].colour
_BEST = "#D55E00"
_NAMED = 3  # parameters that the caption names


def caption(found: Calibration) -> str:
    """One sentence: how many draws were accepted, which parameters they narrow most, and how many not."""
    table = found.parameters
    most = [f"{name_of(row['path'])} ({row['contraction']:.2f})"
            for row in table.head(_NAMED).to_dict("records")]  # fmt: skip
    return (
        f"Of {amount(found.draws)} draws from the prior the nearest {amount(found.accepted)} were accepted, "
        f"{amount(found.passed)} draws passing all six patterns; the record narrows {joined(most)} most "
        f"(contraction of the variance), and says nothing about {int(table['silent'].sum())} of "
        f"{plural(len(table), 'parameter')}."
    )


def draw(found: Calibration, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """Draw median and middle 80 % of the posterior of each parameter over its prior, sorted by contraction.

    Every range is drawn equally wide; its ends stand beside it.  Hollow: the record says nothing about it.
    """
    look = look_named(size)
    table = found.parameters
    columns = 1 if size == "print" else 2  # a slide is wide and low
    rows = -(-len(table) // columns)
    sheet = Sheet(
        "What the record tells about each parameter",
        "On the range of its prior, which is uniform; the one that is narrowed most comes first. About 18 "
        "events cannot identify some 30 parameters.",
        origin=origin or _origin(found), size=size, height=1.6 + rows * look.font * 2.05 / 72.0,
    )  # fmt: skip
    with sheet.house():
        grid = sheet.subplots(1, columns, squeeze=False)[0]
        for k, axes in enumerate(grid):
            _column(sheet, axes, table.iloc[k * rows : (k + 1) * rows], rows)
        handles, labels = _legend(sheet)
        sheet.outside_legend(handles, labels, "below", 4)
        sheet.settle()
    sheet.caption = caption(found)
    return sheet


def name_of(path: str) -> str:
    """`sides.both.initial_trust` → `initial trust`; with its side where it is of one."""
    kind, whose, what = path.split(".")
    whose = whose.replace("_", " ")
    if kind == "events":
        return f"{what} of {whose}"
    return ("" if whose == "both" else f"{whose.capitalize()}’s ") + what.replace("_", " ")


def _origin(found: Calibration) -> Origin:
    return Origin(found.scenario.scenario.name, found.seed, found.draws)


def _column(sheet: Sheet, axes: Axes, table: pd.DataFrame, rows: int) -> None:
    at = np.arange(len(table))
    low, high = table["low"].to_numpy(), table["high"].to_numpy()

    def share(name: str) -> Any:
        return (table[name].to_numpy() - low) / (high - low)

    thick = sheet.look.line
    axes.barh(at, share("prior_p90") - share("prior_p10"), 0.72, share("prior_p10"), color=_PRIOR, lw=0)
    axes.hlines(at, share("posterior_p10"), share("posterior_p90"), color=_TOLD, lw=thick * 2.2)
    silent = table["silent"].to_numpy()
    for those, fill in ((~silent, _TOLD), (silent, "white")):
        axes.plot(
            share("posterior_p50")[those], at[those], ls="", marker="o", mfc=fill, mec=_TOLD,
            mew=thick, ms=sheet.look.marker * 1.05, zorder=3,
        )  # fmt: skip
    axes.plot(
        share("best"), at, ls="", marker="D", ms=sheet.look.marker * 0.7, mfc=_BEST, mec="white",
        mew=thick * 0.3, zorder=4,
    )  # fmt: skip
    names = [f"{name_of(path)}  ({a:g}–{b:g})" for path, a, b in zip(table["path"], low, high, strict=True)]
    axes.set_yticks(at, names)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([0, 0.5, 1])
    per_cent(axes.xaxis)
    axes.set_xlabel("of the range")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    aside = axes.secondary_yaxis("right")
    aside.set_yticks(at, [f"{value:z.2f}".replace("-", "−") for value in table["contraction"]])
    aside.tick_params(axis="y", length=0, labelcolor=QUIET)
    aside.spines["right"].set_visible(False)
    axes.annotate(
        "contraction", (1.0, 1.0), (2.0, 2.0), "axes fraction", "offset points", size=sheet.look.small,
        color=QUIET, ha="left", va="bottom", annotation_clip=False,
    )  # fmt: skip


def _legend(sheet: Sheet) -> tuple[list[Any], list[str]]:
    thick, marker = sheet.look.line, sheet.look.marker
    handles = [
        Patch(facecolor=_PRIOR),
        Line2D([], [], color=_TOLD, lw=thick * 2.2, marker="o", ms=marker * 1.05),
        Line2D([], [], color=_TOLD, lw=thick * 2.2, marker="o", mfc="white", ms=marker * 1.05),
        Line2D([], [], ls="", marker="D", mfc=_BEST, mec="white", ms=marker * 0.8),
    ]
    labels = [
        "prior, middle 80\u00a0%", "posterior, median and middle 80\u00a0%", "the record says nothing",
        "best-supported point",
    ]  # fmt: skip
    return handles, labels
