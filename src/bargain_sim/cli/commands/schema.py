"""`bargain schema`: JSON Schema of the files people write."""

from __future__ import annotations

import click

from bargain_sim.cli.settings import Settings, with_settings


@click.command(short_help="JSON Schema of the files, for editors.")
@with_settings
def command(settings: Settings) -> None:
    """Print the JSON Schema of scenario and sweep files, for editors."""
    import json

    from bargain_sim.scenario.json_schema import file_schema
    from bargain_sim.sweeps.json_schema import sweep_schema

    # ASCII, so that no encoding of the console can spoil it.
    click.echo(json.dumps(file_schema(sweep_schema()), indent=2, ensure_ascii=True))
