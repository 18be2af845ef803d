"""All the figures of what drives a sweep's outcome, drawn and saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bargain_sim.analysis.cases import MOST
from bargain_sim.analysis.drivers import Drivers
from bargain_sim.plots import (
    bargain_map,
    cart_tree,
    interactions,
    morris_plane,
    pawn_bars,
    prim_box,
    sobol_bars,
    tornado,
)
from bargain_sim.plots.book import Draw, worded, write_figures
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.words import factor_name

__all__ = ["draw_drivers", "figures_of"]

_INDICES: Final[dict[str, Callable[..., Sheet]]] = {
    "sobol": sobol_bars.draw,
    "morris": morris_plane.draw,
    "pawn": pawn_bars.draw,
}


def figures_of(found: Drivers) -> dict[str, Draw]:
    """File name → how to draw it at a size, for every method that has something to say.

    With `ends` go the pairs of the strongest factors and, for an ending, its map over the strongest two.
    """
    manifest, outcome = found.results.manifest, found.outcome
    rows = 0 if found.cases is None else len(found.cases.y)
    origin = Origin(manifest.name, manifest.seed, rows)
    figures: dict[str, Draw] = {}

    def add(kind: str, draw: Callable[[str], Sheet]) -> None:
        figures[f"{kind}_{outcome.name}"] = draw

    for each in found.sensitivity:
        add(each.method, lambda size, each=each: _INDICES[each.method](each, size=size))  # type: ignore[misc]
    if found.ends is not None and found.cases is not None:
        cases, table = found.cases, found.ends
        add("tornado", lambda size: tornado.draw(
            table, outcome.mean_label, share=outcome.share, origin=origin, size=size
        ))  # fmt: skip
        if len(found.ranking) > 1:
            add(
                "interactions", lambda size: interactions.draw(cases, found.ranking, origin=origin, size=size)
            )
            if outcome.share and manifest.keep == "runs":
                add("map", lambda size: _map(found, size))
    if found.boxes is not None:
        boxes = found.boxes
        for number in range(len(boxes.boxes)):
            kind = "prim" if number == 0 else f"prim{number + 1}"
            add(kind, lambda size, number=number: prim_box.draw(boxes, number, origin=origin, size=size))  # type: ignore[misc]
    if found.tree is not None:
        tree = found.tree
        add("cart", lambda size: cart_tree.draw(tree, origin=origin, size=size))
    return figures


def _map(found: Drivers, size: str) -> Sheet:
    """The share of the ending over the two strongest factors, over all that the others do."""
    manifest = found.results.manifest
    frame = worded(found.results, found.results.head(min(MOST, manifest.rows)))
    labels = {**found.results.sides, **found.results.factor_labels}
    x, y = found.ranking[:2]
    others = tuple(factor_name(name, labels) for name in found.ranking[2:])
    origin = Origin(manifest.name, manifest.seed, len(frame), averaged=others)
    return bargain_map.draw(frame, x, y, labels=labels, outcome=found.outcome.name, origin=origin, size=size)


def draw_drivers(
    found: Drivers, out: Path, *, formats: Sequence[str] = ("png",), sizes: Sequence[str] = ("print",),
    themes: Sequence[str] = ("light",),
) -> list[Path]:  # fmt: skip
    """Draw them all into the folder `out`, with their captions; returns the files written.

    Raises InputError for a format, size or theme that is not known.
    """
    manifest = found.results.manifest
    origin = Origin(manifest.name, manifest.seed, manifest.rows)
    return write_figures(figures_of(found), out, formats, sizes, None, origin, themes)
