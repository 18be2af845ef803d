"""`bargain fork`: the same luck with and without a change."""

from __future__ import annotations

from pathlib import Path

import click

from bargain_sim.cli.options import LARGEST, checked_figure, seed_option, set_option
from bargain_sim.cli.settings import Settings, with_settings


@click.command(short_help="What if: the same luck, with a change.")
@click.argument("scenario", default="baseline")
@click.option(
    "--at", required=True, metavar="DATE",
    help="The last day that is told; play takes over after it, with and without the change.",
)  # fmt: skip
@click.option(
    "--change", "changes", multiple=True, metavar="PATH=VALUE",
    help="Change one value in one of the two, such as sides.washington.strategy=grit; may be repeated.",
)  # fmt: skip
@click.option(
    "--without", multiple=True, metavar="ENTRY",
    help="An entry of the history that does not happen, such as apology; may be repeated.",
)  # fmt: skip
@click.option(
    "--in-full", "in_full", multiple=True, metavar="ENTRY",
    help="An entry of the history that is delivered in full, such as belavia; may be repeated.",
)  # fmt: skip
@click.option(
    "--runs", type=click.IntRange(1), default=10_000, show_default=True, metavar="N",
    help="How many futures, each played twice.",
)  # fmt: skip
@seed_option()
@click.option(
    "--run", "run", type=click.IntRange(0, LARGEST), metavar="K",
    help="The run to be told in full; the first that ends otherwise, if left out.",
)  # fmt: skip
@set_option
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Draw both into FILE (png, svg or pdf).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@with_settings
def command(
    settings: Settings,
    scenario: str,
    at: str,
    changes: tuple[str, ...],
    without: tuple[str, ...],
    in_full: tuple[str, ...],
    runs: int,
    seed: int,
    run: int | None,
    given: tuple[str, ...],
    plot: Path | None,
    as_json: bool,
) -> None:
    """What if: the same futures with and without a change, and what it does.

    SCENARIO is a file or the name of a shipped scenario, with a history; baseline, if left out.  `--set`
    holds for both.
    """
    from bargain_sim.api import fork
    from bargain_sim.cli.futures import fork_as_json, show_fork
    from bargain_sim.cli.progress import progress_bar
    from bargain_sim.compiling import not_kept

    if plot is not None:
        checked_figure(plot)
    if warning := not_kept():
        settings.notice(warning)
    with progress_bar(settings, "Runs") as progress:
        found = fork(
            scenario,
            at=at,
            changes=changes,
            without=without,
            in_full=in_full,
            runs=runs,
            seed=seed,
            run=run,
            overrides=given,
            progress=progress,
        )
    if as_json:
        click.echo(fork_as_json(found))
    else:
        show_fork(settings, found)
    if plot is not None:
        from bargain_sim.plots.fork_pair import draw
        from bargain_sim.plots.saving import save

        (written,) = save(draw(found), plot.with_suffix(""), (plot.suffix.lower().removeprefix("."),))
        settings.notice(f"Figure in {written}")
