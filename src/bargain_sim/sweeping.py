"""Sweeps from file to results: loading, what lies in the folder, running, summing up."""

from __future__ import annotations

import os
import shlex
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import Overrides
from bargain_sim.store.manifest import Manifest, machine, read_manifest, versions
from bargain_sim.store.results import Results, load_results

if TYPE_CHECKING:
    from bargain_sim.sweeps.adaptive import Target
    from bargain_sim.sweeps.backends import Backend
    from bargain_sim.sweeps.loading import LoadedSweep

__all__ = ["name_of_sweep", "sweep"]

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
    dask: str | None = None,
    dask_local: int | None = None,
    progress: Progress | None = None,
    notice: Callable[[str], None] = lambda text: None,
) -> Results:
    """Run a sweep: a file, a shipped name such as `"trust_reciprocity"`, or a mapping.

    `runs` (negotiations a point) and `seed` replace what the file says; `overrides` are `--set`
    changes over the factors.  With a folder `out` the runs are stored there as Parquet as they come,
    otherwise they are kept in memory.  The results do not depend on `workers` (threads; by default
    one a core), nor on `dask` (the address of a running Dask scheduler) or `dask_local` (so many
    worker processes here).  Raises InputError where the input, or what lies in `out`, does not allow it.
    """
    from bargain_sim.store.shelf import check_memory
    from bargain_sim.sweeps.loading import load_sweep

    loaded = load_sweep(source, overrides, runs=runs, seed=seed)
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers cannot do it", remedy="Give 1 or more")
    manifest = _manifest(loaded, source)
    if out is None:
        check_memory(manifest.points * manifest.runs)
        with _backend(workers, dask, dask_local) as backend:
            return _run(loaded, manifest, None, backend, progress, notice)
    folder = Path(out)
    finished = _look_at(folder, manifest, resume, overwrite)
    if finished is not None:
        notice(f"This sweep is already in {folder}: nothing to do.")
        return finished
    with _backend(workers, dask, dask_local) as backend:
        (folder / "runs").mkdir(parents=True, exist_ok=True)
        manifest.write(folder)
        return _run(loaded, manifest, folder, backend, progress, notice)


def name_of_sweep(source: str | Path) -> str:
    """The name of a sweep file or shipped sweep: that of its results folder."""
    from bargain_sim.sweeps.loading import load_sweep

    return load_sweep(source).sweep.name


def _manifest(loaded: LoadedSweep, source: str | Path | Mapping[str, Any]) -> Manifest:
    from bargain_sim.compiling import rules_version

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
        factors=[
            {
                "path": factor.path,
                "name": factor.name,
                "label": factor.label,
                "numeric": factor.numeric,
                "values": factor.values.tolist(),
            }
            for factor in loaded.columns
        ],
        overrides=[[override.path, override.value] for override in resolved.overrides],
        seed=definition.seed,
        runs=definition.runs,
        points=loaded.n_points,
        common_random_numbers=definition.common_random_numbers,
        rules_version=rules_version(),
        command=shlex.join(command),
        variants={name: variant.base | {"format_version": 1} for name, variant in loaded.variants.items()},
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
        _clear(folder)
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
        if before.complete:
            return load_results(folder)
        if not resume and any((folder / "runs").glob("part-*")):
            raise InputError(
                "the folder holds part of this sweep", place=folder,
                remedy="Give --resume to go on with it, or --overwrite to begin anew",
            )  # fmt: skip
    return None


def _clear(folder: Path) -> None:
    """Remove what a sweep writes, and nothing else."""
    for name in ("runs", "figures"):
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
    for name in ("points.parquet", "manifest.json"):
        (folder / name).unlink(missing_ok=True)


def _run(
    loaded: LoadedSweep,
    manifest: Manifest,
    folder: Path | None,
    backend: Backend,
    progress: Progress | None,
    notice: Callable[[str], None],
) -> Results:
    from bargain_sim.analysis.points import summarise_points
    from bargain_sim.compiling import is_compiled
    from bargain_sim.store.atomic import write_atomic
    from bargain_sim.store.shelf import FolderShelf, MemoryShelf
    from bargain_sim.store.table import Columns, read_part
    from bargain_sim.sweeps.job import Job
    from bargain_sim.sweeps.runner import Collector, first_plan, run_sweep

    scenario = loaded.resolved.scenario
    columns = Columns(
        {factor["name"]: factor["numeric"] for factor in manifest.factors},
        scenario.side_ids,
        tuple(scenario.counters),
    )
    factors = {factor["name"]: factor["values"] for factor in manifest.factors}
    target = _target(loaded)
    job = Job(
        loaded.groups(),
        manifest.points,
        # Without shared luck every point needs run numbers of its own, whatever it will be given.
        manifest.runs if target is None else target.max_runs,
        manifest.seed,
        manifest.common_random_numbers,
        len(columns.results),
    )
    if not is_compiled():
        notice("Compiling the rules for this machine; this takes about ten seconds, once.")
    backend.prepare(job)
    plan = first_plan(manifest.points, manifest.runs)
    shelf = FolderShelf(folder / "runs") if folder is not None else MemoryShelf()
    collector = Collector(job, plan, columns, factors, shelf, count=target is not None)
    began = time.perf_counter()
    computed = run_sweep(job, plan, collector, backend, target, progress)
    seconds = time.perf_counter() - began
    manifest = replace(
        manifest,
        complete=True,
        rows=plan.rows,
        precision=_precision(target, collector.counts),
        timing={
            "seconds": round(seconds, 3),
            "runs_per_second": round(computed / seconds) if seconds > 0 else None,
            "runs_this_time": computed,
            "workers": backend.workers,
        },
    )
    if isinstance(shelf, MemoryShelf):
        table = shelf.table
        points = summarise_points([table], factors, scenario.side_ids)
        return Results(manifest, table=table, points=points)
    results = Results(manifest, folder=folder)
    points = summarise_points(map(read_part, results.parts), factors, scenario.side_ids)
    write_atomic(shelf.folder.parent / "points.parquet", points.to_parquet)
    manifest.write(shelf.folder.parent)
    return Results(manifest, folder=folder, points=points)


def _target(loaded: LoadedSweep) -> Target | None:
    """The precision that the sweep asks for, if any."""
    from bargain_sim.codes import OUTCOMES
    from bargain_sim.sweeps.adaptive import Target

    until = loaded.sweep.until
    if until is None:
        return None
    return Target(OUTCOMES.index(until.outcome), until.half_width, until.confidence, until.max_runs)


def _precision(target: Target | None, counts: Any) -> dict[str, Any]:
    """What precision was reached, in words and numbers; empty where none was asked for."""
    if target is None:
        return {}
    runs = counts.sum(axis=1)
    widths = target.half_widths(counts[:, target.outcome], runs)
    return {
        "widest_half_width": float(widths.max()),
        "points_short_of_it": int((widths > target.half_width).sum()),
        "fewest_runs": int(runs.min()),
        "most_runs": int(runs.max()),
    }


@contextmanager
def _backend(workers: int | None, dask: str | None, dask_local: int | None) -> Iterator[Backend]:
    """The back end asked for: Dask where it is named, else threads, one a core."""
    from bargain_sim.sweeps.backends import Serial, Threads

    if dask is not None or dask_local is not None:
        from bargain_sim.sweeps.backends.dask import dask_cluster

        with dask_cluster(dask, dask_local) as backend:
            yield backend
        return
    count = workers or os.cpu_count() or 1
    yield Serial() if count == 1 else Threads(count)
