"""A forecast or a fork as plain values that JSON knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from bargain_sim.futures.forecasting import Forecast
from bargain_sim.futures.forking import Fork

__all__ = ["forecast_as_dict", "fork_as_dict"]


def forecast_as_dict(found: Forecast) -> dict[str, Any]:
    """Everything but the single runs; dates as text, what is missing as None."""
    return {
        # The file that parameters are drawn from is named, with its checksum, and left out.
        "scenario": found.scenario.model_dump(mode="json", exclude={"parameters": {"text"}}),
        "overrides": [[path, _plain(value)] for path, value in found.overrides],
        "seed": found.seed,
        "runs": len(found.runs),
        "told_until": str(found.told_until),
        "played_from": str(found.played_from),
        "until": str(found.until),
        "drivers": _rows(found.drivers),
        "endings": _rows(found.endings),
        "happenings": _rows(found.happenings),
        "sizes": _rows(found.sizes),
        "by_date": _rows(found.by_date),
        "fan": _rows(found.fan),
    }


def fork_as_dict(found: Fork) -> dict[str, Any]:
    """Everything but the single runs, the two timelines included."""
    return {
        "at": str(found.at),
        "changes": list(found.changes),
        "notes": list(found.notes),
        "seed": found.seed,
        "runs": len(found.runs),
        "differ": found.differ,
        "endings": _rows(found.endings),
        "happenings": _rows(found.happenings),
        "means": _rows(found.means),
        "run": found.run,
        "as_it_was": found.timelines[0].to_dict(),
        "changed": found.timelines[1].to_dict(),
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [str(column) for column in frame]
    return [
        {name: _plain(value) for name, value in zip(columns, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]


def _plain(value: Any) -> Any:
    if value != value:  # NaN, or no date
        return None
    if isinstance(value, dt.date):  # as pandas' timestamps are
        return f"{value:%Y-%m-%d}"
    return value.item() if hasattr(value, "item") else value
