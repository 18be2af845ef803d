"""The chance of an ending along one factor, and where it crosses one half."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import Bbox

from bargain_sim.analysis.tipping import TippingPoint, tipping_point_of
from bargain_sim.plots.grid import need
from bargain_sim.plots.panels import per_cent
from bargain_sim.plots.place import Room
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, blend
from bargain_sim.plots.words import axis_label, factor_name, plural

__all__ = ["caption", "draw"]

# Dots, so that a grey legend tells the crossing from the curve and from the line at one half.
_CROSSING = (0, (1.0, 1.2))


def caption(
    found: TippingPoint, runs: int, labels: Mapping[str, str] | None = None, *, sampled: bool = False
) -> str:
    """One sentence: where it tips and how surely, or where it stays; and of how many runs that is known.

    `sampled` says that the levels are the middles of ranges of values.
    """
    words = found.words(factor_name(found.factor, labels))
    where = "in {}, told by their middles" if sampled else "at {}"
    unit = plural(len(found.levels), "range" if sampled else "level")
    return f"{words[:-1]} ({plural(runs, 'run')} {where.format(unit)})."


def draw(
    frame: pd.DataFrame,
    factor: str,
    *,
    outcome: str = "grand_bargain",
    labels: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Shares with intervals at the levels of a factor, the monotone curve through them, and the crossing.

    `frame` holds one row a run with `outcome`, the numbers of `factor`, and `run` where points share their
    luck. Shaded: the 95 % interval of the crossing, up to the end of the axis where it lies beyond the
    range.
    """
    need(frame, factor, "outcome")
    found = tipping_point_of(frame, factor, outcome=outcome)
    look = OUTCOME_STYLE[outcome]
    levels = found.levels
    sampled = frame[factor].nunique() > len(levels)
    x = levels["x"].to_numpy()
    sheet = Sheet(
        f"{look.label} along {factor_name(factor, labels)}",
        f"Share of all runs with 95\u00a0% intervals, and the nearest curve that only {found.direction}",
        origin=origin or Origin(runs=len(frame)), size=size,
    )  # fmt: skip
    dark = blend(look.colour, 0.7, "black")
    with sheet.house():
        axes = sheet.subplots()
        margin = 0.03 * (x[-1] - x[0])
        axes.set_xlim(x[0] - margin, x[-1] + margin)
        axes.set_ylim(-0.02, 1.04)
        per_cent(axes.yaxis)
        axes.axhline(found.level, color=QUIET, ls="--", lw=sheet.look.line * 0.7, zorder=1)
        spread = not np.isnan(found.low) and not (np.isinf(found.low) and found.low == found.high)
        if spread:
            low, high = np.clip([found.low, found.high], *axes.get_xlim())
            axes.axvspan(low, high, facecolor=blend(INK, 0.12), edgecolor=blend(INK, 0.4), hatch="////",
                         lw=0.0, zorder=0)  # fmt: skip
        axes.plot(x, levels["fit"], color=dark, lw=sheet.look.line * 1.4, zorder=3)
        share = levels["share"].to_numpy()
        error = np.abs(np.stack([share - levels["low"], levels["high"] - share]))
        axes.errorbar(
            x, share, error, ls="", marker="o", ms=sheet.look.marker * 0.8, color=dark, mfc=look.colour,
            elinewidth=sheet.look.line * 0.7, capsize=sheet.look.marker * 0.35, zorder=4,
        )  # fmt: skip
        if found.at is not None:
            axes.axvline(found.at, color=INK, ls=_CROSSING, lw=sheet.look.line * 1.2, zorder=2)
        axes.set_xlabel(axis_label(factor, labels))
        axes.set_ylabel(f"share of {look.label.lower()}")
        _legend(sheet, look.colour, dark, found, spread, "in a range" if sampled else "at a level")
        sheet.settle()
        if found.at is not None:
            _note(sheet, found, x)
    sheet.caption = caption(found, len(frame), labels, sampled=sampled)
    return sheet


def _legend(
    sheet: Sheet, colour: str, dark: str, found: TippingPoint, spread: bool, where: str
) -> None:  # fmt: skip
    handles: list[object] = [
        Line2D([], [], ls="", marker="o", mec=dark, mfc=colour, ms=sheet.look.marker * 0.8),
        Line2D([], [], color=dark, lw=sheet.look.line * 1.4),
    ]
    names = [f"share of the runs {where}", f"curve that only {found.direction}"]
    handles.append(Line2D([], [], color=QUIET, ls="--", lw=sheet.look.line * 0.7))
    names.append(f"{100 * found.level:.0f}\u00a0%")
    if found.at is not None:
        handles.append(Line2D([], [], color=INK, ls=_CROSSING, lw=sheet.look.line * 1.2))
        names.append("crossing")
    if spread:
        handles.append(Patch(facecolor=blend(INK, 0.12), edgecolor=blend(INK, 0.4), hatch="////", lw=0.0))
        names.append("95\u00a0% interval of the crossing")
    sheet.outside_legend(handles, names, "below", 5)


def _note(sheet: Sheet, found: TippingPoint, x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Write the crossing beside it, where no share, interval or line is."""
    (axes,) = sheet.axes
    room = Room(sheet)
    reach = sheet.look.marker * sheet.dpi / 72.0
    fine = np.linspace(x[0], x[-1], 200)
    spots = [*zip(fine, np.interp(fine, x, found.levels["fit"]), strict=True)]
    for _, row in found.levels.iterrows():
        spots += [(row["x"], y) for y in np.linspace(row["low"], row["high"], 9)]
    at = axes.transData.transform(np.array(spots))
    room.take(Bbox.from_extents(a - reach, b - reach, a + reach, b + reach) for a, b in at)
    bounds = "" if np.isnan(found.low) else "\n" + _bounds(found)
    assert found.at is not None
    font = sheet.look.font
    tries = [(across * font, up * font) for up in (-4, 4, -7, 7, -10, 10, 0) for across in (7, -7, 10, -10)]
    room.note(
        axes, f"{found.at:.3g}{bounds}", (found.at, found.level), tries, size=sheet.look.small, color=INK,
        bbox={"facecolor": "white", "lw": 0, "alpha": 0.85, "boxstyle": "round,pad=0.15"},
    )  # fmt: skip


def _bounds(found: TippingPoint) -> str:
    low = "beyond" if np.isinf(found.low) else f"{found.low:.3g}"
    high = "beyond" if np.isinf(found.high) else f"{found.high:.3g}"
    return f"({low} to {high})"
