"""A calibration in words: what passes, what the record tells, and what it does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.tables import counted
from bargain_sim.narrate import CAVEAT

if TYPE_CHECKING:
    from bargain_sim.calibration.fitting import Calibration

__all__ = ["calibration_as_json", "show_calibration"]

_NONE = "–"  # the scenario's own value stands


def calibration_as_json(found: Calibration) -> str:
    """The calibration as one object, with the versions that made it."""
    from bargain_sim.calibration.writing import as_dict

    # ASCII, so that no encoding of the console can spoil it.
    return json.dumps(as_dict(found), ensure_ascii=True, allow_nan=False)


def show_calibration(settings: Settings, found: Calibration) -> None:
    """Print what was done, then patterns and parameters, and what the record is silent about."""
    from bargain_sim.calibration.fitting import WARNING

    what = f"{counted(found.draws, 'draw')}, seed {found.seed}"
    click.echo(f"{found.scenario.scenario.title}: calibrated on the record, {what}. {CAVEAT}")
    click.echo(f"{found.passed:,} draws pass all six patterns in their one run; {found.accepted:,} accepted.")
    for notice in (found.too_few, found.unmoved):
        if notice:
            click.echo(f"{notice}.")
    click.echo(f"{WARNING}\n")
    show_grid(settings, _patterns(found))
    show_grid(settings, _parameters(found))


def _patterns(found: Calibration) -> Grid:
    groups = ("prior", "posterior", "best")
    rows = [
        [row["pattern"], *(_share(row, name) for name in groups), row["label"]]
        for row in found.patterns.to_dict("records")
    ]
    return Grid(
        "Share of runs that pass each pattern (95 % interval)",
        ["pattern", "prior", "posterior", "best-supported", "what it says"],
        rows, {1, 2, 3}, tall=True,
    )  # fmt: skip


def _share(row: dict[Any, Any], name: str) -> str:
    # The prior passes some patterns less than once in a thousand runs.
    digits = 3 if row[name] < 0.01 else 1
    share, low, high = (f"{100 * row[key]:.{digits}f}" for key in (name, f"{name}_low", f"{name}_high"))
    return f"{share} % ({low}–{high})"


def _parameters(found: Calibration) -> Grid:
    rows = []
    for row in found.parameters.to_dict("records"):
        low, middle, high = (f"{row[f'posterior_p{q}']:.3g}" for q in (10, 50, 90))
        contraction = f"{row['contraction']:z.2f} ± {row['contraction_error']:.2f}".replace("-", "−")
        best = _NONE if row["best"] != row["best"] else f"{row['best']:.3g}"
        rows.append(
            [
                row["path"], f"{row['low']:g} to {row['high']:g}", middle, f"{low} to {high}",
                contraction, best, "the record says nothing" if row["silent"] else "",
            ]
        )  # fmt: skip
    return Grid(
        "Prior and posterior of each parameter",
        ["parameter", "prior, uniform", "median", "middle 80 %", "contraction ± s. e.", "best-supported", ""],
        rows, {1, 2, 3, 4, 5},
        caption=f"The record says nothing about {int(found.parameters['silent'].sum())} of {len(rows)}",
    )  # fmt: skip
