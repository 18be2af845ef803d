"""Results folders for tests of the store: a small sweep, and stretches of its runs as if made apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.analysis.points import points_of_summary, summarise_points
from bargain_sim.api import sweep
from bargain_sim.store import table as tables
from bargain_sim.store.atomic import write_atomic
from bargain_sim.store.checksums import records_of
from bargain_sim.store.design import DESIGN
from bargain_sim.store.folder import POINTS, RUNS, SUMMARY, open_folder, parts_in
from bargain_sim.store.ranges import ranges_of
from bargain_sim.store.results import Results, load_results
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


def stretch_of(whole: Path, folder: Path, first: int, beyond: int) -> Path:
    """Runs first … beyond-1 of a stored sweep, as a sweep of its own from `--first-run` on."""
    source = load_results(whole)
    n = source.manifest.points
    rows = source.table.slice(first * n, (beyond - first) * n).combine_chunks()
    open_folder(folder)
    for number, start in enumerate(range(0, rows.num_rows, tables.PART_ROWS)):
        part = rows.slice(start, tables.PART_ROWS).combine_chunks()
        tables.write_part(folder / RUNS / tables.part_name(number), part)
    design = source.design_table
    design.write(folder)
    frame = summarise_points([rows], design, list(source.sides))
    write_atomic(folder / POINTS, frame.to_parquet)
    files = records_of(folder, [*parts_in(folder), folder / POINTS, folder / DESIGN])
    manifest = replace(
        source.manifest,
        runs=beyond - first,
        first_run=first,
        sweep=source.manifest.sweep | {"runs": beyond - first},
        command=f"bargain sweep SWEEP.yaml --runs {beyond - first} --seed 3 --first-run {first}",
        rows=rows.num_rows,
        files=files,
    )
    manifest.write(folder)
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


def summary_folder(whole: Path, folder: Path, first: int, beyond: int) -> Path:
    """The same stretch of runs as `stretch_of` has, kept as a summary."""
    stretch_of(whole, folder, first, beyond)
    summary, points, rows = rows_of()
    n = summary.n_points
    for path in parts_in(folder):
        path.unlink()
    here = slice(first * n, beyond * n)
    summary.add(points[here], rows[here], part=0)
    source = load_results(whole)
    summary.to_parquet(folder / SUMMARY)
    frame = points_of_summary(summary, source.design_table, list(source.sides))
    write_atomic(folder / POINTS, frame.to_parquet)
    manifest = replace(load_results(folder).manifest, keep="summary")
    files = records_of(folder, [folder / name for name in (POINTS, DESIGN, SUMMARY)])
    replace(manifest, files=files).write(folder)
    return folder
