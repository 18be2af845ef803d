"""What drives an outcome, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bargain_sim.analysis.cut import IN_SAMPLE
from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.tables import counted
from bargain_sim.narrate import CAVEAT

if TYPE_CHECKING:
    import pandas as pd

    from bargain_sim.analysis.boxes import Boxes
    from bargain_sim.analysis.drivers import Drivers
    from bargain_sim.analysis.sensitivity import Sensitivity
    from bargain_sim.analysis.tree import Tree

__all__ = ["show_drivers"]

_MOST = 20
_MUCH_LUCK = 0.02  # from this part of the variance on it is said what helps


def show_drivers(settings: Settings, found: Drivers) -> None:
    """Print what each method found, with a sentence on how to read it."""
    manifest = found.results.manifest
    runs = f"{counted(manifest.points, 'point')} of a {found.design} design, {counted(manifest.rows, 'run')}"
    click.echo(f"{manifest.title}: {runs}. {CAVEAT}")
    for each in found.sensitivity:
        show_grid(settings, _indices(each))
    if found.ends is not None:
        show_grid(settings, _ends(found.ends, found.outcome.mean_label, found.outcome.share))
    if found.boxes is not None:
        show_grid(settings, _boxes(found.boxes))
    if found.tree is not None:
        show_grid(settings, _tree(found.tree))
    for method, why in found.untold.items():
        click.echo(f"{method}: {why}.")


def _indices(found: Sensitivity) -> Grid:
    label = found.outcome.mean_label
    rows = [[str(row["label"]), *_cells(found.method, row)] for _, row in found.table.head(_MOST).iterrows()]
    if found.method == "sobol":
        title, columns = f"What the {label} hangs on (Sobol indices, 95 % interval)", ["in all", "by itself"]
        caption = (
            "Part of the variance between points: by itself (first order), and with all it takes part in "
            f"(total order).\n{_luck(found)}"
        )
    elif found.method == "morris":
        title = f"How far each factor moves the {label} (Morris, 95 % interval)"
        columns = ["size of effect", "direction", "varies by"]
        caption = (
            "Effect of moving a factor over its whole range: mean size (µ*), mean (µ), and how much it "
            "varies with the others (σ)."
        )
    else:
        title = f"What moves “{found.outcome.label.lower()}” (PAWN)"
        columns = ["median", "least", "most", "beyond chance"]
        caption = (
            "How far the distribution moves, from 0 to 1, when a factor is held in a tenth of its values.\n"
            f"A factor without any effect stays at or under {found.chance:.3f} 19 times of 20."
        )
        for cells, (_, row) in zip(rows, found.table.iterrows(), strict=False):
            cells.append("yes" if row["median"] > found.chance else "no")
    return Grid(title, ["factor", *columns], rows, numeric=set(range(1, 1 + len(columns))), caption=caption)


def _cells(method: str, row: pd.Series) -> list[str]:
    if method == "sobol":
        return [
            f"{row[name]:.3f} ({row[f'{name}_low']:.3f} to {row[f'{name}_high']:.3f})"
            for name in ("ST", "S1")
        ]
    if method == "morris":
        size = f"{row['mu_star']:.3f} ({row['mu_star_low']:.3f} to {row['mu_star_high']:.3f})"
        return [size, f"{row['mu']:+.3f}", f"{row['sigma']:.3f}"]
    return [f"{row[name]:.3f}" for name in ("median", "minimum", "maximum")]


def _luck(found: Sensitivity) -> str:
    """What is to be known about luck: what it does not touch, and how far it counts in total orders."""
    if found.common_luck:
        met = "All points met the same luck: a factor that changes nothing has exactly 0."
        counts = "counts in every other total order"
    else:
        met, counts = "Each point met luck of its own.", "counts in every total order"
    if found.noise != found.noise:
        return f"{met}\nLuck {counts}: how much of the variance it is cannot be told from these runs."
    few = found.noise >= _MUCH_LUCK
    less = ": more runs a point would make it less" if few else ""
    return f"{met}\nOf the variance, {100 * found.noise:.1f} % is luck, which {counts}{less}."


def _ends(table: pd.DataFrame, label: str, share: bool) -> Grid:
    def value(row: pd.Series, end: str) -> str:
        mean, low, high = (float(row[f"at_{end}{bound}"]) for bound in ("", "_from", "_to"))
        if low != low:
            return f"{100 * mean:.1f} % (not known)" if share else f"{mean:.1f} (not known)"
        if share:
            return f"{100 * mean:.1f} % ({100 * low:.1f}–{100 * high:.1f})"
        return f"{mean:.1f} ({low:.1f} to {high:.1f})"

    rows = [
        [str(row["label"]), str(row["low"]), value(row, "low"), str(row["high"]), value(row, "high")]
        for _, row in table.head(_MOST).iterrows()
    ]
    return Grid(
        f"The {label} at both ends of each factor (95 % interval)",
        ["factor", "where", "there", "and where", "there"], rows, numeric={1, 2, 3, 4},
        caption="Means over the runs in the lowest and highest tenth of its values, whatever the others are.",
    )  # fmt: skip


def _boxes(found: Boxes) -> Grid:
    rows = [
        [
            str(number), limit["words"] if k == 0 else f"and {limit['words']}",
            "< 0.001" if limit["quasi_p"] < 0.001 else f"{limit['quasi_p']:.3f}",
            *(
                [f"{100 * box.density:.1f} % ({100 * box.density_low:.1f}–{100 * box.density_high:.1f})",
                 f"{100 * box.coverage:.1f} %", f"{100 * box.mass:.1f} %"] if k == 0 else ["", "", ""]
            ),
        ]
        for number, box in enumerate(found.boxes, start=1)
        for k, limit in enumerate(box.limits.to_dict("records"))
    ]  # fmt: skip
    starts, at = set[int](), 0
    for box in found.boxes[:-1]:
        at += len(box.limits)
        starts.add(at)
    cut = found.cut
    caption = (
        f"Of interest: {cut.rule}; {100 * cut.share:.1f} % of {counted(len(cut.hit), cut.unit)} are.\n"
        "Density: the share of the box that is of interest; coverage: the share of what is of interest that\n"
        "lies in the box; p: the chance that the box would be as dense without this bound.\n"
        + _in_sample(cut.unit)
    )
    if not found.boxes[0].dense:
        asked = f"{100 * found.density:g} %"
        caption += f"\nNo box whose bounds are beyond chance is as dense as was asked for ({asked})."
    return Grid(
        "Boxes in which it is dense (PRIM, 95 % interval)",
        ["box", "where", "p", "density", "coverage", "of all"], rows, numeric={2, 3, 4, 5},
        sections=starts, caption=caption,
    )  # fmt: skip


def _in_sample(unit: str) -> str:
    return IN_SAMPLE.format(unit=unit).replace("sought, ", "sought,\n")


def _tree(found: Tree) -> Grid:
    rows = [
        [
            str(row["rule"]),
            f"{100 * row['density']:.1f} % ({100 * row['density_low']:.1f}–{100 * row['density_high']:.1f})",
            f"{100 * row['coverage']:.1f} %", f"{100 * row['mass']:.1f} %",
        ]
        for _, row in found.leaves.iterrows()
    ]  # fmt: skip
    return Grid(
        "Regions by a few questions (CART, 95 % interval)", ["where", "density", "coverage", "of all"], rows,
        numeric={1, 2, 3},
        caption=f"Of interest: {found.cut.rule}.\nOn {found.cut.unit}s that it was not grown from, the tree "
        f"is {100 * found.skill:.0f} % better than their share alone.\n"
        + _in_sample(found.cut.unit),
    )  # fmt: skip
