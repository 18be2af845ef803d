"""The figures of a stored sweep: what they need beside its table, and where they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.store.results import Results

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bargain_sim.analysis.drivers import Drivers
    from bargain_sim.scenario.schema import Scenario
    from bargain_sim.transcript import Transcript

__all__ = ["dances_of", "draw_drivers", "draw_figures", "figures_missing", "stored_rows", "trust_of"]

_FAN_RUNS = 400
_DANCES = 20
_MOST_ROWS = 1_000_000
"""More runs than these make no figure clearer: beyond, the first ones stand for all."""


def draw_figures(
    results: Results,
    out: Path | None = None,
    *,
    kinds: Sequence[str] | None = None,
    formats: Sequence[str] = ("png",),
    sizes: Sequence[str] = ("print",),
    themes: Sequence[str] = ("light",),
) -> list[Path]:
    """Draw the figures of `results` into `out` (by default its folder's `figures/`).

    `kinds` picks some (see `plots.KINDS`), `formats` are of png, svg and pdf, `sizes` of `print` and
    `projector`, `themes` of `light` and `dark`.  Returns the files written.  Raises InputError for an
    unknown kind, format, size or theme.
    """
    from bargain_sim.analysis.reading import turns_of
    from bargain_sim.analysis.solutions import factors_of_the_problem, solutions
    from bargain_sim.plots.book import draw_all, ordered, worded
    from bargain_sim.plots.sheet import Origin
    from bargain_sim.store.atomic import make_folder

    manifest = results.manifest
    base = load_scenario(manifest.scenario, [(path, value) for path, value in manifest.overrides])
    folder = out or (results.folder or Path()) / "figures"
    make_folder(folder)
    labels = dict(results.factor_labels)
    wanted = kinds is None or "trust_fan" in kinds
    solved = solutions(base)
    # The manifest of a sweep that goes on still, or was stopped, does not know how many there are.
    rows = manifest.rows if manifest.complete else stored_rows(results)
    if rows == 0:
        raise InputError("there are no runs to draw", place=results.folder, remedy="Run the sweep first")
    frame = worded(results, results.frame if rows <= _MOST_ROWS else results.head(_MOST_ROWS))
    name = manifest.name
    if len(frame) < rows:
        name = f"{name}, the first {len(frame):,} of {rows:,} runs"
    # With `until` points differ in their runs: what is drawn over several is drawn from those all have.
    even = None if manifest.regular else worded(results, results.head(len(frame)))
    source = Origin(name=name, seed=manifest.seed, runs=len(frame))
    if not manifest.complete:
        # With a precision asked for there may be more; so many there will be at least.
        source = replace(source, planned=max(manifest.points * manifest.runs, rows), stored=rows)
    return draw_all(
        frame,
        ordered(results),
        folder,
        even=even,
        sides=results.sides,
        labels=labels,
        formats=formats,
        sizes=sizes,
        themes=themes,
        kinds=kinds,
        origin=source,
        turn_days=float(base.turn_days),
        horizon=int(base.turns),
        frontier=solved.packages.points,
        outside=outside_options(base),
        trust=trust_of(base, manifest.seed, _FAN_RUNS) if wanted else None,
        trust_origin=Origin(
            name=f"{base.name}, before the factors of {manifest.name}", seed=manifest.seed, runs=_FAN_RUNS
        ),
        limit=turns_of(results, frame if even is None else even),
        solved=solved,
        swept=bool(factors_of_the_problem(results)),
        dances=dances_of(base, manifest.seed, _DANCES) if kinds is None or "dance" in kinds else (),
    )


def draw_drivers(
    found: Drivers, out: Path | None = None, *, formats: Sequence[str] = ("png",),
    sizes: Sequence[str] = ("print",), themes: Sequence[str] = ("light",),
) -> list[Path]:  # fmt: skip
    """Draw the figures of what drives an outcome into `out` (by default its sweep's `figures/`).

    Returns the files written.  Raises InputError for an unknown format, size or theme.
    """
    from bargain_sim.plots.drivers_book import draw_drivers as draw

    folder = out or (found.results.folder or Path()) / "figures"
    return draw(found, folder, formats=formats, sizes=sizes, themes=themes)


def figures_missing(results: Results, out: Path | None = None) -> bool:
    """Whether any figure that a stored sweep is to have is not there, or shows an incomplete sweep.

    Looks into `out` (by default the `figures/` of its folder) for the PNG of every figure, and into the file
    of captions; draws nothing.  `draw_figures(results, out)` then makes them all.
    """
    from bargain_sim.plots.book import INCOMPLETE, ordered, plan, planned
    from bargain_sim.store.captions import read_captions

    manifest = results.manifest
    folder = out or (results.folder or Path()) / "figures"
    factors = ordered(results)
    names = planned(plan(factors, results.design), factors)
    captions = read_captions(folder)
    return any(
        not (folder / f"{name}.png").is_file()
        or name not in captions
        or (manifest.complete and INCOMPLETE in captions[name])
        for name in names
    )


def stored_rows(results: Results) -> int:
    """How many runs lie in the parts of a sweep (or in memory), whether it is complete or not."""
    import pyarrow.parquet as pq

    if results.folder is None:
        return int(results.table.num_rows)
    return sum(int(pq.read_metadata(part).num_rows) for part in results.parts)


def outside_options(scenario: Scenario) -> tuple[float, float]:
    """Both sides' outside options, in points."""
    first, second = scenario.side_ids
    return (
        float(scenario.sides[first].outside_option),
        float(scenario.sides[second].outside_option),
    )


def dances_of(scenario: Scenario, seed: int, runs: int) -> list[Transcript]:
    """Runs 0 … runs-1, that one first whose utilities are nearest to the medians of both sides."""
    import numpy as np

    from bargain_sim.play import simulate

    played = [simulate(scenario, seed, run) for run in range(runs)]
    ends = np.array([[each.moves[-1].utility[side] for side in scenario.side_ids] for each in played])
    nearest = int(np.argmin(np.hypot(*(ends - np.median(ends, axis=0)).T)))
    return [played[nearest], *(each for k, each in enumerate(played) if k != nearest)]


def trust_of(scenario: Scenario, seed: int, runs: int) -> npt.NDArray[np.float64]:
    """Trust of both sides after each turn of runs 0 … runs-1: shape (runs, turns, 2), NaN after the end."""
    from bargain_sim.engine import Engine, draws_of
    from bargain_sim.scenario.pack import pack

    packed = pack(scenario)
    return Engine(packed).trust_paths(packed, draws_of(seed, 0, runs, packed.sizes.turns))
