"""What lies in a results folder, and in what state."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from bargain_sim.store.atomic import make_folder, remove_stale, writing
from bargain_sim.store.captions import CAPTIONS, figure_files, read_captions
from bargain_sim.store.design import DESIGN
from bargain_sim.store.manifest import MANIFEST, Manifest

__all__ = [
    "DRIVERS",
    "FIGURES",
    "POINTS",
    "REPORT",
    "RUNS",
    "SUMMARY",
    "TRANSCRIPTS",
    "clear",
    "intact",
    "open_folder",
    "parts_in",
]

RUNS: Final = "runs"
POINTS: Final = "points.parquet"
SUMMARY: Final = "summary.parquet"
TRANSCRIPTS: Final = "transcripts"
FIGURES: Final = "figures"
DRIVERS: Final = "drivers"
REPORT: Final = "report.html"
"""The report of the sweep, where no other file is named; it is ours where it says so."""
_PART: Final = re.compile(r"part-\d{6,}\.parquet")
# Tables that `bargain drivers` writes of a sweep; they are of no other one.
_TABLES: Final = tuple(
    f"{kind}_*.csv" for kind in ("sobol", "morris", "pawn", "pairs", "ends", "prim", "cart")
)
_MADE_BY: Final = b'<meta name="generator" content="bargain_sim'
_TRANSCRIPT: Final = "point-*-run-*.json"


def open_folder(folder: Path) -> None:
    """Make a results folder ready to be written to, without what a killed process left behind.

    Raises InputError where it cannot be written to.
    """
    make_folder(folder / RUNS)
    remove_stale(folder)


def clear(folder: Path) -> None:
    """Remove what a sweep writes, by name, and nothing else: a person's own files stay where they are.

    The manifest goes first: without it, nothing counts.
    """
    figures = folder / FIGURES
    ours = [folder / name for name in (MANIFEST, POINTS, DESIGN, SUMMARY)]
    ours += [*parts_in(folder), *(folder / TRANSCRIPTS).rglob(_TRANSCRIPT)]
    ours += [path for each in _TABLES for path in (folder / DRIVERS).glob(each)]
    for name in read_captions(figures):
        ours += figure_files(figures, name)
    report = folder / REPORT
    if report.is_file() and _MADE_BY in report.read_bytes():
        ours.append(report)
    for path in [*ours, figures / CAPTIONS]:
        with writing(path):
            path.unlink(missing_ok=True)
    for place in [
        *(folder / TRANSCRIPTS).glob("seed-*"),
        *(folder / name for name in (TRANSCRIPTS, FIGURES, DRIVERS)),
    ]:
        with suppress(OSError):  # not there, or not empty
            place.rmdir()


def parts_in(folder: Path) -> list[Path]:
    """The part files of a folder, in order."""
    return sorted(path for path in (folder / RUNS).glob("part-*.parquet") if _PART.fullmatch(path.name))


def intact(folder: Path, manifest: Manifest) -> bool:
    """Whether every file of a complete sweep is there with its size (`verify` looks inside, too)."""
    for name, record in manifest.files.items():
        try:
            if (folder / name).stat().st_size != record["bytes"]:
                return False
        except OSError:
            return False
    return True
