"""Results folders for tests of the store: a small sweep, and stretches of its runs as if made apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.api import sweep
from bargain_sim.store.design import DESIGN
from bargain_sim.store.folder import POINTS, SUMMARY, parts_in
from bargain_sim.store.ranges import ranges_of
from bargain_sim.store.results import Results
from bargain_sim.store.sketch import Summary
from bargain_sim.store.table import Columns
from bargain_sim.sweeps.job import Job
from bargain_sim.sweeps.loading import load_sweep
from bargain_sim.sweeps.runner import first_plan

SMALL: dict[str, Any] = {
    "format_version": 1,
    "name": "small",
    "title": "A small sweep",
    "scenario": "baseline",
    "design": "grid",
    "factors": {
        "sides.both.strategy": ["comparative", "proportional"],
        "sides.both.initial_trust": [0.3, 0.6],
        "sides.minsk.reciprocity": {"range": [0.2, 0.8], "steps": 3},
        "sides.both.snapback": [True, False],
    },
    "runs": 20,
    "seed": 3,
}
POINTS_IN = 24


def in_folder(folder: Path, source: Mapping[str, Any] = SMALL, **more: Any) -> Results:
    return sweep(source, out=folder, **more)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Everything that does not bear on who made it, where and when."""
    names = [*parts_in(folder), folder / POINTS, folder / DESIGN, folder / SUMMARY]
    return {path.name: path.read_bytes() for path in names if path.exists()}


def stretch_of(folder: Path, first: int, beyond: int, **more: Any) -> Path:
    """Runs first … beyond-1 of the small sweep, as another machine makes them with `--first-run`."""
    sweep(SMALL | more, out=folder, runs=beyond - first, first_run=first)
    return folder


def rows_of(
    source: Mapping[str, Any] = SMALL,
) -> tuple[Summary, npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """An empty summary of a sweep, and all its runs: their points, and rows as the engine gives them."""
    loaded = load_sweep(source)
    scenario = loaded.resolved.scenario
    columns = Columns({}, scenario.side_ids, tuple(scenario.counters))
    groups = loaded.groups()
    definition = loaded.sweep
    job = Job(
        groups,
        loaded.n_points,
        definition.runs,
        definition.seed,
        definition.common_random_numbers,
        len(columns.results),
    )
    plan = first_plan(loaded.n_points, definition.runs)
    rows = job.compute(plan, 0, plan.rows)
    points, _ = plan.run_numbers(0, plan.rows)
    return Summary.for_sweep(columns, job.points, ranges_of(columns.results, groups)), points, rows
