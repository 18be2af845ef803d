"""The figures of a stored sweep: what they need beside its table, and where they go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bargain_sim.scenario.loader import load_scenario
from bargain_sim.store.results import Results

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bargain_sim.scenario.schema import Scenario

__all__ = ["draw_figures", "trust_of"]

_FAN_RUNS = 400
_MOST_ROWS = 1_000_000
"""More runs than these make no figure clearer: beyond, the first ones stand for all."""


def draw_figures(
    results: Results,
    out: Path | None = None,
    *,
    kinds: Sequence[str] | None = None,
    formats: Sequence[str] = ("png",),
    sizes: Sequence[str] = ("print",),
) -> list[Path]:
    """Draw the figures of `results` into `out` (by default its folder's `figures/`).

    `kinds` picks some (see `plots.KINDS`), `formats` are of png, svg and pdf, `sizes` of `print` and
    `projector`.  Returns the files written.  Raises InputError for an unknown kind or format.
    """
    from bargain_sim.analysis.frontier import frontier
    from bargain_sim.plots.book import draw_all
    from bargain_sim.plots.sheet import Origin

    manifest = results.manifest
    base = load_scenario(manifest.scenario, [(path, value) for path, value in manifest.overrides])
    folder = out or (results.folder or Path()) / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    labels = dict(results.factor_labels)
    wanted = kinds is None or "trust_fan" in kinds
    curve = frontier(base)
    frame = results.frame if manifest.rows <= _MOST_ROWS else results.head(_MOST_ROWS)
    name = manifest.name
    if len(frame) < manifest.rows:
        name = f"{name}, the first of {manifest.rows:,} runs"
    return draw_all(
        frame,
        dict(results.factors),
        folder,
        sides=results.sides,
        labels=labels,
        formats=formats,
        sizes=sizes,
        kinds=kinds,
        origin=Origin(name=name, seed=manifest.seed, runs=len(frame)),
        turn_days=float(base.turn_days),
        horizon=int(base.turns),
        frontier=curve.points,
        bonus=curve.bonus,
        outside=outside_options(base),
        trust=trust_of(base, manifest.seed, _FAN_RUNS) if wanted else None,
        trust_origin=Origin(
            name=f"{base.name}, before the factors of {manifest.name}", seed=manifest.seed, runs=_FAN_RUNS
        ),
    )


def outside_options(scenario: Scenario) -> tuple[float, float]:
    """Both sides' outside options, in points."""
    first, second = scenario.side_ids
    return (
        float(scenario.sides[first].outside_option),
        float(scenario.sides[second].outside_option),
    )


def trust_of(scenario: Scenario, seed: int, runs: int) -> npt.NDArray[np.float64]:
    """Trust of both sides after each turn of runs 0 … runs-1: shape (runs, turns, 2), NaN after the end."""
    from bargain_sim.engine import Engine, draws_of
    from bargain_sim.scenario.pack import pack

    packed = pack(scenario)
    return Engine(packed).trust_paths(packed, draws_of(seed, 0, runs, packed.sizes.turns))
