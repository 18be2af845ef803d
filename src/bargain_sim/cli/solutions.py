"""Solution points, and what runs left on the table, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.tables import counted
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.narrate import CAVEAT

if TYPE_CHECKING:
    import pandas as pd

    from bargain_sim.analysis.solutions import Solutions

__all__ = ["show_solutions"]


def show_solutions(
    settings: Settings, found: Solutions, runs: pd.DataFrame | None, measured: pd.DataFrame | None
) -> None:
    """Print the bargaining problem, its solutions, and how far the runs of a sweep ended from them."""
    packages = found.packages
    exact = "" if packages.slack == 0.0 else f", to within {packages.slack:.2g} points"
    click.echo(f"{found.scenario.title}. {CAVEAT}")
    click.echo(
        f"{counted(len(packages.points), 'package')} cannot be bettered for both sides{exact}; "
        f"the largest sum of both is {found.best_joint:.1f} points."
    )
    if found.table.empty:
        d = " and ".join(f"{value:g}" for value in found.disagreement)
        click.echo(f"None gives both sides what they want at least, {d} points.")
    else:
        show_grid(settings, _points(found))
    if runs is not None and measured is not None:
        show_grid(settings, _left(found, runs, measured))


def _points(found: Solutions) -> Grid:
    labels = [found.scenario.sides[side].label for side in found.sides]
    rows = []
    for row in found.table.to_dict("records"):
        rest = found.left_out(row["row"]) or "nothing" if row["row"] >= 0 else "–"
        rows.append([
            row["name"], row["over"], *(f"{row[f'utility_{side}']:.1f}" for side in found.sides),
            f"{row['joint']:.1f}", _percent(row["joint_share"]), rest,
        ])  # fmt: skip
    d = ", ".join(f"{value:g} ({label})" for value, label in zip(found.disagreement, labels, strict=True))
    return Grid(
        "Solutions (points)",
        ["solution", "over", *labels, "both", "of the largest", "without"],
        rows,
        numeric={2, 3, 4, 5},
        caption=f"Disagreement point: {d}. The bonus is counted in where a package is a grand bargain.",
        tall=True,
    )


def _left(found: Solutions, runs: pd.DataFrame, measured: pd.DataFrame) -> Grid:
    labels = [found.scenario.sides[side].label for side in found.sides]
    outcomes = runs["outcome"].astype(str)
    rows = []
    for outcome in OUTCOMES:
        here = measured[outcomes == outcome]
        if len(here):
            rows.append(_row(OUTCOME_LABEL[outcome], here, len(runs), found.sides))
    rows.append(_row("All runs", measured, len(runs), found.sides))
    return Grid(
        "What runs left on the table, by ending (medians)",
        [
            "ending",
            "runs",
            "of the largest sum",
            "both more",
            *(f"more for {label}" for label in labels),
            "to Nash",
        ],
        rows,
        numeric={1, 2, 3, 4, 5, 6},
        sections={len(rows) - 1},
        caption="Both more: points each could have had more at once. More for one: the other having no less.",
    )


def _row(name: str, here: pd.DataFrame, of: int, sides: tuple[str, str]) -> list[str]:
    middle = here.median()
    more = [f"{middle[f'more_{side}']:.1f}" for side in sides]
    nash = "–" if middle["to_nash"] != middle["to_nash"] else f"{middle['to_nash']:.1f}"
    return [
        name,
        _percent(len(here) / of),
        _percent(middle["joint_share"]),
        f"{middle['both_more']:.1f}",
        *more,
        nash,
    ]


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.0f} %"
