"""Futures from a day of the record: trust and points given as fans, and how the futures end by date."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bargain_sim.futures.forecasting import Forecast
from bargain_sim.plots.panels import panel_title, per_cent
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import (
    INK,
    OUTCOME_STYLE,
    QUIET,
    SIDE_STYLE,
    STACK,
    blend,
    outcome_edge,
    outcome_patch,
)
from bargain_sim.plots.words import joined, percent, plural

__all__ = ["axis_of_dates", "caption", "day", "draw"]


def caption(found: Forecast) -> str:
    """One sentence: how often each ending comes, and between what trust moves."""
    endings = found.endings[found.endings["count"] > 0].sort_values("share", ascending=False)
    shares = [f"{row['label'].lower()} {percent(row['share'])}" for row in endings.to_dict("records")]
    trusts = []
    for side, about in found.scenario.sides.items():
        rows = _rows(found.fan, "trust", side)
        start = rows[rows["told"]]["p50"]
        begun = float(start.iloc[-1]) if len(start) else float(rows["p50"].iloc[0])
        last = rows.iloc[-1]
        trusts.append(
            f"{about.label}’s from {begun:.2f} to {last['p50']:.2f} "
            f"(nine tenths between {last['p5']:.2f} and {last['p95']:.2f})"
        )
    return (
        f"Of {plural(len(found.runs), 'future')} after {day(found.told_until)}, looked at until "
        f"{day(found.until)}: {joined(shares)}; median trust goes, {joined(trusts)}."
    )


def draw(found: Forecast, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """Draw median, 50 % and 90 % bands of trust and of points given, and the endings reached by each date.

    What the history tells is a line before the hand-over.  A future that has ended stays where it ended.
    """
    look = look_named(size)
    made = origin or Origin(f"{found.scenario.name} from {found.told_until}", found.seed, len(found.runs))
    sheet = Sheet(
        f"What may come after {day(found.told_until)}",
        "Line: told, then median of the futures; bands: 50\u00a0% and 90\u00a0% of them. What has ended "
        "stays as it ended.",
        origin=made, size=size, height=look.height * 1.6,
    )  # fmt: skip
    with sheet.house():
        if size == "print":
            grid = sheet.add_gridspec(3, 2, height_ratios=[1.0, 1.0, 1.15])
            ended = sheet.add_subplot(grid[2, :])
        else:  # a slide is wide and low
            grid = sheet.add_gridspec(2, 3, width_ratios=[1.0, 1.0, 1.2])
            ended = sheet.add_subplot(grid[:, 2])
        upper: Axes | None = None
        for row, (series, name) in enumerate((("trust", "trust"), ("given", "points given"))):
            first: Axes | None = None  # of its row
            for k, side in enumerate(found.scenario.side_ids):
                axes = sheet.add_subplot(grid[row, k], sharex=upper, sharey=first)
                _fan(sheet, axes, found, series, k)
                _hand_over(sheet, axes, found)
                label = found.scenario.sides[side].label
                words = f"Trust of {label}" if series == "trust" else f"Points given by {label}"
                axes.set_title(panel_title(sheet, words, 2))
                axes.tick_params(labelbottom=row == 1, labelleft=k == 0)
                if first is None:
                    axes.set_ylabel(name)
                    if series == "trust":
                        axes.set_ylim(0, 1)
                first = axes
                upper = upper or axes
                axis_of_dates(axes, found.scenario.start_date, found.until, 7 if size == "print" else 5)
        handles = _endings(sheet, ended, found)
        axis_of_dates(ended, found.told_until, found.until, 9 if size == "print" else 5)
        names = [handle.get_label() for handle in handles]
        sheet.outside_legend(handles, [str(name) for name in names], "below", 4)
        sheet.settle()
    sheet.caption = caption(found)
    return sheet


def day(date: dt.date) -> str:
    """`5 December 2025`."""
    return f"{date.day} {date:%B %Y}"


def axis_of_dates(axes: Axes, first: dt.date, last: dt.date, most: int) -> None:
    """An x axis over days, with at most so many ticks."""
    axes.set_xlim(_number(first), _number(last))
    locator = AutoDateLocator(minticks=3, maxticks=most)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    )


def _number(date: Any) -> Any:
    return date2num(date)  # type: ignore[no-untyped-call]


def _rows(fan: pd.DataFrame, series: str, side: str) -> pd.DataFrame:
    return fan[(fan["series"] == series) & (fan["side"] == side)]


def _fan(sheet: Sheet, axes: Axes, found: Forecast, series: str, k: int) -> None:
    rows = _rows(found.fan, series, found.scenario.side_ids[k])
    rows = rows.iloc[[*range(len(rows)), -1]]  # the last turn lasts to the end
    at = np.append(_number(rows["date"])[:-1], _number(found.until))
    colour = SIDE_STYLE[k].colour
    axes.fill_between(at, rows["p5"], rows["p95"], color=blend(colour, 0.18), lw=0)
    axes.fill_between(at, rows["p25"], rows["p75"], color=blend(colour, 0.42), lw=0)
    axes.plot(at, rows["p50"], color=colour, lw=sheet.look.line * 1.4)


def _hand_over(sheet: Sheet, axes: Axes, found: Forecast) -> None:
    axes.axvline(_number(found.told_until), color=INK, ls=":", lw=sheet.look.line * 0.8)


def _endings(sheet: Sheet, axes: Axes, found: Forecast) -> list[Any]:
    """Areas of what has ended by each date, the share still open above; returns handles for the legend."""
    table = found.by_date.pivot(index="date", columns="ending", values="share")
    occurring = [name for name in STACK if float(table[name].max()) > 0.0]
    # From nothing at the hand-over, each turn's endings standing to the end of what is looked at.
    at = np.concatenate([[_number(found.told_until)], _number(table.index), [_number(found.until)]])
    low = np.zeros(len(at))
    for name in occurring:
        share = np.concatenate([[0.0], table[name], [float(table[name].iloc[-1])]])
        axes.fill_between(
            at, low, low + share, facecolor=OUTCOME_STYLE[name].colour, edgecolor=outcome_edge(name),
            hatch=OUTCOME_STYLE[name].hatch, lw=0.0, step="post",
        )  # fmt: skip
        low = low + share
    axes.step(at, low, where="post", color=QUIET, lw=sheet.look.line * 0.6)
    axes.set_ylim(0, 1)
    per_cent(axes.yaxis)
    axes.set_ylabel("futures ended")
    axes.set_title("How they have ended, by date")
    handles: list[Any] = []
    for name in occurring:
        patch = outcome_patch(name)
        patch.set_label(OUTCOME_STYLE[name].label)
        handles.append(patch)
    handles.append(Patch(facecolor="white", edgecolor=QUIET, label="Still open"))
    handles.append(Line2D([], [], color=INK, ls=":", label="Play takes over"))
    return handles
