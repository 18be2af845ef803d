"""`bargain run`: one negotiation, told in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.options import LARGEST, checked_figure, seed_option, set_option
from bargain_sim.cli.settings import Settings, with_settings

if TYPE_CHECKING:
    from bargain_sim.transcript import Transcript


@click.command(short_help="One negotiation, told step by step.")
@click.argument("scenario")
@seed_option()
@click.option(
    "--run", "run", type=click.IntRange(0, LARGEST), default=0, show_default=True, metavar="K",
    help="Which run under this seed: run K of a sweep is run K here.",
)  # fmt: skip
@set_option
@click.option("--why", is_flag=True, help="Say for each step how the side came to it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Draw the timeline into FILE (png, svg or pdf).",
)  # fmt: skip
@with_settings
def command(
    settings: Settings,
    scenario: str,
    seed: int,
    run: int,
    given: tuple[str, ...],
    why: bool,
    as_json: bool,
    plot: Path | None,
) -> None:
    """One negotiation: a timeline people can read, the ending and why.

    SCENARIO is a file, or the name of a shipped scenario such as baseline.
    """
    from bargain_sim.play import simulate
    from bargain_sim.scenario.loader import resolve

    if plot is not None:
        checked_figure(plot)
    resolved = resolve(scenario, given)
    transcript = simulate(resolved.scenario, seed, run)
    if as_json:
        click.echo(_json(transcript, [[each.path, each.value] for each in resolved.overrides]))
    elif settings.plain or settings.narrow:
        from bargain_sim.narrate import tell

        click.echo(tell(transcript, why=why), nl=False)
    else:
        from bargain_sim.cli.timeline import show

        show(transcript, why=why)
    if plot is not None:
        settings.notice(f"Figure in {_draw(transcript, plot)}")


def _json(transcript: Transcript, overrides: list[list[Any]]) -> str:
    """The transcript, and what is needed to make it again: changes, strategies, version."""
    import json

    from bargain_sim.version import __version__

    strategies = {name: side.strategy for name, side in transcript.scenario.sides.items()}
    more = {"version": __version__, "overrides": overrides, "strategies": strategies}
    # ASCII, so that no encoding of the console can spoil it.
    return json.dumps(transcript.to_dict() | more, ensure_ascii=True, allow_nan=False, default=str)


def _draw(transcript: Transcript, plot: Path) -> Path:
    from bargain_sim.plots.saving import save
    from bargain_sim.plots.timeline import draw

    (written,) = save(draw(transcript), plot.with_suffix(""), (plot.suffix.lower().removeprefix("."),))
    return written
