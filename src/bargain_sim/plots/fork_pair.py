"""The same luck with and without a change: trust in both arms, and the difference in each ending."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bargain_sim.futures.forking import Fork
from bargain_sim.plots.futures_fan import axis_of_dates, day
from bargain_sim.plots.panels import panel_title
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, SIDE_STYLE, blend, outcome_edge
from bargain_sim.plots.words import joined, plural

__all__ = ["caption", "draw"]

_WAS = "#D55E00"  # grey would be lost on the second side's band
_LEAST = 1.0  # percentage points to either side that the axis of effects has: less is not blown up


def caption(found: Fork) -> str:
    """One sentence: what was changed, how many runs end otherwise, and by how much each ending moves."""
    effects = [
        f"{row['label'].lower()} {_points(row['difference'])} "
        f"({_points(row['low'])} to {_points(row['high'])})"
        for row in _shown(found.endings).to_dict("records")
    ]
    return (
        f"After {day(found.at)}, {_change(found)}: {plural(found.differ, 'run')} of {len(found.runs):,} "
        f"{'ends' if found.differ == 1 else 'end'} otherwise; in percentage points, with 95 % intervals, "
        f"{joined(effects)}."
    )


def draw(found: Fork, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """Draw both sides' trust in both arms (median, 80 % band), and the effect on every ending.

    Dashed and hatched: as it was; in the sides' own colours: changed.  What has ended stays as it ended.
    """
    look = look_named(size)
    made = origin or Origin(f"{found.as_it_was.name} from {found.at}", found.seed, len(found.runs))
    sheet = Sheet(
        f"What if, after {day(found.at)}: {_change(found)}",
        "Median and 80\u00a0% band of trust, and the change in how often each ending comes, under "
        "the same luck",
        origin=made, size=size, height=look.height * 1.3,
    )  # fmt: skip
    with sheet.house():
        if size == "print":
            grid = sheet.add_gridspec(2, 2, height_ratios=[1.2, 1.0])
            effects = sheet.add_subplot(grid[1, :])
        else:  # a slide is wide and low
            grid = sheet.add_gridspec(1, 3, width_ratios=[1.0, 1.0, 1.25])
            effects = sheet.add_subplot(grid[0, 2])
        first: Axes | None = None
        for k, side in enumerate(found.as_it_was.side_ids):
            axes = sheet.add_subplot(grid[0, k], sharex=first, sharey=first)
            _trust(sheet, axes, found, side, k)
            axes.set_title(panel_title(sheet, f"Trust of {found.as_it_was.sides[side].label}", 2))
            if first is None:
                axes.set_ylabel("trust")
                axes.set_ylim(0, 1)
                end = found.as_it_was.date_of(int(found.as_it_was.turns))
                axis_of_dates(axes, found.as_it_was.start_date, end, 6 if size == "print" else 5)
            else:
                axes.tick_params(labelleft=False)
            first = axes
        _effects(sheet, effects, _shown(found.endings))
        handles: list[Any] = [
            Line2D([], [], color=_WAS, ls="--", lw=look.line * 1.4),
            Patch(facecolor="none", edgecolor=_WAS, hatch="////", lw=0),
            *(
                (
                    Patch(facecolor=blend(style.colour, 0.25)),
                    Line2D([], [], color=style.colour, lw=look.line * 1.4),
                )
                for style in SIDE_STYLE[:2]
            ),
            Line2D([], [], color=INK, ls=":", lw=look.line * 0.8),
        ]
        labels = found.as_it_was.sides.values()
        names = [
            "as it was",
            "80\u00a0% as it was",
            *(f"changed, with 80\u00a0% ({side.label})" for side in labels),
        ]
        sheet.outside_legend(handles, [*names, "play takes over"], "below", 5)
        sheet.settle()
    sheet.caption = caption(found)
    return sheet


def _change(found: Fork) -> str:
    return joined(list(found.changes)) if found.changes else "nothing changed"


def _shown(endings: pd.DataFrame) -> pd.DataFrame:
    return endings[(endings["as_it_was"] > 0) | (endings["changed"] > 0)]


def _points(share: float) -> str:
    text = f"{100 * share:+.1f}"
    return text.replace("-", "−") if float(text) else text[1:]


def _trust(sheet: Sheet, axes: Axes, found: Fork, side: str, k: int) -> None:
    rows = found.fan[(found.fan["series"] == "trust") & (found.fan["side"] == side)]
    was, changed = (rows[rows["arm"] == arm] for arm in ("as_it_was", "changed"))
    colour = SIDE_STYLE[k].colour
    at, later = (_days(each) for each in (was, changed))
    axes.fill_between(later, changed["p10"], changed["p90"], color=blend(colour, 0.25), lw=0)
    axes.fill_between(
        at, was["p10"], was["p90"], facecolor="none", edgecolor=_WAS, hatch="////", lw=0, alpha=0.7
    )
    axes.plot(later, changed["p50"], color=colour, lw=sheet.look.line * 1.4, zorder=3)
    axes.plot(at, was["p50"], color=_WAS, ls="--", lw=sheet.look.line * 1.4, zorder=4)
    axes.axvline(date2num(found.at), color=INK, ls=":", lw=sheet.look.line * 0.8)  # type: ignore[no-untyped-call]


def _days(rows: pd.DataFrame) -> Any:
    return date2num(rows["date"])  # type: ignore[no-untyped-call]


def _effects(sheet: Sheet, axes: Axes, endings: pd.DataFrame) -> None:
    """A marker with a whisker for each ending, and both shares beside its name."""
    axes.axvline(0.0, color=QUIET, lw=sheet.look.line * 0.8)
    names = []
    for row, each in enumerate(endings.to_dict("records")):
        look = OUTCOME_STYLE[each["ending"]]
        middle, low, high = (100.0 * each[name] for name in ("difference", "low", "high"))
        axes.errorbar(
            middle, row, xerr=[[max(middle - low, 0.0)], [max(high - middle, 0.0)]], fmt=look.marker,
            color=look.colour, mec=outcome_edge(each["ending"]), ecolor=INK, ms=sheet.look.marker * 1.15,
            elinewidth=sheet.look.line * 0.8, capsize=sheet.look.font * 0.25, zorder=3,
        )  # fmt: skip
        # On two lines, or the panels above would have to give way.
        shares = f"{100 * each['as_it_was']:.1f} → {100 * each['changed']:.1f}\u00a0%"
        names.append(f"{look.label}\n{shares}")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="y", color="#dddddd", lw=sheet.look.line * 0.4)
    axes.set_axisbelow(True)
    axes.update_datalim([(-_LEAST, 0.0), (_LEAST, 0.0)])
    axes.margins(x=0.1)
    axes.set_title("Effect, 95\u00a0% interval")
    axes.set_xlabel("percentage points")
