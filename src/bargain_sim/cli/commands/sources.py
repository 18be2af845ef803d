"""`bargain sources`: where every number comes from."""

from __future__ import annotations

import click

from bargain_sim.cli.options import set_option
from bargain_sim.cli.settings import Settings, with_settings


@click.command(short_help="Every number of a scenario, with its source.")
@click.argument("scenario")
@set_option
@click.option("--assumptions", is_flag=True, help="Only numbers that nothing but an assumption supports.")
@click.option("--references", is_flag=True, help="The literature the scenario rests on, in full.")
@with_settings
def command(
    settings: Settings, scenario: str, given: tuple[str, ...], assumptions: bool, references: bool
) -> None:
    """Every number of a scenario with its path, value, unit and source."""
    from bargain_sim.scenario import sources
    from bargain_sim.scenario.loader import load_scenario

    loaded = load_scenario(scenario, given)
    if references:
        for reference in sources.references(loaded):
            click.echo(reference)
        if not assumptions:
            return
        click.echo()
    every = sources.numbers(loaded)
    shown = [each for each in every if each.support == "assumption"] if assumptions else every
    rows = [("path", "value", "unit", "source")]
    rows += [(each.path, f"{each.value:g}", each.unit, each.source) for each in shown]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for path, value, unit, source in rows:
        click.echo(f"{path:<{widths[0]}}  {value:>{widths[1]}}  {unit:<{widths[2]}}  {source}")
    support = [each.support for each in every]
    by_hand = f", {n} set by hand" if (n := support.count("override")) else ""
    if (n := support.count("drawn")) and loaded.parameters is not None:
        by_hand += f", {n} drawn by each run from {loaded.parameters.file} (shown: the median)"
    click.echo()
    click.echo(
        f"{len(every)} numbers: {support.count('source')} with a source, {support.count('partly')} with a "
        f"source for the form or sign and an assumption for the rest, {support.count('assumption')} "
        f"assumed{by_hand}."
    )
