"""`bargain schema`: JSON Schema of the files people write."""

from __future__ import annotations

from typing import Any

import click

from bargain_sim.cli.settings import Settings, with_settings


@click.command()
@with_settings
def command(settings: Settings) -> None:
    """Print the JSON Schema of scenario and sweep files, for editors."""
    import json

    from bargain_sim.scenario.json_schema import file_schema

    # ASCII, so that no encoding of the console can spoil it.
    click.echo(json.dumps(file_schema(_sweep_schema()), indent=2, ensure_ascii=True))


def _sweep_schema() -> dict[str, Any]:
    """The sweep's own schema, written out without references, and as a file may write it."""
    from bargain_sim.sweeps.definition import Sweep

    schema = Sweep.model_json_schema()
    parts = schema.pop("$defs")
    factor, until = parts["Factor"], parts["Until"]
    schema["properties"]["until"] = {**schema["properties"]["until"], "anyOf": [until, {"type": "null"}]}
    # A bare list stands for `values`; a name left out is the file's.
    values = {**factor["properties"]["values"], "description": "the values, one by one"}
    schema["properties"]["factors"]["additionalProperties"] = {"anyOf": [factor, values]}
    schema["required"] = [key for key in schema["required"] if key != "name"]
    schema["title"] = "Sweep of bargain-sim"
    schema["description"] = "Many negotiations over a design. Scenario exploration, not prediction."
    return schema
