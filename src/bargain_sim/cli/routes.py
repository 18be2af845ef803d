"""Routes and deciding moments as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.tables import counted
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.narrate import CAVEAT

if TYPE_CHECKING:
    from bargain_sim.routes.paths import Paths

__all__ = ["show_routes"]


def show_routes(settings: Settings, found: Paths, top: int, point: int | None) -> None:
    """Print the commonest routes with their endings, and the moments that decide."""
    click.echo(f"{found.title}: {_read(found, point)}. {CAVEAT}")
    show_grid(settings, _routes(found, top))
    if found.runs["outcome"].eq(found.ending).nunique() > 1:
        show_grid(settings, _moments(found))
    else:
        which = "No" if found.runs["outcome"].ne(found.ending).all() else "Every"
        ending = OUTCOME_LABEL[found.ending].lower()
        click.echo(f"{which} run ended as {ending}: no moment moves its odds.")


def _read(found: Paths, point: int | None) -> str:
    """How many runs these are, and of how many."""
    read = len(found.runs)
    if point is not None:
        return f"{counted(read, 'run')} of point {point}"
    if read == found.stored:
        return counted(read, "run")
    at = found.runs["point"].nunique()
    return f"{read:,} of {counted(found.stored, 'run')} read, at {at:,} of {counted(found.points, 'point')}"


def _routes(found: Paths, top: int) -> Grid:
    endings = [outcome for outcome in OUTCOMES if (found.orders[f"share_{outcome}"] > 0).any()]
    endings.sort(key=lambda outcome: outcome != found.ending)
    rows = []
    for row in found.orders.head(top).to_dict("records"):
        cells = [_interval(row[f"share_{o}"], row[f"low_{o}"], row[f"high_{o}"]) for o in endings]
        share = _interval(row["share"], row["low"], row["high"])
        rows.append([found.words(row["order"]), share, *cells])
    names = {each.id: each for each in found.milestones}
    caption = "; ".join(f"{names[key].word} = {names[key].meaning}" for key in found.keys)
    left = len(found.orders) - top
    if left > 0:
        rest = 1.0 - found.orders["share"].head(top).sum()
        caption = f"{counted(left, 'further route')}: {100 * rest:.1f} % of the runs.\n{caption}"
    return Grid(
        "The commonest routes, and how runs on them end (95 % interval)",
        ["route", "share", *(OUTCOME_LABEL[o].lower() for o in endings)],
        rows,
        numeric=set(range(1, 2 + len(endings))),
        caption=caption,
        tall=True,
    )


def _moments(found: Paths) -> Grid:
    ending = OUTCOME_LABEL[found.ending].lower()
    told = found.deciding[found.deciding["count"] > 0]
    rows = [
        [
            row["label"], _percent(row["share"]), f"{row['turn']:g}", _percent(row["where_reached"]),
            _percent(row["where_not_yet"]), _points(row),
        ]
        for row in told.to_dict("records")
    ]  # fmt: skip
    caption = (
        "Runs that reach it, against runs of the same turn and stage that have not yet: an association\n"
        "within the model, not a cause."
    )
    reached = set(told["milestone"])
    never = [
        each.meaning for each in found.milestones
        if each.id in set(found.deciding["milestone"]) - reached
    ]  # fmt: skip
    if never:
        caption += f"\nNever reached: {'; '.join(never)}"
    return Grid(
        f"The moments that decide: chance of {ending} (difference in percentage points, 95 % interval)",
        ["moment", "reached", "median turn", "where reached", "where not yet", "difference"],
        rows,
        numeric={1, 2, 3, 4, 5},
        caption=caption,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share == share else "–"


def _interval(share: float, low: float, high: float) -> str:
    return f"{100 * share:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def _points(row: dict[Any, Any]) -> str:
    if row["difference"] != row["difference"]:
        return "nothing to compare"
    if row["low"] != row["low"]:
        return f"{_signed(row['difference'])} (few runs)"
    return f"{_signed(row['difference'])} ({_signed(row['low'])} to {_signed(row['high'])})"


def _signed(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")
