"""`bargain solutions`: what could be agreed, what bargaining theory would pick, what runs left on the
table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bargain_sim.cli.options import FOLDER, set_option
from bargain_sim.cli.settings import Settings, with_settings
from bargain_sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from bargain_sim.analysis.solutions import Solutions


@click.command(short_help="Packages nobody could better, and the points theory picks.")
@click.argument("source", metavar="SCENARIO")
@set_option
@click.option(
    "--disagreement", default="outside", show_default=True, metavar="POINT",
    help="What each has without an agreement: outside (its outside option), nothing, or numbers, as 10,5.",
)  # fmt: skip
@click.option(
    "--discounts", metavar="A,B",
    help="Both sides' discount factors a round, such as 0.9,0.8: adds Rubinstein's point.",
)  # fmt: skip
@click.option(
    "--out", type=FOLDER, metavar="FOLDER",
    help="Where the figure goes; DIR/figures for a sweep, results/solutions/<scenario>, if left out.",
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
    given: tuple[str, ...],
    disagreement: str,
    discounts: str | None,
    out: Path | None,
    formats: str,
    sizes: str,
    no_figures: bool,
    as_json: bool,
) -> None:
    """Packages that nobody could better, the points that bargaining theory picks, and how far runs ended
    from them.

    SCENARIO is a file, the name of a shipped scenario such as baseline, or the folder of a stored sweep,
    whose runs are then measured, each against what was possible at its point.
    """
    from bargain_sim.analysis.solutions import factors_of_the_problem, solutions
    from bargain_sim.cli.solutions import show_solutions

    point: Any = (
        disagreement if disagreement in ("outside", "nothing") else _pair(disagreement, "--disagreement")
    )
    factors = None if discounts is None else _pair(discounts, "--discounts")
    measured: pd.DataFrame | None = None
    runs: pd.DataFrame | None = None
    swept = False
    if Path(source).is_dir():
        from bargain_sim.api import load_results, value_left
        from bargain_sim.scenario.loader import load_scenario

        if given:
            raise InputError(
                "--set changes a scenario, not a stored sweep", remedy="Name a scenario, or leave it out"
            )
        results = load_results(source)
        runs = results.frame.head(results.manifest.even_rows)
        base = load_scenario(results.manifest.scenario, [(path, v) for path, v in results.manifest.overrides])
        found = solutions(base, disagreement=point, discounts=factors)
        # Every point counts alike in what is said of all: `until` may have gone on at some.
        measured = value_left(results, point).loc[runs.index]
        swept = bool(factors_of_the_problem(results))
    else:
        found = solutions(source, given, disagreement=point, discounts=factors)
    if as_json:
        import json

        click.echo(json.dumps(_data(found, measured), allow_nan=False))
    else:
        show_solutions(settings, found, runs, measured)
    if no_figures or (as_json and out is None):
        return
    default = (
        Path(source) / "figures" if runs is not None else Path("results") / "solutions" / found.scenario.name
    )
    for path in _draw(found, runs, swept, out or default, formats, sizes):
        if path.suffix != ".md":
            settings.notice(f"Figure in {path}")


def _pair(text: str, option: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"`{text}` for {option} is not two numbers", remedy="Join two with a comma, such as 0.9,0.8"
        ) from None
    return first, second


def _draw(
    found: Solutions, runs: pd.DataFrame | None, swept: bool, out: Path, formats: str, sizes: str
) -> list[Path]:
    from bargain_sim.plots.book import write_figures
    from bargain_sim.plots.sheet import Origin
    from bargain_sim.plots.solutions import draw
    from bargain_sim.store.atomic import make_folder

    make_folder(out)
    origin = Origin(found.scenario.name, runs=None if runs is None else len(runs))
    return write_figures(
        {"solutions": lambda size: draw(found, runs, swept=swept, origin=origin, size=size)}, out,
        tuple(part.strip() for part in formats.split(",")), tuple(part.strip() for part in sizes.split(",")),
        None, origin,
    )  # fmt: skip


def _data(found: Solutions, measured: pd.DataFrame | None) -> dict[str, Any]:
    """The problem, its solutions and, for a sweep, medians of what runs left, as plain data."""
    from bargain_sim.narrate import CAVEAT
    from bargain_sim.version import __version__

    packages = found.packages
    rows = []
    for row in found.table.to_dict("records"):
        package = packages.holds(row["row"]) if row["row"] >= 0 else None
        rows.append({str(k): None if v != v else v for k, v in row.items()} | {"package": package})
    return {
        "note": CAVEAT, "version": __version__, "scenario": found.scenario.name, "sides": list(found.sides),
        "disagreement": list(found.disagreement), "ideal": found.ideal and list(found.ideal),
        "best_joint": found.best_joint, "packages": len(packages.points), "slack": packages.slack,
        "frontier": packages.points.tolist(), "solutions": rows,
        "runs": None if measured is None else {
            "count": len(measured),
            "medians": {k: None if v != v else float(v) for k, v in measured.median().items()},
        },
    }  # fmt: skip
