"""The doors of the package: everything that the command line, notebooks and scripts go through."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bargain_sim.drawing import draw_figures
from bargain_sim.errors import InputError
from bargain_sim.play import simulate
from bargain_sim.scenario.loader import Overrides, load_scenario
from bargain_sim.store.design import DESIGN, Design
from bargain_sim.store.folder import POINTS, clear, finished_parts, intact, open_folder
from bargain_sim.store.manifest import Manifest, machine, read_manifest, versions
from bargain_sim.store.results import Results, load_results

if TYPE_CHECKING:
    import numpy.typing as npt

    from bargain_sim.sweeps.loading import LoadedSweep
    from bargain_sim.sweeps.runner import Job

__all__ = [
    "LARGEST_IN_MEMORY",
    "draw_figures",
    "load_results",
    "load_scenario",
    "name_of_sweep",
    "simulate",
    "sweep",
]

LARGEST_IN_MEMORY = 5_000_000
"""Runs that `sweep(out=None)` holds in memory at most (about 100 bytes each)."""

Progress = Callable[[int, int], None]
"""Called with (runs done, runs in all) as a sweep goes on, from whichever thread did them."""


def sweep(
    source: str | Path | Mapping[str, Any],
    *,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    overrides: Overrides = (),
    resume: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
    notice: Callable[[str], None] = lambda text: None,
) -> Results:
    """Run a sweep: a file, a shipped name such as `"trust_reciprocity"`, or a mapping.

    `runs` (negotiations a point) and `seed` replace what the file says; `overrides` are `--set`
    changes over the factors.  With a folder `out` the runs are stored there as Parquet as they come,
    otherwise they are kept in memory.  The results do not depend on `workers` (threads; by default
    one a core).  Raises InputError where the input, or what lies in `out`, does not allow it.
    """
    from bargain_sim.sweeps.loading import load_sweep

    loaded = load_sweep(source, overrides, runs=runs, seed=seed)
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers cannot do it", remedy="Give 1 or more")
    design = _design(loaded)
    manifest = _manifest(loaded, source, design)
    total = manifest.points * manifest.runs
    if out is None:
        if total > LARGEST_IN_MEMORY:
            raise InputError(
                f"{total:,} runs are too many to hold in memory (at most {LARGEST_IN_MEMORY:,})",
                remedy="Give a folder: sweep(…, out='results/…')",
            )
        return _run(loaded, manifest, design, None, workers, progress, notice)
    folder = Path(out)
    finished = _look_at(folder, manifest, resume, overwrite)
    if finished is not None:
        notice(f"This sweep is already in {folder}: nothing to do.")
        return finished
    open_folder(folder)
    manifest.write(folder)
    design.write(folder)
    return _run(loaded, manifest, design, folder, workers, progress, notice)


def name_of_sweep(source: str | Path) -> str:
    """The name of a sweep file or shipped sweep: that of its results folder."""
    from bargain_sim.sweeps.loading import load_sweep

    return load_sweep(source).sweep.name


def _design(loaded: LoadedSweep) -> Design:
    """The factors of a sweep and their values at every point, as they are stored."""
    definition = loaded.sweep
    columns = definition.columns()
    factors = [
        {"path": path, "name": columns[path], "label": factor.label or columns[path].replace("_", " ")}
        for path, factor in definition.factors.items()
    ]
    return Design.of(factors, loaded.table)


def _manifest(loaded: LoadedSweep, source: str | Path | Mapping[str, Any], design: Design) -> Manifest:
    from bargain_sim.engine import rules_version

    definition, resolved = loaded.sweep, loaded.resolved
    shown = "SWEEP.yaml" if isinstance(source, Mapping) else str(source)
    command = ["bargain", "sweep", shown, "--runs", str(definition.runs), "--seed", str(definition.seed)]
    for override in resolved.overrides:
        command += ["--set", f"{override.path}={override.value}"]
    return Manifest(
        name=definition.name,
        title=definition.title,
        sweep=definition.model_dump(mode="json"),
        scenario=resolved.base | {"format_version": 1},
        scenario_hash=resolved.hash,
        factors=[dict(factor) for factor in design.factors],
        design_sha256=design.sha256,
        overrides=[[override.path, override.value] for override in resolved.overrides],
        seed=definition.seed,
        runs=definition.runs,
        points=definition.n_points,
        common_random_numbers=definition.common_random_numbers,
        rules_version=rules_version(),
        command=shlex.join(command),
        layers=list(resolved.layers),
        versions=versions(),
        machine=machine(),
    )


def _look_at(folder: Path, manifest: Manifest, resume: bool, overwrite: bool) -> Results | None:
    """What lies in the folder already: the finished sweep (returned), part of it, or something else."""
    if folder.exists() and not folder.is_dir():
        raise InputError("this is a file, not a folder", place=folder, remedy="Give another --out")
    before = read_manifest(folder) if not overwrite else None
    if overwrite:
        clear(folder)
    elif before is None:
        if (folder / "runs").exists():
            raise InputError(
                "the folder holds runs of which nothing is known", place=folder,
                remedy="Give another --out, or --overwrite to replace them",
            )  # fmt: skip
    else:
        differing = before.differences(manifest)
        if differing:
            raise InputError(
                f"the folder holds another sweep: {', '.join(differing)} differ", place=folder,
                remedy="Give another --out, or --overwrite to replace it",
            )  # fmt: skip
        if before.complete and intact(folder, before):
            return load_results(folder)
        if not resume:
            raise InputError(
                "the folder holds part of this sweep", place=folder,
                remedy="Give --resume to go on with it, or --overwrite to begin anew",
            )  # fmt: skip
    return None


def _run(
    loaded: LoadedSweep,
    manifest: Manifest,
    design: Design,
    folder: Path | None,
    workers: int | None,
    progress: Progress | None,
    notice: Callable[[str], None],
) -> Results:
    import pyarrow as pa

    from bargain_sim import engine
    from bargain_sim.analysis.points import summarise_points
    from bargain_sim.store.atomic import write_atomic
    from bargain_sim.store.checksums import records_of
    from bargain_sim.store.table import PART_ROWS, Columns, part_name, read_part, write_part
    from bargain_sim.sweeps.runner import run_parts

    scenario = loaded.resolved.scenario
    columns = Columns(design.numeric, scenario.side_ids, tuple(scenario.counters))
    written: dict[str, dict[str, Any]] = {}
    groups = loaded.groups()
    if not engine.is_compiled():
        notice("Compiling the rules for this machine; this takes about ten seconds, once.")
    engine.warm_up(groups[0].packed)
    job = _job(loaded, manifest, groups, len(columns.results))
    parts = [
        (number, start, min(job.rows, start + PART_ROWS))
        for number, start in enumerate(range(0, job.rows, PART_ROWS))
    ]
    kept: dict[int, pa.Table] = {}
    waiting = parts
    if folder is not None:
        stored = finished_parts(folder, parts)
        waiting = [part for part in parts if part[0] not in stored]
    done = job.rows - sum(stop - start for _, start, stop in waiting)
    job.progress = _counted(progress, done, job.rows)

    def finish(number: int, start: int, stop: int, rows: npt.NDArray[Any]) -> None:
        points, run_numbers = job.run_numbers(start, stop)
        table = columns.table(points, run_numbers, design.columns, rows)
        if folder is None:
            kept[number] = table
        else:
            name = part_name(number)
            written[f"runs/{name}"] = write_part(folder / "runs" / name, table)

    began = time.perf_counter()
    run_parts(job, waiting, finish, workers)
    seconds = time.perf_counter() - began
    manifest = replace(
        manifest,
        complete=True,
        rows=job.rows,
        timing={
            "seconds": round(seconds, 3),
            "runs_per_second": round((job.rows - done) / seconds) if seconds > 0 else None,
            "runs_this_time": job.rows - done,
        },
    )
    if folder is None:
        table = pa.concat_tables([kept[number] for number, _, _ in parts])
        points = summarise_points([table], design, scenario.side_ids)
        return Results(manifest, table=table, points=points, design=design)
    paths = [folder / "runs" / part_name(number) for number, _, _ in parts]
    points = summarise_points((read_part(path) for path in paths), design, scenario.side_ids)
    write_atomic(folder / POINTS, points.to_parquet)
    files = records_of(folder, [*paths, folder / POINTS, folder / DESIGN], written)
    manifest = replace(manifest, files=files)
    manifest.write(folder)
    return Results(manifest, folder=folder, points=points, design=design)


def _job(loaded: LoadedSweep, manifest: Manifest, groups: list[Any], columns: int) -> Job:
    from bargain_sim.sweeps.runner import Job

    return Job(
        groups=groups,
        points=manifest.points,
        runs=manifest.runs,
        seed=manifest.seed,
        common=manifest.common_random_numbers,
        columns=columns,
    )


def _counted(progress: Progress | None, done: int, total: int) -> Callable[[int], None]:
    """A callback that adds up runs from all threads and passes the sum on."""
    import threading

    if progress is None:
        return lambda rows: None
    lock = threading.Lock()
    so_far = done

    def count(rows: int) -> None:
        nonlocal so_far
        with lock:
            so_far += rows
            progress(so_far, total)

    return count
