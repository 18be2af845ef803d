"""Sweeps from file to results: loading, what lies in the folder, running, summing up."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bargain_sim.scenario.loader import Overrides
from bargain_sim.store.design import DESIGN, Design
from bargain_sim.store.folder import POINTS, RUNS, SUMMARY, clear, intact, open_folder, parts_in
from bargain_sim.store.lock import locked
from bargain_sim.store.looking import look_at
from bargain_sim.store.manifest import Manifest, machine, versions
from bargain_sim.store.results import Results, load_results

if TYPE_CHECKING:
    from bargain_sim.plans.adaptive import Target
    from bargain_sim.store.shelf import FileShelf, MemoryShelf, SummaryShelf
    from bargain_sim.store.table import Columns
    from bargain_sim.sweeps.backends import Backend
    from bargain_sim.sweeps.loading import LoadedSweep
    from bargain_sim.sweeps.points import Group

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
    first_run: int = 0,
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
    worker processes here).  `first_run` lets several machines share the runs of a sweep (see
    `bargain results --merge`).  Raises InputError where the input, or what lies in `out`, does not allow it.
    """
    from bargain_sim.store.shelf import check_memory
    from bargain_sim.sweeps.asking import check_asked, check_first_run
    from bargain_sim.sweeps.loading import load_sweep

    check_asked(
        workers=workers, out=out, resume=resume, overwrite=overwrite, dask=dask, dask_local=dask_local
    )
    loaded = load_sweep(source, overrides, runs=runs, seed=seed)
    check_first_run(loaded.sweep, first_run)
    design = Design.of(
        [{"path": factor.path, "name": factor.name, "label": factor.label} for factor in loaded.columns],
        loaded.table,
    )
    manifest = _manifest(loaded, source, design, first_run)
    if out is None:
        if manifest.keep == "runs":
            check_memory(manifest.points * manifest.runs)
        groups = loaded.groups()
        with _backend(workers, dask, dask_local) as backend:
            return _run(loaded, groups, manifest, design, None, backend, progress, notice)
    folder = Path(out)
    with ExitStack() as held:
        held.enter_context(locked(folder))
        before = None if overwrite else look_at(folder, manifest, resume)
        if before is not None and before.complete and intact(folder, before):
            finished = _with_transcripts(loaded, before, manifest, folder)
            notice(f"This sweep is already in {folder}: {finished or 'nothing to do'}.")
            return load_results(folder)
        if before is not None and manifest.until is not None and manifest.keep == "summary":
            notice(
                "This sweep begins anew: `until` goes by the order of the runs, which a summary forgets. "
                "With `keep: runs` it would go on."
            )
        groups = loaded.groups()  # every point is checked before anything is written, or replaced
        backend = held.enter_context(_backend(workers, dask, dask_local))
        if overwrite:
            clear(folder)
        open_folder(folder)
        manifest.write(folder)
        design.write(folder)
        known = before.files if before is not None else {}
        return _run(loaded, groups, manifest, design, folder, backend, progress, notice, known)


def name_of_sweep(source: str | Path) -> str:
    """The name of a sweep file or shipped sweep: that of its results folder."""
    from bargain_sim.sweeps.loading import name_of

    return name_of(source)


def _manifest(
    loaded: LoadedSweep, source: str | Path | Mapping[str, Any], design: Design, first_run: int
) -> Manifest:
    from bargain_sim.compiling import results_version, rules_version

    definition, resolved = loaded.sweep, loaded.resolved
    shown = "SWEEP.yaml" if isinstance(source, Mapping) else str(source)
    command = ["bargain", "sweep", shown, "--runs", str(definition.runs), "--seed", str(definition.seed)]
    if first_run:
        command += ["--first-run", str(first_run)]
    for override in resolved.overrides:
        command += ["--set", override.text]
    return Manifest(
        name=definition.name,
        title=definition.title,
        sweep=definition.model_dump(mode="json"),
        scenario=resolved.base | {"format_version": 1},
        scenario_hash=resolved.hash,
        factors=[dict(factor) for factor in design.factors],
        design_sha256=design.sha256,
        first_run=first_run,
        until=definition.until.model_dump(mode="json") if definition.until is not None else None,
        keep=definition.keep,
        overrides=[[override.path, override.value] for override in resolved.overrides],
        seed=definition.seed,
        runs=definition.runs,
        points=loaded.n_points,
        common_random_numbers=definition.common_random_numbers,
        rules_version=rules_version(),
        results_version=results_version(),
        command=shlex.join(command),
        variants={name: variant.base | {"format_version": 1} for name, variant in loaded.variants.items()},
        layers=list(resolved.layers),
        versions=versions(),
        machine=machine(),
    )


def _with_transcripts(loaded: LoadedSweep, before: Manifest, wanted: Manifest, folder: Path) -> str:
    """Store transcripts that a finished sweep is now asked for; what was done, in words."""
    from bargain_sim.store.checksums import records_of

    design = load_results(folder).design_table
    paths = _transcripts(loaded, before, design, folder)
    files = records_of(folder, paths, before.files)
    if not set(files) - set(before.files):
        return ""
    replace(before, sweep=wanted.sweep, files=before.files | files).write(folder)
    return "only transcripts were added"


