"""How long it takes until a package is agreed, and how often none ever is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from bargain_sim.analysis.intervals import luck_of, share_with_bounds
from bargain_sim.plots.grid import facets, need
from bargain_sim.plots.panels import drawn_from, lay_out, name_axes, panel_title, per_cent
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, STACK, outcome_edge, outcome_patch
from bargain_sim.plots.words import factor_name, percent, plural

__all__ = ["caption", "draw"]

_DAYS_A_MONTH = 365.25 / 12


def _times(frame: pd.DataFrame, turn_days: float | None) -> NDArray[np.float64]:
    """Turns (or months) from the start to the turn in which a package was agreed, deals only."""
    turns = frame["deal_turn"].dropna().astype("float64").to_numpy()
    scale = 1.0 if turn_days is None else turn_days / _DAYS_A_MONTH
    return np.asarray(turns * scale, dtype=np.float64)


def caption(
    frame: pd.DataFrame, *, by: str | None = None, turn_days: float | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """One sentence: the share that never agreed, and the median and middle half of those that did.

    With a factor `by`, one clause for each of its panels.
    """
    need(frame, "deal_turn")
    never, took = _clauses(frame, turn_days)
    if by is None:
        if not took:
            return f"None of {plural(len(frame), 'run')} ever agreed a package."
        return f"{never} of {plural(len(frame), 'run')} never agreed a package; those that did took {took}."
    parts, left_out = facets(frame, by, labels, most=6)
    told = []
    for part in parts:
        share, months = _clauses(part.frame, turn_days)
        title = part.title or factor_name(by, labels)
        told.append(
            f"with {title} none did" if not months
            else f"with {title} {share} never did, the others after {months}"
        )  # fmt: skip
    among = f" ({len(parts)} of {len(parts) + left_out} panels shown)" if left_out else ""
    return (
        f"When {plural(len(frame), 'run')} agreed a package, by {factor_name(by, labels)}{among}: "
        f"{'; '.join(told)}."
    )


def _clauses(frame: pd.DataFrame, turn_days: float | None) -> tuple[str, str]:
    """`38 %` (never agreed) and `15 months at the median, half of them between 13 and 17` (empty: none)."""
    times = _times(frame, turn_days)
    never = percent((len(frame) - len(times)) / len(frame))
    if not len(times):
        return never, ""
    low, middle, high = np.percentile(times, [25, 50, 75])
    unit = "turns" if turn_days is None else "months"
    return never, f"{middle:.0f} {unit} at the median, half of them between {low:.0f} and {high:.0f}"


def draw(
    frame: pd.DataFrame,
    *,
    by: str | None = None,
    turn_days: float | None = None,
    horizon: int | None = None,
    labels: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Histogram of the time until a package is agreed, in small multiples over the factor `by`.

    `frame` holds one row a run with `outcome`, `deal_turn` (missing where none was agreed) and `turns`.  Bars
    are shares of **all** runs of the panel, so they add up to the share that agreed, and are
    stacked by how the package ended; the share that
    never did is written beside them with its 95 % Wilson interval.  `turn_days` gives months in
    place of turns, `horizon` is the length of the negotiation in turns (None: the longest run).
    """
    need(frame, "deal_turn", "turns", "outcome")
    parts, left_out = facets(frame, by, labels, most=6)
    unit = "turns" if turn_days is None else "months"
    # A horizon that is too short must not drop a deal.
    ends = frame[["turns", "deal_turn"]].astype("float64").max()
    last = max(float(horizon or 0), float(ends.max()))
    end = last if turn_days is None else last * turn_days / _DAYS_A_MONTH
    subtitle = f"Share of all runs that agree a package, by {unit} since the start; dashed: median"
    if left_out:
        subtitle += f"; {len(parts)} of {len(parts) + left_out} panels shown"
    sheet, grid = lay_out(
        "How long until a package is agreed", subtitle, len(parts), drawn_from(origin, parts), size
    )
    # A bin holds whole turns, or bars of equal rates would differ in height.
    bins = np.arange(0.0, last + 1.0, max(1.0, np.ceil(last / 26)))
    bins = np.append(bins, bins[-1] + (bins[-1] - bins[-2])) if len(bins) > 1 else np.array([0.0, 1.0])
    scale = end / last if last else 1.0
    ended = _ended(frame)
    high = 0.0
    with sheet.house():
        for axes, part in zip(grid, parts, strict=True):
            times = _times(part.frame, turn_days)
            if part.title:
                columns = axes.get_subplotspec().get_gridspec().ncols  # type: ignore[union-attr]
                axes.set_title(panel_title(sheet, part.title, columns))
            if len(times):
                tallest = _bars(axes, part.frame, times, (bins - 0.5) * scale, ended, sheet.look.line * 0.6)
                high = max(high, tallest)
            axes.set_xlim(-0.5 * scale, max(end, scale))
        if ended:
            patches = [outcome_patch(name) for name in ended]
            sheet.outside_legend(patches, [OUTCOME_STYLE[name].label for name in ended], "below", 3)
        for axes, part in zip(grid, parts, strict=True):
            # A third of the height is kept for the words, so that no bar runs through them.
            axes.set_ylim(0, high * 1.5 if high else 1.0)
            per_cent(axes.yaxis)
            times = _times(part.frame, turn_days)
            if len(times):
                # No higher than the bars need, or it would run through the words.
                middle = float(np.median(times))
                axes.vlines(middle, 0.0, high * 1.05, color=INK, ls="--", lw=sheet.look.line, zorder=3)
            if part.frame["deal_turn"].notna().sum() == 0:
                axes.text(
                    0.5, 0.5, f"no package in\nany of {plural(len(part.frame), 'run')}",
                    transform=axes.transAxes, ha="center", va="center", color=QUIET, linespacing=1.4,
                ).set_in_layout(False)  # fmt: skip
            axes.text(
                0.98, 0.97, _words(part.frame, turn_days, short=len(parts) > 1), transform=axes.transAxes,
                ha="right", va="top", size=sheet.look.small, linespacing=1.3, zorder=5,
                bbox={"facecolor": "white", "linewidth": 0, "boxstyle": "round,pad=0.15"},
            ).set_in_layout(False)  # fmt: skip
        name_axes(sheet, grid, f"{unit} from the start to the agreement", "share of all runs")
    sheet.caption = caption(frame, by=by, turn_days=turn_days, labels=labels)
    return sheet


