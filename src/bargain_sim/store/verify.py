"""Is a results folder what it says: nothing missing, torn or changed, every row in its place?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bargain_sim.errors import InputError
from bargain_sim.plans.adaptive import Target, next_segments
from bargain_sim.plans.plan import Plan, Rectangle
from bargain_sim.store.checksums import record_of, rows_in
from bargain_sim.store.design import DESIGN, Design
from bargain_sim.store.folder import POINTS, RUNS, SUMMARY, parts_in
from bargain_sim.store.key import key_in, key_of
from bargain_sim.store.manifest import MANIFEST, Manifest, read_manifest
from bargain_sim.store.order import expected_rows
from bargain_sim.store.remedies import command_for, option_that_mends, stray_part, wrong_file
from bargain_sim.store.results import no_results
from bargain_sim.store.sketch_file import read_tally
from bargain_sim.store.table import PART_ROWS, part_name, read_part
from bargain_sim.store.tally import Tally

__all__ = ["no_results", "verify"]


def verify(folder: Path) -> list[InputError]:
    """Everything that is wrong with a results folder; empty when nothing is.

    Every file is read once, part by part, so that memory stays flat.  Raises InputError where there
    is no manifest, or none that can be read.
    """
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise no_results(folder)
    wrong = list(_files(folder, manifest))
    torn = {str(error.place) for error in wrong}
    design = list(_design(folder, manifest)) if str(folder / DESIGN) not in torn else []
    wrong += design
    if manifest.keep == "runs":
        wrong += (_rows if manifest.regular else _rounds)(folder, manifest, torn)
    if manifest.keep == "runs" and not design:  # the key holds the checksum of the design
        wrong += _keys(folder, manifest, {str(error.place) for error in wrong})
    if manifest.keep == "summary" and manifest.complete and str(folder / SUMMARY) not in torn:
        wrong += _summary(folder, manifest)
    if not manifest.complete:
        wrong.append(_incomplete(folder, manifest))
    return wrong


def _incomplete(folder: Path, manifest: Manifest) -> InputError:
    stored = sum(rows_in(path) or 0 for path in parts_in(folder))
    known = f": {stored:,} of {manifest.points * manifest.runs:,} runs are stored" if stored else ""
    return InputError(
        f"this sweep is not complete{known}", place=folder,
        remedy=f"Go on with it: {command_for(manifest, folder, option_that_mends(manifest))}",
    )  # fmt: skip


def _files(folder: Path, manifest: Manifest) -> Iterator[InputError]:
    """Files that are missing, torn, changed, or not of this sweep."""
    if manifest.complete:
        needed = [DESIGN, POINTS, *([SUMMARY] if manifest.keep == "summary" else [])]
        for name in needed:
            if name not in manifest.files:
                yield wrong_file(folder / MANIFEST, f"it knows no checksum of {name}", manifest, folder)
    for name, record in manifest.files.items():
        path = folder / name
        if not path.exists():
            yield wrong_file(path, "this file is missing", manifest, folder)
            continue
        if path.is_dir():
            yield wrong_file(path, "this is a folder, and a file should be here", manifest, folder)
            continue
        found = record_of(path)
        if found["bytes"] != record["bytes"]:
            problem = f"this file is torn: it has {found['bytes']:,} bytes, not {record['bytes']:,}"
            yield wrong_file(path, problem, manifest, folder)
        elif found["sha256"] != record["sha256"]:
            problem = "this file is not as it was written: its checksum differs"
            yield wrong_file(path, problem, manifest, folder)
        elif found.get("rows") != record.get("rows"):
            problem = f"this file has {found.get('rows')} rows, not {record.get('rows')}"
            yield wrong_file(path, problem, manifest, folder)
    for path in parts_in(folder) if manifest.complete else ():
        if f"{RUNS}/{path.name}" not in manifest.files:
            yield stray_part(path)


def _design(folder: Path, manifest: Manifest) -> Iterator[InputError]:
    try:
        design = Design.read(folder, manifest.factors)
    except InputError as error:
        yield error
        return
    if design.sha256 != manifest.design_sha256 or design.n_points != manifest.points:
        yield wrong_file(folder / DESIGN, "its values are not those that were run", manifest, folder)


def _rows(folder: Path, manifest: Manifest, torn: set[str]) -> Iterator[InputError]:
    """Rows that are not where they belong; every part is known to be whole, or told to be torn before."""
    total = manifest.points * manifest.runs
    parts = parts_in(folder)
    counts = [rows_in(path) or 0 for path in parts]
    if manifest.complete and not torn and (sum(counts) != total or manifest.rows != total):
        yield wrong_file(
            folder / MANIFEST, f"there are {sum(counts):,} rows, and {total:,} should be", manifest, folder
        )
    size = counts[0] if parts and parts[0].name == part_name(0) and counts[0] else PART_ROWS
    for path, rows in zip(parts, counts, strict=True):
        if str(path) in torn:
            continue
        start = int(path.stem.removeprefix("part-")) * size
        if start + rows > total:
            yield wrong_file(path, "this part has more rows than the sweep", manifest, folder)
            continue
        try:
            table = read_part(path, ["point", "run"])
        except (InputError, pa.ArrowException):
            yield wrong_file(path, "this file is torn, or no part of a sweep", manifest, folder)
            continue
        points, runs = expected_rows(manifest, start, start + rows)
        there = (table["point"].to_numpy() == points) & (table["run"].to_numpy() == runs)
        if not there.all():
            row = int(np.argmin(there))
            yield wrong_file(path, f"row {row} is not the run that belongs there", manifest, folder)


def _keys(folder: Path, manifest: Manifest, told: set[str]) -> Iterator[InputError]:
    """Parts of another sweep; of those that nothing is told of yet."""
    key = key_of(manifest)
    for path in parts_in(folder):
        if str(path) in told:
            continue
        try:
            found = key_in(pq.read_schema(path))
        except (OSError, pa.ArrowException):
            found = ""
        if found != key:
            yield wrong_file(path, "this part is of another sweep, or torn", manifest, folder)


def _rounds(folder: Path, manifest: Manifest, torn: set[str]) -> Iterator[InputError]:
    """The same where `until` decides: its rounds follow from the results, and are told again from them.

    What comes after a part that is missing, torn or wrong cannot be told.
    """
    until = manifest.until or {}
    target, plan, done = Target.of(until), Plan(), 0
    everywhere = np.arange(manifest.points, dtype=np.int64)
    plan.add(Rectangle(manifest.first_run, manifest.first_run + manifest.runs, everywhere))
    hits, made = np.zeros_like(everywhere), np.zeros_like(everywhere)
    for number, path in enumerate(parts_in(folder)):
        if path.name != part_name(number) or str(path) in torn:
            return
        try:
            table = read_part(path, ["point", "run", "outcome"])
        except (InputError, pa.ArrowException):
            yield wrong_file(path, "this file is torn, or no part of a sweep", manifest, folder)
            return
        first, beyond = done, done + table.num_rows
        while done < beyond:
            stop = min(beyond, plan.rows)
            here = table.slice(done - first, stop - done)
            points, runs = plan.run_numbers(done, stop)
            if not manifest.common_random_numbers:
                runs += points * until["max_runs"]
            there = (here["point"].to_numpy() == points) & (here["run"].to_numpy() == runs)
            if not there.all():
                row = done - first + int(np.argmin(there))
                yield wrong_file(path, f"row {row} is not the run that belongs there", manifest, folder)
                return
            hit = np.concatenate([chunk.indices.to_numpy() for chunk in here["outcome"].chunks])
            hits += np.bincount(points[hit == target.outcome], minlength=manifest.points)
            made += np.bincount(points, minlength=manifest.points)
            done = stop
            for segment in next_segments(target, hits, made) if done == plan.rows else ():
                plan.add(segment)
            if done == plan.rows < beyond:
                yield wrong_file(path, "this part has more rows than the sweep", manifest, folder)
                return
    if manifest.complete and not torn and not done == plan.rows == manifest.rows:
        problem = f"there are {done:,} rows, and {plan.rows:,} should be"
        yield wrong_file(folder / MANIFEST, problem, manifest, folder)


def _summary(folder: Path, manifest: Manifest) -> Iterator[InputError]:
    try:
        tally = read_tally(folder / SUMMARY, Tally)
    except InputError as error:
        yield error
        return
    if manifest.regular and not bool(np.all(tally.runs == manifest.runs)):
        problem = f"not every point has {manifest.runs:,} runs in it"
        yield wrong_file(folder / SUMMARY, problem, manifest, folder)
