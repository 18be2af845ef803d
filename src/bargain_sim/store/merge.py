"""One results folder out of several that were made on different machines.

They must be the same sweep by the same rules, in other runs or under other seeds.  Where the runs
follow one another, the merged folder holds the same bytes as if all had been made at once.
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from bargain_sim.errors import InputError
from bargain_sim.store import table as tables
from bargain_sim.store.atomic import make_folder, write_atomic
from bargain_sim.store.checksums import records_of
from bargain_sim.store.compare import definition_differences
from bargain_sim.store.design import DESIGN, Design
from bargain_sim.store.folder import POINTS, RUNS, SUMMARY, TRANSCRIPTS, clear, open_folder, parts_in
from bargain_sim.store.key import key_of
from bargain_sim.store.lock import LOCK, locked
from bargain_sim.store.manifest import Block, Manifest, machine, read_manifest, versions
from bargain_sim.store.order import RowReader, blocks_of
from bargain_sim.store.results import Results, load_results
from bargain_sim.store.sketch import Summary
from bargain_sim.store.verify import verify

__all__ = ["merge"]

Points = Callable[[Any, Design, Sequence[str]], pd.DataFrame]
"""Makes the table of points, from an iterator over tables of runs or from a Summary."""

_APART: Final = ("seed", "runs", "first_run", "blocks")  # what may differ


@dataclass(frozen=True)
class _Stretch:
    """A block of runs and where its rows lie."""

    block: Block
    source: int
    start: int
    stop: int


def merge(folders: Sequence[Path], out: Path, points: Points, *, overwrite: bool = False) -> Results:
    """Merge complete results folders into the folder `out`; the order of `folders` does not matter.

    `points` makes the table of points (`analysis.points`).  Every folder is verified first.  Raises
    InputError where a folder is not sound, where they are not the same sweep (saying what differs),
    where a run is in two of them, where something lies in `out` and `overwrite` is not given, or where
    another process writes into it.
    """
    with locked(out):
        return _merge(folders, out, points, overwrite)


def _merge(folders: Sequence[Path], out: Path, points: Points, overwrite: bool) -> Results:
    manifests = [_sound(folder) for folder in folders]
    for folder, manifest in zip(folders[1:], manifests[1:], strict=True):
        _same_sweep(folders[0], manifests[0], folder, manifest)
    stretches = _in_order(folders, manifests)
    merged = _manifest_of(folders, out, manifests, stretches)
    _make_room(folders, out, overwrite)
    open_folder(out)
    merged.write(out)
    design = Design.read(folders[0], merged.factors)
    design.write(out)
    sources = [load_results(folder) for folder in folders]
    sides = list(sources[0].scenario.sides)
    if merged.keep == "runs":
        _write_runs(out, stretches, sources, merged)
        frame = points(load_results(out).tables(), design, sides)
    else:
        summary = _write_summary(out, folders, merged)
        frame = points(summary, design, sides)
    write_atomic(out / POINTS, frame.to_parquet)
    written = [*parts_in(out), out / POINTS, out / DESIGN, *_transcripts(folders, manifests, out)]
    written += [out / SUMMARY] if merged.keep == "summary" else []
    rows = sum(block.runs for block in merged.run_blocks) * merged.points
    replace(merged, complete=True, rows=rows, files=records_of(out, written)).write(out)
    return load_results(out)


def _sound(folder: Path) -> Manifest:
    wrong = verify(folder)
    if wrong:
        first, *others = wrong
        raise InputError(first.problem, remedy=first.remedy, place=first.place, more=tuple(others))
    manifest = read_manifest(folder)
    if manifest is None:
        raise AssertionError("a folder without a manifest was found sound")
    if not manifest.regular:
        raise InputError(
            "where `until` decides how many runs are made, sweeps cannot be merged", place=folder,
            remedy="Make them with a fixed number of `runs`",
        )  # fmt: skip
    return manifest


def _same_sweep(first: Path, a: Manifest, second: Path, b: Manifest) -> None:
    alike = replace(b, **{name: getattr(a, name) for name in _APART})
    lines = definition_differences(a, alike)
    if lines:
        raise InputError(
            f"{first} and {second} are not the same sweep; they differ in {'; '.join(lines)}",
            remedy="Merge only runs of one scenario, design and version",
        )


def _in_order(folders: Sequence[Path], manifests: Sequence[Manifest]) -> list[_Stretch]:
    """All blocks by seed and first run.  Raises InputError where a run would be there twice."""
    found = [
        _Stretch(block, number, start, stop)
        for number, manifest in enumerate(manifests)
        for block, start, stop in blocks_of(manifest)
    ]
    found.sort(key=lambda each: (each.block.seed, each.block.first_run))
    common = manifests[0].common_random_numbers
    for one, two in pairwise(found):
        if one.block.seed != two.block.seed:
            continue
        names = f"{folders[one.source]} and {folders[two.source]}"
        if not common:
            raise InputError(
                f"{names} have the same seed, and where points do not share their luck their run numbers "
                "overlap",
                remedy="Make one of them with another --seed",
            )
        if two.block.first_run < one.block.first_run + one.block.runs:
            raise InputError(
                f"{names} both hold run {two.block.first_run} under seed {one.block.seed}",
                remedy="Make one of them with another --first-run, or another --seed",
            )
    return found


def _fused(stretches: Sequence[_Stretch]) -> list[Block]:
    """Blocks, those that follow one another made into one."""
    blocks: list[Block] = []
    for stretch in stretches:
        last = blocks[-1] if blocks else None
        here = stretch.block
        if last and (last.seed, last.first_run + last.runs) == (here.seed, here.first_run):
            blocks[-1] = replace(last, runs=last.runs + here.runs)
        else:
            blocks.append(here)
    return blocks


def _manifest_of(
    folders: Sequence[Path], out: Path, manifests: Sequence[Manifest], stretches: Sequence[_Stretch]
) -> Manifest:
    first = manifests[stretches[0].source]
    blocks = _fused(stretches)
    runs = sum(block.runs for block in blocks)
    if len(blocks) == 1:
        command = _with_options(first.command, blocks[0])
    else:
        command = shlex.join(["bargain", "results", "--merge", *map(str, folders), "--out", str(out)])
    timing = {
        "seconds": round(sum(float(each.timing.get("seconds") or 0.0) for each in manifests), 3),
        "merged_from": [str(folder) for folder in folders],
    }
    return replace(
        first,
        sweep=first.sweep | {"runs": runs, "seed": blocks[0].seed},
        seed=blocks[0].seed,
        runs=runs,
        first_run=blocks[0].first_run,
        blocks=[asdict(block) for block in blocks] if len(blocks) > 1 else [],
        command=command,
        complete=False,
        rows=0,
        files={},
        timing=timing,
        versions=versions(),
        machine=machine(),
    )


def _with_options(command: str, block: Block) -> str:
    """A sweep's command with the runs of `block` in place of those it had."""
    words = shlex.split(command)
    for name, value in (("--runs", block.runs), ("--first-run", block.first_run)):
        if name in words:
            words[words.index(name) + 1] = str(value)
        elif name == "--runs" or value:
            words += [name, str(value)]
    return shlex.join(words)


