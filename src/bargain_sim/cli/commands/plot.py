"""`bargain plot`: the figures of stored results."""

from __future__ import annotations

from pathlib import Path

import click

from bargain_sim.cli.options import FOLDER
from bargain_sim.cli.settings import Settings, with_settings


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND",
    help="Only this kind of figure, such as outcome_map; may be repeated.",
)  # fmt: skip
@click.option(
    "--format", "formats", default="png", show_default=True, metavar="FORMATS",
    help="png, svg, pdf, or several joined by commas.",
)  # fmt: skip
@click.option(
    "--size", "sizes", default="print", show_default=True, metavar="SIZES",
    help="print, projector, or both joined by a comma.",
)  # fmt: skip
@click.option(
    "--theme", "themes", default="light", show_default=True, metavar="THEMES",
    help="light, dark, or both joined by a comma.",
)  # fmt: skip
@click.option(
    "--out", type=FOLDER, metavar="FOLDER",
    help="Where the figures go; DIR/figures, if left out.",
)  # fmt: skip
@with_settings
def command(
    settings: Settings,
    folder: Path,
    kinds: tuple[str, ...],
    formats: str,
    sizes: str,
    themes: str,
    out: Path | None,
) -> None:
    """Figures from stored results.

    DIR is the folder that `bargain sweep` printed, such as results/trust_reciprocity.
    """
    from bargain_sim.api import draw_figures, load_results

    written = draw_figures(
        load_results(folder),
        out,
        kinds=kinds or None,
        formats=_parts(formats),
        sizes=_parts(sizes),
        themes=_parts(themes),
    )
    for path in written:
        click.echo(path)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))
