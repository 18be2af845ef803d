"""`bargain drivers`: which factors decide how a stored sweep ends, and which regions lead there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.options import FOLDER
from bargain_sim.cli.settings import Settings, with_settings

if TYPE_CHECKING:
    from bargain_sim.analysis.drivers import Drivers


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--outcome", default="grand_bargain", show_default=True, metavar="NAME",
    help="An ending, deal_time, or a column of the results such as utility_minsk.",
)  # fmt: skip
@click.option(
    "--method", "methods", multiple=True, metavar="NAME",
    help="sobol, morris, pawn, ends (the outcome in the lowest and highest tenth of a factor's values), "
    "prim or cart; may be repeated. All that fit the design, if left out.",
)  # fmt: skip
@click.option("--at-least", type=float, metavar="X",
              help="prim and cart: look for points where the outcome is at least this.")  # fmt: skip
@click.option("--at-most", type=float, metavar="X",
              help="prim and cart: look for points where the outcome is at most this.")  # fmt: skip
@click.option("--density", type=float, default=0.8, show_default=True, metavar="X",
              help="prim: what share of a box must be such.")  # fmt: skip
@click.option("--out", type=FOLDER, metavar="FOLDER",
              help="Where tables and figures go; DIR/drivers and DIR/figures, if left out.")  # fmt: skip
@click.option("--format", "formats", default="png", show_default=True, metavar="FORMATS",
              help="png, svg, pdf, or several joined by commas.")  # fmt: skip
@click.option("--size", "sizes", default="print", show_default=True, metavar="SIZES",
              help="print, projector, or both joined by a comma.")  # fmt: skip
@click.option("--theme", "themes", default="light", show_default=True, metavar="THEMES",
              help="light, dark, or both joined by a comma.")  # fmt: skip
@click.option("--no-figures", is_flag=True, help="Tables only.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; files only with --out.")
@with_settings
def command(
    settings: Settings,
    folder: Path,
    outcome: str,
    methods: tuple[str, ...],
    at_least: float | None,
    at_most: float | None,
    density: float,
    out: Path | None,
    formats: str,
    sizes: str,
    themes: str,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Which factors decide, and which regions lead to a bargain.

    DIR is the folder of a stored sweep, such as results/six_factors.
    """
    from bargain_sim.api import draw_drivers, drivers, write_driver_tables

    found = drivers(
        folder, outcome=outcome, methods=methods, at_least=at_least, at_most=at_most, density=density
    )
    if as_json:
        import json

        click.echo(json.dumps(_data(found), allow_nan=False))
        if out is None:
            return
    else:
        from bargain_sim.cli.drivers import show_drivers

        show_drivers(settings, found)
    written = write_driver_tables(found, out or folder / "drivers")
    if not no_figures:
        written += draw_drivers(
            found, out or folder / "figures",
            formats=tuple(part.strip() for part in formats.split(",")),
            sizes=tuple(part.strip() for part in sizes.split(",")),
            themes=tuple(part.strip() for part in themes.split(",")),
        )  # fmt: skip
    if as_json:
        return
    for path in written:
        if path.suffix != ".md":
            settings.notice(f"{'Table' if path.suffix == '.csv' else 'Figure'} in {path}")


def _data(found: Drivers) -> dict[str, Any]:
    """Everything as plain data; what cannot be told is null."""
    from bargain_sim.api import driver_tables
    from bargain_sim.narrate import CAVEAT
    from bargain_sim.version import __version__

    manifest = found.results.manifest
    cut = found.boxes.cut if found.boxes else found.tree.cut if found.tree else None
    return {
        "note": CAVEAT, "version": __version__, "name": manifest.name, "title": manifest.title,
        "seed": manifest.seed, "design": found.design, "points": manifest.points, "runs": manifest.rows,
        "outcome": found.outcome.name, "outcome_label": found.outcome.mean_label,
        "of_interest": cut.rule if cut else None, "share_of_interest": cut.share if cut else None,
        "chance": {each.method: each.chance for each in found.sensitivity if each.method == "pawn"},
        "skill_of_tree": found.tree.skill if found.tree else None,
        "tables": {
            name: [
                {str(key): None if value != value else value for key, value in row.items()}
                for row in table.to_dict("records")
            ]
            for name, table in driver_tables(found).items()
        },
        "untold": found.untold,
    }  # fmt: skip
