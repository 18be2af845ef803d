"""The outcome tables that a sweep ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.settings import Settings
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.narrate import CAVEAT

if TYPE_CHECKING:
    import pandas as pd

    from bargain_sim.store.results import Results

__all__ = ["counted", "outcome_tables"]

_ALL_POINTS = 12  # up to so many points each has its own line
_HEAD_ROWS = 200_000  # from so many runs it is read how far points share their luck
_ENDS = 3  # beyond, so many with the most and with the least grand bargains
_SHOWN_FACTORS = 6  # up to so many factors their values are shown; beyond, only the point's number
_LEVELS_ACROSS = 4  # up to so many categories stand side by side; more, below each other


def outcome_tables(settings: Settings, results: Results) -> None:
    """Print how often each ending occurred, with 95 % intervals, and where bargains are made."""
    manifest = results.manifest
    points = counted(manifest.points, "point")
    runs = f"{points} × {counted(manifest.runs, 'run')}"
    if manifest.precision:
        runs = f"{points}, {counted(manifest.rows, 'run')} in all"
    click.echo(f"{manifest.title}: {runs}. {CAVEAT}")
    show_grid(settings, _shares(results))
    # Of one run a point the most and the least frequent would be its luck.
    if len(results.points) <= _ALL_POINTS or int(results.points["runs"].max()) > 1:
        show_grid(settings, _points(results))


def counted(number: int, one: str, more: str = "") -> str:
    """`1 run`, `2,000 runs`; `more` is the plural where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def _shares(results: Results) -> Grid:
    from bargain_sim.analysis.pooled import pooled_shares

    named = [name for name, kind in results.factors.items() if kind == "categorical"]
    by = named[0] if named else None
    head = results.head(_HEAD_ROWS) if results.manifest.keep == "runs" else None
    shares = pooled_shares(results.points, head, by)
    levels = ["share"] if by is None else [str(level) for level in shares[by].drop_duplicates()]
    endings: list[str] = []
    rows: list[list[str]] = []
    never: list[str] = []
    for outcome in OUTCOMES:
        of_it = shares[shares["outcome"] == outcome]
        if not (of_it["share"] > 0).any():
            never.append(OUTCOME_LABEL[outcome].lower())
            continue
        bounds = of_it[["share", "low", "high"]].to_numpy(dtype=float)
        endings.append(OUTCOME_LABEL[outcome])
        rows.append([_interval(share, low, high) for share, low, high in bounds])
    across = by is None or len(levels) <= _LEVELS_ACROSS
    if not across:
        rows = [list(cells) for cells in zip(*rows, strict=True)]
    first, heads, names = (
        ("ending", endings, levels) if across else (results.factor_labels[str(by)], levels, endings)
    )
    return Grid(
        "Endings, over all points (95 % interval)",
        [first, *names],
        [[head, *cells] for head, cells in zip(heads, rows, strict=True)],
        numeric=set(range(1, 1 + len(names))),
        caption=f"Never seen: {', '.join(never)}" if never else "",
        tall=not across,
    )


def _points(results: Results) -> Grid:
    points = results.points.sort_values(
        ["share_grand_bargain", "point"], ascending=[False, True], kind="stable"
    )
    few = len(points) <= _ALL_POINTS
    title = "Grand bargain, point by point" if few else "Grand bargain, where most and least often"
    numeric = [kind == "numeric" for kind in results.factors.values()]
    names = list(results.factor_labels.values())
    caption = ""
    if len(names) > _SHOWN_FACTORS:
        caption = f"The {len(names)} factors of each point stand in points.parquet"
        names, numeric = ["point"], [True]
    parts = [points] if few else [points.head(_ENDS), points.tail(_ENDS)]
    return Grid(
        f"{title} (95 % interval)",
        [*names, "grand bargain", "most frequent ending"],
        [_point(results, row) for part in parts for _, row in part.iterrows()],
        numeric={k for k, right in enumerate([*numeric, True]) if right},
        caption=caption,
        sections=set() if few else {_ENDS},
    )


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
