"""`bargain sweep`: many negotiations over a design of points, stored, tabulated and drawn."""

from __future__ import annotations

from pathlib import Path

import click

from bargain_sim.cli.faults import terminated_like_interrupted
from bargain_sim.cli.options import FOLDER, seed_option, set_option
from bargain_sim.cli.settings import Settings, with_settings


@click.command(short_help="Many negotiations: table, files, figures.")
@click.argument("sweep")
@click.option("--runs", type=click.IntRange(1), metavar="N", help="Negotiations a point.")
@seed_option(None, "The luck of the draw; the file's, if left out.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Threads; one a core, if left out.")
@click.option(
    "--out", type=FOLDER, metavar="DIR",
    help="Folder for the results; results/<name of the sweep>, if left out.",
)  # fmt: skip
@set_option
@click.option("--resume", is_flag=True, help="Go on with a sweep that was interrupted.")
@click.option("--overwrite", is_flag=True, help="Replace the sweep that lies in the folder.")
@click.option(
    "--first-run", type=click.IntRange(0), default=0, metavar="N",
    help="Number of the first run at every point, for machines that share a sweep.",
)  # fmt: skip
@click.option("--dask", metavar="ADDRESS", help="Use the workers of a running Dask scheduler.")
@click.option(
    "--dask-local", type=click.IntRange(1), metavar="N", help="Try Dask with N processes of this machine."
)
@click.option("--no-figures", is_flag=True, help="Store the runs only.")
@with_settings
def command(
    settings: Settings,
    sweep: str,
    runs: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    given: tuple[str, ...],
    resume: bool,
    overwrite: bool,
    first_run: int,
    dask: str | None,
    dask_local: int | None,
    no_figures: bool,
) -> None:
    """Many negotiations: a progress bar, the outcome table, and figures.

    SWEEP is a file, or the name of a shipped sweep such as trust_reciprocity.
    """
    from bargain_sim.api import name_of_sweep
    from bargain_sim.api import sweep as run_sweep
    from bargain_sim.cli.progress import progress_bar
    from bargain_sim.cli.tables import counted, outcome_tables
    from bargain_sim.compiling import not_kept

    if warning := not_kept():
        settings.notice(warning)
    folder = out if out is not None else Path("results") / name_of_sweep(sweep)
    try:
        with terminated_like_interrupted(), progress_bar(settings, "negotiations") as progress:
            results = run_sweep(
                sweep,
                runs=runs,
                seed=seed,
                workers=workers,
                out=folder,
                overrides=given,
                resume=resume,
                overwrite=overwrite,
                first_run=first_run,
                dask=dask,
                dask_local=dask_local,
                progress=progress,
                notice=settings.notice,
            )
    except KeyboardInterrupt as stop:
        raise type(stop)(
            f"Stopped. What was finished is kept in {folder}; the same command with --resume goes on."
        ) from stop
    outcome_tables(settings, results)
    if not no_figures:
        _figures(settings, folder)
    look_for = " ".join(str(results.manifest.sweep.get("look_for", "")).split())
    if look_for:
        click.echo(f"What to see: {look_for}")
    timing, rows = results.manifest.timing, results.manifest.rows
    precision = results.manifest.precision
    if precision:
        click.echo(
            f"Precision reached: ± {100 * precision['widest_half_width']:.1f} percentage points at most, "
            f"with {precision['fewest_runs']:,} to {precision['most_runs']:,} runs a point; "
            f"{counted(precision['points_short_of_it'], 'point falls', 'points fall')} short."
        )
    again = "" if timing["runs_this_time"] == rows else f", {timing['runs_this_time']:,} of them this time"
    rate = timing["runs_per_second"] or 0
    took = f"{timing['seconds']:.1f} s ({rate:,.0f} runs/s)"
    click.echo(f"{counted(rows, 'run')} in {took}{again}, results in {folder}")


def _figures(settings: Settings, folder: Path) -> None:
    from bargain_sim.api import draw_figures, load_results
    from bargain_sim.drawing import figures_missing

    results = load_results(folder)
    figures = folder / "figures"
    if results.manifest.keep != "runs":
        click.echo("No figures: this sweep kept summaries only, and they are drawn from runs.")
        return
    if figures_missing(results):
        settings.notice("Drawing the figures …")
        draw_figures(results)
    click.echo(f"Figures are in {figures}; their captions in {figures / 'captions.md'}")
