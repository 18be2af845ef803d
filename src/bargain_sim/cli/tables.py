"""The outcome tables that a sweep ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bargain_sim.cli.settings import Settings
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.narrate import CAVEAT

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from bargain_sim.store.results import Results

__all__ = ["outcome_tables"]

_ALL_POINTS = 12  # up to so many points each has its own line
_HEAD_ROWS = 200_000  # from so many runs it is read how far points share their luck
_ENDS = 3  # beyond, so many with the most and with the least grand bargains
_SHOWN_FACTORS = 6  # up to so many factors their values are shown; beyond, only the point's number


def outcome_tables(settings: Settings, results: Results) -> None:
    """Print how often each ending occurred, with 95 % intervals, and where bargains are made."""
    from rich.console import Console

    manifest = results.manifest
    # Without a terminal rich would wrap at 80 columns; what is piped should keep its lines.
    console = Console(no_color=settings.plain, width=120 if settings.plain else None, highlight=False)
    runs = f"{manifest.points:,} points × {manifest.runs:,} runs"
    if manifest.precision:
        runs = f"{manifest.points:,} points, {manifest.rows:,} runs in all"
    console.print(f"{manifest.title}: {runs}. {CAVEAT}")
    console.print(_shares(results))
    console.print(_points(results))


def _shares(results: Results) -> Table:
    from rich.table import Table

    from bargain_sim.analysis.pooled import pooled_shares

    named = [name for name, kind in results.factors.items() if kind == "categorical"]
    by = named[0] if named else None
    shares = pooled_shares(results.points, results.head(_HEAD_ROWS), by)
    table = Table(title="Endings, over all points (95 % interval)", title_justify="left")
    table.add_column("ending")
    levels = [None] if by is None else list(shares[by].drop_duplicates())
    for level in levels:
        table.add_column("share" if level is None else str(level), justify="right")
    for outcome in OUTCOMES:
        rows = shares[shares["outcome"] == outcome]
        if not (rows["share"] > 0).any():
            continue
        bounds = rows[["share", "low", "high"]].to_numpy(dtype=float)
        cells = [_interval(share, low, high) for share, low, high in bounds]
        table.add_row(OUTCOME_LABEL[outcome], *cells)
    never = [
        OUTCOME_LABEL[outcome].lower()
        for outcome in OUTCOMES
        if not (shares[shares["outcome"] == outcome]["share"] > 0).any()
    ]
    if never:
        table.caption = f"Never seen: {', '.join(never)}"
        table.caption_justify = "left"
    return table


def _points(results: Results) -> Table:
    from rich.table import Table

    points = results.points.sort_values(
        ["share_grand_bargain", "point"], ascending=[False, True], kind="stable"
    )
    few = len(points) <= _ALL_POINTS
    title = "Grand bargain, point by point" if few else "Grand bargain, where most and least often"
    table = Table(title=f"{title} (95 % interval)", title_justify="left")
    if len(results.factors) > _SHOWN_FACTORS:
        table.add_column("point", justify="right")
        table.caption = f"The {len(results.factors)} factors of each point stand in points.parquet"
        table.caption_justify = "left"
    for name, label in results.factor_labels.items() if len(results.factors) <= _SHOWN_FACTORS else ():
        numeric = results.factors[name] == "numeric"
        table.add_column(label, justify="right" if numeric else "left")
    table.add_column("grand bargain", justify="right")
    table.add_column("most frequent ending")
    for part in [points] if few else [points.head(_ENDS), points.tail(_ENDS)]:
        for _, row in part.iterrows():
            table.add_row(*_point(results, row))
        table.add_section()
    return table


def _point(results: Results, row: pd.Series) -> list[str]:
    cells = [
        f"{row[name]:g}" if kind == "numeric" else str(row[name]) for name, kind in results.factors.items()
    ]
    if len(cells) > _SHOWN_FACTORS:
        cells = [f"{row['point']:g}"]
    top = max(OUTCOMES, key=lambda outcome: float(row[f"share_{outcome}"]))
    return [
        *cells,
        _interval(row["share_grand_bargain"], row["low_grand_bargain"], row["high_grand_bargain"]),
        f"{OUTCOME_LABEL[top]} {_percent(row[f'share_{top}'])}",
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _interval(share: float, low: float, high: float) -> str:
    if low != low:  # one run only: nothing to tell an interval from
        return _percent(share)
    return f"{_percent(share)} ({100 * low:.1f}–{100 * high:.1f})"
