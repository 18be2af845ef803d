"""`bargain forecast`: what may come after a day of the record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bargain_sim.cli.options import FOLDER, checked_folder, seed_option, set_option
from bargain_sim.cli.settings import Settings, with_settings

if TYPE_CHECKING:
    from bargain_sim.futures.forecasting import Forecast


@click.command(short_help="Futures from a day of the record.")
@click.argument("scenario", default="baseline")
@click.option(
    "--from", "after", metavar="DATE",
    help="The last day that is told; play takes over after it. The end of the history, if left out.",
)  # fmt: skip
@click.option("--until", metavar="DATE", help="The last day looked at; the end, if left out.")
@click.option(
    "--runs", type=click.IntRange(1), default=10_000, show_default=True, metavar="N", help="How many futures."
)
@seed_option()
@set_option
@click.option(
    "--sensitivity-runs", type=click.IntRange(0), default=1_000, show_default=True, metavar="N",
    help="Negotiations for each value of each assumption, to find those that drive the result; 0: none.",
)  # fmt: skip
@click.option(
    "--out", type=FOLDER, metavar="DIR",
    help="Write tables, runs and the figure into DIR.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@with_settings
def command(
    settings: Settings,
    scenario: str,
    after: str | None,
    until: str | None,
    runs: int,
    seed: int,
    given: tuple[str, ...],
    sensitivity_runs: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Futures from a day of the record: chances, dates, and the assumptions they rest on.

    SCENARIO is a file or the name of a shipped scenario, with a history; baseline, if left out.
    """
    from bargain_sim.api import forecast
    from bargain_sim.cli.futures import forecast_as_json, show_forecast
    from bargain_sim.cli.progress import progress_bar
    from bargain_sim.compiling import not_kept

    if warning := not_kept():
        settings.notice(warning)
    if out is not None:
        checked_folder(out)
    with progress_bar(settings, "Runs") as progress:
        found = forecast(
            scenario,
            after=after,
            until=until,
            runs=runs,
            seed=seed,
            overrides=given,
            sensitivity_runs=sensitivity_runs,
            progress=progress,
        )
    if as_json:
        click.echo(forecast_as_json(found))
    else:
        show_forecast(settings, found)
    if out is not None:
        _store(found, out)
        settings.notice(f"Tables, runs and figure in {out}")


def _store(found: Forecast, folder: Path) -> None:
    from bargain_sim.cli.futures import forecast_as_json
    from bargain_sim.plots.futures_fan import draw
    from bargain_sim.plots.saving import save
    from bargain_sim.store.atomic import make_folder, write_atomic, write_text

    make_folder(folder)
    for name in ("endings", "happenings", "sizes", "by_date", "fan", "drivers"):
        write_text(folder / f"{name}.csv", getattr(found, name).to_csv(index=False, lineterminator="\n"))
    write_atomic(folder / "runs.parquet", lambda path: found.runs.to_parquet(path, index=False))
    write_text(folder / "forecast.json", forecast_as_json(found) + "\n")
    save(draw(found), folder / "futures_fan")
