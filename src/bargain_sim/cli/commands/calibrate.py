"""`bargain calibrate`: what the record says about a scenario's parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bargain_sim.calibration.sizes import DRAWS, DRAWS_OF_A_CHECK, FEWEST_TABLES, TABLES
from bargain_sim.cli.options import FOLDER, checked_folder, seed_option, set_option
from bargain_sim.cli.settings import Settings, with_settings

if TYPE_CHECKING:
    from bargain_sim.calibration.fitting import Calibration


@click.command(short_help="Fit the parameters to the record.")
@click.argument("scenario", default="baseline")
@click.option(
    "--draws", type=int, metavar="N",
    help="Draws from the prior, a power of 2.  "
    f"[default: {DRAWS}; {DRAWS_OF_A_CHECK} for each model of a check]",
)  # fmt: skip
@seed_option()
@set_option
@click.option(
    "--out", type=FOLDER, default=Path("results/calibration"), show_default=True, metavar="DIR",
    help="Where the posterior, the tables, the best-supported scenario and the figures go.",
)  # fmt: skip
@click.option(
    "--recovery", type=int, metavar="N",
    help="Instead of fitting, check whether known parameters are found again in N synthetic records.",
)  # fmt: skip
@click.option(
    "--nulls", is_flag=True,
    help="Instead, compare the model with null models, each of which lacks one of its ideas.",
)  # fmt: skip
@click.option("--left-out", is_flag=True, help="Instead, forecast the record's last days from those before.")
@click.option(
    "--tables", type=click.IntRange(FEWEST_TABLES, 100), default=TABLES, show_default=True, metavar="N",
    help="How often --left-out is done over, each time with other draws.",
)  # fmt: skip
@click.option("--no-figures", is_flag=True, help="Draw no figures.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@with_settings
def command(
    settings: Settings,
    scenario: str,
    draws: int | None,
    seed: int,
    given: tuple[str, ...],
    out: Path,
    recovery: int | None,
    nulls: bool,
    left_out: bool,
    tables: int,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Fit the parameters to the record, by approximate Bayesian computation.

    SCENARIO is a file or the name of a shipped scenario, with a history; baseline, if left out. What --set
    sets is not fitted.  --recovery, --nulls and --left-out ask whether the fit may be believed.
    """
    from bargain_sim.api import calibrate
    from bargain_sim.calibration.writing import write
    from bargain_sim.cli.calibration import calibration_as_json, show_calibration
    from bargain_sim.cli.checking import Wanted, run_checks
    from bargain_sim.cli.progress import progress_bar
    from bargain_sim.compiling import not_kept

    if warning := not_kept():
        settings.notice(warning)
    checked_folder(out)
    if recovery is not None or nulls or left_out:
        wanted = Wanted(scenario, draws, seed, given, recovery, nulls, left_out, tables)
        run_checks(settings, wanted, out, not no_figures, as_json)
        return
    draws = DRAWS if draws is None else draws
    with progress_bar(settings, "Runs") as progress:
        found = calibrate(scenario, draws=draws, seed=seed, overrides=given, progress=progress)
    if as_json:
        click.echo(calibration_as_json(found))
    else:
        show_calibration(settings, found)
    write(found, out)
    if not no_figures:
        _draw(found, out / "figures")
    settings.notice(
        f"Posterior, tables{'' if no_figures else ', figures'}, best.yaml and uncertain.yaml in {out}"
    )


def _draw(found: Calibration, folder: Path) -> None:
    from bargain_sim.plots import prior_posterior, record_trust
    from bargain_sim.plots.book import write_figures
    from bargain_sim.plots.sheet import Origin

    figures = {
        "prior_posterior": lambda size: prior_posterior.draw(found, size=size),
        "record_trust": lambda size: record_trust.draw(found, size=size),
    }
    write_figures(figures, folder, ("png",), ("print", "projector"), None, Origin())
