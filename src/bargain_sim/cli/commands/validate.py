"""`bargain validate`: what is wrong with a file, where, and the remedy."""

from __future__ import annotations

import click

from bargain_sim.cli.settings import Settings, with_settings
from bargain_sim.errors import InputError


@click.command(short_help="Check scenario and sweep files.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@with_settings
def command(settings: Settings, files: tuple[str, ...]) -> None:
    """Check scenario and sweep files; say what is wrong, where, and the remedy.

    Exits with 0 when nothing is wrong, with 2 otherwise.
    """
    from bargain_sim.scenario.loader import validate_file
    from bargain_sim.sweeps.loading import validate_sweep

    wrong: list[InputError] = []
    for file in files:
        found = validate_file(file, validate_sweep)
        wrong += found
        if not found and not settings.quiet:
            click.echo(f"{file}: nothing is wrong")
    if wrong:
        first, *more = wrong
        raise InputError(first.problem, remedy=first.remedy, place=first.place, more=tuple(more))
