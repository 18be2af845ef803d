"""`bargain paths`: by which routes runs come to their endings, and which moments decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.options import FOLDER, checked_folder, checked_looks, seed_option, set_option
from bargain_sim.cli.settings import Settings, with_settings

if TYPE_CHECKING:
    from bargain_sim.routes.paths import Paths


@click.command()
@click.argument("source", metavar="DIR")
@click.option("--point", type=click.IntRange(0), metavar="P", help="Only this point of the sweep.")
@click.option(
    "--runs", type=click.IntRange(1), default=10_000, show_default=True, metavar="N",
    help="At most so many runs are read.",
)  # fmt: skip
@seed_option(None, "The luck of the draw, for a scenario; 0, if left out.")
@set_option
@click.option(
    "--milestone", "milestones", multiple=True, metavar="NAME",
    help="Make routes of this milestone, such as pause; may be repeated. --json names them all.",
)  # fmt: skip
@click.option(
    "--ending", default="grand_bargain", show_default=True, metavar="NAME",
    help="The ending whose chance the deciding moments move.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, metavar="N",
              help="How many of the routes to list.")  # fmt: skip
@click.option(
    "--out", type=FOLDER, metavar="FOLDER",
    help="Where the figure goes; DIR/figures for a sweep, results/paths/<scenario>, if left out.",
)  # fmt: skip
@click.option("--format", "formats", default="png", show_default=True, metavar="FORMATS",
              help="png, svg, pdf, or several joined by commas.")  # fmt: skip
@click.option("--size", "sizes", default="print", show_default=True, metavar="SIZES",
              help="print, projector, or both joined by a comma.")  # fmt: skip
@click.option("--no-figures", is_flag=True, help="Tell only.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; a figure only with --out.")
@with_settings
def command(
    settings: Settings,
    source: str,
    point: int | None,
    runs: int,
    seed: int | None,
    given: tuple[str, ...],
    milestones: tuple[str, ...],
    ending: str,
    top: int,
    out: Path | None,
    formats: str,
    sizes: str,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Routes to each ending, and the moments that decide.

    DIR is the folder of a stored sweep, whose runs are played again and checked, or else a scenario, by
    its file or name.
    """
    from bargain_sim.api import paths
    from bargain_sim.cli.progress import progress_bar
    from bargain_sim.routes.milestones import KEYS

    looks = checked_looks(formats, sizes)
    if out is not None:
        checked_folder(out)
    with progress_bar(settings, "Runs") as progress:
        found = paths(
            source, point=point, runs=runs, seed=seed, milestones=milestones or KEYS, ending=ending,
            overrides=given, progress=progress,
        )  # fmt: skip
    if as_json:
        import json

        click.echo(json.dumps(_data(found, point), allow_nan=False))
    else:
        from bargain_sim.cli.routes import show_routes

        show_routes(settings, found, top, point)
    if no_figures or (as_json and out is None):
        return
    default = Path(source) / "figures" if Path(source).is_dir() else Path("results") / "paths" / found.name
    for path in _draw(found, point, out or default, *looks):
        if path.suffix != ".md":
            settings.notice(f"Figure in {path}")


def _draw(
    found: Paths, point: int | None, out: Path, formats: tuple[str, ...], sizes: tuple[str, ...]
) -> list[Path]:
    from bargain_sim.plots.book import write_figures
    from bargain_sim.plots.routes import draw
    from bargain_sim.plots.sheet import Origin

    name = "routes" if point is None else f"routes_point_{point}"
    of = found.name if point is None else f"{found.name}, point {point}"
    origin = Origin(of, found.seed, len(found.runs))
    return write_figures(
        {name: lambda size: draw(found, origin=origin, size=size)}, out, formats, sizes, None, origin,
    )  # fmt: skip


def _data(found: Paths, point: int | None) -> dict[str, Any]:
    """Everything but the single runs, as plain data; what cannot be told is null."""
    from dataclasses import asdict

    from bargain_sim.narrate import CAVEAT
    from bargain_sim.version import __version__

    def records(frame: Any) -> list[dict[str, Any]]:
        return [
            {str(name): None if value != value else value for name, value in row.items()}
            for row in frame.to_dict("records")
        ]

    return {
        "note": CAVEAT, "version": __version__, "name": found.name, "title": found.title, "seed": found.seed,
        "point": point, "runs": len(found.runs), "stored": found.stored, "points": found.points,
        "ending": found.ending, "keys": list(found.keys),
        "milestones": [asdict(each) for each in found.milestones], "orders": records(found.orders),
        "deciding": records(found.deciding),
    }  # fmt: skip