def _ended(frame: pd.DataFrame) -> list[str]:
    """The endings of runs in which a package was agreed."""
    found = set(frame.loc[frame["deal_turn"].notna(), "outcome"].unique())
    return [name for name in STACK if name in found]


def _bars(
    axes: Axes,
    frame: pd.DataFrame,
    times: NDArray[np.float64],
    bins: NDArray[np.float64],
    ended: list[str],
    line: float,
) -> float:
    """Bars stacked by how the package ended; the height of the highest, as a share of all runs."""
    endings = frame.loc[frame["deal_turn"].notna(), "outcome"]
    floor = np.zeros(len(bins) - 1)
    for name in ended:
        count, _ = np.histogram(times[(endings == name).to_numpy()], bins=bins)
        look = OUTCOME_STYLE[name]
        axes.bar(
            bins[:-1], count / len(frame), np.diff(bins), bottom=floor, align="edge", facecolor=look.colour,
            edgecolor=outcome_edge(name), hatch=look.hatch, linewidth=0.0,
        )  # fmt: skip
        floor = floor + count / len(frame)
    axes.stairs(floor, bins, color=INK, lw=line)
    return float(floor.max())


def _words(frame: pd.DataFrame, turn_days: float | None, short: bool) -> str:
    times = _times(frame, turn_days)
    n = len(frame)
    without = n - len(times)
    _, low, high = share_with_bounds(frame["deal_turn"].isna(), luck_of(frame))
    # One decimal more where the interval would else shrink to a point.
    decimals = 0 if high - low >= 0.02 else 1
    interval = f"{100 * low:.{decimals}f}–{100 * high:.{decimals}f}\u00a0%"
    lines = [f"never: {percent(without / n)}", f"({interval}, {plural(n, 'run')})"]
    if not short:
        lines = [
            f"never agreed: {percent(without / n)} of {plural(n, 'run')}",
            f"(95\u00a0% interval {interval})",
        ]
    if len(times):
        unit = "turns" if turn_days is None else "months"
        lines.append(f"median: {float(np.median(times)):.0f} {unit}")
    return "\n".join(lines)