def _make_room(folders: Sequence[Path], out: Path, overwrite: bool) -> None:
    if any(out.resolve() == folder.resolve() for folder in folders):
        raise InputError(
            "the merged runs cannot go into one of the folders they come from", place=out,
            remedy="Give another --out",
        )  # fmt: skip
    if any(path.name != LOCK for path in out.iterdir()):
        if not overwrite:
            raise InputError(
                "the folder is not empty", place=out,
                remedy="Give another --out, or --overwrite to replace the results in it",
            )  # fmt: skip
        clear(out)


def _write_runs(
    out: Path, stretches: Sequence[_Stretch], sources: Sequence[Results], merged: Manifest
) -> None:
    """Rows of all stretches, one after the other, cut into parts of the usual size."""
    readers = [RowReader(source.parts) for source in sources]
    seeds = len({stretch.block.seed for stretch in stretches}) > 1
    if seeds and any(factor["name"] == "seed" for factor in merged.factors):
        raise InputError(
            "a factor is called `seed`, and so would the column be that tells the seeds apart",
            remedy="Give the factor another `name`",
        )

    def pieces() -> Iterator[pa.Table]:
        for stretch in stretches:
            for start in range(stretch.start, stretch.stop, tables.PART_ROWS):
                stop = min(start + tables.PART_ROWS, stretch.stop)
                table = readers[stretch.source].read(start, stop)
                if seeds and "seed" not in table.column_names:
                    column = pa.array(np.full(table.num_rows, stretch.block.seed, dtype=np.int64))
                    table = table.add_column(2, "seed", column)
                yield table

    key = key_of(merged)
    for number, table in enumerate(_cut(pieces(), tables.PART_ROWS)):
        tables.write_part(out / RUNS / tables.part_name(number), table, key)


def _cut(pieces: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of `rows` each, the last one shorter."""
    waiting: list[pa.Table] = []
    held = 0
    for piece in pieces:
        while piece.num_rows:
            taken = piece.slice(0, rows - held)
            waiting.append(taken)
            held += taken.num_rows
            piece = piece.slice(taken.num_rows)
            if held == rows:
                yield _joined(waiting)
                waiting, held = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(pieces: list[pa.Table]) -> pa.Table:
    # One chunk a column: else the bytes would show where the pieces met.
    return pa.concat_tables(pieces).unify_dictionaries().combine_chunks()


def _write_summary(out: Path, folders: Sequence[Path], merged: Manifest) -> Summary:
    # Two summaries in memory at most, however many folders there are.
    total = Summary.from_parquet(folders[0] / SUMMARY)
    total.included = set()
    for folder in folders[1:]:
        other = Summary.from_parquet(folder / SUMMARY)
        other.included = set()
        total.merge(other)
    parts = -(-merged.points * merged.runs // tables.PART_ROWS)
    total.included = set(range(parts))
    total.to_parquet(out / SUMMARY)
    return total


def _transcripts(folders: Sequence[Path], manifests: Sequence[Manifest], out: Path) -> list[Path]:
    """Copy stored transcripts, those of different seeds into folders of their own."""
    # A folder that was itself merged may hold several seeds, and its manifest names one.
    apart = len({block.seed for manifest in manifests for block in manifest.run_blocks}) > 1
    copied = []
    for folder, manifest in zip(folders, manifests, strict=True):
        for path in sorted((folder / TRANSCRIPTS).rglob("*.json")):
            seed = json.loads(path.read_text(encoding="utf-8")).get("seed", manifest.seed)
            place = out / TRANSCRIPTS / (f"seed-{seed}/{path.name}" if apart else path.name)
            make_folder(place.parent)
            write_atomic(place, lambda temporary, path=path: shutil.copyfile(path, temporary))  # type: ignore[misc]
            copied.append(place)
    return copied
