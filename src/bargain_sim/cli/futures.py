"""Forecasts and forks in words: headings that say what they are not, then tables."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.tables import counted
from bargain_sim.narrate import CAVEAT, conclusion, timeline

if TYPE_CHECKING:
    import pandas as pd

    from bargain_sim.futures.forecasting import Forecast
    from bargain_sim.futures.forking import Fork
    from bargain_sim.transcript import Transcript

__all__ = ["forecast_as_json", "fork_as_json", "show_forecast", "show_fork"]

_CELL = 52  # characters of a timeline's column where lines may be as long as they like
_NEVER = "–"


def forecast_as_json(found: Forecast) -> str:
    """The forecast as one object, with the version that made it."""
    from bargain_sim.futures.plain import forecast_as_dict

    return _json(forecast_as_dict(found))


def fork_as_json(found: Fork) -> str:
    """The fork as one object, with the version that made it."""
    from bargain_sim.futures.plain import fork_as_dict

    return _json(fork_as_dict(found))


def show_forecast(settings: Settings, found: Forecast) -> None:
    """Print what the futures rest on, then chances and dates."""
    click.echo(f"{found.scenario.title}: {counted(len(found.runs), 'future')}, seed {found.seed}. {CAVEAT}")
    click.echo(f"Told until {found.told_until}, played from {found.played_from} to {found.until}.")
    click.echo("These are chances within this model, under its assumptions; others give other chances.\n")
    if len(found.drivers):
        show_grid(settings, _drivers(found.drivers))
    show_grid(settings, _endings(found))
    show_grid(settings, _happenings(found))


def show_fork(settings: Settings, found: Fork) -> None:
    """Print what was changed, what it does, and one run both ways."""
    scenario = found.as_it_was
    what = f"{counted(len(found.runs), 'future')} from {found.at}, each played twice"
    click.echo(f"{scenario.title}: {what}, seed {found.seed}. {CAVEAT}")
    for change in found.changes or ("nothing; both are the same",):
        click.echo(f"Changed: {change}")
    for note in found.notes:
        click.echo(f"Note: {note}")
    click.echo(f"{counted(found.differ, 'future ends', 'futures end')} otherwise.\n")
    title = "Effect on {} (paired, 95 % interval)"
    shown = found.endings[(found.endings["as_it_was"] > 0) | (found.endings["changed"] > 0)]
    show_grid(settings, _effects(title.format("endings"), "ending", shown, 100.0))
    show_grid(settings, _effects(title.format("what happens"), "happening", found.happenings, 100.0))
    show_grid(settings, _effects(title.format("means"), "mean of", found.means, 1.0))
    _side_by_side(settings, found)


def _json(plain: dict[str, Any]) -> str:
    from bargain_sim.version import __version__

    whole = {"about": CAVEAT, "version": __version__} | plain
    # ASCII, so that no encoding of the console can spoil it.
    return json.dumps(whole, ensure_ascii=True, allow_nan=False)


def _drivers(drivers: pd.DataFrame) -> Grid:
    return Grid(
        "What drives the result: the chance of a grand bargain when one assumption alone is moved",
        ["assumption", "now", "moved over", "chance at its ends", "change"],
        [
            [
                row["label"],
                f"{row['now']:g}",
                f"{row['low']:g} to {row['high']:g}",
                f"{_percent(row['share_at_low'])} … {_percent(row['share_at_high'])}",
                f"{100 * row['change']:.0f} ± {100 * row['error']:.0f}",
            ]
            for row in drivers.to_dict("records")
        ],
        numeric={1, 3, 4},
        caption="Change in percentage points between the best and the worst of five values, ± standard error",
    )


def _endings(found: Forecast) -> Grid:
    never = [
        row["label"].lower() for row in found.endings.to_dict("records") if not row["count"]
    ]  # fmt: skip
    return Grid(
        f"Endings by {found.until} (95 % interval)",
        ["ending", "chance", "median date", "80 % of dates"],
        [
            [row["label"], _interval(row), *_dates(row)]
            for row in found.endings.to_dict("records")
            if row["count"]
        ],
        numeric={1},
        caption=f"Never seen: {', '.join(never)}" if never else "",
    )


def _happenings(found: Forecast) -> Grid:
    rows = []
    for row in found.happenings.to_dict("records"):
        size = _NEVER
        if row["size_median"] == row["size_median"]:
            low, high = row["size_early"], row["size_late"]
            span = "" if low == high else f" ({low:g}–{high:g})"
            unit = "" if row["unit"] == "counted" else f" {row['unit']}"
            size = f"{row['size_median']:g}{span}{unit}"
        rows.append([row["label"], _interval(row), _percent(1.0 - row["share"]), *_dates(row), size])
    return Grid(
        f"What happens by {found.until}, for the first time after the hand-over (95 % interval)",
        ["happening", "chance", "does not", "median date", "80 % of dates", "size: median (80 %)"],
        rows,
        numeric={1, 2},
        caption="Dates are the first days of turns, among the futures in which it happens",
    )


def _effects(title: str, first: str, table: pd.DataFrame, scale: float) -> Grid:
    percent = scale == 100.0
    rows = []
    for row in table.to_dict("records"):
        digits = 1 if percent or row["unit"] != "probability" else 3
        before, after = (f"{scale * row[name]:.{digits}f}" for name in ("as_it_was", "changed"))
        unit = " %" if percent else ""
        apart, low, high = (_signed(scale * row[name], digits) for name in ("difference", "low", "high"))
        bounds = "" if row["low"] != row["low"] else f" ({low} to {high})"
        rows.append([row["label"], before + unit, after + unit, apart + bounds])
    name = "difference, percentage points" if percent else "difference"
    return Grid(title, [first, "as it was", "changed", name], rows, numeric={1, 2, 3})


def _side_by_side(settings: Settings, found: Fork) -> None:
    """Both timelines of one run, turn by turn, from where they part."""
    was, changed = (_turns(each) for each in found.timelines)
    turns = sorted({*was, *changed})
    parted = next((turn for turn in turns if was.get(turn) != changed.get(turn)), None)
    title = f"Run {found.run} both ways"
    if parted is None:
        click.echo(f"{title}: there is no difference")
        return
    wide = _CELL if settings.columns is None else max((settings.columns - 24) // 2, 20)
    rows: list[list[str]] = []
    for turn in turns:
        if turn >= parted:
            rows += _wrapped(str(found.as_it_was.date_of(turn)), was.get(turn), changed.get(turn), wide)
    ends = [" ".join(conclusion(each)) for each in found.timelines]
    sections = {len(rows)}
    rows += _wrapped("In the end", [ends[0]], [ends[1]], wide)
    date = found.as_it_was.date_of(parted)
    show_grid(
        settings,
        Grid(f"{title}, from {date} on, where they part", ["turn from", "as it was", "changed"], rows, set(),
             sections),
    )  # fmt: skip


def _turns(transcript: Transcript) -> dict[int, list[str]]:
    """What is told of each turn."""
    found: dict[int, list[str]] = {}
    for line in timeline(transcript):
        # A verb follows who does it; a name stands after a colon.
        link = ": " if line.who and line.text[:1].isupper() else " "
        found.setdefault(line.turn, []).append(f"{line.who}{link}{line.text}".strip())
    return found


def _wrapped(first: str, was: list[str] | None, changed: list[str] | None, wide: int) -> list[list[str]]:
    """As many rows as the longer of both cells needs."""
    if was == changed:
        changed = ["the same"]
    left, right = (
        [part for text in said or [] for part in textwrap.wrap(text, wide, subsequent_indent="  ")]
        for said in (was, changed)
    )
    length = max(len(left), len(right))
    left, right = (part + [""] * (length - len(part)) for part in (left, right))
    heads = [first, *[""] * (length - 1)]
    return [list(row) for row in zip(heads, left, right, strict=True)]


def _interval(row: dict[Any, Any]) -> str:
    return f"{_percent(row['share'])} ({100 * row['low']:.1f}–{100 * row['high']:.1f})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _signed(number: float, digits: int) -> str:
    """`+1.2`, `−0.3`; without a sign where nothing is left of it."""
    text = f"{number:+.{digits}f}"
    return text.replace("-", "−") if float(text) else text[1:]


def _dates(row: dict[Any, Any]) -> list[str]:
    if row["median"] != row["median"]:
        return [_NEVER, _NEVER]
    median, early, late = (f"{row[name]:%Y-%m-%d}" for name in ("median", "early", "late"))
    return [median, early if early == late else f"{early} to {late}"]
