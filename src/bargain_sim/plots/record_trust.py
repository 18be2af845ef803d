"""Trust of both sides through the record, under the posterior's parameters and under the prior's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from string import ascii_uppercase
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bargain_sim.calibration.fitting import Calibration
from bargain_sim.plots.futures_fan import axis_of_dates, day
from bargain_sim.plots.panels import panel_title
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import INK, SIDE_STYLE, blend
from bargain_sim.plots.words import joined
from bargain_sim.scenario.history import Entry
from bargain_sim.scenario.schema import Scenario

__all__ = ["caption", "draw"]

_PRIOR = "#D55E00"  # grey would be lost on the second side's bands
_LANES = 3  # heights at which letters stand, so that those of near days do not meet


def caption(found: Calibration) -> str:
    """One sentence: where the record leaves trust under the posterior, and under the prior."""
    words = []
    for side, about in found.scenario.scenario.sides.items():
        after, before = (_rows(found, of, side).iloc[-1] for of in ("posterior", "prior"))
        words.append(
            f"{about.label}’s trust at {after['p50']:.2f} (nine tenths of the draws between "
            f"{after['p5']:.2f} and {after['p95']:.2f}; under the prior {before['p50']:.2f}, "
            f"between {before['p5']:.2f} and {before['p95']:.2f})"
        )
    last = found.trust["date"].max()
    return f"On {day(last)}, told the whole record, the posterior has {joined(words)}."


def draw(found: Calibration, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """Draw median, 50 % and 90 % bands of both sides' trust as the record is told, with what happened.

    Dashed: median and 90 % band under the prior.
    """
    look = look_named(size)
    scenario = found.scenario.scenario
    sheet = Sheet(
        "Trust through the record",
        "The record’s events under parameters of the posterior: median, 50\u00a0% and 90\u00a0% bands",
        origin=origin or Origin(scenario.name, found.seed, found.draws), size=size, height=look.height * 1.5,
    )  # fmt: skip
    happened = list(_happened(scenario))
    with sheet.house():
        if size == "print":
            grid = sheet.add_gridspec(2, 2, width_ratios=[1.55, 1.0])
            places, aside = [grid[0, 0], grid[1, 0]], sheet.add_subplot(grid[:, 1])
        else:
            grid = sheet.add_gridspec(1, 3, width_ratios=[1.0, 1.0, 0.95])
            places, aside = [grid[0, 0], grid[0, 1]], sheet.add_subplot(grid[0, 2])
        aside.set_axis_off()
        first: Axes | None = None
        for k, (side, place) in enumerate(zip(scenario.side_ids, places, strict=True)):
            axes = sheet.add_subplot(place, sharex=first, sharey=first)
            _bands(sheet, axes, found, side, k)
            _letters(sheet, axes, happened)
            axes.set_title(panel_title(sheet, f"Trust of {scenario.sides[side].label}", 2))
            if first is None or size == "print":
                axes.set_ylabel("trust")
            if first is None:
                axes.set_ylim(0, 1.01 + _LANES * _step(sheet))
                axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
                axis_of_dates(
                    axes, scenario.start_date, found.trust["date"].max(), 7 if size == "print" else 5
                )
            first = axes
        sheet.outside_legend(*_legend(sheet, scenario), "below", 4)
        sheet.freeze()
        _list(sheet, aside, happened)
    sheet.caption = caption(found)
    return sheet


def _rows(found: Calibration, of: str, side: str) -> pd.DataFrame:
    return found.trust[(found.trust["of"] == of) & (found.trust["side"] == side)]


def _bands(sheet: Sheet, axes: Axes, found: Calibration, side: str, k: int) -> None:
    after, before = (_rows(found, of, side) for of in ("posterior", "prior"))
    at = _number(after["date"])
    colour, line = SIDE_STYLE[k].colour, sheet.look.line
    axes.fill_between(at, after["p5"], after["p95"], color=blend(colour, 0.18), lw=0)
    axes.fill_between(at, after["p25"], after["p75"], color=blend(colour, 0.42), lw=0)
    axes.plot(at, after["p50"], color=colour, lw=line * 1.4, zorder=3)
    for name, thick in (("p5", 0.9), ("p50", 1.2), ("p95", 0.9)):
        axes.plot(at, before[name], color=_PRIOR, ls="--", lw=line * thick, zorder=2.5)


def _number(date: Any) -> Any:
    return date2num(date)  # type: ignore[no-untyped-call]


def _step(sheet: Sheet) -> float:
    """From one height of letters to the next, in units of trust."""
    return 0.04 if sheet.look.name == "print" else 0.06


def _letters(sheet: Sheet, axes: Axes, happened: list[tuple[str, dt.date, str]]) -> None:
    """A letter above each day on which something happened, with a thin line down from it."""
    for place, (letter, date, _) in enumerate(happened):
        height = 1.02 + _step(sheet) * (place % _LANES)
        axes.plot(
            [_number(date)] * 2, [0, height - 0.015], color="#d0d0d0", lw=sheet.look.line * 0.4, zorder=0
        )
        axes.text(
            _number(date), height, letter, size=sheet.look.tiny, ha="center", va="center",
        )  # fmt: skip


def _list(sheet: Sheet, aside: Axes, happened: list[tuple[str, dt.date, str]]) -> None:
    """What the letters stand for, day by day."""
    box = aside.get_window_extent(sheet.renderer)
    wide = float(box.width) * 72.0 / sheet.dpi
    size = sheet.look.small
    gap = size * 1.4  # for the letter
    told = [
        (letter, sheet.wrapped(f"{date.day} {date:%b}: {words}", size, wide * 0.93 - gap, lines=4))
        for letter, date, words in happened
    ]
    count = sum(len(lines) for _, lines in told)
    step = min(size * 1.35, float(box.height) * 72.0 / sheet.dpi / count)
    size = min(size, step / 1.22)
    place = 0
    for letter, lines in told:
        for k, line in enumerate(lines):
            for x, text in ((0.0, letter if k == 0 else ""), (gap, line)):
                aside.annotate(
                    text, (0.0, 1.0), (x, -place * step), "axes fraction", "offset points", size=size,
                    va="top", ha="left", color=INK,
                )  # fmt: skip
            place += 1


def _legend(sheet: Sheet, scenario: Scenario) -> tuple[list[Any], list[str]]:
    handles: list[Any] = []
    names: list[str] = []
    line = sheet.look.line
    for k, side in enumerate(scenario.side_ids):
        colour = SIDE_STYLE[k].colour
        handles.append((Patch(facecolor=blend(colour, 0.3)), Line2D([], [], color=colour, lw=line * 1.4)))
        names.append(f"posterior, {scenario.sides[side].label}")
    handles.append(Line2D([], [], color=_PRIOR, ls="--"))
    names.append("prior: median and 90\u00a0% band")
    return handles, names


def _happened(scenario: Scenario) -> Iterator[tuple[str, dt.date, str]]:
    """Days on which something happened that moves the model: a letter, the day, and what it was."""
    assert scenario.history is not None
    kept = [entry for _, entry in scenario.history.kept() if not entry.note]
    days = groupby(kept, key=lambda entry: entry.date)
    for place, (date, entries) in enumerate(days):
        letter = ascii_uppercase[place % 26] * (place // 26 + 1)
        yield letter, date, "; ".join(_words(scenario, entry) for entry in entries)


def _words(scenario: Scenario, entry: Entry) -> str:
    if entry.label:
        return entry.label
    if entry.gives:
        return ", ".join(scenario.concessions[name].label for name in entry.gives)
    if entry.event:
        return scenario.events[entry.event].label
    if entry.corrects:
        return f"made good: {scenario.concessions[entry.corrects].label}"
    if entry.demands:
        return f"a demand by {scenario.sides[entry.demands].label}"
    return f"talks: {entry.dialogue}"
