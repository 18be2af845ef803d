"""How long until a package is agreed, and until talks break off: share of runs by then, with bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bargain_sim.analysis.reading import groups_of
from bargain_sim.analysis.survival import ENDS, Survival, survival_of
from bargain_sim.plots.grid import need, spread_out
from bargain_sim.plots.panels import lay_out, name_axes, panel_title, per_cent
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, QUIET, SERIES, SeriesStyle, blend
from bargain_sim.plots.words import factor_name, level_label, percent, plural

__all__ = ["caption", "draw"]

_DAYS_A_MONTH: Final = 365.25 / 12
_MOST_BANDS: Final = 3
_TITLES: Final = {"deal": "A package is agreed", "breakdown": "Talks break off without one"}


def draw(
    frame: pd.DataFrame,
    *,
    limit: int | pd.Series,
    by: str | None = None,
    turn_days: float | None = None,
    labels: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Cumulative incidence of both ways in which the wait for a package can end, for each value of `by`.

    `frame` holds one row a run with `outcome`, `turns`, `deal_turn` and `run`; `limit` is how many turns a
    run could have had (one number, or one a row).  `turn_days` gives months in place of turns.  What
    competing endings and bands mean stands in `analysis.survival`.  Of more than six groups six are drawn,
    the same as by `deal_time`; more than three have no bands, which would cover one another.
    """
    need(frame, "outcome", "turns", "deal_turn")
    both, left_out = _both(frame, by, limit)
    unit = "turns" if turn_days is None else "months"
    subtitle = (
        f"Share of all runs in which it has happened, by {unit} since the start; the rest waits still, "
        "or has ended otherwise"
    )
    if left_out:
        subtitle += f"; {len(both[0].groups)} of {len(both[0].groups) + left_out} groups shown"
    sheet, grid = lay_out(
        "How long until a package is agreed, or talks break off", subtitle, 2,
        replace(origin or Origin(), runs=int(both[0].groups["runs"].sum())), size,
    )  # fmt: skip
    scale = 1.0 if turn_days is None else turn_days / _DAYS_A_MONTH
    banded = len(both[0].groups) <= _MOST_BANDS
    with sheet.house():
        for axes, found in zip(grid, both, strict=True):
            for look, group in zip(SERIES, found.groups["group"], strict=False):
                _curve(sheet, axes, found.curve(group), look, scale, banded)
            axes.set_title(panel_title(sheet, _TITLES[found.of], 2))
        grid[0].set_ylim(0, _top(both))
        grid[0].set_xlim(0, max(float(both[0].curves["turn"].max()), 1.0) * scale)
        per_cent(grid[0].yaxis)
        grid[0].axhline(0.5, color=QUIET, lw=sheet.look.line * 0.4, ls=":", zorder=0)
        grid[1].axhline(0.5, color=QUIET, lw=sheet.look.line * 0.4, ls=":", zorder=0)
        name_axes(sheet, grid, f"{unit} from the start", "share of all runs")
        _legend(sheet, both[0], by, labels, banded)
    sheet.caption = caption(frame, limit=limit, by=by, turn_days=turn_days, labels=labels)
    return sheet


def caption(
    frame: pd.DataFrame, *, limit: int | pd.Series, by: str | None = None, turn_days: float | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """One sentence: for each group how many agreed in the end, when half had, and how many broke off."""
    (deals, breaks), left_out = _both(frame, by, limit)
    told = []
    for (_, deal), (_, broke) in zip(deals.groups.iterrows(), breaks.groups.iterrows(), strict=True):
        when = "" if np.isnan(deal["median"]) else f" (half of all by {_time(deal['median'], turn_days)})"
        where = "" if by is None else f"with {_group(by, deal['group'], labels)} "
        told.append(
            f"{where}{percent(deal['share'])} ({100 * deal['low']:.0f}–{100 * deal['high']:.0f}\u00a0%) "
            f"agreed a package{when} and {percent(broke['share'])} broke off without one"
        )
    among = f" ({len(told)} of {len(told) + left_out} groups shown)" if left_out else ""
    runs = int(deals.groups["runs"].sum())
    return (
        f"Of {plural(runs, 'run')}{among}, {'; '.join(told)}. Runs that broke off count as never "
        "agreeing, not as waiting."
    )


def _both(frame: pd.DataFrame, by: str | None, limit: int | pd.Series) -> tuple[list[Survival], int]:
    groups = None if by is None else groups_of(frame, by)
    left_out = 0
    if groups is not None and len(groups) > len(SERIES):
        left_out = len(groups) - len(SERIES)
        groups = {name: groups[name] for name in spread_out(list(groups), len(SERIES))}
    return [survival_of(frame, groups, of=of, limit=limit, by=by) for of in ENDS], left_out


def _curve(
    sheet: Sheet, axes: Axes, curve: pd.DataFrame, look: SeriesStyle, scale: float, banded: bool
) -> None:
    # On the day of its turn, as narrations and the histogram of `deal_time` have it.
    at = np.append(0.0, curve["turn"]) * scale
    share, low, high = (np.append(0.0, curve[name]) for name in ("share", "low", "high"))
    if banded:
        axes.fill_between(
            at, low, high, step="post", color=blend(look.colour, 0.3), alpha=0.6, lw=0, zorder=1
        )  # fmt: skip
    axes.step(at, share, where="post", color=look.colour, ls=look.dash, lw=sheet.look.line * 1.3, zorder=3)
    every = max(len(at) // 5, 1)
    axes.plot(
        at[every::every], share[every::every], ls="", marker=look.marker, color=look.colour,
        ms=sheet.look.marker * 0.75, mec="white", mew=sheet.look.line * 0.3, zorder=4,
    )  # fmt: skip


def _top(both: Sequence[Survival]) -> float:
    return min(1.02, max(0.05, 1.08 * max(float(each.curves["high"].max()) for each in both)))


def _legend(
    sheet: Sheet, found: Survival, by: str | None, labels: Mapping[str, str] | None, banded: bool
) -> None:
    band = Patch(facecolor=blend(INK, 0.25), lw=0)
    if by is None:
        sheet.outside_legend([band], ["95\u00a0% interval, point by point"], "below", 2)
        return
    handles: list[Any] = [
        Line2D([], [], color=look.colour, ls=look.dash, marker=look.marker, ms=sheet.look.marker * 0.75)
        for look, _ in zip(SERIES, found.groups["group"], strict=False)
    ]
    names = [_group(by, row["group"], labels) + f" ({plural(row['runs'], 'run')})"
             for _, row in found.groups.iterrows()]  # fmt: skip
    if banded:
        handles, names = [*handles, band], [*names, "95\u00a0% interval"]
    sheet.outside_legend(handles, names, "below", 3)


def _group(by: str, group: object, labels: Mapping[str, str] | None) -> str:
    """`initial trust 0.3`, or a name by itself."""
    words = str(group)
    number = words.replace(" to ", "").replace(".", "").replace("-", "").replace("e", "").replace("+", "")
    return f"{factor_name(by, labels)} {words}" if number.isdigit() else level_label(words, labels)


def _time(turn: float, turn_days: float | None) -> str:
    if turn_days is None:
        return f"turn {turn:.0f}"
    return f"month {turn * turn_days / _DAYS_A_MONTH:.0f}"
