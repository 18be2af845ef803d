"""`bargain report`: a stored sweep as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from bargain_sim.cli.options import FOLDER
from bargain_sim.cli.settings import Settings, with_settings


@click.command(short_help="A stored sweep as one page that opens offline.")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--out", "-o", type=FOLDER, metavar="FILE", help="The page; DIR/report.html, if left out."
)  # fmt: skip
@click.option("--title", metavar="TEXT", help="Heading of the page; the sweep's title, if left out.")
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
@with_settings
def command(settings: Settings, folder: Path, out: Path | None, title: str | None, show: bool) -> None:
    """One HTML file with the question, figures, tables, assumptions, and how to make it again.

    DIR is the folder that `bargain sweep` printed, such as results/trust_reciprocity.  The page opens
    without a network, and prints.
    """
    from bargain_sim.api import report

    settings.notice("Drawing the figures …")
    written = report(folder, out, title=title)
    click.echo(f"{written} ({written.stat().st_size / 1e6:.1f} MB). Scenario exploration, not prediction.")
    if show:
        click.launch(str(written))
