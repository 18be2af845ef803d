"""Futures from a day of the record: chances of endings and happenings, when, and what they rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bargain_sim.analysis.intervals import wilson
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.draws import MOST_RUNS, checked, checked_count
from bargain_sim.futures.drivers import MOST_SENSITIVITY_RUNS, drivers
from bargain_sim.futures.fan import FanOut
from bargain_sim.futures.handing_over import (
    Day,
    Source,
    as_day,
    beginning_after,
    first_day,
    last_turn_until,
    recorded,
)
from bargain_sim.futures.happenings import Happening, first_times, happenings_of
from bargain_sim.scenario.loader import Overrides
from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import FloatArray, Points, runs_of

__all__ = ["OPEN", "Forecast", "forecast"]

OPEN = "open"
"""The ending of a negotiation that has not ended by the last day looked at."""

_TIMES = ("median", "early", "late")
_PERCENTILES = (50, 10, 90)


@dataclass(frozen=True)
class Forecast:
    """What the futures of a scenario hold, under its assumptions.  Scenario exploration, not prediction.

    Shares are of all runs, with Wilson's 95 % bounds `low` and `high`.  `median`, `early` and `late` are
    the median and the 10th and 90th percentile of the dates (see `first_day`) among the runs in which it
    happens, missing where it never does.

    - `endings`: `ending` (of codes.OUTCOMES, or `open`), `label`, `count`, `share`, `low`, `high`, dates.
    - `happenings`: `happening`, `label`, `count`, `share`, `low`, `high`, dates, and of its size `unit`,
      `size_median`, `size_early`, `size_late` (10th and 90th percentile; missing where it has none).
    - `sizes`: `happening`, `size`, `share` of the runs in which it happens.
    - `by_date`: `date`, `ending`, `share` of all runs that have ended so by the end of that turn.
    - `fan`: see `futures.fan.FanOut.frame`.
    - `drivers`: see `futures.drivers.drivers`.
    - `runs`: one row a run: `run`, `ending`, `turns` played by the last day, and the turn in which each
      happening first takes place (missing where it does not), sizes in `size_…`.
    """

    scenario: Scenario = field(repr=False)
    seed: int
    told_until: dt.date
    played_from: dt.date
    until: dt.date
    endings: pd.DataFrame = field(repr=False)
    happenings: pd.DataFrame = field(repr=False)
    sizes: pd.DataFrame = field(repr=False)
    by_date: pd.DataFrame = field(repr=False)
    fan: pd.DataFrame = field(repr=False)
    drivers: pd.DataFrame = field(repr=False)
    runs: pd.DataFrame = field(repr=False)
    overrides: tuple[tuple[str, object], ...] = ()


def forecast(
    scenario: Source = "baseline",
    *,
    after: Day | None = None,
    until: Day | None = None,
    runs: int = 10_000,
    seed: int = 0,
    overrides: Overrides = (),
    sensitivity_runs: int = 1_000,
    points: Points | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Play `runs` futures from the day `after` (default: the end of the history) to `until` (the end).

    All that the history tells up to and including `after` has happened; turns that begin by `until`
    count.  `sensitivity_runs` are spent on each value of each assumption; 0 leaves them out.  `points`
    gives each run its own parameters, as drawn from a posterior.  `progress` is told how many runs of how
    many are done, first of futures, then of assumptions.  Raises InputError for a scenario without history,
    and for days and numbers that do not go with it.
    """
    seed = checked("seed", seed)
    checked_count("runs", runs, 1, MOST_RUNS)
    checked_count("sensitivity_runs", sensitivity_runs, 0, MOST_SENSITIVITY_RUNS)
    _, history = recorded(scenario, overrides)
    day = history.until if after is None else as_day(after, "--from")
    resolved = beginning_after(scenario, day, overrides, "--from")
    found = resolved.scenario
    stop = last_turn_until(found, None if until is None else as_day(until, "--until"), "--until")
    looked_for = happenings_of(found)
    fan = FanOut(found, stop)
    pieces, done = [], 0
    for piece in runs_of(found, seed, runs, points=points):
        fan.add(piece)
        over = piece.played <= stop
        names = np.where(over, np.array(OUTCOMES)[piece.outcomes], OPEN)
        columns = pd.DataFrame({"ending": names, "turns": np.minimum(piece.played, stop)})
        pieces.append(pd.concat([columns, first_times(piece, looked_for, stop)], axis=1))
        done += piece.n
        if progress is not None:
            progress(done, runs)
    table = pd.concat(pieces, ignore_index=True)
    table.insert(0, "run", np.arange(runs))
    last = found.date_of(stop) - dt.timedelta(days=1)
    return Forecast(
        scenario=found,
        seed=seed,
        told_until=day,
        played_from=first_day(found, found.handover),
        until=last if until is None else as_day(until, "--until"),
        endings=_endings(found, table),
        happenings=_happenings(found, table, looked_for),
        sizes=_sizes(table, looked_for),
        by_date=_by_date(found, table, stop),
        fan=fan.frame(),
        drivers=(
            drivers(found, stop, sensitivity_runs, seed, progress=progress)
            if sensitivity_runs
            else pd.DataFrame()
        ),
        runs=table,
        overrides=tuple((each.path, each.value) for each in resolved.overrides),
    )


