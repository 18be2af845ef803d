"""Where the time of a stored sweep goes, step by step on one thread."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bargain_sim.analysis.points import summarise_points
from bargain_sim.engine import Engine, draws_of
from bargain_sim.plans.plan import PIECE_RUNS
from bargain_sim.store.design import Design
from bargain_sim.store.table import PART_ROWS, part_name, read_part, write_part
from bargain_sim.sweeps.loading import load_sweep
from bench import design
from bench.counts import Counts
from bench.harness import Figure

STEPS = {
    "packing": "reading the sweep, checking and packing its points",
    "draws": "draws, shared by 100 points",
    "rules": "rules (the compiled loop)",
    "table": "Arrow table",
    "writing": "Parquet files",
    "summary": "shares and intervals a point",
}


def shares(counts: Counts, say: Callable[[str], None]) -> list[Figure]:
    """Seconds spent in each step of a sweep of `shares_runs` runs a point, once a round."""
    figures = {name: Figure("shares", name, title, "s") for name, title in STEPS.items()}
    for number in range(counts.rounds):
        say(f"where the time goes, {number + 1} of {counts.rounds}")
        for name, seconds in _one(counts.shares_runs).items():
            figures[name].values.append(seconds)
    return list(figures.values())


def _one(runs: int) -> dict[str, float]:
    spent = dict.fromkeys(STEPS, 0.0)

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        spent[name] += time.perf_counter() - began

    with timed("packing"):
        loaded = load_sweep(design.definition(runs))
        (group,) = loaded.groups()
    engine, job = Engine(group.packed), design.job(runs)
    stored = Design.of(
        [{"path": each.path, "name": each.name, "label": each.label} for each in loaded.columns], loaded.table
    )
    out = np.empty((job.rows, job.columns))
    for first in range(0, runs, PIECE_RUNS):
        stop = min(runs, first + PIECE_RUNS)
        with timed("draws"):
            draws = draws_of(0, first, stop, group.sizes.turns)
        with timed("rules"):
            rows = slice(first * design.POINTS, stop * design.POINTS)
            engine.run(group.floats, group.ints, draws, out[rows])
    with tempfile.TemporaryDirectory() as scratch:
        paths = []
        for number, start in enumerate(range(0, job.rows, PART_ROWS)):
            stop = min(job.rows, start + PART_ROWS)
            with timed("table"):
                numbers = job.plan.run_numbers(start, stop)
                table = design.columns().table(*numbers, stored.columns, out[start:stop])
            paths.append(Path(scratch) / part_name(number))
            with timed("writing"):
                write_part(paths[-1], table)
        with timed("summary"):
            sides = loaded.resolved.scenario.side_ids
            summarise_points((read_part(path) for path in paths), stored, sides)
    return spent
