"""`bargain explore`: one HTML file in which a stored sweep is explored with sliders."""

from __future__ import annotations

from pathlib import Path

import click

from bargain_sim.cli.options import FOLDER
from bargain_sim.cli.settings import Settings, with_settings


@click.command(short_help="One HTML file to explore a stored sweep with sliders.")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, metavar="PAGE.html",
    help="The file to write.",
)  # fmt: skip
@click.option(
    "--factors", metavar="A,B,C",
    help="The columns of the factors that get a slider, six at most; if left out, those that vary, or the "
    "six that explain most of which ending comes.",
)  # fmt: skip
@click.option(
    "--negotiations", type=click.IntRange(1, 2000), default=200, show_default=True, metavar="N",
    help="How many runs are told turn by turn in the page.",
)  # fmt: skip
@with_settings
def command(settings: Settings, folder: Path, out: Path, factors: str | None, negotiations: int) -> None:
    """One HTML file in which a stored sweep is explored with sliders: offline, with nothing else needed.

    DIR is the folder that `bargain sweep` printed, such as results/six_factors.
    """
    from bargain_sim.api import explore

    names = [part.strip() for part in factors.split(",") if part.strip()] if factors is not None else None
    written = explore(folder, out, factors=names, negotiations=negotiations)
    settings.notice(f"{written.stat().st_size / 1e6:.1f} MB; open it in any browser, offline or not.")
    click.echo(written)
