"""`bargain new`: a scenario to start from."""

from __future__ import annotations

import re
from pathlib import Path

import click

from bargain_sim.cli.settings import Settings, with_settings
from bargain_sim.errors import InputError

STARTER = """\
# A scenario of bargain-sim.  Scenario exploration, not prediction.
#   check it:              bargain validate {file}
#   play it once:          bargain run {file}
#   ask why a side moved:  bargain run {file} --why
#   see every number:      bargain sources {file}
# This file changes the shipped baseline: what it does not mention stays as it is there.
# Every number is written with its source: `assumption` (with `: why`, if you like), a sentence of the
# commentary such as `S28`, or an entry of the record such as `seeds/events/9`.
format_version: 1
extends: baseline
name: {name}
title: {title}
description: >-
  Say in a sentence or two how this negotiation differs from the baseline.
question: >-
  What do you want a class to find out?

sides:
  both:             # for both sides; what stands below for one side wins
    # Chance that each gives, at the start, to the other delivering what it announces (0 to 1).
    initial_trust: {{value: 0.5, source: "assumption: more trust than in the baseline"}}

  washington:
    # How large its steps are: comparative, proportional, signed, tit_for_tat, generous_tit_for_tat,
    # grit, boulware, linear, conceder, hardliner, exploiter.
    strategy: comparative
    # Chance that a move is delivered in full (0 to 1).
    reliability: {{value: 0.7, source: "assumption: keeps its word more often"}}

  # minsk:
  #   red_lines:
  #     leave_china: ~    # `~` takes away what was inherited

# What may strike from outside.  Take the `#` signs away to use it.
# events:
#   border_incident:
#     label: An incident at the border
#     rate: {{value: 0.03, source: "assumption: about once in three years"}}
#     pause: true
#     source: "assumption: an example"

# What a side can give, besides what the baseline lists.
# concessions:
#   student_exchange:
#     giver: washington
#     label: Scholarships for students
#     kind: material
#     value: {{value: 3, source: assumption}}   # points, to the receiver
#     cost: {{value: 1, source: assumption}}    # points, to the giver
#     units: {{value: 3, source: assumption}}   # equal steps
#     source: "assumption: an example"
"""


@click.command(short_help="Write a commented starter scenario.")
@click.argument("name")
@with_settings
def command(settings: Settings, name: str) -> None:
    """Write NAME.yaml, a commented starter scenario that extends the baseline."""
    from bargain_sim.shipped import shipped_folder

    if Path(name).name in ("", ".yaml", ".yml") or name.endswith(("/", "\\")):
        raise InputError("a scenario needs a name", remedy="Try `bargain new my_scenario`")
    file = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    stem = file.stem
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", stem):
        better = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")[:64]
        better = better if re.match(r"[a-z]", better) else "my_scenario"
        raise InputError(
            f"`{stem}` is no name for a scenario: lower-case letters, digits and underscores, a letter first",
            remedy=f"Try `bargain new {better}`",
        )
    if (shipped_folder("scenarios") / f"{stem}.yaml").exists():
        raise InputError(
            f"`{stem}` is the name of a shipped scenario",
            remedy=f"Choose another, such as `bargain new my_{stem}`",
        )
    title = stem.replace("_", " ").capitalize()
    text = STARTER.format(file=file.as_posix(), name=stem, title=title)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise InputError(
            "this file is there already, and is left as it is",
            remedy="Choose another name, or move it away first",
            place=str(file),
        ) from None
    settings.notice(f"{file} is written. Change it, then: bargain run {file}")