def _endings(scenario: Scenario, table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name in (*OUTCOMES, OPEN):
        turns = table.loc[table["ending"] == name, "turns"].to_numpy(dtype=float) - 1.0
        label = OUTCOME_LABEL.get(name, "Still open")
        times = _dates(scenario, turns if name != OPEN else turns[:0])
        rows.append({"ending": name, "label": label} | _share(len(turns), len(table)) | times)
    return _typed(rows)


def _happenings(scenario: Scenario, table: pd.DataFrame, looked_for: list[Happening]) -> pd.DataFrame:
    rows = []
    for each in looked_for:
        turns = table[each.id].dropna().to_numpy(dtype=float)
        row: dict[str, object] = {"happening": each.id, "label": each.label}
        row |= _share(len(turns), len(table)) | _dates(scenario, turns)
        row |= {"unit": each.unit} | {f"size_{name}": np.nan for name in _TIMES}
        if each.unit and len(turns):
            amounts = table[f"size_{each.id}"].dropna()
            # One of the sizes that occur, not a number between two of them.
            found = np.percentile(amounts, _PERCENTILES, method="inverted_cdf")
            row |= {f"size_{name}": float(size) for name, size in zip(_TIMES, found, strict=True)}
        rows.append(row)
    return _typed(rows)


def _sizes(table: pd.DataFrame, looked_for: list[Happening]) -> pd.DataFrame:
    parts = [pd.DataFrame({"happening": [], "size": [], "share": []})]
    for each in looked_for:
        if each.unit and table[each.id].notna().any():
            # Points are sums of parts: those that differ by rounding only are the same.
            sizes = table[f"size_{each.id}"].dropna().round(6)
            shares = sizes.value_counts(normalize=True).sort_index()
            parts.append(
                pd.DataFrame({"happening": each.id, "size": shares.index, "share": shares.to_numpy()})
            )
    return pd.concat(parts[1:] or parts, ignore_index=True)


def _by_date(scenario: Scenario, table: pd.DataFrame, stop: int) -> pd.DataFrame:
    """Share of all runs that have ended, by ending and turn; what is left is still open."""
    turns = np.arange(scenario.handover, stop)
    dates = pd.to_datetime(pd.Series([first_day(scenario, int(turn)) for turn in turns]))
    parts = []
    for name in OUTCOMES:
        ended = np.sort(table.loc[table["ending"] == name, "turns"].to_numpy()) - 1
        share = np.searchsorted(ended, turns, side="right") / len(table)
        parts.append(pd.DataFrame({"date": dates, "ending": name, "share": share}))
    return pd.concat(parts, ignore_index=True)


def _share(count: int, n: int) -> dict[str, object]:
    low, high = wilson(count, n)
    return {"count": count, "share": count / n, "low": float(low), "high": float(high)}


def _dates(scenario: Scenario, turns: FloatArray) -> dict[str, object]:
    if not len(turns):
        return dict.fromkeys(_TIMES, pd.NaT)
    found = np.percentile(turns, _PERCENTILES, method="inverted_cdf")
    return {name: first_day(scenario, int(turn)) for name, turn in zip(_TIMES, found, strict=True)}


def _typed(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    for name in _TIMES:
        frame[name] = pd.to_datetime(frame[name])
    return frame
