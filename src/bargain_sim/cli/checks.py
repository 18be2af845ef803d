"""The guard-rails of a calibration in words and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.tables import counted
from bargain_sim.narrate import CAVEAT

if TYPE_CHECKING:
    from bargain_sim.calibration.comparing import Comparison
    from bargain_sim.calibration.leaving_out import LeftOut
    from bargain_sim.calibration.recovery import Recovery

__all__ = ["show_comparison", "show_left_out", "show_recovery"]


def show_recovery(settings: Settings, found: Recovery) -> None:
    """Print which parameters are found again, and how often their intervals hold."""
    from bargain_sim.calibration.findings import of_recovery

    _head(found, "are known parameters found again?", of_recovery(found))
    rows = []
    others = found.parameters[found.parameters["kind"] == "any"].set_index("path")
    for row in found.parameters[found.parameters["kind"] == "alike"].to_dict("records"):
        rows.append(
            [
                row["path"], _covered(row), _covered(others.loc[row["path"]]),
                _number(row["contraction"], "{:.2f}"), _number(row["correlation"], "{:.2f}"),
                "identifiable" if row["identifiable"] else "",
            ]
        )  # fmt: skip
    show_grid(
        settings,
        Grid(
            "How often the 80 % interval holds the truth (95 % interval of that)",
            ["parameter", "records alike", "any records", "contraction", "correlation", ""],
            rows, {1, 2, 3, 4}, tall=True,
        ),
    )  # fmt: skip


def show_comparison(settings: Settings, found: Comparison) -> None:
    """Print whether models with one idea less fit as well."""
    from bargain_sim.calibration.findings import of_comparison
    from bargain_sim.patterns import PATTERNS

    _head(found, "does a model with one idea less fit as well?", of_comparison(found))
    names = [*PATTERNS, "all"]
    loses = found.models[found.models["cannot"] != ""]
    cannot = "\n".join(f"{row['label']}: {row['cannot']}" for row in loses.to_dict("records"))
    for group, words in (("prior", "draws from the prior"), ("best", "runs of the best-supported point")):
        table = found.patterns.pivot(index="model", columns="pattern", values=group)
        rows = [
            [row["label"], *(_per_cent(table.loc[row["model"], name]) for name in names)]
            for row in found.models.to_dict("records")
        ]
        title = f"Share of {words} that pass each pattern, per cent"
        grid = Grid(title, ["model", *names], rows, set(range(1, len(names) + 1)), caption=cannot)
        show_grid(settings, grid)


def show_left_out(settings: Settings, found: LeftOut) -> None:
    """Print the scores of forecasts of what had been left out."""
    from bargain_sim.calibration.accepting import FEWEST
    from bargain_sim.calibration.findings import of_left_out

    _head(found, "is what was left out forecast?", of_left_out(found))
    scores = found.scores
    days = list(dict.fromkeys(scores["day"]))
    came = scores.drop_duplicates("day").set_index("day")["came"]
    table = scores.pivot_table(index="model", columns="day", values=["chance", "alike"])
    rows = [
        [
            row["label"], *(_with_alike(row["model"], table.loc[row["model"]], day) for day in days),
            _number(row["score"], "{:.2f}"), f"{row['error']:.2f}",
        ]
        for row in found.totals.to_dict("records")
    ]  # fmt: skip
    for day in days:
        click.echo(f"{day:%Y-%m-%d}: {came[day]}")
    show_grid(
        settings,
        Grid(
            "Chance given to what came, per cent, and logarithmic score",
            ["model", *(f"{day:%Y-%m-%d}" for day in days), "score", "± s. e."],
            rows, set(range(1, len(days) + 3)),
            caption="Means over the tables of draws.  In brackets: so many draws of a table pass the same\n"
            f"patterns as the record so far; where they are fewer than {FEWEST}, the nearest {FEWEST} count, "
            "none adjusted.",
        ),
    )  # fmt: skip


def _head(found: Recovery | Comparison | LeftOut, question: str, told: list[str]) -> None:
    what = f"{counted(found.draws, 'draw')}, seed {found.seed}"
    click.echo(f"{found.scenario.scenario.title}: {question} {what}. {CAVEAT}")
    click.echo("\n".join(told) + "\n")


def _covered(row: Any) -> str:
    share, low, high = (f"{100 * row[f'coverage{end}']:.0f}" for end in ("", "_low", "_high"))
    return f"{share} % ({low}–{high})"


def _with_alike(model: str, row: Any, day: Any) -> str:
    from bargain_sim.calibration.leaving_out import PRIOR

    chance = _per_cent(row["chance", day])
    return chance if model == PRIOR else f"{chance} ({row['alike', day]:,.0f})"


def _per_cent(value: Any) -> str:
    return f"{100 * value:.{4 if 0 < value < 0.001 else 1}f}"


def _number(value: float, form: str) -> str:
    return form.format(value).replace("-", "−") if value == value else "–"