def _run(
    loaded: LoadedSweep,
    groups: list[Group],
    manifest: Manifest,
    design: Design,
    folder: Path | None,
    backend: Backend,
    progress: Progress | None,
    notice: Callable[[str], None],
    known: Mapping[str, dict[str, Any]] | None = None,
) -> Results:
    from bargain_sim.compiling import is_compiled, not_kept
    from bargain_sim.store.table import Columns
    from bargain_sim.sweeps.job import Job
    from bargain_sim.sweeps.runner import Collector, first_plan, run_sweep

    scenario = loaded.resolved.scenario
    columns = Columns(design.numeric, scenario.side_ids, tuple(scenario.counters))
    target = _target(loaded)
    job = Job(
        groups,
        manifest.points,
        loaded.sweep.stride,
        manifest.seed,
        manifest.common_random_numbers,
        len(columns.results),
    )
    if not is_compiled():
        notice(not_kept() or "Compiling the rules for this machine; this takes about ten seconds, once.")
    backend.prepare(job)
    plan = first_plan(manifest.points, manifest.runs, manifest.first_run)
    if any(group.packed.drawn is not None for group in groups):
        columns = replace(columns, parameters=job.parameters_rows)
    shelf = _shelf(manifest, design, columns, job.groups, folder, known or {})
    collector = Collector(job, plan, shelf, adaptive=target is not None)
    began = time.perf_counter()
    try:
        computed = run_sweep(job, plan, collector, backend, target, progress)
    except BaseException:
        _checkpoint(shelf)
        raise
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
    return _finish(loaded, manifest, design, folder, shelf)


def _shelf(
    manifest: Manifest,
    design: Design,
    columns: Columns,
    groups: list[Group],
    folder: Path | None,
    known: Mapping[str, dict[str, Any]],
) -> MemoryShelf | FileShelf | SummaryShelf:
    """What the sweep keeps, and where."""
    from bargain_sim.store.key import key_of
    from bargain_sim.store.ranges import ranges_of
    from bargain_sim.store.shelf import FileShelf, MemoryShelf, SummaryShelf
    from bargain_sim.store.sketch import Summary

    if manifest.keep == "runs":
        if folder is None:
            return MemoryShelf(columns, design)
        return FileShelf(folder / RUNS, columns, design, known, key_of(manifest))
    file = folder / SUMMARY if folder is not None else None
    if file is not None and file.exists() and manifest.until is None:
        return SummaryShelf(Summary.from_parquet(file), file)
    # Adaptive rounds are decided by the order of runs, which a summary forgets: they begin anew.
    made = Summary.for_sweep(columns, manifest.points, lambda: ranges_of(columns.results, groups))
    return SummaryShelf(made, file)


def _checkpoint(shelf: MemoryShelf | FileShelf | SummaryShelf) -> None:
    """After Ctrl-C or an error: store what a summary holds so far."""
    from bargain_sim.store.shelf import SummaryShelf

    if isinstance(shelf, SummaryShelf) and shelf.file is not None and shelf.summary.sound:
        shelf.summary.to_parquet(shelf.file)


def _finish(
    loaded: LoadedSweep,
    manifest: Manifest,
    design: Design,
    folder: Path | None,
    shelf: MemoryShelf | FileShelf | SummaryShelf,
) -> Results:
    """Sum the points up, and store what belongs to a complete sweep; the manifest comes last."""
    from bargain_sim.analysis.points import points_of
    from bargain_sim.store.atomic import write_atomic
    from bargain_sim.store.checksums import records_of
    from bargain_sim.store.shelf import MemoryShelf, SummaryShelf
    from bargain_sim.store.table import read_part

    sides = loaded.resolved.scenario.side_ids
    summary = shelf.summary if isinstance(shelf, SummaryShelf) else None
    table = shelf.table if isinstance(shelf, MemoryShelf) else None
    if folder is None:
        points = points_of(summary if summary is not None else [table], design, sides)
        return Results(manifest, table=table, points=points, design=design, summary=summary)
    known: dict[str, dict[str, Any]] = {}
    if isinstance(shelf, SummaryShelf):
        known[SUMMARY] = shelf.summary.to_parquet(folder / SUMMARY)
        paths = [folder / SUMMARY]
        points = points_of(shelf.summary, design, sides)
    else:
        known = getattr(shelf, "records", {})
        paths = parts_in(folder)
        points = points_of((read_part(path) for path in paths), design, sides)
    write_atomic(folder / POINTS, points.to_parquet)
    paths += [folder / POINTS, folder / DESIGN, *_transcripts(loaded, manifest, design, folder)]
    manifest = replace(manifest, files=records_of(folder, paths, known))
    manifest.write(folder)
    return Results(manifest, folder=folder, points=points, design=design, summary=summary)


def _transcripts(loaded: LoadedSweep, manifest: Manifest, design: Design, folder: Path) -> list[Path]:
    """Store the whole transcripts that the sweep asks for."""
    from bargain_sim.store.transcripts import chosen_runs, write_transcripts

    wanted = loaded.sweep.transcripts
    if wanted is None:
        return []
    chosen = chosen_runs(
        wanted.points,
        wanted.runs,
        manifest.points,
        manifest.runs,
        manifest.first_run,
        None if manifest.common_random_numbers else loaded.sweep.stride,
    )
    results = Results(manifest, folder=folder, design=design)
    return write_transcripts(folder, chosen, results.scenario_at, manifest.seed)


def _target(loaded: LoadedSweep) -> Target | None:
    """The precision that the sweep asks for, if any."""
    from bargain_sim.plans.adaptive import Target

    until = loaded.sweep.until
    if until is None:
        return None
    return Target.of(until.model_dump())


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
